//! Which bodies are said to be text: those that every verifier reads alike.

use http::{HeaderMap, header};

/// Types beyond `text/*` and the suffixes below.
const TYPES: [&str; 11] = [
    "application/json",
    "application/xml",
    "application/x-www-form-urlencoded",
    "application/javascript",
    "application/x-javascript",
    "application/ecmascript",
    "application/x-ndjson",
    "application/yaml",
    "application/x-yaml",
    "application/toml",
    "application/graphql",
];
const SUFFIXES: [&str; 3] = ["+json", "+xml", "+yaml"];

/// Whether the headers say that the body is text in UTF-8: one media type of
/// text, no charset or UTF-8, and no content coding. What cannot be told for
/// sure is no text. Whether the bytes are UTF-8 is another question.
pub(crate) fn is_text(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(content_type), None) = (types.next(), types.next()) else {
        return false;
    };
    let mut codings = headers.get_all(header::CONTENT_ENCODING).iter();
    codings.all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity"))
        && content_type.to_str().is_ok_and(is_text_type)
}

fn is_text_type(content_type: &str) -> bool {
    let mut pieces = content_type.split(';').map(str::trim);
    let media_type = pieces.next().unwrap_or_default();
    is_media_type_of_text(media_type) && pieces.all(is_no_other_charset)
}

fn is_media_type_of_text(media_type: &str) -> bool {
    let starts = |prefix: &str| {
        let start = media_type.get(..prefix.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    let ends = |suffix: &&str| {
        let at = media_type.len().checked_sub(suffix.len());
        let end = at.and_then(|at| media_type.get(at..));
        end.is_some_and(|end| end.eq_ignore_ascii_case(suffix))
    };
    starts("text/")
        || TYPES.iter().any(|own| own.eq_ignore_ascii_case(media_type))
        || (starts("application/") && SUFFIXES.iter().any(ends))
}

/// Whether a parameter of a media type names no charset but UTF-8.
fn is_no_other_charset(parameter: &str) -> bool {
    let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
    if !name.trim().eq_ignore_ascii_case("charset") {
        return true;
    }
    let value = value.trim();
    let quoted = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let charset = quoted.unwrap_or(value);
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fields: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, value.parse().unwrap());
        }
        is_text(&headers)
    }

    #[test]
    fn types() {
        for (content_type, expected) in [
            ("text/plain", true),
            ("TEXT/html;charset=UTF-8", true),
            ("text/plain; charset=\"utf8\"; format=flowed", true),
            ("text/plain; charset=gbk", false),
            ("text/plain; charset=utf-8; charset=gbk", false),
            ("text/plain; charset", false),
            ("text/plain; charset = utf-16", false),
            ("application/json", true),
            ("Application/Problem+JSON", true),
            ("application/soap+xml; action=\"x\"", true),
            ("application/x-www-form-urlencoded", true),
            ("application/octet-stream", false),
            ("application/jsonp", false),
            ("application/vnd.x+json2", false),
            ("image/svg+xml", false),
            ("multipart/form-data; boundary=x", false),
            ("text", false),
            ("+json", false),
            ("", false),
        ] {
            assert_eq!(
                check(&[("content-type", content_type)]),
                expected,
                "{content_type}"
            );
        }
    }

    #[test]
    fn what_is_in_doubt_is_no_text() {
        let json = ("content-type", "application/json");
        assert!(check(&[json, ("content-encoding", "identity")]));
        assert!(!check(&[json, ("content-encoding", "gzip")]));
        assert!(!check(&[
            json,
            ("content-encoding", "identity"),
            ("content-encoding", "br")
        ]));
        assert!(!check(&[json, json]));
        assert!(!check(&[]));
        assert!(!check(&[("content-type", "text/plain; x=\u{e9}")]));
    }
}
