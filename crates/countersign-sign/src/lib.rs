//! The signing algorithms of Countersign.
//!
//! This crate is pure: it opens no socket and no file, reads no clock, draws no
//! random number and logs nothing. Time and nonces are arguments, and every
//! function gives the same answer for the same input.
//!
//! - [`alibaba::backend`]: the signature the gateway puts on requests to a backend.
//! - [`alibaba::request_auth`]: how callers of the management API sign, v1 and V3.
//! - [`huawei`]: SDK-HMAC-SHA256 for callers and for backends, and HTTP Basic.
//! - [`rfc9421`]: HTTP Message Signatures, with shared secrets and with key pairs.
//! - [`params`]: query strings and forms, decoded and encoded.
//! - [`nonce`]: a bounded memory of nonces already spent.
//! - [`secret`]: the one type that holds a secret.
//! - [`verifier`]: all of it for a backend, behind one call.
//! - [`explain`]: why a request does not verify.
//!
//! "Spec section n" in these pages refers to the wire reference of the dialect
//! (CloudAPI 2016-07-14) that the vectors in `vectors/` belong to.
#![warn(missing_docs)]

pub mod alibaba;
pub mod explain;
pub mod huawei;
pub mod nonce;
pub mod params;
pub mod rfc9421;
pub mod secret;
pub mod signed_text;
pub mod verifier;

pub use secret::Secret;
pub use signed_text::SignedText;
