//! The names of the headers that the gateway reads or sets.

use countersign_sign::alibaba::backend;
use http::HeaderName;

/// Which environment a request is for.
pub(crate) const ENVIRONMENT: HeaderName = HeaderName::from_static("x-ca-stage");
/// The request's id, on every answer.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-ca-request-id");
/// Our code for a fault.
pub(crate) const ERROR: HeaderName = HeaderName::from_static("x-countersign-error");
/// The vendor's code for a fault.
pub(crate) const VENDOR_ERROR_CODE: HeaderName = HeaderName::from_static("x-ca-error-code");
/// The vendor's text for a fault.
pub(crate) const VENDOR_ERROR_MESSAGE: HeaderName = HeaderName::from_static("x-ca-error-message");
/// The digest of a digested body.
pub(crate) const CONTENT_MD5: HeaderName = HeaderName::from_static("content-md5");
/// The signature.
pub(crate) const SIGNATURE: HeaderName = HeaderName::from_static(backend::SIGNATURE_HEADER_LOWER);
/// The sign key.
pub(crate) const SECRET_KEY: HeaderName = HeaderName::from_static(backend::SECRET_KEY_HEADER_LOWER);
/// The names of the signed headers.
pub(crate) const SIGNED_HEADERS: HeaderName =
    HeaderName::from_static(backend::SIGNED_HEADERS_HEADER_LOWER);
