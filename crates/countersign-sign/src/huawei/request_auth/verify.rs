//! Checking a signed request.

use std::fmt;

use super::super::claim::{Claim, Payload};
use super::super::date::SdkDate;
use super::super::key::{SigningKey, string_to_sign};
use super::super::{AUTHORIZATION, X_SDK_DATE, check};
use super::{Refusal, Request};
use crate::secret::Secret;
use crate::signed_text::SignedText;

/// A request that says who signed it and when; nothing of it is proven yet.
#[derive(Clone, Copy)]
pub struct Presented<'a>(Claim<'a>);

/// What a server allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
    /// Whether a body may stay out of the signature. Official clients ask for it
    /// for bodies that are neither JSON nor BSON, which the management API never
    /// takes.
    pub allow_unsigned_payload: bool,
}

/// Reads the signature of a request and insists that it covers the date. The host
/// may be unsigned, as Go clients leave it.
///
/// # Errors
/// See [`Refusal`]; all but those about the body and the signature itself.
pub fn read<'a>(request: &Request<'a>) -> Result<Presented<'a>, Refusal> {
    let claim = Claim::read(request, AUTHORIZATION)?;
    if claim.authorization.lists(X_SDK_DATE) {
        Ok(Presented(claim))
    } else {
        Err(Refusal::DateNotSigned)
    }
}

/// Whether the request is signed with `secret`. The clock is the caller's to check
/// ([`Presented::date`]).
///
/// Honours any list of signed headers, and reads the request in every way the
/// official signers do (spec section 1.4): `+` in the query as itself or as a
/// space, parameters sorted as decoded or as encoded, an empty body signed as such
/// though it says `UNSIGNED-PAYLOAD`. So the signature does not prove which of the
/// two a bare `+` stands for. A digest in `X-Sdk-Content-Sha256` has to be that of the
/// body. The signature is compared as text, in constant time.
///
/// # Errors
/// [`Refusal::UnsignedPayload`], [`Refusal::PayloadHashDiffers`] and
/// [`Refusal::SignatureDiffers`].
pub fn verify(presented: &Presented<'_>, secret: &Secret, policy: &Policy) -> Result<(), Refusal> {
    let claim = &presented.0;
    if claim.payload == Payload::Unsigned && !policy.allow_unsigned_payload {
        return Err(Refusal::UnsignedPayload);
    }
    if !claim.digest_fits() {
        return Err(Refusal::PayloadHashDiffers);
    }
    check::check(claim, &SigningKey::new(secret)).map_err(|canonical_request| {
        let string_to_sign = string_to_sign(&claim.date, canonical_request.as_str());
        Refusal::SignatureDiffers {
            canonical_request,
            string_to_sign: SignedText::new(string_to_sign),
        }
    })
}

impl<'a> Presented<'a> {
    /// The access key that is said to have signed.
    pub fn access(&self) -> &'a str {
        self.0.authorization.access
    }

    /// When it is said to have been signed.
    pub fn date(&self) -> &SdkDate {
        &self.0.date
    }

    /// The list of signed headers as it stands.
    pub fn signed_headers(&self) -> &'a str {
        self.0.authorization.signed_headers
    }

    /// The canonical request to the letter of spec section 1.3, for explanations.
    pub fn canonical_request(&self) -> SignedText {
        SignedText::new(check::canonical_request(&self.0))
    }
}

impl fmt::Debug for Presented<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presented")
            .field("access", &self.access())
            .field("date", &self.0.date.as_str())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
