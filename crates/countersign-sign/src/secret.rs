//! The one type that holds a secret.

use std::fmt;
use std::sync::Arc;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A sign secret or the secret of an access key: text, used as its UTF-8 bytes.
///
/// A clone shares the same memory, which is wiped when the last clone is
/// dropped. There is no `Display`, no serialisation and no `==`; the text comes
/// out through [`Secret::expose`] only.
#[derive(Clone)]
pub struct Secret(Arc<Zeroizing<String>>);

impl Secret {
    /// Takes over the text without copying it.
    pub fn new(text: String) -> Self {
        Self(Arc::new(Zeroizing::new(text)))
    }

    /// The secret text. Every call is a place to look at in a review.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether both hold the same text, in time that depends on the lengths only.
    pub fn ct_eq(&self, other: &Self) -> bool {
        texts_equal(self.expose(), other.expose())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Whether two texts are the same byte for byte, in time that depends on the
/// lengths only.
pub(crate) fn texts_equal(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_prints_a_fixed_text() {
        let secret = Secret::new("planted".to_owned());
        assert_eq!(format!("{secret:?} {secret:#?}"), "[redacted] [redacted]");
    }

    #[test]
    fn clones_share_one_copy() {
        let secret = Secret::new("planted".to_owned());
        let clone = secret.clone();
        assert_eq!(secret.expose().as_ptr(), clone.expose().as_ptr());
    }

    #[test]
    fn equality_is_by_exact_text() {
        let of = |text: &str| Secret::new(text.to_owned());
        for (left, right, equal) in [
            ("", "", true),
            ("a", "a", true),
            ("a", "A", false),
            ("a", "ab", false),
            ("ab", "a", false),
        ] {
            assert_eq!(of(left).ct_eq(&of(right)), equal, "{left:?} {right:?}");
        }
    }
}
