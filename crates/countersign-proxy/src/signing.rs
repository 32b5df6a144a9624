//! Signing what is about to be sent, last of all, by the scheme of the key
//! version.

mod seal;

use bytes::Bytes;
use countersign_core::Signing;
use countersign_sign::{
    alibaba::{self, backend::Md5Base64},
    huawei::{self, backend::PayloadHash, date::SdkDate},
    rfc9421::{self, content_digest_sha256},
};
use http::HeaderValue;
use sha2::{Digest, Sha256};

pub(crate) use seal::{Seal, Unsealed};

/// How long a signature of RFC 9421 is valid, in seconds: as long as Huawei's
/// verifiers take a date (spec section 5.3).
pub(crate) const LIFETIME_SECS: i64 = 15 * 60;

/// The label and the tag of our signatures of RFC 9421.
const LABEL: &str = "countersign";

/// What a signature says of the body.
#[derive(Debug)]
pub(crate) enum Payload {
    /// There is none.
    Empty,
    /// It is not covered.
    Unsigned,
    /// Its fields are covered, as Alibaba's scheme does with a form.
    Form(Bytes),
    /// Its digest is covered, in `Content-MD5`.
    Md5(Md5Base64),
    /// Its digest is covered, as Huawei's scheme does.
    Sha256(PayloadHash),
    /// Its digest is covered, in `Content-Digest`.
    ContentDigest(HeaderValue),
}

impl Payload {
    /// What `signing` says of a body that it covers whole.
    pub(crate) fn covered(signing: &Signing, body: &[u8]) -> Self {
        match signing {
            _ if body.is_empty() => Self::Empty,
            Signing::Huawei(_) => Self::Sha256(PayloadHash::of(body)),
            Signing::Rfc9421(_) => {
                let text = content_digest_sha256(&Sha256::digest(body).into());
                let value = HeaderValue::try_from(text).expect("Base64 and signs of ASCII");
                Self::ContentDigest(value)
            }
            // They have no digest of this kind.
            Signing::Alibaba(_) | Signing::Basic(_) | Signing::Unusable(_) => Self::Unsigned,
        }
    }
}

/// Buffers of one worker, for signing without allocating.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    alibaba: alibaba::backend::Scratch,
    pub(crate) huawei: huawei::backend::Scratch,
    rfc9421: rfc9421::Scratch,
    /// The date last written.
    date: Option<SdkDate>,
}

impl Buffers {
    fn date(&mut self, seconds: i64) -> SdkDate {
        match self.date {
            Some(date) if date.unix() == seconds => date,
            _ => *self.date.insert(SdkDate::from_unix(seconds)),
        }
    }
}
