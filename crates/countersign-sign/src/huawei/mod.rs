//! The schemes of Huawei Cloud APIG.
//!
//! One algorithm, SDK-HMAC-SHA256, serves both ends: callers of the management
//! API sign with it ([`request_auth`]), and so does the gateway towards a backend
//! ([`backend`]), which can send HTTP Basic instead. "Spec section n" in these
//! pages refers to the wire reference of the Huawei dialect (APIG v1.0 and v2),
//! whose vectors are in `vectors/huawei-vectors.json`.

pub(crate) mod authorization;
pub mod backend;
pub mod canonical;
pub(crate) mod check;
mod claim;
pub mod date;
pub(crate) mod key;
mod payload;
mod request;
pub mod request_auth;

/// The name of the algorithm, the scheme of the `Authorization` header.
pub const ALGORITHM: &str = "SDK-HMAC-SHA256";

/// The header that carries the signature, unless a gateway is told another name.
pub const AUTHORIZATION: &str = "authorization";

/// The header that carries the date, see [`date::SdkDate`].
pub const X_SDK_DATE: &str = "x-sdk-date";

/// The header that carries the digest of the body, or [`UNSIGNED_PAYLOAD`].
pub const X_SDK_CONTENT_SHA256: &str = "x-sdk-content-sha256";

/// The value of [`X_SDK_CONTENT_SHA256`] that leaves the body out of the signature.
pub const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

const HOST: &str = "host";
