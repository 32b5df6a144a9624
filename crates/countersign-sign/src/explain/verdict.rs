//! The contract's verdict, and the causes that it names by itself.

use super::candidate::{KeyCandidate, Role};
use super::capture::{Captured, CapturedBody};
use super::cause::{Cause, Code};
use super::key_cause::describe;
use super::scheme::{Case, rfc9421};
use super::seen::{Seen, target};
use super::told::leftovers;
use crate::verifier::{Body, Keys, Options, Refusal, Request, Scheme, Verifier};

pub(super) struct Verdict {
    pub(super) name: &'static str,
    pub(super) detail: String,
    pub(super) key: Option<String>,
    /// The header that the signature was in, where others of the scheme are left.
    lost: Option<&'static str>,
    /// What the refusal names.
    about: Option<String>,
}

impl Verdict {
    pub(super) fn of(
        captured: &Captured,
        keys: &[KeyCandidate],
        options: &Options,
        now_unix: i64,
    ) -> Self {
        let asked = keys.iter().filter(|one| one.role == Role::Asked);
        let keys = Keys::new(asked.map(|one| one.key.clone()));
        let options = Options {
            body_bytes_max: usize::MAX,
            ..options.clone()
        };
        let headers: Vec<(&str, &[u8])> = captured
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
            .collect();
        let request = Request {
            method: &captured.method,
            target: &captured.target,
            headers: &headers,
            body: match &captured.body {
                CapturedBody::Known(body) => Body::Whole(body),
                CapturedBody::Unknown => Body::Withheld,
            },
        };
        let text = target(captured);
        let lost = leftovers(&Seen::of(captured, &text));
        match Verifier::new(keys, options).check(&request, now_unix) {
            Ok(verified) => Self {
                name: "ok",
                detail: "the signature fits".to_owned(),
                key: Some(describe(verified.key())),
                lost: None,
                about: None,
            },
            Err(refusal) => Self {
                name: refusal.as_str(),
                detail: refusal.to_string(),
                key: None,
                lost,
                about: match &refusal {
                    Refusal::Malformed(detail)
                    | Refusal::SignedHeaderMissing(detail)
                    | Refusal::UnknownSignKey(detail)
                    | Refusal::RetiredSignKey(detail) => Some(detail.as_str().to_owned()),
                    _ => None,
                },
            },
        }
    }

    pub(super) fn is_ok(&self) -> bool {
        self.name == "ok"
    }

    /// A cause that stands in the request or the keys; `fits` says whether the
    /// signature itself is right.
    pub(super) fn seen_cause(
        &self,
        sign_key: Option<String>,
        scheme: Option<Scheme>,
        keys: &[KeyCandidate],
        fits: bool,
        has_body: bool,
    ) -> Option<Cause> {
        let about = |code: Code| Cause {
            subject: self.about.clone(),
            ..Cause::seen(code)
        };
        match self.name {
            "no_signature" => Some(match (scheme, self.lost) {
                (Some(scheme), _) => other_scheme(scheme, keys),
                (None, Some(header)) => Cause::seen(Code::HeaderRemoved).about(header),
                (None, None) => Cause::seen(Code::NoSignature),
            }),
            "malformed" => Some(about(Code::Malformed)),
            "signed_header_missing" => Some(about(Code::NotCovered)),
            "unknown_sign_key" => {
                let named = keys.iter().find(|one| {
                    one.role == Role::Other && sign_key.as_deref() == Some(one.key.key_id())
                });
                Some(match named {
                    // The sign key is another's; its secret does not fit either.
                    Some(other) => about(Code::UnknownSignKey).about(describe(&other.key)),
                    None => about(Code::UnknownSignKey),
                })
            }
            "retired_sign_key" => Some(about(Code::RetiredSignKey)),
            "body_digest_differs" if fits && !has_body => Some(Cause::seen(Code::BodyUnknown)),
            "body_digest_differs" if fits => Some(Cause {
                subject: Some(self.detail.clone()),
                ..Cause::seen(Code::Malformed)
            }),
            _ => None,
        }
    }
}

fn other_scheme(scheme: Scheme, keys: &[KeyCandidate]) -> Cause {
    let own = keys.iter().find(|one| one.role == Role::Asked);
    let own = own.map_or("", |one| one.key.scheme().as_str());
    Cause::seen(Code::OtherScheme).was(scheme.as_str(), own)
}

/// The date, if it is outside the window or the signature's own life.
pub(super) fn time_cause(
    seen: &Seen<'_>,
    case: &Case,
    options: &Options,
    now_unix: i64,
) -> Option<Cause> {
    let signed_at = case.signed_at?;
    let off_secs = signed_at.abs_diff(now_unix);
    if off_secs > options.window_secs {
        let side = if signed_at < now_unix {
            "behind"
        } else {
            "ahead of"
        };
        let mut subject = format!("{off_secs} seconds {side} the receiver's clock");
        let hours = (off_secs + 900) / 3600;
        if (1..=14).contains(&hours) && off_secs.abs_diff(hours * 3600) <= 300 {
            subject.push_str(&format!(", about {hours} hours: a time zone?"));
        }
        let cause = Cause::seen(Code::ClockSkew).about(subject);
        return Some(cause.was(signed_at.to_string(), now_unix.to_string()));
    }
    let expired = rfc9421::expired_at(seen, now_unix)?;
    let subject = format!("{} seconds ago", now_unix.abs_diff(expired));
    Some(Cause::seen(Code::Expired).about(subject))
}
