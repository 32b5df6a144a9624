//! The three headers of the scheme and the list of signed ones (spec sections
//! 6.1 and 6.5).

use std::borrow::Cow;

/// Carries the signature. Spelled as backends with case-sensitive look-ups expect it.
pub const SIGNATURE_HEADER: &str = "X-Ca-Proxy-Signature";
/// Carries the sign key, by which the backend picks the secret.
pub const SECRET_KEY_HEADER: &str = "X-Ca-Proxy-Signature-Secret-Key";
/// Carries the names of the signed headers, joined with commas.
pub const SIGNED_HEADERS_HEADER: &str = "X-Ca-Proxy-Signature-Headers";

/// [`SIGNATURE_HEADER`] in lower case.
pub const SIGNATURE_HEADER_LOWER: &str = "x-ca-proxy-signature";
/// [`SECRET_KEY_HEADER`] in lower case.
pub const SECRET_KEY_HEADER_LOWER: &str = "x-ca-proxy-signature-secret-key";
/// [`SIGNED_HEADERS_HEADER`] in lower case.
pub const SIGNED_HEADERS_HEADER_LOWER: &str = "x-ca-proxy-signature-headers";

/// The value of [`SIGNED_HEADERS_HEADER`]: always [`SECRET_KEY_HEADER`], then the
/// names of `extra` as given, joined with commas and without blanks.
///
/// The three headers of the scheme are skipped when `extra` names them: the
/// first is listed already and the other two can not be signed.
pub fn signed_headers_value(extra: &[(&str, &str)]) -> Cow<'static, str> {
    if extra.is_empty() {
        return Cow::Borrowed(SECRET_KEY_HEADER);
    }
    let mut list = SECRET_KEY_HEADER.to_owned();
    for (name, _) in without_own(extra) {
        list.push(',');
        list.push_str(name);
    }
    Cow::Owned(list)
}

/// `headers` without the three of the scheme, whatever their case.
pub(super) fn without_own<'a, 'h>(
    headers: &'a [(&'h str, &'h str)],
) -> impl Iterator<Item = (&'h str, &'h str)> + Clone + 'a {
    headers.iter().copied().filter(|(name, _)| !is_own(name))
}

fn is_own(name: &str) -> bool {
    [SIGNATURE_HEADER, SECRET_KEY_HEADER, SIGNED_HEADERS_HEADER]
        .iter()
        .any(|own| own.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lower_case_forms_match() {
        for (name, lower) in [
            (SIGNATURE_HEADER, SIGNATURE_HEADER_LOWER),
            (SECRET_KEY_HEADER, SECRET_KEY_HEADER_LOWER),
            (SIGNED_HEADERS_HEADER, SIGNED_HEADERS_HEADER_LOWER),
        ] {
            assert_eq!(name.to_ascii_lowercase(), lower);
        }
    }

    #[test]
    fn list_table() {
        let of = |extra: &[(&str, &str)]| signed_headers_value(extra).into_owned();
        assert_eq!(of(&[]), "X-Ca-Proxy-Signature-Secret-Key");
        assert!(matches!(signed_headers_value(&[]), Cow::Borrowed(_)));
        assert_eq!(
            of(&[("X-Trace", "t"), ("Host", "h")]),
            "X-Ca-Proxy-Signature-Secret-Key,X-Trace,Host"
        );
        assert_eq!(
            of(&[
                ("x-ca-proxy-signature", ""),
                ("X-CA-Proxy-Signature-Headers", ""),
                (SECRET_KEY_HEADER, "k"),
                ("A", "")
            ]),
            "X-Ca-Proxy-Signature-Secret-Key,A"
        );
    }
}
