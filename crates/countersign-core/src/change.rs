//! Changes: what a planned command writes, one record each.

use std::sync::Arc;

use crate::{
    account::{AccessKey, AccessKeyId, Account, AccountId},
    api::Api,
    binding::Binding,
    environment::{Environment, EnvironmentName},
    group::Group,
    id::{ApiId, GroupId, Revision, SignatureKeyId, UserId, VerifierId, VersionNumber},
    publication::{Publication, PublicationKey},
    signature_key::{RetiredVersion, SignatureKey},
    user::{Token, TokenHash, User},
    verifier::Verifier,
};

/// One record put or removed. The changes of one command are applied together
/// or not at all.
#[derive(Clone, Debug)]
pub enum Change {
    /// An access key is added or replaced.
    PutAccessKey(Arc<AccessKey>),
    /// An access key is removed.
    RemoveAccessKey(AccessKeyId),
    /// An account is added or replaced.
    PutAccount(Arc<Account>),
    /// A user is added or replaced.
    PutUser(Arc<User>),
    /// A user is removed; its tokens are removed apart.
    RemoveUser(UserId),
    /// A token is remembered.
    PutToken(Arc<Token>),
    /// A token is forgotten.
    RemoveToken(TokenHash),
    /// A verifier is added or replaced.
    PutVerifier(Arc<Verifier>),
    /// A verifier is removed.
    RemoveVerifier(VerifierId),
    /// An environment is added or replaced.
    PutEnvironment(Environment),
    /// An account's own environment is removed.
    RemoveEnvironment(AccountId, EnvironmentName),
    /// A group is added or replaced.
    PutGroup(Arc<Group>),
    /// A group is removed.
    RemoveGroup(GroupId),
    /// An API is added or replaced.
    PutApi(Arc<Api>),
    /// An API is removed.
    RemoveApi(ApiId),
    /// An API goes live in an environment, or its live definition is replaced.
    PutPublication(Arc<Publication>),
    /// An API is taken off an environment.
    RemovePublication(PublicationKey),
    /// What was live before, or is no longer, is remembered.
    PutFormerPublication(Arc<Publication>),
    /// What was published by this change there is forgotten.
    RemoveFormerPublication(PublicationKey, Revision),
    /// A signature key is added or replaced.
    PutSignatureKey(Arc<SignatureKey>),
    /// A signature key is removed; its retired versions are removed apart.
    RemoveSignatureKey(SignatureKeyId),
    /// A retired version is remembered.
    PutRetiredVersion(Arc<RetiredVersion>),
    /// A retired version is forgotten.
    RemoveRetiredVersion(SignatureKeyId, VersionNumber),
    /// A binding is added or replaced.
    PutBinding(Arc<Binding>),
    /// A binding is removed.
    RemoveBinding(PublicationKey),
}
