//! Checking a signed request, as a backend does (spec section 5.3).

use super::super::claim::{Claim, Payload};
use super::super::date::WINDOW_SECS;
use super::super::key::string_to_sign;
use super::super::{HOST, check};
use super::{AUTHORIZATION, Received, Refusal, Signer, X_SDK_DATE};
use crate::signed_text::SignedText;

/// What a backend expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules<'a> {
    /// The header that carries the signature: [`AUTHORIZATION`], unless the gateway
    /// is told another name.
    pub header: &'a str,
    /// Whether a body may stay out of the signature, as the gateway leaves bodies
    /// that it does not buffer.
    pub allow_unsigned_payload: bool,
}

impl Default for Rules<'_> {
    fn default() -> Self {
        Self {
            header: AUTHORIZATION,
            allow_unsigned_payload: false,
        }
    }
}

/// A request whose signature fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified<'k> {
    /// The sign key that made it.
    pub sign_key: &'k str,
}

/// Checks the signature of `received` with the signer that `lookup` gives for the
/// sign key it names; while a key is being changed, `lookup` knows both. The date
/// has to be within [`WINDOW_SECS`] of `now_unix`, in seconds since 1970.
///
/// Stricter than the official verifiers in two ways. Host and date have to be in
/// the list: a request with an unsigned host could be carried to another backend
/// that knows the same key; the date is in the string to sign anyway, but the guide
/// wants it listed, so a request without it comes from no proper signer. And a
/// digest in the request has to be that of the body, which those believe.
///
/// Like the official signers it reads a query in more than one way (spec section
/// 1.4). The signature is compared as text, in constant time. There is no
/// protection against replay within the window: the scheme has no nonce.
///
/// # Errors
/// See [`Refusal`].
pub fn verify<'k>(
    received: &Received<'_>,
    now_unix: i64,
    rules: &Rules<'_>,
    lookup: impl Fn(&str) -> Option<&'k Signer>,
) -> Result<Verified<'k>, Refusal> {
    let claim = Claim::read(received, rules.header)?;
    let signer = lookup(claim.authorization.access).ok_or(Refusal::UnknownSignKey)?;
    for name in [HOST, X_SDK_DATE] {
        if !claim.authorization.lists(name) {
            return Err(Refusal::HeaderNotSigned { name });
        }
    }
    let off_secs = claim.date.off_secs(now_unix);
    if off_secs > WINDOW_SECS {
        return Err(Refusal::Expired { off_secs });
    }
    if claim.payload == Payload::Unsigned && !rules.allow_unsigned_payload {
        return Err(Refusal::UnsignedPayload);
    }
    if !claim.digest_fits() {
        return Err(Refusal::BodyDigestDiffers);
    }
    check::check(&claim, signer.key()).map_err(|canonical_request| {
        let string_to_sign = string_to_sign(&claim.date, canonical_request.as_str());
        Refusal::SignatureDiffers {
            canonical_request,
            string_to_sign: SignedText::new(string_to_sign),
        }
    })?;
    Ok(Verified {
        sign_key: signer.sign_key(),
    })
}

#[cfg(test)]
mod tests;
