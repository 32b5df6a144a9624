//! HTTP Basic with the sign key as user and the sign secret as password (spec
//! section 5.5).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::{Received, Verified};
use crate::huawei::request::Repeated;
use crate::secret::{Secret, texts_equal};

const SCHEME: &str = "Basic";

/// A ready-made header value. A clone shares it; wiped when the last is dropped.
///
/// `Debug` shows the sign key, which is public.
#[derive(Clone)]
pub struct Basic {
    sign_key: Box<str>,
    header: Secret,
}

impl Basic {
    /// Writes the value for a key. The sign key must not hold a colon, or a backend
    /// splits it in the wrong place; no alphabet of sign keys has one.
    pub fn new(sign_key: &str, secret: &Secret) -> Self {
        let pair = Zeroizing::new([sign_key, ":", secret.expose()].concat());
        // Room for all of it: a buffer that never moves leaves no copies behind.
        let mut header = String::with_capacity(SCHEME.len() + 1 + pair.len().div_ceil(3) * 4);
        header.push_str(SCHEME);
        header.push(' ');
        STANDARD.encode_string(pair.as_bytes(), &mut header);
        Self {
            sign_key: sign_key.into(),
            header: Secret::new(header),
        }
    }

    /// The sign key.
    pub fn sign_key(&self) -> &str {
        &self.sign_key
    }

    /// The value of the header, which holds the secret.
    pub fn header_value(&self) -> &[u8] {
        self.header.expose().as_bytes()
    }

    /// Whether these are the credentials, in Base64, in constant time.
    pub(crate) fn fits(&self, credentials: &str) -> bool {
        texts_equal(self.credentials(), credentials)
    }

    fn credentials(&self) -> &str {
        &self.header.expose()[SCHEME.len() + 1..]
    }
}

impl fmt::Debug for Basic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Basic")
            .field("sign_key", &self.sign_key)
            .finish_non_exhaustive()
    }
}

/// Why a backend refuses a request that should carry HTTP Basic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BasicRefusal {
    /// The header is absent.
    #[error("the request carries no credentials")]
    NoCredentials,
    /// The header occurs more than once.
    #[error("the credentials occur more than once")]
    Repeated,
    /// The header is of another scheme.
    #[error("the scheme is not {SCHEME}")]
    OtherScheme,
    /// What follows is not Base64 of a user and a password with a colon between.
    #[error("the credentials can not be read")]
    Malformed,
    /// The user names no key of ours.
    #[error("the sign key is not known")]
    UnknownSignKey,
    /// The password is not the secret of that key.
    #[error("the secret differs")]
    SecretDiffers,
}

/// Checks the credentials in the header named `header`
/// ([`super::AUTHORIZATION`], unless the gateway is told another name) against those
/// that `lookup` gives for the sign key they name, in constant time.
///
/// # Errors
/// See [`BasicRefusal`].
pub fn verify_basic<'k>(
    received: &Received<'_>,
    header: &str,
    lookup: impl Fn(&str) -> Option<&'k Basic>,
) -> Result<Verified<'k>, BasicRefusal> {
    let value = received
        .value(header)
        .map_err(|Repeated| BasicRefusal::Repeated)?
        .ok_or(BasicRefusal::NoCredentials)?;
    let (scheme, credentials) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return Err(BasicRefusal::OtherScheme);
    }
    let credentials = credentials.trim_start_matches(' ');
    let pair = STANDARD
        .decode(credentials)
        .map(Zeroizing::new)
        .map_err(|_| BasicRefusal::Malformed)?;
    let sign_key = std::str::from_utf8(&pair)
        .ok()
        .and_then(|pair| pair.split_once(':'))
        .map(|(sign_key, _)| sign_key)
        .ok_or(BasicRefusal::Malformed)?;
    let basic = lookup(sign_key).ok_or(BasicRefusal::UnknownSignKey)?;
    // The decoder takes one spelling of each text only, so that comparing what is
    // encoded compares what is meant.
    if basic.fits(credentials) {
        Ok(Verified {
            sign_key: basic.sign_key(),
        })
    } else {
        Err(BasicRefusal::SecretDiffers)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::AUTHORIZATION;
    use super::*;

    fn basic() -> Basic {
        Basic::new("key", &Secret::new("planted:!".to_owned()))
    }

    fn verdict(headers: &[(&str, &str)]) -> Result<String, BasicRefusal> {
        let received = Received {
            method: "GET",
            path: "/",
            query: None,
            headers,
            body: b"",
        };
        let known = basic();
        verify_basic(&received, AUTHORIZATION, |key| {
            (key == known.sign_key()).then_some(&known)
        })
        .map(|verified| verified.sign_key.to_owned())
    }

    #[test]
    fn good_credentials() {
        assert_eq!(basic().header_value(), b"Basic a2V5OnBsYW50ZWQ6IQ==");
        for value in [
            "Basic a2V5OnBsYW50ZWQ6IQ==",
            " basic   a2V5OnBsYW50ZWQ6IQ== ",
        ] {
            assert_eq!(verdict(&[("Authorization", value)]), Ok("key".to_owned()));
        }
    }

    #[test]
    fn bad_credentials() {
        use BasicRefusal as R;
        assert_eq!(verdict(&[]), Err(R::NoCredentials));
        let good = "Basic a2V5OnBsYW50ZWQ6IQ==";
        let twice = [("Authorization", good), ("authorization", good)];
        assert_eq!(verdict(&twice), Err(R::Repeated));
        let encoded = |pair: &[u8]| format!("Basic {}", STANDARD.encode(pair));
        for (value, expected) in [
            (String::new(), R::OtherScheme),
            ("Bearer x".to_owned(), R::OtherScheme),
            ("Basica2V5OnBsYW50ZWQ6IQ==".to_owned(), R::OtherScheme),
            ("Basic".to_owned(), R::Malformed),
            ("Basic a2V5OnBsYW50ZWQ6IQ".to_owned(), R::Malformed),
            ("Basic a2V5OnBsYW50ZWQ6IR==".to_owned(), R::Malformed),
            ("Basic *".to_owned(), R::Malformed),
            (encoded(b"key"), R::Malformed),
            (encoded(b"key:\xff"), R::Malformed),
            (encoded(b"Key:planted:!"), R::UnknownSignKey),
            (encoded(b":planted:!"), R::UnknownSignKey),
            (encoded(b"key:"), R::SecretDiffers),
            (encoded(b"key:planted"), R::SecretDiffers),
            (encoded(b"key:planted:! "), R::SecretDiffers),
        ] {
            assert_eq!(
                verdict(&[("Authorization", &value)]),
                Err(expected),
                "{value}"
            );
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?} {:#?}", basic(), basic());
        assert!(shown.contains("key") && !shown.contains("planted") && !shown.contains("a2V5"));
    }

    proptest! {
        #[test]
        fn reading_never_panics(value in "(Basic )?[A-Za-z0-9+/=]{0,12}|.*") {
            let _ = verdict(&[("authorization", &value)]);
        }

        #[test]
        fn what_is_written_is_accepted(key in "[A-Za-z0-9_-]{1,32}", secret in ".*") {
            let known = Basic::new(&key, &Secret::new(secret));
            let value = String::from_utf8(known.header_value().to_vec()).unwrap();
            let received = Received {
                method: "GET", path: "/", query: None, headers: &[("X-Sign", &value)], body: b"",
            };
            let lookup = |name: &str| (name == key).then_some(&known);
            let verified = verify_basic(&received, "x-sign", lookup);
            prop_assert_eq!(verified.map(|v| v.sign_key), Ok(&*key));
        }
    }
}
