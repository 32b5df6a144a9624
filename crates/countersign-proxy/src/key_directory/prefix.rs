//! Where the directory of public keys is.

/// What comes before the name of a signature key in the path of its public
/// keys, as in the vendor's `public_key_uri_prefix`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKeyUriPrefix(Box<str>);

/// The text is no beginning of a path that requests can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the prefix begins and ends with '/', has no empty or dot segment between, and is of letters, \
     digits, '-', '.', '_' and '~'"
)]
pub struct BadUriPrefix;

impl PublicKeyUriPrefix {
    /// Reads a prefix. It is compared with raw paths, so it is of characters
    /// that nobody escapes.
    ///
    /// # Errors
    /// See [`BadUriPrefix`].
    pub fn parse(text: &str) -> Result<Self, BadUriPrefix> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
        let segment_is_good =
            |segment: &str| !matches!(segment, "" | "." | "..") && segment.bytes().all(plain);
        let inner = text.strip_prefix('/').ok_or(BadUriPrefix)?;
        if inner.is_empty() {
            return Ok(Self(text.into()));
        }
        let inner = inner.strip_suffix('/').ok_or(BadUriPrefix)?;
        match inner.split('/').all(segment_is_good) {
            true => Ok(Self(text.into())),
            false => Err(BadUriPrefix),
        }
    }

    /// The prefix.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for PublicKeyUriPrefix {
    /// `/apigw/authadv/v2/public-key/`, the vendor's.
    fn default() -> Self {
        Self("/apigw/authadv/v2/public-key/".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes() {
        let default = PublicKeyUriPrefix::default();
        assert_eq!(PublicKeyUriPrefix::parse(default.as_str()), Ok(default));
        for text in ["/", "/keys/", "/a-b/.well-known/~x_1/"] {
            assert_eq!(PublicKeyUriPrefix::parse(text).unwrap().as_str(), text);
        }
        for text in [
            "", "keys/", "/keys", "//", "/a//b/", "/a b/", "/a%20/", "/a/../", "/a?/",
        ] {
            assert_eq!(PublicKeyUriPrefix::parse(text), Err(BadUriPrefix), "{text}");
        }
    }
}
