//! Why a request does not verify.
//!
//! [`explain`] takes a captured request apart, checks it by the contract
//! (`verifiers/README.md`) and, if it is refused, tries the known causes in turn. A
//! cause is named only where the signature that is computed with it is the one that
//! the request carries, or where it stands in the request for all to see: so a wrong
//! cause is not possible, and what is left is told as such.
//!
//! ```
//! use countersign_sign::Secret;
//! use countersign_sign::explain::{Captured, Format, KeyCandidate, Outcome, explain};
//! use countersign_sign::verifier::{Key, Options, Scheme};
//!
//! let raw = b"GET /v1/orders HTTP/1.1\nHost: a\nAuthorization: Basic RGVtb0tleTE6b2xk\n\n";
//! let captured = Captured::read(raw, Format::Auto, None)?;
//! let key = |secret: &str| Key::shared(Scheme::Basic, "DemoKey1", Secret::new(secret.to_owned()));
//! let keys = [KeyCandidate::asked(key("new")?), KeyCandidate::other(key("old")?)];
//! let explanation = explain(&captured, &keys, &Options::default(), 1_767_323_045);
//! assert_eq!(explanation.outcome, Outcome::Differs);
//! assert_eq!(explanation.causes[0].code.as_str(), "other_key");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod candidate;
mod capture;
mod cause;
mod explanation;
#[cfg(feature = "serde")]
mod json;
mod key_cause;
mod scheme;
mod search;
mod seen;
mod text;
mod told;
mod variants;
mod verdict;

pub use candidate::{KeyCandidate, Role};
#[cfg(feature = "serde")]
pub use capture::BadField;
pub use capture::{
    BadCapture, CAPTURE_BYTES_MAX, Captured, CapturedBody, ENTRIES_MAX, Format, HEADERS_MAX,
    LINE_BYTES_MAX, UnknownFormat,
};
pub use cause::{Cause, Code, Evidence};
pub use explanation::{Computed, Explanation, Outcome, Piece};
pub use scheme::Carried;
pub use search::{SIGNATURES_MAX, SIGNATURES_MAX_PUBLIC};

use self::candidate::{Encoding, Prepared};
use self::key_cause::{describe, key_cause};
use self::scheme::Case;
use self::search::Found;
use self::seen::Seen;
use self::verdict::Verdict;
use crate::signed_text::SignedText;
use crate::verifier::{Options, Scheme};

/// Explains a request at `now_unix`, in seconds since 1970. The verdict is about the
/// asked keys; the others are tried as causes. Of the options the header's name, the
/// window and unsigned payloads matter.
pub fn explain(
    captured: &Captured,
    keys: &[KeyCandidate],
    options: &Options,
    now_unix: i64,
) -> Explanation {
    let verdict = Verdict::of(captured, keys, options, now_unix);
    let target = seen::target(captured);
    let seen = Seen::of(captured, &target);
    let scheme = told::scheme(captured, keys, options);
    let mut explanation = Explanation {
        scheme,
        verdict: verdict.name,
        detail: verdict.detail.clone(),
        outcome: Outcome::CannotTell,
        causes: Vec::new(),
        key: verdict.key.clone(),
        carried: Carried::default(),
        computed: None,
        signed: None,
        tried: Vec::new(),
        signatures: 0,
        notes: captured.notes.clone(),
    };
    let sign_keys: Vec<&str> = keys
        .iter()
        .filter(|one| one.role == Role::Asked)
        .map(|one| one.key.key_id())
        .collect();
    let case = match scheme {
        None => None,
        Some(Scheme::Basic) => {
            basic(&seen, keys, options, &verdict, &mut explanation);
            return explanation;
        }
        Some(Scheme::Alibaba) => scheme::alibaba::case(&seen, &sign_keys),
        Some(Scheme::Huawei) => scheme::huawei::case(&seen, &options.header),
        Some(Scheme::Rfc9421Hmac | Scheme::Rfc9421KeyPair) => scheme::rfc9421::case(&seen),
    };
    let (Some(case), Some(scheme)) = (case, scheme) else {
        conclude(&mut explanation, &verdict, keys, None, seen.body.is_some());
        return explanation;
    };
    explanation.carried = case.carried.clone();
    explanation.computed = Some(computed(&case));
    if verdict.is_ok() {
        explanation.outcome = Outcome::Verifies;
        explanation.notes.push(REPLAYS.to_owned());
        return explanation;
    }
    let prepared = Prepared::all(keys, scheme);
    let found = case.problem.search(&prepared, &mut explanation.signatures);
    let time = verdict::time_cause(&seen, &case, options, now_unix);
    explanation.causes.extend(time);
    match found {
        Some(found) => {
            let key = prepared[found.key].candidate;
            explanation.key = Some(describe(&key.key));
            let carried = case.carried.sign_key.as_deref();
            let by_key = key_cause(key, keys, carried, scheme);
            found_causes(&mut explanation, by_key, &found);
            if !found.causes.is_empty() {
                explanation.signed = Some(SignedText::new(found.text));
            }
            conclude(
                &mut explanation,
                &verdict,
                keys,
                Some(true),
                seen.body.is_some(),
            );
        }
        None => {
            explanation.causes.extend(case.seen.iter().cloned());
            explanation.tried = case.problem.tried();
            conclude(
                &mut explanation,
                &verdict,
                keys,
                Some(false),
                seen.body.is_some(),
            );
        }
    }
    explanation
}

const REPLAYS: &str = "whether the nonce was used before can not be told from a capture";

fn found_causes(explanation: &mut Explanation, by_key: Option<Cause>, found: &Found) {
    let causes = &mut explanation.causes;
    // A sign key that was changed on the way is one cause, not two.
    let is_said = found
        .causes
        .iter()
        .any(|cause| cause.code == Code::SignKeyDiffers);
    causes.extend(by_key.filter(|cause| !(is_said && cause.code == Code::SignKeyDiffers)));
    if found.with_blanks {
        causes.push(Cause::of(Code::SecretBlanks));
    }
    causes.extend(found.causes.iter().cloned());
    if let Encoding::Other(encoding) = found.encoding {
        causes.push(Cause::of(Code::SignatureEncoding).about(encoding));
    }
}

fn basic(
    seen: &Seen<'_>,
    keys: &[KeyCandidate],
    options: &Options,
    verdict: &Verdict,
    explanation: &mut Explanation,
) {
    let (carried, found) = scheme::basic::causes(seen, &options.header, keys);
    explanation.carried = carried;
    if verdict.is_ok() {
        explanation.outcome = Outcome::Verifies;
        return;
    }
    if let Some((at, causes)) = found {
        explanation.key = Some(describe(&keys[at].key));
        explanation.causes = causes;
    } else {
        explanation.tried = vec![Code::OtherKey, Code::OtherSecret, Code::SecretBlanks];
    }
    conclude(explanation, verdict, keys, None, true);
}

/// What is left to say: causes that stand in the request, and the outcome. `fits` says
/// whether the signature fitted something.
fn conclude(
    explanation: &mut Explanation,
    verdict: &Verdict,
    keys: &[KeyCandidate],
    fits: Option<bool>,
    has_body: bool,
) {
    if explanation.causes.is_empty() {
        let carried = explanation.carried.sign_key.clone();
        let scheme = explanation.scheme;
        let seen = verdict.seen_cause(carried, scheme, keys, fits == Some(true), has_body);
        explanation.causes.extend(seen);
    }
    let has_fitted = fits == Some(true);
    if !has_fitted && fits.is_some() && !explanation.causes.is_empty() {
        let why = "the signature fits nothing that was tried, so there may be other causes too";
        explanation.notes.push(why.to_owned());
    }
    if !has_body && fits == Some(false) {
        let why = "the capture has no body; with it, more could be tried";
        explanation.notes.push(why.to_owned());
    }
    if explanation.causes.is_empty() {
        explanation.outcome = Outcome::CannotTell;
    } else {
        explanation.outcome = Outcome::Differs;
        explanation.tried.clear();
    }
}

fn computed(case: &Case) -> Computed {
    let problem = &case.problem;
    let pieces = problem.slots.iter().map(|slot| Piece {
        label: slot.label.clone(),
        text: SignedText::new(slot.text.clone()),
    });
    let string_to_sign = match problem.wrap {
        search::Wrap::None => None,
        search::Wrap::Huawei(_) => Some(SignedText::new(problem.wrap.around(problem.text(&[])))),
    };
    Computed {
        pieces: pieces.collect(),
        string_to_sign,
        digest: case.digest.clone(),
    }
}
