//! Which headers pass, in either direction.

use countersign_sign::{
    alibaba::backend::{SECRET_KEY_HEADER, SIGNATURE_HEADER, SIGNED_HEADERS_HEADER},
    huawei::{X_SDK_CONTENT_SHA256, X_SDK_DATE},
    rfc9421,
    verifier::Scheme,
};
use http::{HeaderMap, HeaderName, header};

use crate::answer::OWN;

/// The headers of one connection (RFC 9110, 7.6.1).
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Takes off what the sender may not send on: the headers of its own connection, and
/// those that only a verifier may set, in any spelling that a backend could take for
/// them. `Content-Length` is set anew, and an `Expect` was met here.
pub(super) fn clean_request(headers: &mut HeaderMap) {
    clean(headers, |name| {
        let folded = name.as_str().replace('_', "-");
        let is_own = OWN.iter().any(|own| own.as_str() == folded);
        is_own || *name == header::CONTENT_LENGTH || *name == header::EXPECT
    });
}

/// Takes off the headers of the backend's own connection.
pub(super) fn clean_response(headers: &mut HeaderMap) {
    clean(headers, |_| false);
}

/// Takes off what carried a signature by `scheme`; `header` is the one of Huawei's
/// scheme and of HTTP Basic.
pub(super) fn remove_signature(headers: &mut HeaderMap, scheme: Scheme, header: &str) {
    let names: &[&str] = match scheme {
        Scheme::Alibaba => &[SIGNATURE_HEADER, SIGNED_HEADERS_HEADER, SECRET_KEY_HEADER],
        Scheme::Huawei => &[header, X_SDK_DATE, X_SDK_CONTENT_SHA256],
        Scheme::Basic => &[header],
        Scheme::Rfc9421Hmac | Scheme::Rfc9421KeyPair => {
            &[rfc9421::SIGNATURE_HEADER, rfc9421::SIGNATURE_INPUT_HEADER]
        }
    };
    for name in names {
        headers.remove(*name);
    }
}

fn clean(headers: &mut HeaderMap, is_doomed: impl Fn(&HeaderName) -> bool) {
    let mut doomed: Vec<HeaderName> = headers
        .keys()
        .filter(|name| HOP_BY_HOP.contains(&name.as_str()) || is_doomed(name))
        .cloned()
        .collect();
    for value in headers.get_all(header::CONNECTION) {
        let named = value.as_bytes().split(|byte| *byte == b',');
        doomed.extend(named.filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok()));
    }
    for name in doomed.iter().filter(|name| **name != header::HOST) {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(*name, value.parse().unwrap());
        }
        map
    }

    fn names(headers: &HeaderMap) -> Vec<&str> {
        let mut names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn nothing_of_the_connection_and_nothing_of_ours_passes() {
        let mut headers = map(&[
            ("host", "a"),
            ("connection", "close, X-Named"),
            ("connection", "x-too,host, ,"),
            ("x-named", "1"),
            ("x-too", "1"),
            ("te", "trailers"),
            ("upgrade", "websocket"),
            ("keep-alive", "1"),
            ("content-length", "1"),
            ("expect", "100-continue"),
            ("x-countersign-sign-key", "planted"),
            ("x_countersign-key_name", "planted"),
            ("x-countersign-body", "planted"),
            ("x-other", "1"),
        ]);
        clean_request(&mut headers);
        assert_eq!(names(&headers), ["host", "x-other"]);
    }

    #[test]
    fn an_answer_keeps_its_length() {
        let mut headers = map(&[
            ("connection", "close"),
            ("content-length", "3"),
            ("etag", "1"),
        ]);
        clean_response(&mut headers);
        assert_eq!(names(&headers), ["content-length", "etag"]);
    }

    #[test]
    fn a_signature_goes_with_its_scheme_alone() {
        let all = map(&[
            ("authorization", "Basic x"),
            ("signature", "a=:x:"),
            ("signature-input", "a=()"),
            ("x-ca-proxy-signature", "1"),
            ("x-ca-proxy-signature-headers", "1"),
            ("x-ca-proxy-signature-secret-key", "1"),
            ("x-sdk-date", "1"),
            ("x-sdk-content-sha256", "1"),
        ]);
        for (scheme, gone) in [
            (Scheme::Alibaba, 3),
            (Scheme::Huawei, 3),
            (Scheme::Basic, 1),
            (Scheme::Rfc9421Hmac, 2),
            (Scheme::Rfc9421KeyPair, 2),
        ] {
            let mut headers = all.clone();
            remove_signature(&mut headers, scheme, "authorization");
            assert_eq!(all.len() - headers.len(), gone, "{scheme}");
        }
    }
}
