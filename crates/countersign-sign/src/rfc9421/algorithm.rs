//! The algorithms of the "HTTP Signature Algorithms" registry that are spoken.

use std::fmt;

/// How a signature base is signed (RFC 9421 section 3.3). The key decides it; the
/// `alg` parameter of a signature is compared with the key's and never believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// HMAC with SHA-256 and a shared secret (section 3.3.3).
    HmacSha256,
    /// EdDSA over Curve25519 (section 3.3.6).
    Ed25519,
    /// ECDSA over P-256 with SHA-256, the signature being `r` and `s` of 32 bytes
    /// each (section 3.3.4).
    EcdsaP256Sha256,
    /// RSASSA-PSS with SHA-512 and a salt of 64 bytes (section 3.3.1).
    RsaPssSha512,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::HmacSha256,
        Self::Ed25519,
        Self::EcdsaP256Sha256,
        Self::RsaPssSha512,
    ];

    /// Its name in the registry, the value of the `alg` parameter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HmacSha256 => "hmac-sha256",
            Self::Ed25519 => "ed25519",
            Self::EcdsaP256Sha256 => "ecdsa-p256-sha256",
            Self::RsaPssSha512 => "rsa-pss-sha512",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
