//! The header that carries the signature of Huawei's schemes.

use http::{HeaderName, header};

use crate::header_policy;

/// The name of the header that carries the signature of Huawei's schemes, HMAC
/// and HTTP Basic: `Authorization`, unless the gateway is told another, as with
/// the field `backend_sign_header` of the vendor's parameter
/// `custom_auth_header`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackendSignHeader(HeaderName);

/// Why a header cannot carry the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSignHeader {
    /// It is no name of a header.
    #[error("a header's name is letters, digits and some signs")]
    NotAName,
    /// It belongs to the connection, to the body, or to the gateway.
    #[error("that header means something else to the connection, the body or the gateway")]
    Taken,
}

impl BackendSignHeader {
    /// Reads a header's name, in any case.
    ///
    /// # Errors
    /// See [`BadSignHeader`].
    pub fn parse(text: &str) -> Result<Self, BadSignHeader> {
        let name = HeaderName::from_bytes(text.as_bytes()).map_err(|_| BadSignHeader::NotAName)?;
        match header_policy::may_carry_signature(&name) {
            true => Ok(Self(name)),
            false => Err(BadSignHeader::Taken),
        }
    }

    /// The name, in lower case.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(crate) fn into_name(self) -> HeaderName {
        self.0
    }
}

impl Default for BackendSignHeader {
    /// `Authorization`.
    fn default() -> Self {
        Self(header::AUTHORIZATION)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(BackendSignHeader::default().as_str(), "authorization");
        for (text, expected) in [
            ("X-Gw-Auth", Ok("x-gw-auth")),
            ("Authorization", Ok("authorization")),
            ("", Err(BadSignHeader::NotAName)),
            ("a b", Err(BadSignHeader::NotAName)),
            ("X-Sdk-Date", Err(BadSignHeader::Taken)),
            ("Host", Err(BadSignHeader::Taken)),
        ] {
            let parsed = BackendSignHeader::parse(text);
            let parsed = parsed.as_ref().map(BackendSignHeader::as_str);
            assert_eq!(parsed, expected.as_ref().copied(), "{text}");
        }
    }
}
