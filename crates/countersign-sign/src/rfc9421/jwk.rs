//! Public keys as JSON Web Keys (RFC 7517, RFC 7518, RFC 8037).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// The members of a public JSON Web Key; the caller renders and reads the JSON.
///
/// All texts are in Base64url or names, so they need no escapes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Jwk {
    /// `OKP`, `EC` or `RSA`.
    pub kty: String,
    /// The curve: `Ed25519` or `P-256`.
    pub crv: Option<String>,
    /// The public key, or its x coordinate.
    pub x: Option<String>,
    /// The y coordinate.
    pub y: Option<String>,
    /// The modulus.
    pub n: Option<String>,
    /// The public exponent.
    pub e: Option<String>,
}

impl Jwk {
    /// The required members as JSON, in the order of the alphabet and without
    /// blanks: what RFC 7638 hashes.
    pub fn to_json(&self) -> String {
        let members = [
            ("crv", &self.crv),
            ("e", &self.e),
            ("kty", &Some(self.kty.clone())),
            ("n", &self.n),
            ("x", &self.x),
            ("y", &self.y),
        ];
        let written: Vec<String> = members
            .into_iter()
            .filter_map(|(name, value)| Some(format!("\"{name}\":\"{}\"", value.as_ref()?)))
            .collect();
        format!("{{{}}}", written.join(","))
    }

    /// The thumbprint (RFC 7638) by SHA-256, in Base64url.
    pub fn thumbprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.to_json()))
    }
}

pub(super) fn encode(bytes: &[u8]) -> Option<String> {
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

pub(super) fn decode(text: Option<&String>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8037 appendix A.3 and RFC 7638 section 3.1.
    #[test]
    fn thumbprints_of_the_rfcs() {
        let okp = Jwk {
            kty: "OKP".to_owned(),
            crv: Some("Ed25519".to_owned()),
            x: Some("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".to_owned()),
            ..Jwk::default()
        };
        assert_eq!(
            okp.thumbprint(),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
        let rsa = Jwk {
            kty: "RSA".to_owned(),
            n: Some(concat!(
                "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_",
                "BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_",
                "FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI",
                "4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
            ).to_owned()),
            e: Some("AQAB".to_owned()),
            ..Jwk::default()
        };
        assert_eq!(
            rsa.thumbprint(),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
    }
}
