//! From the canonical request to the signature (spec section 1.3).

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::ALGORITHM;
use super::date::SdkDate;
use super::payload::HEX_LEN;
use crate::secret::{Secret, texts_equal};

/// The HMAC state prepared from a secret; wiped on drop.
#[derive(Clone)]
pub(crate) struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    pub(crate) fn new(secret: &Secret) -> Self {
        let key = secret.expose().as_bytes();
        Self(Hmac::new_from_slice(key).expect("HMAC takes a key of any length"))
    }

    /// The signature of a canonical request: HMAC over its string to sign.
    pub(crate) fn sign(&self, date: &SdkDate, canonical_request: &str) -> Signature {
        let mut mac = self.0.clone();
        mac.update(ALGORITHM.as_bytes());
        mac.update(b"\n");
        mac.update(date.as_str().as_bytes());
        mac.update(b"\n");
        mac.update(&hex_of(&Sha256::digest(canonical_request)));
        Signature(hex_of(&mac.finalize().into_bytes()))
    }
}

/// The string to sign: the algorithm, the date and the lower-case hex SHA-256 of
/// the canonical request, joined with line feeds.
pub fn string_to_sign(date: &SdkDate, canonical_request: &str) -> String {
    let digest = hex::encode(Sha256::digest(canonical_request));
    format!("{ALGORITHM}\n{}\n{digest}", date.as_str())
}

/// A signature: 64 lower-case hex digits.
pub(crate) struct Signature([u8; HEX_LEN]);

impl Signature {
    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("hex digits are ASCII")
    }

    /// Whether `presented` is this very text, in constant time.
    pub(crate) fn ct_eq(&self, presented: &str) -> bool {
        texts_equal(self.as_str(), presented)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature")
    }
}

/// Lower-case hex of 32 bytes.
pub(super) fn hex_of(digest: &[u8]) -> [u8; HEX_LEN] {
    let mut text = [0; HEX_LEN];
    hex::encode_to_slice(digest, &mut text).expect("a SHA-256 is 32 bytes");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_string_to_sign_is_what_is_signed() {
        let date = SdkDate::from_unix(0);
        let text = string_to_sign(&date, "GET\n/\n\n\n\n");
        assert!(text.starts_with("SDK-HMAC-SHA256\n19700101T000000Z\n"));
        let mut mac = Hmac::<Sha256>::new_from_slice(b"planted").unwrap();
        mac.update(text.as_bytes());
        let expected = hex::encode(mac.finalize().into_bytes());
        let key = SigningKey::new(&Secret::new("planted".to_owned()));
        let signature = key.sign(&date, "GET\n/\n\n\n\n");
        assert_eq!(signature.as_str(), expected);
        assert!(signature.ct_eq(&expected) && !signature.ct_eq(&expected.to_uppercase()));
        assert!(!format!("{signature:?}").contains(&expected));
    }

    /// `Hmac` has no marker of its own; its fields are two of these.
    #[test]
    fn the_prepared_state_is_wiped_on_drop() {
        fn is_wiped<T: zeroize::ZeroizeOnDrop>() {}
        is_wiped::<<Sha256 as hmac::EagerHash>::Core>();
    }
}
