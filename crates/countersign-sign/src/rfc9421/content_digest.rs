//! `Content-Digest` (RFC 9530).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::CONTENT_DIGEST_HEADER;
use super::input::Malformed;
use super::structured::read_dictionary;

/// The value of `Content-Digest` for content whose SHA-256 is `hash`.
pub fn content_digest_sha256(hash: &[u8; 32]) -> String {
    let mut out = String::from("sha-256=:");
    STANDARD.encode_string(hash, &mut out);
    out.push(':');
    out
}

/// Whether every digest by SHA-256 or SHA-512 in `field` is that of `content`.
/// Digests by other algorithms are passed over (section 2).
///
/// # Errors
/// When the field can not be read, or holds no digest by either.
pub(super) fn digest_fits(field: &str, content: &[u8]) -> Result<bool, Malformed> {
    let members = read_dictionary(field).map_err(|why| Malformed::Field {
        field: CONTENT_DIGEST_HEADER,
        why,
    })?;
    let mut known = 0;
    let mut fits = true;
    for member in &members {
        let computed = match member.key.as_str() {
            "sha-256" => Sha256::digest(content).to_vec(),
            "sha-512" => Sha512::digest(content).to_vec(),
            _ => continue,
        };
        known += 1;
        let stated = member.bytes().unwrap_or_default();
        fits &= bool::from(computed.ct_eq(stated));
    }
    if known == 0 {
        return Err(Malformed::NoUsableDigest);
    }
    Ok(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rfc9421::BadField;

    fn sha256(content: &[u8]) -> String {
        content_digest_sha256(&Sha256::digest(content).into())
    }

    /// RFC 9530 appendix B.
    #[test]
    fn examples_of_the_rfc() {
        for (content, digest) in [
            (
                &b"{\"hello\": \"world\"}\n"[..],
                "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
            ),
            (
                b"",
                "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
            ),
            (
                b"\"world\"}\n",
                "sha-256=:jjcgBDWNAtbYUXI37CVG3gRuGOAjaaDRGpIUFsdyepQ=:",
            ),
            (
                b"{\"title\": \"New Title\"}\n",
                "sha-256=:mEkdbO7Srd9LIOegftO0aBX+VPTVz7/CSHes2Z27gc4=:",
            ),
        ] {
            assert_eq!(sha256(content), digest);
            assert_eq!(digest_fits(digest, content), Ok(true));
            assert_eq!(digest_fits(digest, b"other"), Ok(false));
        }
    }

    /// The content of RFC 9421's test request.
    #[test]
    fn a_digest_by_sha_512_counts() {
        let field = concat!(
            "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYll",
            "u7BNNyealdVLvRwEmTHWXvJwew==:"
        );
        assert_eq!(digest_fits(field, b"{\"hello\": \"world\"}"), Ok(true));
        assert_eq!(digest_fits(field, b"{\"hello\": \"World\"}"), Ok(false));
    }

    #[test]
    fn every_known_digest_has_to_fit() {
        let good = sha256(b"a");
        let fits = |field: &str| digest_fits(field, b"a");
        assert_eq!(fits(&format!("md5=:AA==:, {good}")), Ok(true));
        assert_eq!(fits(&format!("{good}, sha-512=:AA==:")), Ok(false));
        assert_eq!(fits("sha-256=token"), Ok(false));
        assert_eq!(fits("md5=:AA==:"), Err(Malformed::NoUsableDigest));
        assert_eq!(fits(""), Err(Malformed::NoUsableDigest));
        let repeated = fits(&format!("{good}, {good}"));
        assert!(matches!(
            repeated,
            Err(Malformed::Field {
                why: BadField::Repeated,
                ..
            })
        ));
    }
}
