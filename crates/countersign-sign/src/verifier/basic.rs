//! HTTP Basic with the sign key as user and the sign secret as password.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::keys::Keys;
use super::options::Options;
use super::refusal::Refusal;
use super::request::{BLANKS, View, first_word, raw_values};
use super::scheme::Scheme;
use super::verified::{BodyCheck, Verified};

const SCHEME: &[u8] = b"Basic";

pub(super) fn is_told(headers: &[(&str, &[u8])], options: &Options) -> bool {
    raw_values(headers, &options.header).any(|value| first_word(value).eq_ignore_ascii_case(SCHEME))
}

pub(super) fn verify(
    view: &View<'_>,
    keys: &Keys,
    options: &Options,
    now_unix: i64,
) -> Result<Verified, Refusal> {
    let value = view.unique(&options.header)?.ok_or(Refusal::NoSignature)?;
    let credentials = value.split_once(BLANKS).map_or("", |(_, credentials)| {
        credentials.trim_start_matches(BLANKS)
    });
    // The decoder takes one spelling of each text only, so that comparing what is
    // encoded compares what is meant.
    let pair = STANDARD
        .decode(credentials)
        .map(Zeroizing::new)
        .map_err(|_| Refusal::malformed("the credentials are not Base64"))?;
    let sign_key = std::str::from_utf8(&pair)
        .ok()
        .and_then(|pair| pair.split_once(':'))
        .map(|(sign_key, _)| sign_key)
        .ok_or_else(|| Refusal::malformed("the credentials have no user in UTF-8"))?;
    let candidates = keys.named(&[Scheme::Basic], sign_key, now_unix);
    candidates.demand(sign_key)?;
    candidates
        .usable
        .iter()
        .find(|key| key.basic().is_some_and(|basic| basic.fits(credentials)))
        .map(|key| Verified::new(key, BodyCheck::NotCovered))
        .ok_or(Refusal::SignatureDiffers {
            string_to_sign: None,
        })
}
