//! The signature on requests to a backend (spec sections 5.2 to 5.5).
//!
//! [`Signer`] makes it on the hot path and [`verify()`] checks it as a backend
//! would. [`Basic`] is what a key of the other kind sends, and [`verify_basic`]
//! checks that.

mod basic;
mod refusal;
mod signer;
mod verify;

pub use super::payload::{BodySha256, PayloadHash};
pub use super::request::Request as Received;
pub use super::{ALGORITHM, AUTHORIZATION, UNSIGNED_PAYLOAD, X_SDK_CONTENT_SHA256, X_SDK_DATE};
pub use basic::{Basic, BasicRefusal, verify_basic};
pub use refusal::{Malformed, Refusal};
pub use signer::{Outgoing, Payload, Scratch, Signer, canonical_query};
pub use verify::{Rules, Verified, verify};
