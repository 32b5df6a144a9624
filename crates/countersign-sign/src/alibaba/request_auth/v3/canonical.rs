//! The canonical request.

use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use super::super::as_texts;
use super::signed_headers::SignedHeaders;
use crate::params::percent_encode_into;

/// The canonical request: six parts joined with line feeds.
///
/// `path` is the raw path, `params` the decoded parameters of the query only,
/// `body_sha256` the digest of the body as lower-case hex. Header names match in
/// any case, values lose the blanks around them, values of a repeated header are
/// sorted and joined with commas. A listed header that is absent counts as empty.
pub fn canonical_request(
    method: &str,
    path: &str,
    params: &[(impl AsRef<str>, impl AsRef<str>)],
    headers: &[(&str, &str)],
    signed_headers: &SignedHeaders,
    body_sha256: &str,
) -> String {
    let lines: String = signed_headers
        .names()
        .map(|name| format!("{name}:{}\n", header_values(headers, name).join(",")))
        .collect();
    let query = Zeroizing::new(canonical_query(params));
    [
        &*method.to_ascii_uppercase(),
        &canonical_path(path),
        &query,
        &lines,
        signed_headers.as_str(),
        body_sha256,
    ]
    .join("\n")
}

/// Decoded query parameters sorted by name, encoded and joined; empty text when
/// there are none.
pub fn canonical_query(params: &[(impl AsRef<str>, impl AsRef<str>)]) -> String {
    super::super::canonical_query(as_texts(params))
}

/// A raw path with each segment decoded and encoded again, so that the spelling of
/// escapes does not matter; `/` is kept, and an encoded one stays encoded. The
/// empty path becomes `/`.
pub fn canonical_path(raw: &str) -> String {
    if raw.is_empty() {
        return "/".to_owned();
    }
    let mut out = String::with_capacity(raw.len());
    for (index, segment) in raw.split('/').enumerate() {
        if index > 0 {
            out.push('/');
        }
        let decoded: Vec<u8> = percent_decode_str(segment).collect();
        percent_encode_into(&mut out, &decoded);
    }
    out
}

/// The values of a header, trimmed and sorted; none when it is absent.
pub(super) fn header_values<'a>(headers: &[(&str, &'a str)], name: &str) -> Vec<&'a str> {
    let mut values: Vec<_> = headers
        .iter()
        .filter(|(candidate, _)| candidate.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim_matches([' ', '\t']))
        .collect();
    values.sort_unstable();
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_table() {
        for (raw, expected) in [
            ("", "/"),
            ("/", "/"),
            ("/a/b", "/a/b"),
            ("/a//b/", "/a//b/"),
            ("/a b", "/a%20b"),
            ("/a+b", "/a%2Bb"),
            ("/a%2fb", "/a%2Fb"),
            ("/%7E%41", "/~A"),
            ("/中", "/%E4%B8%AD"),
            ("/%e4%b8%ad", "/%E4%B8%AD"),
            ("/%FF%", "/%FF%25"),
        ] {
            assert_eq!(canonical_path(raw), expected);
        }
    }

    #[test]
    fn request_with_repeated_and_absent_headers() {
        let headers = [("X-B", " 2 "), ("HOST", "h"), ("x-b", "\t1"), ("x-c", "no")];
        let signed = SignedHeaders::of(["host", "x-b", "x-gone"]);
        let params = [("b", ""), ("a", "1 ")];
        assert_eq!(
            canonical_request("get", "/p", &params, &headers, &signed, "digest"),
            "GET\n/p\na=1%20&b=\nhost:h\nx-b:1,2\nx-gone:\n\nhost;x-b;x-gone\ndigest"
        );
    }
}
