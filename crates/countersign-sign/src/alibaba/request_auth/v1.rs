//! The v1 request signature, HMAC-SHA1 (spec section 1.5).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use zeroize::Zeroizing;

use super::as_texts;
use crate::params::percent_encode_into;
use crate::secret::{Secret, texts_equal};
use crate::signed_text::SignedText;

/// The parameter that carries the signature, and the only one not signed.
pub const SIGNATURE_PARAMETER: &str = "Signature";

/// The signature presented is not the one computed. A caller gets the string to
/// sign back in the answer; `Debug` withholds it.
#[derive(Debug, thiserror::Error)]
#[error("the signature differs from the one computed")]
pub struct Mismatch {
    /// What was signed here, to compare with what the caller signed.
    pub string_to_sign: SignedText,
}

/// Steps 1 to 4: the decoded parameters of query and form, without
/// [`SIGNATURE_PARAMETER`] (dropped if it is among them), sorted, encoded and joined.
pub fn canonical_query(params: &[(impl AsRef<str>, impl AsRef<str>)]) -> String {
    super::canonical_query(as_texts(params).filter(|(name, _)| *name != SIGNATURE_PARAMETER))
}

/// Step 5: the method in upper case, `&%2F&` and the canonical query encoded once more.
pub fn string_to_sign(method: &str, params: &[(impl AsRef<str>, impl AsRef<str>)]) -> String {
    const PATH: &str = "&%2F&";
    let query = Zeroizing::new(canonical_query(params));
    let mut out = String::with_capacity(method.len() + PATH.len() + 3 * query.len());
    out.push_str(method);
    out.make_ascii_uppercase();
    out.push_str(PATH);
    percent_encode_into(&mut out, query.as_bytes());
    out
}

/// Step 6: Base64 of HMAC-SHA1, the key being the secret and one `&`.
pub fn sign(secret: &Secret, string_to_sign: &str) -> String {
    let key = Zeroizing::new([secret.expose(), "&"].concat());
    let mut mac =
        Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(string_to_sign.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// Step 7: whether `presented`, the decoded signature parameter, is exactly the
/// signature of these parameters. Compared as text, in constant time.
///
/// # Errors
/// [`Mismatch`] with the string to sign computed here.
pub fn verify(
    secret: &Secret,
    method: &str,
    params: &[(impl AsRef<str>, impl AsRef<str>)],
    presented: &str,
) -> Result<(), Mismatch> {
    let string_to_sign = SignedText::new(string_to_sign(method, params));
    if texts_equal(&sign(secret, string_to_sign.as_str()), presented) {
        Ok(())
    } else {
        Err(Mismatch { string_to_sign })
    }
}
