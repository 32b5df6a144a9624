//! Which headers a definition may name.

use http::HeaderName;

/// Headers of one connection (RFC 9110, 7.6.1) and those that frame a message.
const OF_A_CONNECTION: [&str; 10] = [
    "connection",
    "content-length",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What else only the gateway sets on a request: the host, the digest that is
/// signed, and the wait for a 100.
const OF_A_REQUEST: [&str; 3] = ["content-md5", "expect", "host"];

/// The beginnings of the gateway's own names.
const OURS: [&str; 2] = ["x-ca-proxy-signature", "x-countersign"];

/// Why a header may not be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::dialect) enum BadHeader {
    #[error("it is no name of an HTTP header")]
    NoName,
    #[error("only the gateway may set this header")]
    Gateways,
    #[error("ContentTypeCatagory and ContentTypeValue decide on this header")]
    ContentType,
    #[error("it is no value of an HTTP header")]
    NoValue,
}

/// A header that clients may send.
pub(in crate::dialect) fn check_name(name: &str) -> Result<(), BadHeader> {
    HeaderName::from_bytes(name.as_bytes())
        .map(|_| ())
        .map_err(|_| BadHeader::NoName)
}

/// A header that a table may send to a backend.
pub(in crate::dialect) fn check_service_name(name: &str) -> Result<(), BadHeader> {
    check_name(name)?;
    let folded = folded(name);
    if is_gateways(&folded) || OF_A_REQUEST.contains(&&*folded) {
        return Err(BadHeader::Gateways);
    }
    // It decides whether a body is a form, and so what is signed.
    if folded == "content-type" {
        return Err(BadHeader::ContentType);
    }
    Ok(())
}

/// A header of an answer that the gateway gives itself.
pub(in crate::dialect) fn check_answer_name(name: &str) -> Result<(), BadHeader> {
    check_name(name)?;
    if is_gateways(&folded(name)) {
        return Err(BadHeader::Gateways);
    }
    Ok(())
}

/// The value of a header: visible ASCII, with blanks inside only.
pub(in crate::dialect) fn check_value(value: &str) -> Result<(), BadHeader> {
    let is_blank = |b: &u8| matches!(b, b' ' | b'\t');
    let bytes = value.as_bytes();
    let ends_well = [bytes.first(), bytes.last()]
        .into_iter()
        .flatten()
        .all(|end| !is_blank(end));
    if ends_well && bytes.iter().all(|b| is_blank(b) || b.is_ascii_graphic()) {
        Ok(())
    } else {
        Err(BadHeader::NoValue)
    }
}

/// As CGI and WSGI servers read it.
fn folded(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}

fn is_gateways(folded: &str) -> bool {
    OF_A_CONNECTION.contains(&folded) || OURS.iter().any(|begin| folded.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gateways_own_are_refused_in_every_spelling() {
        for name in [
            "X-Ca-Proxy-Signature",
            "x_ca_proxy_signature_secret_key",
            "X-Ca-Proxy_Signature-Headers",
            "X-Countersign-Anything",
            "Content_Length",
            "Transfer-Encoding",
            "CONNECTION",
            "te",
        ] {
            assert_eq!(check_service_name(name), Err(BadHeader::Gateways), "{name}");
            assert_eq!(check_answer_name(name), Err(BadHeader::Gateways), "{name}");
        }
        for name in ["Host", "content_md5", "Expect"] {
            assert_eq!(check_service_name(name), Err(BadHeader::Gateways), "{name}");
            assert_eq!(check_answer_name(name), Ok(()), "{name}");
        }
        assert_eq!(
            check_service_name("content_type"),
            Err(BadHeader::ContentType)
        );
        for name in ["", "a b", "a:b", "é", "a\r\nb"] {
            assert_eq!(check_service_name(name), Err(BadHeader::NoName), "{name}");
        }
        assert_eq!(check_service_name("X-Ca-Proxy"), Ok(()));
        for value in [" a", "a\r\nb: c", "é", "\u{7f}"] {
            assert_eq!(check_value(value), Err(BadHeader::NoValue), "{value:?}");
        }
        assert_eq!(check_value("a b"), Ok(()));
    }
}
