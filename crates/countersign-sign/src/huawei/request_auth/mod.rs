//! How callers of the management API sign their requests (spec sections 1.3 and
//! 1.4).
//!
//! [`read`] takes a request apart, the caller looks up the secret and compares the
//! date with its clock, and [`verify()`] checks the signature.

pub mod client;
mod refusal;
mod verify;

pub use super::authorization::{Authorization, MalformedAuthorization};
pub use super::key::string_to_sign;
pub use super::request::Request;
pub use refusal::Refusal;
pub use verify::{Policy, Presented, read, verify};
