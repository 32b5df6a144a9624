//! The names of the headers that the gateway reads or sets.

use countersign_sign::{alibaba::backend, huawei, rfc9421};
use http::HeaderName;

/// Which environment a request is for.
pub(crate) const ENVIRONMENT: HeaderName = HeaderName::from_static("x-ca-stage");
/// The same, at groups that Huawei's dialect made.
pub(crate) const HUAWEI_ENVIRONMENT: HeaderName = HeaderName::from_static("x-stage");
/// The request's id, on every answer.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-ca-request-id");
/// The same, on answers of APIs that Huawei's dialect made.
pub(crate) const HUAWEI_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// With `debug`, asks for the times below.
pub(crate) const APIG_MODE: HeaderName = HeaderName::from_static("x-apig-mode");
/// How long a request took until its answer began, in milliseconds.
pub(crate) const APIG_LATENCY: HeaderName = HeaderName::from_static("x-apig-latency");
/// How much of that the backend took.
pub(crate) const APIG_UPSTREAM_LATENCY: HeaderName =
    HeaderName::from_static("x-apig-upstream-latency");
/// Our code for a fault.
pub(crate) const ERROR: HeaderName = HeaderName::from_static("x-countersign-error");
/// The vendor's code for a fault.
pub(crate) const VENDOR_ERROR_CODE: HeaderName = HeaderName::from_static("x-ca-error-code");
/// The vendor's text for a fault.
pub(crate) const VENDOR_ERROR_MESSAGE: HeaderName = HeaderName::from_static("x-ca-error-message");
/// The date of a signature of Huawei's.
pub(crate) const SDK_DATE: HeaderName = HeaderName::from_static(huawei::X_SDK_DATE);
/// Says that a signature of Huawei's does not cover the body.
pub(crate) const SDK_CONTENT_SHA256: HeaderName =
    HeaderName::from_static(huawei::X_SDK_CONTENT_SHA256);
/// What a signature of RFC 9421 covers.
pub(crate) const RFC9421_INPUT: HeaderName =
    HeaderName::from_static(rfc9421::SIGNATURE_INPUT_HEADER);
/// A signature of RFC 9421.
pub(crate) const RFC9421_SIGNATURE: HeaderName = HeaderName::from_static(rfc9421::SIGNATURE_HEADER);
/// The digest of a body that a signature of RFC 9421 covers.
pub(crate) const CONTENT_DIGEST: HeaderName =
    HeaderName::from_static(rfc9421::CONTENT_DIGEST_HEADER);
/// The digest of a digested body.
pub(crate) const CONTENT_MD5: HeaderName = HeaderName::from_static("content-md5");
/// The signature.
pub(crate) const SIGNATURE: HeaderName = HeaderName::from_static(backend::SIGNATURE_HEADER_LOWER);
/// The sign key.
pub(crate) const SECRET_KEY: HeaderName = HeaderName::from_static(backend::SECRET_KEY_HEADER_LOWER);
/// The names of the signed headers.
pub(crate) const SIGNED_HEADERS: HeaderName =
    HeaderName::from_static(backend::SIGNED_HEADERS_HEADER_LOWER);
