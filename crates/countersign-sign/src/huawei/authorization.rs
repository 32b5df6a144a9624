//! The `Authorization` header (spec section 1.3).

use std::fmt;

use super::ALGORITHM;

/// A parsed `Authorization` header of this scheme. `Debug` leaves the signature out.
#[derive(Clone, Copy)]
pub struct Authorization<'a> {
    /// The access key, or the sign key of a gateway; not empty.
    pub access: &'a str,
    /// The list of signed headers as it stands: names in lower case, joined with
    /// `;`, none empty, none twice. Signers sort it, which is not insisted on.
    pub signed_headers: &'a str,
    /// The signature as presented, not empty.
    pub signature: &'a str,
}

/// Why an `Authorization` header is not one of this scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MalformedAuthorization {
    /// Its first word is not [`ALGORITHM`]: another scheme.
    #[error("the scheme is not {ALGORITHM}")]
    OtherScheme,
    /// What follows is not `Access=…, SignedHeaders=…, Signature=…`.
    #[error("the three fields are not in the form of the scheme")]
    Fields,
    /// A listed name is empty, not in lower case, not a header name or repeated.
    #[error("SignedHeaders is not a list of header names")]
    SignedHeaders,
}

impl<'a> Authorization<'a> {
    /// Reads what the official verifiers do:
    /// `SDK-HMAC-SHA256\s+Access=([^,]+),\s?SignedHeaders=([^,]+),\s?Signature=(\w+)`,
    /// in ASCII, with blanks around it allowed.
    ///
    /// # Errors
    /// See [`MalformedAuthorization`].
    pub fn parse(header: &'a str) -> Result<Self, MalformedAuthorization> {
        use MalformedAuthorization as Malformed;

        let header = header.trim_ascii();
        let (scheme, fields) = header
            .split_once(|c: char| c.is_ascii_whitespace())
            .unwrap_or((header, ""));
        if scheme != ALGORITHM {
            return Err(Malformed::OtherScheme);
        }
        let authorization = Self::fields(fields.trim_ascii_start()).ok_or(Malformed::Fields)?;
        if are_names(authorization.signed_headers) {
            Ok(authorization)
        } else {
            Err(Malformed::SignedHeaders)
        }
    }

    fn fields(text: &'a str) -> Option<Self> {
        let (access, text) = text.strip_prefix("Access=")?.split_once(',')?;
        let (signed_headers, text) = without_one_blank(text)
            .strip_prefix("SignedHeaders=")?
            .split_once(',')?;
        let signature = without_one_blank(text).strip_prefix("Signature=")?;
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let filled = [access, signed_headers, signature]
            .iter()
            .all(|field| !field.is_empty());
        (filled && signature.bytes().all(is_word)).then_some(Self {
            access,
            signed_headers,
            signature,
        })
    }

    /// The listed names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> + Clone {
        self.signed_headers.split(';')
    }

    /// Whether `name`, in lower case, is listed.
    pub(crate) fn lists(&self, name: &str) -> bool {
        self.names().any(|listed| listed == name)
    }
}

impl fmt::Debug for Authorization<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("access", &self.access)
            .field("signed_headers", &self.signed_headers)
            .finish_non_exhaustive()
    }
}

fn without_one_blank(text: &str) -> &str {
    text.strip_prefix(|c: char| c.is_ascii_whitespace())
        .unwrap_or(text)
}

/// A repeated name is refused: it would let a short request demand a huge
/// canonical one.
fn are_names(list: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_graphic() && !b.is_ascii_uppercase() && b != b':')
    };
    if !list.split(';').all(is_name) {
        return false;
    }
    if list.split(';').is_sorted_by(|left, right| left < right) {
        return true;
    }
    let mut names: Vec<_> = list.split(';').collect();
    names.sort_unstable();
    names.is_sorted_by(|left, right| left < right)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn good_headers() {
        for header in [
            "SDK-HMAC-SHA256 Access=id, SignedHeaders=host;x-sdk-date, Signature=ab12",
            "SDK-HMAC-SHA256 Access=id,SignedHeaders=host;x-sdk-date,Signature=ab12",
            "SDK-HMAC-SHA256 \t Access=id,\tSignedHeaders=host;x-sdk-date, Signature=ab12 ",
        ] {
            let parsed = Authorization::parse(header).unwrap();
            assert_eq!(parsed.access, "id");
            assert_eq!(parsed.signed_headers, "host;x-sdk-date");
            assert_eq!(parsed.signature, "ab12");
            assert!(!format!("{parsed:?}").contains("ab12"));
        }
    }

    #[test]
    fn schemes() {
        for header in [
            "",
            "Basic eDp5",
            "SDK-HMAC-MD5 Access=i, SignedHeaders=host, Signature=a",
            "SDK-HMAC-SM3 Access=i, SignedHeaders=host, Signature=a",
            "V11-HMAC-SHA256 Credential=i/20260102/r/apig, SignedHeaders=host, Signature=a",
            "sdk-hmac-sha256 Access=i, SignedHeaders=host, Signature=a",
            "SDK-HMAC-SHA256Access=i, SignedHeaders=host, Signature=a",
            "SDK-HMAC-SHA256\u{a0}Access=i, SignedHeaders=host, Signature=a",
        ] {
            let refused = Authorization::parse(header).unwrap_err();
            assert_eq!(refused, MalformedAuthorization::OtherScheme, "{header:?}");
        }
    }

    #[test]
    fn bad_fields() {
        for fields in [
            "",
            "Access=i",
            "Access=, SignedHeaders=host, Signature=a",
            "Access=i, SignedHeaders=, Signature=a",
            "Access=i, SignedHeaders=host, Signature=",
            "Access=i, SignedHeaders=host",
            "Access=i,  SignedHeaders=host, Signature=a",
            "Access=i , Signature=a, SignedHeaders=host",
            "access=i, SignedHeaders=host, Signature=a",
            "Access=i, SignedHeaders=host, Signature=a-b",
            "Access=i, SignedHeaders=host, Signature=a, X=y",
            "Access=i, SignedHeaders=host, Signature=é",
            "Access=i; SignedHeaders=host; Signature=a",
        ] {
            let header = format!("SDK-HMAC-SHA256 {fields}");
            let refused = Authorization::parse(&header).unwrap_err();
            assert_eq!(refused, MalformedAuthorization::Fields, "{fields:?}");
        }
    }

    #[test]
    fn lists() {
        let of = |list: &str| {
            let header = format!("SDK-HMAC-SHA256 Access=i, SignedHeaders={list}, Signature=a");
            Authorization::parse(&header).map(|parsed| parsed.lists("host"))
        };
        for (list, lists_host) in [
            ("host", true),
            ("a;host;x-sdk-date", true),
            ("x-sdk-date;host", true),
            ("ghost;x_y", false),
        ] {
            assert_eq!(of(list), Ok(lists_host), "{list:?}");
        }
        for list in [
            ";", "host;", ";host", "a;;b", "a;a", "b;a;b", "Host", "a b", "a; b", "a:", "\u{e9}",
        ] {
            let refused = Err(MalformedAuthorization::SignedHeaders);
            assert_eq!(of(list), refused, "{list:?}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(header in
            "(SDK-HMAC-SHA256 )?(Access=)?[A-Za-z=,; é]*(, SignedHeaders=[a-c;]*, Signature=)?|.*"
        ) {
            let _ = Authorization::parse(&header);
        }
    }
}
