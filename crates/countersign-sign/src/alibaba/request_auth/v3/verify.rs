//! Checking a signed request.

use zeroize::Zeroizing;

use super::authorization::Authorization;
use super::canonical::{canonical_request, header_values};
use super::{CONTENT_SHA256_HEADER, Request, body_sha256, sign, string_to_sign};
use crate::params::decode;
use crate::secret::{Secret, texts_equal};
use crate::signed_text::SignedText;

/// Which headers an API demands to be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeaderRules<'a> {
    /// These have to be in the list, in any case here.
    pub required: &'a [&'a str],
    /// Every header present whose name begins so has to be in the list, too.
    pub required_prefixes: &'a [&'a str],
}

/// What CloudAPI demands: the choice of spec section 1.6.
pub const CLOUD_API_RULES: HeaderRules<'static> = HeaderRules {
    required: &[
        "host",
        "x-acs-action",
        "x-acs-version",
        "x-acs-date",
        "x-acs-signature-nonce",
        CONTENT_SHA256_HEADER,
    ],
    required_prefixes: &["x-acs-"],
};

/// Why a signature is refused. `Debug` withholds what the request carried.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// A header that the rules demand is not in the list of signed ones.
    #[error("header {name} is not signed")]
    HeaderNotSigned {
        /// Its name in lower case.
        name: String,
    },
    /// A header in the list, or the digest of the body, is not in the request.
    #[error("signed header {name} is missing")]
    SignedHeaderMissing {
        /// Its name in lower case.
        name: String,
    },
    /// The digest in [`CONTENT_SHA256_HEADER`] is not that of the body received.
    #[error("{CONTENT_SHA256_HEADER} differs from the digest of the body")]
    BodyDigestDiffers(Box<Mismatch>),
    /// The signature is not the one computed here.
    #[error("the signature differs from the one computed")]
    SignatureDiffers(Box<Mismatch>),
}

/// What was computed here, to compare with what the caller computed. The canonical
/// request repeats the query, which may carry a sign secret: it may go back to the
/// caller who sent it and nowhere else.
#[derive(Debug)]
pub struct Mismatch {
    /// The string to sign: the algorithm and a digest.
    pub string_to_sign: SignedText,
    /// The canonical request, its last part being the digest of the body received.
    pub canonical_request: SignedText,
}

/// Whether `authorization` signs this very request with `secret` and covers what
/// `rules` demand. The digest of the body is computed here, never believed. Compared
/// as text, in constant time; the clock and the nonce are the caller's to check.
///
/// # Errors
/// See [`Refusal`].
pub fn verify(
    secret: &Secret,
    request: &Request<'_>,
    authorization: &Authorization,
    rules: &HeaderRules<'_>,
) -> Result<(), Refusal> {
    check_coverage(request, authorization, rules)?;

    let digest = body_sha256(request.body);
    let params: Vec<_> = decode(request.query.unwrap_or_default().as_bytes()).collect();
    let canonical = Zeroizing::new(canonical_request(
        request.method,
        request.path,
        &params,
        request.headers,
        &authorization.signed_headers,
        &digest,
    ));
    let string_to_sign = string_to_sign(&canonical);
    let signature_fits = texts_equal(&sign(secret, &string_to_sign), &authorization.signature);
    let digest_fits = header_values(request.headers, CONTENT_SHA256_HEADER) == [digest];
    if signature_fits && digest_fits {
        return Ok(());
    }

    let mismatch = Box::new(Mismatch {
        string_to_sign: SignedText::new(string_to_sign),
        canonical_request: SignedText::from(canonical),
    });
    Err(if digest_fits {
        Refusal::SignatureDiffers(mismatch)
    } else {
        Refusal::BodyDigestDiffers(mismatch)
    })
}

fn check_coverage(
    request: &Request<'_>,
    authorization: &Authorization,
    rules: &HeaderRules<'_>,
) -> Result<(), Refusal> {
    let signed = &authorization.signed_headers;
    let present = || request.headers.iter().map(|(name, _)| *name);

    let demanded = present().filter(|name| {
        rules
            .required_prefixes
            .iter()
            .any(|prefix| has_prefix(name, prefix))
    });
    for name in rules.required.iter().copied().chain(demanded) {
        if !signed.contains(name) {
            let name = name.to_ascii_lowercase();
            return Err(Refusal::HeaderNotSigned { name });
        }
    }
    for name in signed.names().chain([CONTENT_SHA256_HEADER]) {
        if !present().any(|candidate| candidate.eq_ignore_ascii_case(name)) {
            let name = name.to_owned();
            return Err(Refusal::SignedHeaderMissing { name });
        }
    }
    Ok(())
}

fn has_prefix(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests;
