//! Which headers pass the gateway, in either direction.

use countersign_core::Signing;
use countersign_sign::{
    alibaba::backend::SIGNATURE_HEADER_LOWER,
    huawei::{X_SDK_CONTENT_SHA256, X_SDK_DATE},
    rfc9421::{CONTENT_DIGEST_HEADER, SIGNATURE_HEADER, SIGNATURE_INPUT_HEADER},
};
use http::{HeaderMap, HeaderName, HeaderValue, header};

/// What Alibaba's scheme sets beside the headers of its own.
const CONTENT_MD5: &str = "content-md5";
/// What Huawei's schemes set beside the header that carries the signature.
const HUAWEI: [&str; 2] = [X_SDK_DATE, X_SDK_CONTENT_SHA256];
/// What RFC 9421 sets.
const RFC9421: [&str; 3] = [
    SIGNATURE_HEADER,
    SIGNATURE_INPUT_HEADER,
    CONTENT_DIGEST_HEADER,
];

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

/// Which headers of a request are the gateway's, by what signs it. Those of
/// Alibaba's signature are always.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Owned<'a> {
    /// Nothing signs.
    Unsigned,
    /// Alibaba's scheme.
    Alibaba,
    /// One of Huawei's schemes, with the header that carries the signature.
    Huawei(&'a HeaderName),
    /// RFC 9421.
    Rfc9421,
}

impl<'a> Owned<'a> {
    /// What `signing` sets; `header` is where Huawei's schemes sign.
    pub(crate) fn by(signing: Option<&Signing>, header: &'a HeaderName) -> Self {
        match signing {
            None | Some(Signing::Unusable(_)) => Self::Unsigned,
            Some(Signing::Alibaba(_)) => Self::Alibaba,
            Some(Signing::Huawei(_) | Signing::Basic(_)) => Self::Huawei(header),
            Some(Signing::Rfc9421(_)) => Self::Rfc9421,
        }
    }

    /// Whether a backend could take the header `name` for one that is set.
    fn holds(self, name: &str) -> bool {
        let same = |own: &&str| is_same_folded(name, own);
        match self {
            Self::Unsigned => false,
            Self::Alibaba => same(&CONTENT_MD5),
            Self::Huawei(header) => same(&header.as_str()) || HUAWEI.iter().any(same),
            Self::Rfc9421 => RFC9421.iter().any(same),
        }
    }
}

/// Whether the header `name` may be chosen to carry a signature: none that
/// means something to a connection, to a body, or to the gateway, in any
/// spelling that a backend could take for it.
pub(crate) fn may_carry_signature(name: &HeaderName) -> bool {
    const TAKEN: [&str; 8] = [
        "host",
        "content-length",
        "content-type",
        "content-encoding",
        "expect",
        "x-ca-stage",
        "x-stage",
        "x-apig-mode",
    ];
    let hyphenated = name.as_str().replace('_', "-");
    let Ok(name) = HeaderName::from_bytes(hyphenated.as_bytes()) else {
        return false;
    };
    let text = name.as_str();
    hop_fate(&name) == Fate::Pass
        && !begins_folded(text, SIGNATURE_HEADER_LOWER)
        && text != CONTENT_MD5
        && ![&TAKEN[..], &HUAWEI, &RFC9421].concat().contains(&text)
}

/// Takes off what the client may not send on: the headers of its own
/// connection (RFC 9110, 7.6.1), and whatever only the gateway may set, in any
/// spelling that a backend could take for it.
pub(crate) fn clean_request(
    headers: &mut HeaderMap,
    owned: Owned<'_>,
    doomed: &mut Vec<HeaderName>,
) {
    clean(headers, doomed, |name| request_fate(name, owned));
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
pub(crate) fn table_may_set(name: &HeaderName, owned: Owned<'_>) -> bool {
    *name != header::HOST
        && *name != header::CONTENT_LENGTH
        && request_fate(name, owned) == Fate::Pass
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

fn request_fate(name: &HeaderName, owned: Owned<'_>) -> Fate {
    let text = name.as_str();
    let is_not_the_clients = match text.as_bytes().first() {
        Some(b'x') => begins_folded(text, SIGNATURE_HEADER_LOWER),
        Some(b'c') => text.contains('_') && equals_folded(text, FRAMING[0]),
        // The gateway answers it with its own 100 when it reads the body.
        Some(b'e') => *name == header::EXPECT,
        Some(b't') => text.contains('_') && equals_folded(text, FRAMING[1]),
        _ => false,
    };
    if is_not_the_clients || owned.holds(text) {
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

    fn check(owned: Owned<'_>, sent: &[(&str, &str)], passed: &[(&str, &str)]) {
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        clean_request(&mut headers, owned, &mut Vec::new());
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
            check(Owned::Alibaba, &[(name, "1"), ("a", "1")], &[("a", "1")]);
            check(Owned::Unsigned, &[(name, "1"), ("a", "1")], &[("a", "1")]);
        }
        for name in ["content-md5", "content_md5", "Content_MD5"] {
            check(Owned::Alibaba, &[(name, "1")], &[]);
            check(
                Owned::Unsigned,
                &[(name, "1")],
                &[(&name.to_lowercase(), "1")],
            );
        }
    }

    #[test]
    fn each_scheme_has_its_own() {
        let own = HeaderName::from_static("x-gw_auth");
        let huawei = Owned::Huawei(&own);
        let default = Owned::Huawei(&header::AUTHORIZATION);
        for (name, owner, others) in [
            ("Authorization", default, [huawei, Owned::Rfc9421]),
            ("X_Gw-Auth", huawei, [default, Owned::Alibaba]),
            ("X-Sdk-Date", huawei, [Owned::Alibaba, Owned::Rfc9421]),
            ("x_sdk_date", default, [Owned::Unsigned, Owned::Rfc9421]),
            (
                "X-Sdk_Content-SHA256",
                huawei,
                [Owned::Alibaba, Owned::Unsigned],
            ),
            ("Signature", Owned::Rfc9421, [huawei, Owned::Alibaba]),
            (
                "Signature_Input",
                Owned::Rfc9421,
                [default, Owned::Unsigned],
            ),
            ("content_Digest", Owned::Rfc9421, [huawei, Owned::Alibaba]),
        ] {
            check(owner, &[(name, "1"), ("a", "1")], &[("a", "1")]);
            let passed = [(&*name.to_lowercase(), "1")];
            for other in others {
                check(other, &[(name, "1")], &passed);
            }
            let lower = HeaderName::from_bytes(name.as_bytes()).unwrap();
            assert!(!table_may_set(&lower, owner) && table_may_set(&lower, others[0]));
        }
    }

    #[test]
    fn what_may_carry_a_signature() {
        for (name, expected) in [
            ("authorization", true),
            ("x-gw-auth", true),
            ("x_gw_auth", true),
            ("cookie", true),
            ("host", false),
            ("content-length", false),
            ("content_length", false),
            ("transfer-encoding", false),
            ("proxy_authorization", false),
            ("connection", false),
            ("x-sdk-date", false),
            ("x_sdk_content_sha256", false),
            ("signature-input", false),
            ("x-ca-proxy-signature", false),
            ("x-ca-stage", false),
            ("x-stage", false),
            ("content-type", false),
        ] {
            let name = HeaderName::from_static(name);
            assert_eq!(may_carry_signature(&name), expected, "{name}");
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
        check(Owned::Alibaba, &near, &near);
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
        check(Owned::Unsigned, &sent, &[("accept", "1"), ("accept", "2")]);
    }
}
