//! HTTP Message Signatures, RFC 9421, with the content covered by `Content-Digest`,
//! RFC 9530.
//!
//! The key decides the algorithm ([`Algorithm`]): a shared secret is for
//! `hmac-sha256`, a key pair for the one algorithm of its type. Signatures are made
//! by [`Signer`], for what the gateway sends ([`Outgoing`]) or for any components of
//! any message ([`Plan`]), and checked by [`verify::verify`].
//!
//! Components spoken: fields with `;sf`, `;key`, `;bs` and `;req`, and the derived
//! ones of section 2.2. Trailers (`;tr`) are refused, and so is `;sf` for fields whose
//! structure is not known here. `@request-target` is the origin form, or the authority
//! form of CONNECT: the absolute form cannot be told from the parts of a target.
//!
//! Whatever a receiver could read in two ways is refused: labels, parameters and
//! components that occur twice, and values that are not printable ASCII.

mod algorithm;
mod component;
mod content_digest;
mod input;
mod jwk;
pub mod message;
mod outgoing;
mod parameters;
mod plan;
mod private_key;
mod public_key;
mod rsa_random;
mod signer;
mod structured;
mod value;
pub mod verify;
mod verifying_key;

pub use algorithm::Algorithm;
pub use component::{BadComponent, ComponentId};
pub use content_digest::content_digest_sha256;
pub use input::Malformed;
pub use jwk::Jwk;
pub use message::{Message, Scheme};
pub use outgoing::Outgoing;
pub use plan::{BesideFailed, Plan};
pub use private_key::{BadKeyPair, generate_ed25519};
pub use public_key::{BadPublicKey, PublicKey, RSA_BITS_MAX, RSA_BITS_MIN};
pub use signer::{Scratch, SignFailed, Signed, Signer};
pub use structured::{
    BadField, COMPONENTS_MAX, FIELD_BYTES_MAX, PARAMETERS_MAX, PARSED_COMPONENTS_MAX,
    SIGNATURES_MAX,
};
pub use value::NoValue;
pub use verifying_key::VerifyingKey;

/// The field that says what signatures cover, in lower case.
pub const SIGNATURE_INPUT_HEADER: &str = "signature-input";
/// The field that holds the signatures, in lower case.
pub const SIGNATURE_HEADER: &str = "signature";
/// The field that holds the digest of the content, in lower case.
pub const CONTENT_DIGEST_HEADER: &str = "content-digest";
