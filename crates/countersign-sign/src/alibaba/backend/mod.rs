//! The signature on requests to a backend (spec section 6).
//!
//! [`Signer`] makes it on the hot path, [`verify()`] checks it as a backend would,
//! and [`string_to_sign()`] is the bare algorithm of the official verifier. All
//! three write the string to sign with the same code.

mod body;
mod header;
mod order;
mod signer;
mod string_to_sign;
mod verify;
mod writer;

pub use body::{BodyKind, BodyMd5, Md5Base64, body_kind, body_md5, content_md5};
pub use header::{
    SECRET_KEY_HEADER, SECRET_KEY_HEADER_LOWER, SIGNATURE_HEADER, SIGNATURE_HEADER_LOWER,
    SIGNED_HEADERS_HEADER, SIGNED_HEADERS_HEADER_LOWER, signed_headers_value,
};
pub(crate) use order::utf16_order;
pub(crate) use signer::received_string_to_sign;
pub use signer::{Outgoing, Scratch, Signature, Signer};
pub use string_to_sign::{HeaderLookup, Param, StringToSignInput, string_to_sign};
pub use verify::{Malformed, Received, Refusal, Verified, verify};
