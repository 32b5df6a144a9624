//! The `Authorization` header.

use std::fmt;

use super::ALGORITHM;
use super::signed_headers::SignedHeaders;

/// A parsed `Authorization` header of this scheme. `Debug` leaves the signature out.
#[derive(Clone)]
pub struct Authorization {
    /// The id of the access key that signed, not empty.
    pub access_key_id: String,
    /// What was signed.
    pub signed_headers: SignedHeaders,
    /// The signature as presented, not empty; its form is not checked, for a
    /// wrong form is a mismatch like any other.
    pub signature: String,
}

/// Why an `Authorization` header is not one of this scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MalformedAuthorization {
    /// It does not begin with `ACS3-`: another scheme.
    #[error("not an ACS3 authorization")]
    OtherScheme,
    /// An ACS3 algorithm other than [`ALGORITHM`].
    #[error("the algorithm is not {ALGORITHM}")]
    UnsupportedAlgorithm,
    /// A field is absent or empty.
    #[error("{field} is missing")]
    Missing {
        /// The field.
        field: &'static str,
    },
    /// A field occurs twice.
    #[error("{field} occurs more than once")]
    Repeated {
        /// The field.
        field: &'static str,
    },
    /// Something that is not one of the three fields.
    #[error("there is an unknown field")]
    UnknownField,
    /// The list of signed headers is not lower-case, sorted and free of repeats.
    #[error("SignedHeaders is not in canonical form")]
    SignedHeaders,
}

impl Authorization {
    /// Reads `ACS3-HMAC-SHA256 Credential=…,SignedHeaders=…,Signature=…`: one blank
    /// after the algorithm, none after the commas, fields in any order.
    ///
    /// # Errors
    /// See [`MalformedAuthorization`].
    pub fn parse(header: &str) -> Result<Self, MalformedAuthorization> {
        use MalformedAuthorization as Malformed;

        let (algorithm, fields) = header.split_once(' ').unwrap_or((header, ""));
        if algorithm != ALGORITHM {
            return Err(if algorithm.starts_with("ACS3-") {
                Malformed::UnsupportedAlgorithm
            } else {
                Malformed::OtherScheme
            });
        }

        let mut credential = Field::named("Credential");
        let mut signed_headers = Field::named("SignedHeaders");
        let mut signature = Field::named("Signature");
        for piece in fields.split(',').filter(|_| !fields.is_empty()) {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            [&mut credential, &mut signed_headers, &mut signature]
                .into_iter()
                .find(|field| field.name == name)
                .ok_or(Malformed::UnknownField)?
                .set(value)?;
        }
        Ok(Self {
            access_key_id: credential.take()?.to_owned(),
            signed_headers: SignedHeaders::parse(signed_headers.take()?)
                .map_err(|_| Malformed::SignedHeaders)?,
            signature: signature.take()?.to_owned(),
        })
    }

    /// The value of the header, the inverse of [`Authorization::parse`].
    pub fn header_value(&self) -> String {
        let Self {
            access_key_id,
            signed_headers,
            signature,
        } = self;
        let signed_headers = signed_headers.as_str();
        format!(
            "{ALGORITHM} Credential={access_key_id},SignedHeaders={signed_headers},Signature={signature}"
        )
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("access_key_id", &self.access_key_id)
            .field("signed_headers", &self.signed_headers)
            .finish_non_exhaustive()
    }
}

struct Field<'a> {
    name: &'static str,
    value: Option<&'a str>,
}

impl<'a> Field<'a> {
    fn named(name: &'static str) -> Self {
        Self { name, value: None }
    }

    fn set(&mut self, value: &'a str) -> Result<(), MalformedAuthorization> {
        match self.value.replace(value) {
            None => Ok(()),
            Some(_) => Err(MalformedAuthorization::Repeated { field: self.name }),
        }
    }

    fn take(self) -> Result<&'a str, MalformedAuthorization> {
        self.value
            .filter(|value| !value.is_empty())
            .ok_or(MalformedAuthorization::Missing { field: self.name })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_good_header_reads_and_writes() {
        let text = "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host;x-acs-date,Signature=ab12";
        let parsed = Authorization::parse(text).unwrap();
        assert_eq!(parsed.access_key_id, "id");
        assert_eq!(parsed.signed_headers.as_str(), "host;x-acs-date");
        assert_eq!(parsed.signature, "ab12");
        assert_eq!(parsed.header_value(), text);
        assert!(!format!("{parsed:?}").contains("ab12"));
    }

    #[test]
    fn bad_headers() {
        use MalformedAuthorization as M;
        for (header, expected) in [
            ("", M::OtherScheme),
            ("Bearer x", M::OtherScheme),
            ("acs3-hmac-sha256 Credential=i", M::OtherScheme),
            (" ACS3-HMAC-SHA256 Credential=i", M::OtherScheme),
            ("ACS3-RSA-SHA256 Credential=i", M::UnsupportedAlgorithm),
            ("ACS3-HMAC-SM3 Credential=i", M::UnsupportedAlgorithm),
            (
                "ACS3-HMAC-SHA256",
                M::Missing {
                    field: "Credential",
                },
            ),
            (
                "ACS3-HMAC-SHA256 ",
                M::Missing {
                    field: "Credential",
                },
            ),
            (
                "ACS3-HMAC-SHA256 Credential=,SignedHeaders=host,Signature=a",
                M::Missing {
                    field: "Credential",
                },
            ),
            (
                "ACS3-HMAC-SHA256 Credential=i,Signature=a",
                M::Missing {
                    field: "SignedHeaders",
                },
            ),
            (
                "ACS3-HMAC-SHA256 Credential=i,SignedHeaders=host,Signature",
                M::Missing { field: "Signature" },
            ),
            (
                "ACS3-HMAC-SHA256 Credential=i,Credential=j,SignedHeaders=host,Signature=a",
                M::Repeated {
                    field: "Credential",
                },
            ),
            (
                "ACS3-HMAC-SHA256 Credential=i, SignedHeaders=host,Signature=a",
                M::UnknownField,
            ),
            (
                "ACS3-HMAC-SHA256  Credential=i,SignedHeaders=host,Signature=a",
                M::UnknownField,
            ),
            (
                "ACS3-HMAC-SHA256 Credential=i,SignedHeaders=host,Signature=a,",
                M::UnknownField,
            ),
            (
                "ACS3-HMAC-SHA256 Credential=i,SignedHeaders=x;host,Signature=a",
                M::SignedHeaders,
            ),
        ] {
            assert_eq!(
                Authorization::parse(header).unwrap_err(),
                expected,
                "{header:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(header in "(ACS3-HMAC-SHA256 )?[A-Za-z=,; ]*|.*") {
            let _ = Authorization::parse(&header);
        }
    }
}
