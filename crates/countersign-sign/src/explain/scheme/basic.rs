//! HTTP Basic: there is nothing to compute, only what is shown to compare.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};

use super::Carried;
use crate::explain::candidate::{KeyCandidate, Role};
use crate::explain::cause::{Cause, Code};
use crate::explain::key_cause::key_cause;
use crate::explain::seen::Seen;
use crate::secret::Secret;
use crate::verifier::Scheme;

/// What the request shows, without the secret, and why it is refused.
pub(in crate::explain) fn causes(
    seen: &Seen<'_>,
    header: &str,
    keys: &[KeyCandidate],
) -> (Carried, Option<(usize, Vec<Cause>)>) {
    let mut carried = Carried::default();
    let Some((pair, encoding)) = seen.values(header).find_map(pair) else {
        return (carried, None);
    };
    let (user, shown) = pair;
    carried.sign_key = Some(user.clone());
    let mut ordered: Vec<usize> = (0..keys.len()).collect();
    ordered.sort_by_key(|at| {
        (
            keys[*at].role == Role::Other,
            keys[*at].key.sign_key() != user,
        )
    });
    for trimmed in [false, true] {
        for &at in &ordered {
            let candidate = &keys[at];
            let Some(secret) = candidate.key.secret() else {
                continue;
            };
            let fits = if trimmed {
                let text = Secret::new(shown.expose().trim().to_owned());
                text.ct_eq(secret) && !shown.ct_eq(secret)
            } else {
                shown.ct_eq(secret)
            };
            if !fits {
                continue;
            }
            let mut causes = Vec::new();
            causes.extend(key_cause(candidate, keys, Some(user.trim()), Scheme::Basic));
            if user.trim() != user && user.trim() == candidate.key.sign_key() {
                causes.push(Cause::of(Code::SignKeyDiffers).was(&*user, user.trim()));
            }
            if trimmed {
                causes.push(Cause::of(Code::SecretBlanks));
            }
            if let Some(encoding) = encoding {
                causes.push(Cause::of(Code::SignatureEncoding).about(encoding));
            }
            return (carried, Some((at, causes)));
        }
    }
    (carried, None)
}

type Pair = (String, Secret);

fn pair(value: &str) -> Option<(Pair, Option<&'static str>)> {
    let (scheme, text) = value.split_once([' ', '\t'])?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = text.trim();
    let own = STANDARD.decode(text).map(|bytes| (bytes, None));
    let (bytes, encoding) = own
        .or_else(|_| {
            STANDARD_NO_PAD
                .decode(text)
                .map(|bytes| (bytes, Some("Base64 without padding")))
        })
        .or_else(|_| {
            URL_SAFE
                .decode(text)
                .map(|bytes| (bytes, Some("Base64url")))
        })
        .ok()?;
    let pair = Secret::new(String::from_utf8(bytes).ok()?);
    let (user, password) = pair.expose().split_once(':')?;
    Some((
        (user.to_owned(), Secret::new(password.to_owned())),
        encoding,
    ))
}
