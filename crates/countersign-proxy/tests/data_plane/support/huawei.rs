//! Huawei's signature, computed here on its own from what the backend
//! received (spec sections 1.3 and 5.2), and by the library's verifier.

use countersign_sign::{
    Secret,
    huawei::backend::{self, Rules, Signer},
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::Received;

pub const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let digit = |place: usize| bytes.get(place).and_then(|b| (*b as char).to_digit(16));
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 2;
            }
            (other, ..) => out.push(other),
        }
        at += 1;
    }
    out
}

fn encode(bytes: &[u8], bare: &str) -> String {
    let is_bare = |b: u8| b.is_ascii_alphanumeric() || bare.as_bytes().contains(&b);
    let one = |b: &u8| match is_bare(*b) {
        true => char::from(*b).to_string(),
        false => format!("%{b:02X}"),
    };
    bytes.iter().map(one).collect()
}

/// The canonical form of a query; `+` is read as `plus`.
pub fn canonical_query(query: &str, plus: &str) -> String {
    let mut pairs: Vec<(Vec<u8>, Vec<u8>)> = query
        .split('&')
        .filter(|piece| !piece.is_empty())
        .map(|piece| {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            let read = |text: &str| decode(&text.replace('+', plus));
            (read(name), read(value))
        })
        .collect();
    pairs.sort();
    let write = |text: &[u8]| encode(text, "-_.~");
    let pieces: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", write(name), write(value)))
        .collect();
    pieces.join("&")
}

/// The signature of a request; `headers` are the signed ones, in order.
pub fn signature(
    secret: &str,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    payload: &str,
) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut uri = encode(&decode(path), "-_.~/");
    if !uri.ends_with('/') {
        uri.push('/');
    }
    let lines: String = headers
        .iter()
        .map(|(name, value)| format!("{name}:{value}\n"))
        .collect();
    let names: Vec<_> = headers.iter().map(|(name, _)| *name).collect();
    let canonical = format!(
        "{}\n{uri}\n{}\n{lines}\n{}\n{payload}",
        method.to_uppercase(),
        canonical_query(query, "%20"),
        names.join(";"),
    );
    let date = headers.iter().find(|(name, _)| *name == "x-sdk-date");
    let date = date.unwrap().1;
    let text = format!("SDK-HMAC-SHA256\n{date}\n{}", sha256(canonical.as_bytes()));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    hex(&mac.finalize().into_bytes())
}

/// What is expected of a request.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    pub header: &'a str,
    pub sign_key: &'a str,
    pub secret: &'a str,
    /// The value of `X-Sdk-Date`.
    pub date: &'a str,
    pub now_unix: i64,
    /// Whether the body is covered.
    pub is_covered: bool,
}

/// Checks every header of the signature, and that what arrived is canonical.
pub fn check(received: &Received, expected: Expected<'_>) {
    let head = &received.head;
    assert_eq!(received.all("x-sdk-date"), [expected.date], "{head}");
    let host = received.header("host").unwrap();
    let marks = received.all("x-sdk-content-sha256");
    let digest = sha256(&received.body);
    let (payload, headers) = match expected.is_covered {
        true => {
            assert!(marks.is_empty(), "{head}");
            let headers = vec![("host", host), ("x-sdk-date", expected.date)];
            (digest.as_str(), headers)
        }
        false => {
            assert_eq!(marks, [UNSIGNED], "{head}");
            let headers = vec![
                ("host", host),
                ("x-sdk-content-sha256", UNSIGNED),
                ("x-sdk-date", expected.date),
            ];
            (UNSIGNED, headers)
        }
    };
    let target = received.request_line().split(' ').nth(1).unwrap();
    if let Some((_, query)) = target.split_once('?') {
        assert_eq!(query, canonical_query(query, "+"), "{head}");
        assert!(!query.is_empty() && !query.contains('+'), "{head}");
    }
    let names: Vec<_> = headers.iter().map(|(name, _)| *name).collect();
    let text = format!(
        "SDK-HMAC-SHA256 Access={}, SignedHeaders={}, Signature={}",
        expected.sign_key,
        names.join(";"),
        signature(
            expected.secret,
            received.method(),
            target,
            &headers,
            payload
        ),
    );
    // As text, as the Java verifier compares it.
    assert_eq!(received.all(expected.header), [text], "{head}");

    let signer = Signer::new(expected.sign_key, &Secret::new(expected.secret.to_owned()));
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let arrived = backend::Received {
        method: received.method(),
        path,
        query,
        headers: &received.headers(),
        body: &received.body,
    };
    let rules = Rules {
        header: expected.header,
        allow_unsigned_payload: !expected.is_covered,
    };
    let lookup = |key: &str| (key == expected.sign_key).then_some(&signer);
    let verified = backend::verify(&arrived, expected.now_unix, &rules, lookup);
    assert_eq!(verified.unwrap().sign_key, expected.sign_key, "{head}");
}
