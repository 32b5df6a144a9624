//! Why a backend refuses a request.

use super::super::authorization::MalformedAuthorization;
use super::super::claim::Unreadable;
use super::{UNSIGNED_PAYLOAD, X_SDK_CONTENT_SHA256, X_SDK_DATE};
use crate::signed_text::SignedText;

/// Why a request is refused. Holds no secret of ours; the canonical request repeats
/// the request and is withheld from `Debug`.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no signature header.
    #[error("the request is not signed")]
    NoSignature,
    /// The request can not be read as a signed one.
    #[error("the signature can not be checked")]
    Malformed(#[source] Malformed),
    /// The sign key names no key of ours.
    #[error("the sign key is not known")]
    UnknownSignKey,
    /// A header in the list is not in the request.
    #[error("signed header {name} is missing")]
    SignedHeaderMissing {
        /// Its name in lower case.
        name: String,
    },
    /// Host or date is not in the list of signed headers.
    #[error("header {name} is not signed")]
    HeaderNotSigned {
        /// Its name in lower case.
        name: &'static str,
    },
    /// There is no date.
    #[error("{X_SDK_DATE} is missing")]
    DateMissing,
    /// The date is not of the form `YYYYMMDDTHHMMSSZ`.
    #[error("{X_SDK_DATE} is not a date of the form YYYYMMDDTHHMMSSZ")]
    BadDate,
    /// The date is too far from now.
    #[error("the date is {off_secs} seconds off")]
    Expired {
        /// The distance in seconds, whichever is later.
        off_secs: u64,
    },
    /// The request leaves its body out of the signature, which the rules forbid.
    #[error("{X_SDK_CONTENT_SHA256} is {UNSIGNED_PAYLOAD}, which is not allowed here")]
    UnsignedPayload,
    /// The digest in [`X_SDK_CONTENT_SHA256`] is not that of the body.
    #[error("{X_SDK_CONTENT_SHA256} differs from the digest of the body")]
    BodyDigestDiffers,
    /// The signature is not the one computed here.
    #[error("the signature differs from the one computed")]
    SignatureDiffers {
        /// What was signed here, to compare with what the sender signed.
        canonical_request: SignedText,
        /// The string to sign made of it: algorithm, date and a digest.
        string_to_sign: SignedText,
    },
}

/// Why a request can not be read as a signed one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The signature header is of another scheme or not in the form of this one.
    #[error(transparent)]
    Authorization(MalformedAuthorization),
    /// A header that has to be unique occurs more than once: the signature, the
    /// date, the digest of the body or the host.
    #[error("header {name} occurs more than once")]
    Repeated {
        /// Its name.
        name: String,
    },
}

impl From<Unreadable> for Refusal {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::NoAuthorization => Self::NoSignature,
            Unreadable::Authorization(malformed) => {
                Self::Malformed(Malformed::Authorization(malformed))
            }
            Unreadable::Repeated { name } => Self::Malformed(Malformed::Repeated { name }),
            Unreadable::DateMissing => Self::DateMissing,
            Unreadable::BadDate => Self::BadDate,
            Unreadable::SignedHeaderMissing { name } => Self::SignedHeaderMissing { name },
        }
    }
}
