//! Checking the signature of a message (RFC 9421 section 3.2).

use super::CONTENT_DIGEST_HEADER;
use super::algorithm::Algorithm;
use super::component::ComponentId;
use super::content_digest::digest_fits;
use super::input::{Malformed, SignatureInput, Signatures, tag};
use super::message::{Message, Start};
use super::structured::Member;
use super::value::NoValue;
use super::verifying_key::VerifyingKey;
use crate::signed_text::SignedText;

/// What a signature has to be and to cover. The key, the clock and the memory of
/// nonces are the caller's.
#[derive(Debug, Clone, Copy)]
pub struct Policy<'a> {
    /// Which of the signatures in a message are looked at.
    pub wanted: Wanted<'a>,
    /// What has to be covered.
    pub required: Required<'a>,
    /// Whether `created` has to be there. Without it nothing but `expires` bounds
    /// the life of a signature.
    pub created_required: bool,
    /// How old a signature may be, in seconds since `created`.
    pub age_secs_max: u64,
    /// How far ahead of the clock here `created` may be, and how far behind it
    /// `expires`, in seconds.
    pub clock_tolerance_secs: u64,
}

impl Default for Policy<'_> {
    /// Any signature over the whole request, at most five minutes old, with clocks
    /// up to 30 seconds apart.
    fn default() -> Self {
        Self {
            wanted: Wanted::Any,
            required: Required::Whole { also: &[] },
            created_required: true,
            age_secs_max: 300,
            clock_tolerance_secs: 30,
        }
    }
}

/// Which of the signatures in a message are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted<'a> {
    /// All: the first that fits counts.
    Any,
    /// The one of this label. Intermediaries may rename labels (section 7.2.5), so a
    /// tag is the better choice.
    Label(&'a str),
    /// Those of this tag: the first that fits counts.
    Tag(&'a str),
}

/// What has to be covered, without parameters: `content-digest;sf` is not
/// `content-digest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Required<'a> {
    /// Of a request `@method`, `@authority` and `@path`, `@query` if it has a query;
    /// of a response `@status`; of both `content-digest` if there is content.
    Whole {
        /// And these.
        also: &'a [&'a str],
    },
    /// These only.
    Only(&'a [&'a str]),
}

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
/// the first that fits counts; if none does, the refusal is that of the first whose
/// key is known, or else of the first.
///
/// A `Content-Digest` that is covered, in whatever form, is compared with the content.
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
    check_content(message, &input.components)?;

    let base = input.base(message).map_err(|(name, why)| match why {
        NoValue::Missing => Refusal::ComponentMissing { name },
        why => Refusal::Malformed(Malformed::Value { name, why }),
    })?;
    if !key.verifies(&base, signature) {
        return Err(Refusal::SignatureDiffers {
            base: SignedText::new(base),
        });
    }
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

impl Wanted<'_> {
    fn includes(&self, member: &Member) -> bool {
        match self {
            Self::Any => true,
            Self::Label(label) => member.key == *label,
            // A tag of the wrong type is no tag that could be wanted.
            Self::Tag(wanted) => {
                tag(&member.params).is_ok_and(|tag| tag.is_some_and(|tag| tag == *wanted))
            }
        }
    }
}

impl Required<'_> {
    fn check(&self, message: &Message<'_>, covered: &[ComponentId]) -> Result<(), Refusal> {
        let demand = |name: &str| {
            if covered.iter().any(|id| id.is_plain(name)) {
                Ok(())
            } else {
                let name = name.to_owned();
                Err(Refusal::ComponentNotSigned { name })
            }
        };
        let also = match self {
            Self::Only(names) => names,
            Self::Whole { also } => {
                match message.start {
                    Start::Request(target) => {
                        ["@method", "@authority", "@path"]
                            .into_iter()
                            .try_for_each(demand)?;
                        if target.query.is_some() {
                            demand("@query")?;
                        }
                    }
                    Start::Response { .. } => demand("@status")?,
                }
                if !message.content().is_empty() {
                    demand(CONTENT_DIGEST_HEADER)?;
                }
                also
            }
        };
        also.iter().copied().try_for_each(demand)
    }
}

impl Policy<'_> {
    fn check_time(&self, input: &SignatureInput, now_unix: i64) -> Result<(), Refusal> {
        let tolerance = self.clock_tolerance_secs;
        if let Some(created) = input.created {
            let off_secs = now_unix.abs_diff(created);
            if created > now_unix && off_secs > tolerance {
                return Err(Refusal::FromFuture { off_secs });
            }
            if created <= now_unix && off_secs > self.age_secs_max {
                return Err(Refusal::Expired {
                    off_secs: off_secs - self.age_secs_max,
                });
            }
        } else if self.created_required {
            return Err(Refusal::Malformed(Malformed::NoCreated));
        }
        match input.expires {
            Some(expires) if expires < now_unix && now_unix.abs_diff(expires) > tolerance => {
                Err(Refusal::Expired {
                    off_secs: now_unix.abs_diff(expires),
                })
            }
            _ => Ok(()),
        }
    }
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
