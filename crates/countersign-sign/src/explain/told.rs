//! In which scheme a request is signed.

use super::candidate::{KeyCandidate, Role};
use super::capture::Captured;
use super::seen::{Seen, target};
use crate::alibaba::backend::{SECRET_KEY_HEADER, SIGNATURE_HEADER, SIGNED_HEADERS_HEADER};
use crate::huawei::ALGORITHM;
use crate::rfc9421::{SIGNATURE_HEADER as RFC_SIGNATURE, SIGNATURE_INPUT_HEADER};
use crate::verifier::{Options, Scheme};

/// The scheme that the verdict is about: the first, in the contract's order, that the
/// request carries and that an asked key is for; otherwise the first that it carries.
pub(super) fn scheme(
    captured: &Captured,
    keys: &[KeyCandidate],
    options: &Options,
) -> Option<Scheme> {
    let text = target(captured);
    let seen = Seen::of(captured, &text);
    let carried: Vec<Scheme> = Scheme::ALL
        .into_iter()
        .filter(|scheme| carries(&seen, *scheme, options))
        .collect();
    let has_key = |scheme: &Scheme| {
        keys.iter()
            .any(|one| one.role == Role::Asked && one.key.scheme() == *scheme)
    };
    carried
        .iter()
        .copied()
        .find(has_key)
        .or(carried.first().copied())
}

fn carries(seen: &Seen<'_>, scheme: Scheme, options: &Options) -> bool {
    let first_word = |word: &str, any_case: bool| {
        seen.values(&options.header).any(|value| {
            let first = value.split([' ', '\t']).next().unwrap_or_default();
            first == word || (any_case && first.eq_ignore_ascii_case(word))
        })
    };
    match scheme {
        Scheme::Rfc9421Hmac | Scheme::Rfc9421KeyPair => seen
            .values(SIGNATURE_INPUT_HEADER)
            .any(|value| value.contains("countersign=")),
        Scheme::Alibaba => seen.has(SIGNATURE_HEADER),
        Scheme::Huawei => first_word(ALGORITHM, false),
        Scheme::Basic => first_word("Basic", true),
    }
}

/// Headers of a scheme that lacks its signature: something removed that.
pub(super) fn leftovers(seen: &Seen<'_>) -> Option<&'static str> {
    let lost = [
        (SECRET_KEY_HEADER, SIGNATURE_HEADER),
        (SIGNED_HEADERS_HEADER, SIGNATURE_HEADER),
        (RFC_SIGNATURE, "Signature-Input"),
        ("x-sdk-date", "Authorization"),
    ];
    lost.into_iter()
        .find(|(there, _)| seen.has(there))
        .map(|(_, missing)| missing)
}
