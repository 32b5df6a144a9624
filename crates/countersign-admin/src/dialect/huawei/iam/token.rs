//! A token's text: what it is for, then 32 random bytes. What it is for is in
//! the text and nowhere else: only the whole text's hash is remembered, so a
//! caller who changes one letter of it has a token that nobody knows.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use countersign_core::TokenHash;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::dialect::huawei) enum TokenScope {
    /// The user's project: what the gateway's API asks for.
    Project,
    /// The user's domain.
    Domain,
    /// Nothing but to say who the user is.
    Unscoped,
}

/// A scope and what its tokens begin with, so that a token is told from other
/// texts where one has leaked.
const PREFIXES: [(TokenScope, &str); 3] = [
    (TokenScope::Project, "cst_p_"),
    (TokenScope::Domain, "cst_d_"),
    (TokenScope::Unscoped, "cst_u_"),
];

impl TokenScope {
    /// What a token says it is for; a text that is none is for nothing.
    pub(in crate::dialect::huawei) fn of(token: &str) -> Self {
        let known = PREFIXES
            .iter()
            .find(|(_, prefix)| token.starts_with(prefix));
        known.map_or(Self::Unscoped, |(scope, _)| *scope)
    }

    fn prefix(self) -> &'static str {
        let (_, prefix) = PREFIXES[match self {
            Self::Project => 0,
            Self::Domain => 1,
            Self::Unscoped => 2,
        }];
        prefix
    }
}

/// A new token; `random` comes from a secure random source.
pub(super) fn new(scope: TokenScope, random: &[u8; 32]) -> Zeroizing<String> {
    // Room enough, so that the text never moves and leaves no copy behind.
    let mut text = Zeroizing::new(String::with_capacity(64));
    text.push_str(scope.prefix());
    URL_SAFE_NO_PAD.encode_string(random, &mut text);
    text
}

/// Under which name a token is remembered.
pub(in crate::dialect::huawei) fn hash(token: &str) -> TokenHash {
    TokenHash(Sha256::digest(token.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_what_it_is_for() {
        for (scope, prefix) in PREFIXES {
            let token = new(scope, &[0xfb; 32]);
            assert_eq!(TokenScope::of(&token), scope);
            assert_eq!(token.strip_prefix(prefix).map(str::len), Some(43));
        }
        assert_eq!(
            new(TokenScope::Project, &[0xfb; 32]).as_str(),
            "cst_p_-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s"
        );
        assert_eq!(TokenScope::of("garbage"), TokenScope::Unscoped);
    }
}
