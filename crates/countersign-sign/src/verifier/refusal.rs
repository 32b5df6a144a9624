//! Why a request is refused.

use std::borrow::Cow;
use std::fmt;

use crate::signed_text::SignedText;

/// Why a request is refused. The first that applies, in the order here, is told.
///
/// `Display` says more than the name, for a log; it repeats pieces of the request,
/// shortened and without control characters, and no secret.
#[derive(Debug)]
pub enum Refusal {
    /// There is no signature of a scheme that the verifier has keys for.
    NoSignature,
    /// The body is beyond the limit.
    BodyTooLarge {
        /// The limit in bytes.
        bytes_max: usize,
    },
    /// What carries the signature can not be read.
    Malformed(Detail),
    /// Something that has to be signed is not, or is listed and not there.
    SignedHeaderMissing(Detail),
    /// Nobody has told the sign key.
    UnknownSignKey(Detail),
    /// The sign key was replaced, and its time of grace is over.
    RetiredSignKey(Detail),
    /// Signed too long ago, or in the future.
    Expired(Detail),
    /// The body is not the one that was signed.
    BodyDigestDiffers(Detail),
    /// Method, path, query, a signed header or the secret differ.
    SignatureDiffers {
        /// What was signed here (the canonical request for Huawei's scheme), to
        /// compare with what the sender signed; absent for HTTP Basic.
        string_to_sign: Option<SignedText>,
    },
    /// The nonce was used before, or there is no room to remember it.
    Replayed(Detail),
}

/// A short text for a log: printable ASCII, at most some hundred bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail(Cow<'static, str>);

/// How much of a text that a request brought is repeated, in characters.
const QUOTED_MAX: usize = 64;

/// The longest detail that repeats pieces of a request, in characters.
const DETAIL_MAX: usize = 300;

impl Refusal {
    /// All names, in the order of the variants.
    pub const NAMES: [&'static str; 10] = [
        "no_signature",
        "body_too_large",
        "malformed",
        "signed_header_missing",
        "unknown_sign_key",
        "retired_sign_key",
        "expired",
        "body_digest_differs",
        "signature_differs",
        "replayed",
    ];

    /// The name, which is the same for all verifiers of Countersign.
    pub fn as_str(&self) -> &'static str {
        Self::NAMES[self.index()]
    }

    /// The place of the name in [`Self::NAMES`].
    pub(super) fn index(&self) -> usize {
        match self {
            Self::NoSignature => 0,
            Self::BodyTooLarge { .. } => 1,
            Self::Malformed(_) => 2,
            Self::SignedHeaderMissing(_) => 3,
            Self::UnknownSignKey(_) => 4,
            Self::RetiredSignKey(_) => 5,
            Self::Expired(_) => 6,
            Self::BodyDigestDiffers(_) => 7,
            Self::SignatureDiffers { .. } => 8,
            Self::Replayed(_) => 9,
        }
    }

    pub(super) fn malformed(why: impl Into<Cow<'static, str>>) -> Self {
        Self::Malformed(Detail(match why.into() {
            Cow::Owned(why) => shortened(&why).into(),
            ours => ours,
        }))
    }

    pub(super) fn repeated(header: &str) -> Self {
        Self::malformed(format!("{} occurs more than once", quoted(header)))
    }

    pub(super) fn unreadable(header: &str) -> Self {
        Self::malformed(format!("the value of {} is no text", quoted(header)))
    }

    pub(super) fn missing(name: &str) -> Self {
        Self::SignedHeaderMissing(Detail(format!("{} is missing", quoted(name)).into()))
    }

    pub(super) fn not_signed(name: &str) -> Self {
        Self::SignedHeaderMissing(Detail(format!("{} is not signed", quoted(name)).into()))
    }

    pub(super) fn unknown(sign_key: &str) -> Self {
        Self::UnknownSignKey(Detail(quoted(sign_key).into()))
    }

    pub(super) fn retired(sign_key: &str) -> Self {
        Self::RetiredSignKey(Detail(quoted(sign_key).into()))
    }

    pub(super) fn expired(why: String) -> Self {
        Self::Expired(Detail(why.into()))
    }

    pub(super) fn body(why: &'static str) -> Self {
        Self::BodyDigestDiffers(Detail(why.into()))
    }

    pub(super) fn replayed(why: &'static str) -> Self {
        Self::Replayed(Detail(why.into()))
    }

    pub(super) fn differs(string_to_sign: String) -> Self {
        Self::SignatureDiffers {
            string_to_sign: Some(SignedText::new(string_to_sign)),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSignature => f.write_str("the request is not signed"),
            Self::BodyTooLarge { bytes_max } => {
                write!(f, "the body is longer than {bytes_max} bytes")
            }
            Self::Malformed(why) => write!(f, "the signature can not be read: {why}"),
            Self::SignedHeaderMissing(why) => write!(f, "{why}"),
            Self::UnknownSignKey(sign_key) => write!(f, "sign key {sign_key} is not known"),
            Self::RetiredSignKey(sign_key) => write!(f, "sign key {sign_key} was replaced"),
            Self::Expired(why) | Self::BodyDigestDiffers(why) | Self::Replayed(why) => {
                write!(f, "{why}")
            }
            Self::SignatureDiffers { .. } => {
                f.write_str("the signature differs from the one computed")
            }
        }
    }
}

impl std::error::Error for Refusal {}

impl Detail {
    /// A text of ours, for whoever refuses a request before a verifier sees it.
    pub const fn of(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The beginning of a text that repeats what a stranger wrote, on one line.
fn shortened(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(DETAIL_MAX)
        .map(|c| if matches!(c, ' '..='~') { c } else { '?' })
        .collect();
    if text.chars().nth(DETAIL_MAX).is_some() {
        shown.push_str("...");
    }
    shown
}

/// The beginning of a text that a stranger wrote, escaped and in quotes.
fn quoted(text: &str) -> String {
    let end = text.char_indices().nth(QUOTED_MAX);
    let (shown, rest) = end.map_or((text, ""), |(at, _)| text.split_at(at));
    let dots = if rest.is_empty() { "" } else { "..." };
    format!("\"{}{dots}\"", shown.escape_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stranger_wrote_is_short_and_printable() {
        let long = "é\n\"".repeat(1000);
        for refusal in [
            Refusal::unknown(&long),
            Refusal::retired(&long),
            Refusal::missing(&long),
            Refusal::not_signed(&long),
            Refusal::repeated(&long),
            Refusal::unreadable(&long),
            Refusal::malformed(long.clone()),
        ] {
            let shown = refusal.to_string();
            assert!(shown.len() < 600, "{shown}");
            assert!(shown.bytes().all(|b| matches!(b, b' '..=b'~')), "{shown}");
        }
        assert_eq!(
            Refusal::unknown("key\n").to_string(),
            "sign key \"key\\n\" is not known"
        );
    }

    #[test]
    fn the_string_to_sign_is_not_shown() {
        let refusal = Refusal::differs("planted".to_owned());
        assert!(!format!("{refusal:?} {refusal}").contains("planted"));
        assert_eq!(refusal.as_str(), "signature_differs");
    }
}
