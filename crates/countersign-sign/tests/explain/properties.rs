//! Whatever is captured: no panic, and no cause that is not one.

use countersign_sign::Secret;
use countersign_sign::alibaba::backend as alibaba;
use countersign_sign::explain::{
    Captured, CapturedBody, Code, Evidence, Explanation, Format, KeyCandidate, Outcome,
    SIGNATURES_MAX, explain,
};
use countersign_sign::rfc9421::{PublicKey, generate_ed25519};
use countersign_sign::verifier::{Key, Options, Scheme};
use hmac::{Hmac, KeyInit, Mac};
use proptest::collection::vec;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

const NOW: i64 = 1_767_323_045;
const SECRET: &str = "planted-secret";
const KEY: &str = "key-1";

fn keys() -> Vec<KeyCandidate> {
    Scheme::ALL
        .into_iter()
        .map(|scheme| match scheme {
            Scheme::Rfc9421KeyPair => {
                let (public, _) = generate_ed25519([7; 32]);
                Key::key_pair("pair", PublicKey::from_spki(&public).unwrap())
            }
            _ => Key::shared(scheme, KEY, Secret::new(SECRET.to_owned())).unwrap(),
        })
        .map(KeyCandidate::asked)
        .collect()
}

fn mac(text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// A request signed by hand, method and target given.
fn signed(scheme: Scheme, method: &str, target: &str, extra: &str) -> Captured {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut headers = vec![("Host", "a.test".to_owned()), ("X-A", extra.to_owned())];
    match scheme {
        Scheme::Alibaba => {
            let list = format!("{},X-A", alibaba::SECRET_KEY_HEADER);
            let params = if query.is_empty() {
                String::new()
            } else {
                format!("?{query}")
            };
            let text = format!(
                "{method}\n\nx-a:{extra}\nx-ca-proxy-signature-secret-key:{KEY}\n{path}{params}"
            );
            headers.push((alibaba::SECRET_KEY_HEADER, KEY.to_owned()));
            headers.push((alibaba::SIGNED_HEADERS_HEADER, list));
            headers.push((alibaba::SIGNATURE_HEADER, base64(&mac(&text))));
        }
        Scheme::Huawei => {
            let slash = if path.ends_with('/') { "" } else { "/" };
            let digest = hex::encode(Sha256::digest(b""));
            let canonical = format!(
                "{method}\n{path}{slash}\n{query}\nhost:a.test\nx-a:{extra}\nx-sdk-date:20260102T030405Z\n\nhost;x-a;x-sdk-date\n{digest}"
            );
            let text = format!(
                "SDK-HMAC-SHA256\n20260102T030405Z\n{}",
                hex::encode(Sha256::digest(canonical))
            );
            headers.push(("X-Sdk-Date", "20260102T030405Z".to_owned()));
            headers.push((
                "Authorization",
                format!(
                    "SDK-HMAC-SHA256 Access={KEY}, SignedHeaders=host;x-a;x-sdk-date, Signature={}",
                    hex::encode(mac(&text))
                ),
            ));
        }
        _ => {
            let params = format!(
                "(\"@method\" \"@authority\" \"@path\" \"@query\" \"x-a\");created={NOW};nonce=\"n\";keyid=\"{KEY}\""
            );
            let text = format!(
                "\"@method\": {method}\n\"@authority\": a.test\n\"@path\": {path}\n\"@query\": ?{query}\n\"x-a\": {extra}\n\"@signature-params\": {params}"
            );
            headers.push(("Signature-Input", format!("countersign={params}")));
            headers.push((
                "Signature",
                format!("countersign=:{}:", base64(&mac(&text))),
            ));
        }
    }
    Captured {
        method: method.to_owned(),
        target: target.as_bytes().to_vec(),
        headers: headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into_bytes()))
            .collect(),
        body: CapturedBody::Known(Vec::new()),
        notes: Vec::new(),
    }
}

fn explained(captured: &Captured) -> Explanation {
    explain(captured, &keys(), &Options::default(), NOW)
}

fn scheme() -> impl Strategy<Value = Scheme> {
    prop::sample::select(vec![Scheme::Alibaba, Scheme::Huawei, Scheme::Rfc9421Hmac])
}

/// Whatever is claimed to have been signed makes the signature that is carried.
fn is_exact(captured: &Captured, explanation: &Explanation) -> bool {
    let Some(signed) = &explanation.signed else {
        return explanation
            .causes
            .iter()
            .all(|cause| cause.evidence == Evidence::Seen);
    };
    let text = match explanation.scheme {
        Some(Scheme::Huawei) => format!(
            "SDK-HMAC-SHA256\n20260102T030405Z\n{}",
            hex::encode(Sha256::digest(signed.as_str()))
        ),
        _ => signed.as_str().to_owned(),
    };
    let made = [base64(&mac(&text)), hex::encode(mac(&text))];
    captured.headers.iter().any(|(_, value)| {
        made.iter()
            .any(|made| String::from_utf8_lossy(value).contains(made))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn readers_take_any_bytes(bytes in vec(any::<u8>(), 0..200), entry in prop::option::of(0..3_usize)) {
        for format in [Format::Auto, Format::Raw, Format::Curl, Format::Har] {
            let _ = Captured::read(&bytes, format, entry);
        }
    }

    #[test]
    fn readers_take_what_looks_right(
        start in prop::sample::select(vec!["GET / HTTP/1.1\n", "> POST /a?b HTTP/2\n", "{\"log\":{\"entries\":[{\"request\":{"]),
        rest in "([>A-Za-z:; ,\"{}\\[\\]0-9\r]|Transfer-Encoding: chunked|Content-Length: 1|\n){0,40}",
    ) {
        let text = format!("{start}{rest}");
        for format in [Format::Auto, Format::Raw, Format::Curl, Format::Har] {
            if let Ok(captured) = Captured::read(text.as_bytes(), format, Some(0)) {
                let read = Captured::from_json(&captured.to_json()).unwrap();
                prop_assert_eq!(read.target, captured.target);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Headers of the schemes with anything in them: no panic, nothing verified, no
    /// cause that needs a signature, and not more of those than the limit.
    #[test]
    fn nothing_signed_is_nothing_explained(
        method in "[A-Z]{1,5}",
        target in "/[!-~]{0,24}",
        list in "[A-Za-z;,:@\"=() -]{0,30}",
        body in prop::option::of(vec(any::<u8>(), 0..24)),
        kind in 0..4_usize,
    ) {
        let own: Vec<(&str, String)> = match kind {
            0 => vec![
                ("X-Ca-Proxy-Signature", base64(&[7; 32])),
                ("X-Ca-Proxy-Signature-Secret-Key", KEY.to_owned()),
                ("X-Ca-Proxy-Signature-Headers", list.clone()),
            ],
            1 => vec![
                ("Authorization", format!("SDK-HMAC-SHA256 Access={KEY}, SignedHeaders={list}, Signature={}", "0".repeat(64))),
                ("X-Sdk-Date", "20260102T030405Z".to_owned()),
            ],
            2 => vec![
                ("Signature-Input", format!("countersign=(\"@method\" \"@query\" \"host\");created={NOW};keyid=\"{KEY}\";nonce=\"{NOW}\"")),
                ("Signature", format!("countersign=:{}:", base64(&[7; 32]))),
            ],
            _ => vec![("Authorization", format!("Basic {list}"))],
        };
        let mut headers = vec![("Host".to_owned(), b"a".to_vec()), ("Content-Type".to_owned(), list.into_bytes())];
        headers.extend(own.into_iter().map(|(name, value)| (name.to_owned(), value.into_bytes())));
        let captured = Captured {
            method, target: target.into_bytes(), headers, notes: Vec::new(),
            body: body.map_or(CapturedBody::Unknown, CapturedBody::Known),
        };
        let explanation = explained(&captured);
        prop_assert_ne!(explanation.outcome, Outcome::Verifies);
        prop_assert!(explanation.causes.iter().all(|cause| cause.evidence == Evidence::Seen), "{}", explanation);
        prop_assert!(explanation.signatures <= SIGNATURES_MAX);
        prop_assert!(!explanation.to_string().contains(SECRET));
    }

    /// One character of the request becomes another. What is said then is exact, and
    /// where the character can not be one that a known cause changes, nothing is said.
    #[test]
    fn an_unknown_change_has_no_known_cause(
        scheme in scheme(),
        path in "/[b-y]{6}/[b-y]{6}",
        value in "[b-y]{6}",
        at in 0..3_usize,
        offset in 1..5_usize,
        to in "[0-9]",
    ) {
        let target = format!("{path}?q={value}");
        let mut captured = signed(scheme, "POST", &target, &value);
        prop_assert_eq!(explained(&captured).outcome, Outcome::Verifies, "{}", explained(&captured));
        match at {
            // After the first segment, which a known cause takes away as a prefix.
            0 => captured.target[8 + offset] = to.as_bytes()[0],
            1 => captured.target[17 + offset] = to.as_bytes()[0],
            _ => captured.headers[1].1[offset] = to.as_bytes()[0],
        }
        let explanation = explained(&captured);
        prop_assert_eq!(explanation.outcome, Outcome::CannotTell, "{}", explanation);
        prop_assert_eq!(explanation.verdict, "signature_differs");
    }

    /// Any bytes of target, method or header are exchanged: what is said is exact.
    #[test]
    fn what_is_said_is_exact(
        scheme in scheme(),
        path in "(/[a-z%20.A]{0,4}){1,3}",
        piece in "([/?&=+a%20B ]|%2F|%2f|%41|//|/\\./){0,3}",
        at in any::<prop::sample::Index>(),
        what in 0..4_usize,
    ) {
        let mut captured = signed(scheme, "GET", &format!("{path}?a=1&b=2"), "v, w");
        match what {
            0 => {
                let at = at.index(captured.target.len() - 1) + 1;
                captured.target.splice(at..at, piece.bytes().filter(|byte| *byte != b' '));
            }
            1 => captured.method = piece.bytes().filter(u8::is_ascii_alphabetic).map(char::from).chain(['X']).collect(),
            2 => {
                let value = &mut captured.headers[1].1;
                let at = at.index(value.len());
                value.splice(at..at, piece.bytes());
            }
            _ => {
                let value = &mut captured.headers[0].1;
                value.extend(piece.bytes());
            }
        }
        let explanation = explained(&captured);
        if explanation.outcome == Outcome::Differs {
            prop_assert!(is_exact(&captured, &explanation), "{}", explanation);
        }
    }
}

#[test]
fn causes_that_raw_captures_seldom_show() {
    let code = |explanation: &Explanation| {
        explanation
            .causes
            .iter()
            .map(|one| one.code)
            .collect::<Vec<_>>()
    };
    let mut captured = signed(Scheme::Huawei, "GET", "/", "é");
    captured.headers[1].1 = vec![0xe9];
    // A value that is no UTF-8 is refused before anything is computed.
    assert_eq!(code(&explained(&captured)), [Code::Malformed]);
    let mut captured = signed(Scheme::Huawei, "GET", "/", "Ã©");
    captured.headers[1].1 = "é".as_bytes().to_vec();
    assert_eq!(code(&explained(&captured)), [Code::HeaderCharset]);

    let body = b"  {\"a\": 1}\t".to_vec();
    let mut captured = signed(Scheme::Alibaba, "GET", "/", "x");
    let text = format!(
        "POST\n{}\nx-a:x\nx-ca-proxy-signature-secret-key:{KEY}\n/",
        alibaba::body_md5(body.trim_ascii()).as_str()
    );
    captured.method = "POST".to_owned();
    captured.body = CapturedBody::Known(body);
    captured.headers.last_mut().unwrap().1 = base64(&mac(&text)).into_bytes();
    assert_eq!(code(&explained(&captured)), [Code::BodyBlanks]);
}

#[test]
fn key_pairs() {
    use countersign_sign::rfc9421::{self, Signer};

    let (public, private) = generate_ed25519([7; 32]);
    let signer = Signer::from_key_pair(&public, &private).unwrap();
    let outgoing = rfc9421::Outgoing {
        method: "GET",
        scheme: rfc9421::Scheme::Http,
        authority: "a.test",
        path: "/a",
        query: None,
        content_digest: None,
        fields: &[],
        label: "countersign",
        created: NOW,
        expires: None,
        nonce: "n",
        tag: None,
        name_algorithm: false,
        random: [9; 32],
    };
    let signed = signer
        .sign(&outgoing, &mut rfc9421::Scratch::new())
        .unwrap();
    let read = |method: &str, target: &str, host: &str| {
        let raw = format!(
            "{method} {target} HTTP/1.1\nHost: {host}\nSignature-Input: {}\nSignature: {}\n\n",
            signed.signature_input, signed.signature
        );
        Captured::read(raw.as_bytes(), Format::Auto, None).unwrap()
    };
    let codes = |captured: &Captured| {
        let explanation = explained(captured);
        let causes = explanation.causes.iter().map(|one| one.code);
        (explanation.outcome, causes.collect::<Vec<_>>())
    };
    for (captured, expected) in [
        (read("GET", "/a", "a.test"), (Outcome::Verifies, vec![])),
        (
            read("GET", "/a/", "a.test"),
            (Outcome::Differs, vec![Code::TrailingSlash]),
        ),
        (
            read("HEAD", "/a", "a.test:8080"),
            (
                Outcome::Differs,
                vec![Code::HostChanged, Code::MethodChanged],
            ),
        ),
        (read("GET", "/b", "a.test"), (Outcome::CannotTell, vec![])),
    ] {
        assert_eq!(codes(&captured), expected, "{}", explained(&captured));
    }
}
