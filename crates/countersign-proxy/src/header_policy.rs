//! Which headers pass the gateway, in either direction.

use countersign_sign::alibaba::backend::SIGNATURE_HEADER_LOWER;
use http::{HeaderMap, HeaderName, HeaderValue, header};

/// What the client may not say for itself where its request is signed.
const DIGEST: &str = "content-md5";

/// Framing headers: what we pass is set by us, and a spelling with `_` that a
/// CGI server would fold into one of them is nobody's.
const FRAMING: [&str; 2] = ["content-length", "transfer-encoding"];

/// What one pass over a request's header names finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Pass,
    Drop,
    /// Drop, and drop what it names.
    Connection,
}

/// Takes off what the client may not send on: the headers of its own
/// connection (RFC 9110, 7.6.1), and whatever only the gateway may set, in any
/// spelling that a backend could take for it.
pub(crate) fn clean_request(
    headers: &mut HeaderMap,
    is_signed: bool,
    doomed: &mut Vec<HeaderName>,
) {
    clean(headers, doomed, |name| request_fate(name, is_signed));
}

/// Takes off the headers of the backend's own connection.
pub(crate) fn clean_response(headers: &mut HeaderMap, doomed: &mut Vec<HeaderName>) {
    clean(headers, doomed, hop_fate);
}

/// Whether an answer that the gateway gives may have this header by an API's
/// definition: whatever is not of the connection or its framing.
pub(crate) fn answer_may_have(name: &HeaderName) -> bool {
    *name != header::CONTENT_LENGTH && hop_fate(name) == Fate::Pass
}

/// Whether an API's definition may set this header of a request: none that
/// only the gateway may set, in any spelling that a backend could take for it.
pub(crate) fn table_may_set(name: &HeaderName, is_signed: bool) -> bool {
    *name != header::HOST
        && *name != header::CONTENT_LENGTH
        && request_fate(name, is_signed) == Fate::Pass
}

fn clean(
    headers: &mut HeaderMap,
    doomed: &mut Vec<HeaderName>,
    fate: impl Fn(&HeaderName) -> Fate,
) {
    doomed.clear();
    let mut has_connection = false;
    for name in headers.keys() {
        match fate(name) {
            Fate::Pass => {}
            Fate::Drop => doomed.push(name.clone()),
            Fate::Connection => has_connection = true,
        }
    }
    if has_connection {
        for value in headers.get_all(header::CONNECTION) {
            doomed.extend(named(value));
        }
        doomed.push(header::CONNECTION);
    }
    for name in doomed.drain(..) {
        headers.remove(name);
    }
}

/// The header names in a value of `Connection`.
fn named(value: &HeaderValue) -> impl Iterator<Item = HeaderName> + '_ {
    value
        .as_bytes()
        .split(|b| *b == b',')
        .filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok())
}

fn request_fate(name: &HeaderName, is_signed: bool) -> Fate {
    let text = name.as_str();
    let is_not_the_clients = match text.as_bytes().first() {
        Some(b'x') => begins_folded(text, SIGNATURE_HEADER_LOWER),
        Some(b'c') => {
            (is_signed && equals_folded(text, DIGEST))
                || (text.contains('_') && equals_folded(text, FRAMING[0]))
        }
        // The gateway answers it with its own 100 when it reads the body.
        Some(b'e') => *name == header::EXPECT,
        Some(b't') => text.contains('_') && equals_folded(text, FRAMING[1]),
        _ => false,
    };
    if is_not_the_clients {
        Fate::Drop
    } else {
        hop_fate(name)
    }
}

fn hop_fate(name: &HeaderName) -> Fate {
    match name.as_str() {
        "connection" => Fate::Connection,
        "keep-alive"
        | "proxy-connection"
        | "proxy-authenticate"
        | "proxy-authorization"
        | "te"
        | "trailer"
        | "transfer-encoding"
        | "upgrade" => Fate::Drop,
        _ => Fate::Pass,
    }
}

/// Whether `name`, in lower case, begins with `prefix` when `_` is read as
/// `-`, as CGI and WSGI servers do.
fn begins_folded(name: &str, prefix: &str) -> bool {
    let folded = |b: u8| if b == b'_' { b'-' } else { b };
    name.len() >= prefix.len()
        && name
            .bytes()
            .zip(prefix.bytes())
            .all(|(own, wanted)| folded(own) == wanted)
}

/// Whether two header names are the same to a backend that does not tell case,
/// nor `_` from `-`.
pub(crate) fn is_same_folded(name: &str, other: &str) -> bool {
    let folded = |b: u8| match b {
        b'_' => b'-',
        b => b.to_ascii_lowercase(),
    };
    name.len() == other.len() && name.bytes().map(folded).eq(other.bytes().map(folded))
}

fn equals_folded(name: &str, other: &str) -> bool {
    name.len() == other.len() && begins_folded(name, other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(is_signed: bool, sent: &[(&str, &str)], passed: &[(&str, &str)]) {
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        clean_request(&mut headers, is_signed, &mut Vec::new());
        let left: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
            .collect();
        assert_eq!(left, passed, "{sent:?}");
    }

    #[test]
    fn what_is_ours_is_dropped_in_every_spelling() {
        for name in [
            "X-Ca-Proxy-Signature",
            "x_ca_proxy_signature",
            "X-CA_Proxy-Signature_Secret-Key",
            "x-ca-proxy-signature-headers",
            "x-ca-proxy-signature-string-to-sign",
            "x-ca-proxy-signatures",
            "content_length",
            "Transfer_Encoding",
        ] {
            check(true, &[(name, "1"), ("a", "1")], &[("a", "1")]);
            check(false, &[(name, "1"), ("a", "1")], &[("a", "1")]);
        }
        for name in ["content-md5", "content_md5", "Content_MD5"] {
            check(true, &[(name, "1")], &[]);
            check(false, &[(name, "1")], &[(&name.to_lowercase(), "1")]);
        }
    }

    #[test]
    fn what_is_nearly_ours_passes() {
        let near = [
            ("x-ca-proxy-sign", "1"),
            ("x-ca-signature", "2"),
            ("x-my-x-ca-proxy-signature", "3"),
            ("content-md", "4"),
        ];
        check(true, &near, &near);
    }

    #[test]
    fn headers_of_the_connection_are_dropped() {
        let sent = [
            ("connection", "close, X-Own ,,b/c"),
            ("connection", "keep-alive"),
            ("x-own", "1"),
            ("keep-alive", "1"),
            ("proxy-connection", "1"),
            ("proxy-authorization", "1"),
            ("te", "trailers"),
            ("upgrade", "h2c"),
            ("accept", "1"),
            ("accept", "2"),
        ];
        check(false, &sent, &[("accept", "1"), ("accept", "2")]);
    }
}
