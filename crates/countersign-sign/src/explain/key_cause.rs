//! What it means that a certain key fits.

use super::candidate::{KeyCandidate, Role};
use super::cause::{Cause, Code};
use crate::verifier::{Key, KeyState, Scheme};

/// Why a request that `fitting` signed is refused, as far as the key is to blame.
pub(super) fn key_cause(
    fitting: &KeyCandidate,
    all: &[KeyCandidate],
    carried: Option<&str>,
    scheme: Scheme,
) -> Option<Cause> {
    let key = &fitting.key;
    let about = describe(key);
    if !speaks(key, scheme) {
        let cause = Cause::of(Code::OtherScheme).about(about);
        return Some(cause.was(scheme.as_str(), key.scheme().as_str()));
    }
    let is_own_name = carried == Some(key.key_id());
    if fitting.role == Role::Other {
        let code = if is_own_name {
            Code::OtherKey
        } else {
            Code::OtherSecret
        };
        return Some(Cause::of(code).about(about));
    }
    if key.state() == KeyState::Retired {
        return Some(Cause::of(Code::OldVersion).about(about));
    }
    if is_own_name {
        return None;
    }
    // The sign key of another version of the same key, with this one's secret.
    let named = all
        .iter()
        .find(|other| other.role == Role::Asked && carried == Some(other.key.key_id()));
    let shares = |other: &&KeyCandidate| {
        let secrets = (key.secret(), other.key.secret());
        carried == Some(other.key.key_id())
            && matches!(secrets, (Some(own), Some(that)) if own.ct_eq(that))
    };
    if let (None, Some(other)) = (named, all.iter().find(shares)) {
        return Some(Cause::of(Code::OtherKey).about(describe(&other.key)));
    }
    let code = match named {
        Some(_) if key.state() == KeyState::Next => Code::NextVersion,
        Some(other) if other.key.version() < key.version() => Code::NextVersion,
        Some(_) => Code::OldVersion,
        None => Code::SignKeyDiffers,
    };
    let cause = Cause::of(code).about(about);
    Some(cause.was(carried.unwrap_or_default(), key.key_id()))
}

fn speaks(key: &Key, scheme: Scheme) -> bool {
    let is_rfc9421 = |scheme| matches!(scheme, Scheme::Rfc9421Hmac | Scheme::Rfc9421KeyPair);
    key.scheme() == scheme || (is_rfc9421(key.scheme()) && is_rfc9421(scheme))
}

/// A key in words, without its secret.
pub(super) fn describe(key: &Key) -> String {
    match (key.name(), key.version()) {
        ("", 0) => format!("sign key {}", key.key_id()),
        (name, version) => format!("{name}, version {version}, sign key {}", key.key_id()),
    }
}
