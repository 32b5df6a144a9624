//! Checking the signature of a message (RFC 9421 section 3.2).

use super::CONTENT_DIGEST_HEADER;
use super::algorithm::Algorithm;
use super::component::ComponentId;
use super::content_digest::digest_fits;
use super::input::{Malformed, SignatureInput, Signatures};
use super::message::Message;
use super::structured::Member;
use super::value::NoValue;
use super::verifying_key::VerifyingKey;
use crate::signed_text::SignedText;

mod policy;

pub use policy::{Policy, Required, Wanted};

/// What a signature says of its key, for the look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyQuery<'a> {
    /// `keyid`.
    pub key_id: Option<&'a str>,
    /// `alg`, any text.
    pub algorithm: Option<&'a str>,
    /// The label.
    pub label: &'a str,
    /// `tag`.
    pub tag: Option<&'a str>,
}

/// A signature that fits. What is not among the components is not vouched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Its label.
    pub label: String,
    /// The algorithm of the key.
    pub algorithm: Algorithm,
    /// `keyid`.
    pub key_id: Option<String>,
    /// `created`, in Unix seconds.
    pub created: Option<i64>,
    /// `expires`, in Unix seconds.
    pub expires: Option<i64>,
    /// `nonce`: the caller looks in its memory whether it was used.
    pub nonce: Option<String>,
    /// `tag`.
    pub tag: Option<String>,
    /// What is covered.
    pub components: Vec<ComponentId>,
}

/// Why a message is refused. Holds no secret of ours; the signature base repeats the
/// message and is withheld from `Debug`.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The message has neither `Signature-Input` nor `Signature`.
    #[error("the message is not signed")]
    NoSignature,
    /// No signature has the label or the tag that is wanted.
    #[error("the message has no signature of the label or tag wanted")]
    NotFound,
    /// The fields, or the signature, can not be read.
    #[error("the signature can not be checked")]
    Malformed(#[source] Malformed),
    /// The look-up gave no key.
    #[error("the key is not known")]
    UnknownKey,
    /// `alg` is not the algorithm of the key.
    #[error("the signature is by another algorithm than {expected}")]
    AlgorithmDiffers {
        /// That of the key.
        expected: Algorithm,
    },
    /// A component that has to be covered is not.
    #[error("component {name} is not signed")]
    ComponentNotSigned {
        /// Its name.
        name: String,
    },
    /// A covered component is not in the message.
    #[error("signed component {name} is not in the message")]
    ComponentMissing {
        /// Its identifier.
        name: String,
    },
    /// The signature is older than may be, or past its `expires`.
    #[error("the signature ended to be valid {off_secs} seconds ago")]
    Expired {
        /// How long ago, in seconds, tolerance not counted.
        off_secs: u64,
    },
    /// `created` is ahead of the clock here.
    #[error("the signature was created {off_secs} seconds ahead of the clock here")]
    FromFuture {
        /// By how much, in seconds, tolerance not counted.
        off_secs: u64,
    },
    /// `Content-Digest` is not that of the content.
    #[error("Content-Digest differs from the digest of the content")]
    BodyDigestDiffers,
    /// The signature is not one of the base computed here.
    #[error("the signature does not fit the message")]
    SignatureDiffers {
        /// What was signed here, to compare with what the sender signed.
        base: SignedText,
    },
}

impl From<Malformed> for Refusal {
    fn from(why: Malformed) -> Self {
        Self::Malformed(why)
    }
}

/// Checks `message` at `now_unix` (seconds). Of several signatures that are wanted
/// the first that fits counts; if none does, the refusal is the first other than
/// [`Refusal::UnknownKey`].
///
/// A `Content-Digest` that is covered, in whatever form, is compared with the content.
/// Not seen are a changed `@query` between none and an empty one, which RFC 9421 gives
/// the same value, and whatever is not covered.
///
/// # Errors
/// See [`Refusal`].
pub fn verify(
    message: &Message<'_>,
    policy: &Policy<'_>,
    now_unix: i64,
    lookup: impl Fn(&KeyQuery<'_>) -> Option<VerifyingKey>,
) -> Result<Verified, Refusal> {
    let signatures = Signatures::read(message)?.ok_or(Refusal::NoSignature)?;
    let mut refusal = None;
    for member in &signatures.inputs {
        if !policy.wanted.includes(member) {
            continue;
        }
        let why = match verify_one(message, policy, now_unix, &lookup, &signatures, member) {
            Ok(verified) => return Ok(verified),
            Err(why) => why,
        };
        if matches!(refusal, None | Some(Refusal::UnknownKey)) {
            refusal = Some(why);
        }
    }
    Err(refusal.unwrap_or(Refusal::NotFound))
}

fn verify_one(
    message: &Message<'_>,
    policy: &Policy<'_>,
    now_unix: i64,
    lookup: &impl Fn(&KeyQuery<'_>) -> Option<VerifyingKey>,
    signatures: &Signatures,
    member: &Member,
) -> Result<Verified, Refusal> {
    let label = member.key.as_str();
    let input = SignatureInput::read(member)?;
    let signature = signatures.bytes(label)?;
    let key = lookup(&KeyQuery {
        key_id: input.key_id.as_deref(),
        algorithm: input.algorithm.as_deref(),
        label,
        tag: input.tag.as_deref(),
    })
    .ok_or(Refusal::UnknownKey)?;
    let expected = key.algorithm();
    if input
        .algorithm
        .as_deref()
        .is_some_and(|named| named != expected.as_str())
    {
        return Err(Refusal::AlgorithmDiffers { expected });
    }
    policy.required.check(message, &input.components)?;
    policy.check_time(&input, now_unix)?;

    let base = input.base(message).map_err(|(name, why)| match why {
        NoValue::Missing => Refusal::ComponentMissing { name },
        why => Refusal::Malformed(Malformed::Value { name, why }),
    })?;
    if !key.verifies(&base, signature) {
        return Err(Refusal::SignatureDiffers {
            base: SignedText::new(base),
        });
    }
    // Last, for it costs a pass over the content: only who has a key gets that far.
    check_content(message, &input.components)?;
    Ok(Verified {
        label: label.to_owned(),
        algorithm: expected,
        key_id: input.key_id,
        created: input.created,
        expires: input.expires,
        nonce: input.nonce,
        tag: input.tag,
        components: input.components,
    })
}

/// Compares the content with `Content-Digest` where a component of this message,
/// and not of the request it answers, relies on it.
fn check_content(message: &Message<'_>, covered: &[ComponentId]) -> Result<(), Refusal> {
    if !covered.iter().any(ComponentId::is_content_digest) {
        return Ok(());
    }
    let Some(field) = message.field(CONTENT_DIGEST_HEADER) else {
        return Err(Refusal::ComponentMissing {
            name: format!("\"{CONTENT_DIGEST_HEADER}\""),
        });
    };
    if digest_fits(&field, message.content())? {
        Ok(())
    } else {
        Err(Refusal::BodyDigestDiffers)
    }
}

#[cfg(test)]
mod tests;
