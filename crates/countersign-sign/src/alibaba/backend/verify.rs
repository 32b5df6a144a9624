//! Checking a signed request, as a backend does (spec section 6.3).

use super::body::{BodyKind, body_kind, content_md5};
use super::header::{SECRET_KEY_HEADER, SIGNATURE_HEADER, SIGNED_HEADERS_HEADER};
use super::signer::Signer;
use super::string_to_sign::{HeaderLookup, Param, StringToSignInput, string_to_sign};
use crate::params::decode;
use crate::signed_text::SignedText;

/// A request as a backend received it.
#[derive(Clone, Copy)]
pub struct Received<'a> {
    /// The method; compared in upper case, as it was signed.
    pub method: &'a str,
    /// The raw path, without query.
    pub path: &'a str,
    /// The raw query, without `?`.
    pub query: Option<&'a str>,
    /// Names in any case, values as UTF-8; blanks around values are ignored. Of a
    /// repeated header the first counts, as in a servlet container.
    pub headers: &'a [(&'a str, &'a str)],
    /// The raw body, without transfer coding.
    pub body: &'a [u8],
}

/// A request whose signature fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified<'k> {
    /// The sign key of the signer that made it.
    pub sign_key: &'k str,
}

/// Why a request is refused. Holds no secret of ours; the string to sign repeats
/// the request and is withheld from `Debug`.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no signature header.
    #[error("the request is not signed")]
    NoSignature,
    /// The request can not be read as a signed one.
    #[error("the signature can not be checked")]
    Malformed(#[source] Malformed),
    /// The sign key names no key of ours.
    #[error("the sign key is not known")]
    UnknownSignKey,
    /// `Content-MD5` is not the digest of the body.
    #[error("Content-MD5 differs from the digest of the body")]
    BodyDigestDiffers,
    /// The signature is not the one computed here.
    #[error("the signature differs from the one computed")]
    SignatureDiffers {
        /// What was signed here, to compare with what the sender signed.
        string_to_sign: SignedText,
    },
}

/// Why a request can not be read as a signed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The header that names the sign key is absent.
    #[error("{SECRET_KEY_HEADER} is missing")]
    NoSignKey,
    /// One of the three headers of the scheme occurs more than once.
    #[error("{name} occurs more than once")]
    Repeated {
        /// The header.
        name: &'static str,
    },
    /// The body is a form in a charset other than UTF-8.
    #[error("the form is not in UTF-8")]
    FormCharset,
}

/// Checks the signature of `received` with the signer that `lookup` gives for the
/// sign key it names.
///
/// Honours any list of signed headers, a missing one included. For a digested
/// body a `Content-MD5` header, if there is one, has to be the digest computed here.
/// The signature is compared in constant time.
///
/// What the scheme does not cover, this can not see: bodies of methods other than
/// POST and PUT that are no form, second values of a repeated parameter, whether a
/// parameter came in query or form, and headers left out of the list.
///
/// # Errors
/// See [`Refusal`].
pub fn verify<'k>(
    received: &Received<'_>,
    lookup: impl Fn(&str) -> Option<&'k Signer>,
) -> Result<Verified<'k>, Refusal> {
    let signature = received
        .own_header(SIGNATURE_HEADER)?
        .ok_or(Refusal::NoSignature)?;
    let sign_key = received
        .own_header(SECRET_KEY_HEADER)?
        .ok_or(Refusal::Malformed(Malformed::NoSignKey))?;
    received.own_header(SIGNED_HEADERS_HEADER)?;
    let signer = lookup(sign_key).ok_or(Refusal::UnknownSignKey)?;

    let string_to_sign = received.string_to_sign()?;
    if !signer.sign_text(&string_to_sign).ct_eq(signature) {
        return Err(Refusal::SignatureDiffers {
            string_to_sign: SignedText::new(string_to_sign),
        });
    }
    Ok(Verified {
        sign_key: signer.sign_key(),
    })
}

impl<'a> Received<'a> {
    fn string_to_sign(&self) -> Result<String, Refusal> {
        let method = self.method.to_ascii_uppercase();
        let (form, body) = match body_kind(&method, self.headers("content-type").next()) {
            BodyKind::Form => (self.body, None),
            BodyKind::Digest => (&[][..], Some(self.body)),
            BodyKind::Unsigned => (&[][..], None),
            BodyKind::FormOtherCharset => return Err(Refusal::Malformed(Malformed::FormCharset)),
        };
        if let Some(body) = body {
            self.check_content_md5(&content_md5(&method, body))?;
        }

        let query = self.query.unwrap_or_default().as_bytes();
        let decoded: Vec<_> = decode(query).chain(decode(form)).collect();
        let params: Vec<_> = decoded
            .iter()
            .map(|(name, value)| (&**name, Param::Text(value)))
            .collect();
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| (*name, trim(value)))
            .collect();
        Ok(string_to_sign(&StringToSignInput {
            method: &method,
            path: self.path,
            headers: &headers,
            header_lookup: HeaderLookup::AnyCase,
            params: &params,
            body,
        }))
    }

    fn check_content_md5(&self, computed: &str) -> Result<(), Refusal> {
        let fits = self
            .headers("content-md5")
            .all(|stated| computed.is_empty() || stated == computed);
        if fits {
            Ok(())
        } else {
            Err(Refusal::BodyDigestDiffers)
        }
    }

    fn own_header(&self, name: &'static str) -> Result<Option<&'a str>, Refusal> {
        let mut values = self.headers(name);
        let first = values.next();
        match values.next() {
            None => Ok(first),
            Some(_) => Err(Refusal::Malformed(Malformed::Repeated { name })),
        }
    }

    fn headers(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(candidate, _)| candidate.eq_ignore_ascii_case(name))
            .map(|(_, value)| trim(value))
    }
}

/// Without the blanks that HTTP allows around a header value.
fn trim(value: &str) -> &str {
    value.trim_matches([' ', '\t'])
}

#[cfg(test)]
mod tests;
