//! Countersign's domain, without any I/O: typed ids and texts and their
//! parsers, the records an API provider works with, the immutable
//! [`Snapshot`] that the data plane reads, and commands that are planned into
//! [`Change`]s.
//!
//! Nothing here reads a clock, draws randomness, logs, or knows a vendor: time
//! and ids are arguments, a vendor's field rules are data handed in as
//! [`rule::FieldRule`].
#![warn(missing_docs)]

pub mod account;
pub mod api;
pub mod binding;
pub mod change;
pub mod command;
pub mod environment;
pub mod group;
pub mod id;
pub mod mapping;
pub mod path;
pub mod publication;
pub mod recent;
pub mod route;
pub mod rule;
pub mod scheme;
pub mod signature_key;
pub mod snapshot;
pub mod source;
pub mod text;
pub mod time;
pub mod user;
pub mod verifier;

pub use account::{AccessKey, AccessKeyId, Account, AccountId};
pub use api::{
    Api, ApiDefinition, BackendAddress, BackendTarget, MatchMode, MethodMatch, MockAnswer,
    PayloadPolicy, Visibility,
};
pub use binding::Binding;
pub use change::Change;
pub use environment::{Environment, EnvironmentName};
pub use group::{Group, Host};
pub use id::{
    ApiId, ApiVersionId, BindingId, EnvironmentId, GroupId, ProjectId, PublicationId, Revision,
    SignatureKeyId, UserId, VerifierId, VersionNumber,
};
pub use path::PathPattern;
pub use publication::{Publication, PublicationKey};
pub use route::{Route, RouteMiss};
pub use rule::{FieldRule, RuleViolation};
pub use scheme::{Scheme, Signing, Unusable};
pub use signature_key::{KeyVersion, RetiredVersion, SignatureKey};
pub use snapshot::{Draft, Snapshot};
pub use source::{Clock, Entropy};
pub use text::{
    ApiName, Description, DialectName, GroupName, SignKey, SignSecret, SignatureKeyName, UserName,
    VerifierName,
};
pub use time::Timestamp;
pub use user::{PasswordHash, Token, TokenHash, User};
pub use verifier::{Verifier, VerifierScope};
