//! The digest of a body.

use std::fmt;

use sha2::{Digest, Sha256};

use super::key::hex_of;

/// The length of a SHA-256 in hex digits.
pub(super) const HEX_LEN: usize = 64;

/// SHA-256 of nothing.
const EMPTY: &[u8; HEX_LEN] = b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The digest of a body: lower-case hex of its SHA-256, 64 ASCII bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PayloadHash([u8; HEX_LEN]);

impl PayloadHash {
    /// The digest of an empty body.
    pub const EMPTY: Self = Self(*EMPTY);

    /// The digest of a whole body.
    pub fn of(body: &[u8]) -> Self {
        if body.is_empty() {
            return Self::EMPTY;
        }
        Self(hex_of(&Sha256::digest(body)))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("hex digits are ASCII")
    }
}

impl fmt::Debug for PayloadHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PayloadHash").field(&self.as_str()).finish()
    }
}

/// The SHA-256 of a body that arrives in pieces.
#[derive(Clone, Default)]
pub struct BodySha256(Sha256);

impl BodySha256 {
    /// The state before the first byte.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next piece of the body.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The digest of all pieces.
    pub fn finish(self) -> PayloadHash {
        PayloadHash(hex_of(&self.0.finalize()))
    }
}

impl fmt::Debug for BodySha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BodySha256")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_table() {
        for (body, expected) in [
            (
                &b""[..],
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            ),
            (
                br#"{"a":1}"#,
                "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862",
            ),
        ] {
            assert_eq!(PayloadHash::of(body).as_str(), expected);
        }
    }

    #[test]
    fn pieces_and_whole_agree() {
        let mut hasher = BodySha256::new();
        assert_eq!(hasher.clone().finish(), PayloadHash::EMPTY);
        for piece in [&b"ab"[..], b"", b"cde"] {
            hasher.update(piece);
        }
        assert_eq!(hasher.finish(), PayloadHash::of(b"abcde"));
    }
}
