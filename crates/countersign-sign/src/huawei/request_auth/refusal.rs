//! Why a request is refused.

use super::super::claim::Unreadable;
use super::super::{UNSIGNED_PAYLOAD, X_SDK_CONTENT_SHA256, X_SDK_DATE};
use super::MalformedAuthorization;
use crate::signed_text::SignedText;

/// Why a request is refused. `Debug` withholds what the request carried.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no `Authorization` header.
    #[error("the request is not signed")]
    NoAuthorization,
    /// The `Authorization` header is of another scheme.
    #[error("the authorization is of another scheme")]
    OtherScheme,
    /// The `Authorization` header is of this scheme, but not in its form.
    #[error("the authorization can not be read")]
    MalformedAuthorization(#[source] MalformedAuthorization),
    /// There is no date.
    #[error("{X_SDK_DATE} is missing")]
    DateMissing,
    /// The date is not of the form `YYYYMMDDTHHMMSSZ`.
    #[error("{X_SDK_DATE} is not a date of the form YYYYMMDDTHHMMSSZ")]
    BadDate,
    /// The date is not in the list of signed headers.
    #[error("{X_SDK_DATE} is not signed")]
    DateNotSigned,
    /// A header in the list is not in the request.
    #[error("signed header {name} is missing")]
    SignedHeaderMissing {
        /// Its name in lower case.
        name: String,
    },
    /// One of the headers that have to be unique occurs more than once: the
    /// authorization, the date, the digest of the body and the host.
    #[error("header {name} occurs more than once")]
    HeaderRepeated {
        /// Its name in lower case.
        name: String,
    },
    /// The request leaves its body out of the signature, which the policy forbids.
    #[error("{X_SDK_CONTENT_SHA256} is {UNSIGNED_PAYLOAD}, which is not allowed here")]
    UnsignedPayload,
    /// The digest in the header is not that of the body received.
    #[error("{X_SDK_CONTENT_SHA256} differs from the digest of the body")]
    PayloadHashDiffers,
    /// The signature is not the one computed here.
    #[error("the signature differs from the one computed")]
    SignatureDiffers {
        /// What was signed here, to compare with what the caller signed.
        canonical_request: SignedText,
        /// The string to sign made of it: algorithm, date and a digest.
        string_to_sign: SignedText,
    },
}

impl From<Unreadable> for Refusal {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::NoAuthorization => Self::NoAuthorization,
            Unreadable::Authorization(MalformedAuthorization::OtherScheme) => Self::OtherScheme,
            Unreadable::Authorization(
                malformed
                @ (MalformedAuthorization::Fields | MalformedAuthorization::SignedHeaders),
            ) => Self::MalformedAuthorization(malformed),
            Unreadable::Repeated { name } => Self::HeaderRepeated { name },
            Unreadable::DateMissing => Self::DateMissing,
            Unreadable::BadDate => Self::BadDate,
            Unreadable::SignedHeaderMissing { name } => Self::SignedHeaderMissing { name },
        }
    }
}
