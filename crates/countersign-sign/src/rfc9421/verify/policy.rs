//! What a signature has to be and to cover.

use super::Refusal;
use crate::rfc9421::CONTENT_DIGEST_HEADER;
use crate::rfc9421::component::ComponentId;
use crate::rfc9421::input::{Malformed, SignatureInput, tag};
use crate::rfc9421::message::{Message, Start};
use crate::rfc9421::structured::Member;

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

impl Wanted<'_> {
    pub(super) fn includes(&self, member: &Member) -> bool {
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
    pub(super) fn check(
        &self,
        message: &Message<'_>,
        covered: &[ComponentId],
    ) -> Result<(), Refusal> {
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
    pub(super) fn check_time(&self, input: &SignatureInput, now_unix: i64) -> Result<(), Refusal> {
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
