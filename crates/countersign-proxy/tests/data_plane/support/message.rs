//! Signatures of RFC 9421, read here from the text that we promise, and
//! checked by the library's verifier.

use base64::{Engine, engine::general_purpose::STANDARD};
use countersign_sign::rfc9421::{
    Message, Scheme, VerifyingKey,
    message::Target,
    verify::{KeyQuery, Policy, Required, Wanted, verify},
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::Received;

/// What a signature said of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub created: i64,
    pub nonce: String,
    pub algorithm: String,
    pub key_id: String,
}

/// Takes the one `Signature-Input` apart, after checking its form.
pub fn said(received: &Received) -> (Vec<String>, Said) {
    let [input] = received.all("signature-input")[..] else {
        panic!("{}", received.head);
    };
    let list = input.strip_prefix("countersign=(").unwrap();
    let (names, parameters) = list.split_once(')').unwrap();
    let names = names
        .split(' ')
        .map(|name| name.trim_matches('"').to_owned())
        .collect();
    let fields: Vec<_> = parameters[1..]
        .split(';')
        .map(|field| field.split_once('=').unwrap())
        .collect();
    let order: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        order,
        ["created", "expires", "nonce", "alg", "keyid", "tag"],
        "{input}"
    );
    let text = |at: usize| fields[at].1.trim_matches('"').to_owned();
    let created: i64 = text(0).parse().unwrap();
    assert_eq!(text(1).parse::<i64>().unwrap(), created + 900);
    assert_eq!(text(5), "countersign");
    let said = Said {
        created,
        nonce: text(2),
        algorithm: text(3),
        key_id: text(4),
    };
    assert_eq!(said.nonce.len(), 32);
    (names, said)
}

/// The signature base of what arrived, built from the names alone.
fn base(received: &Received, names: &[String]) -> String {
    let target = received.request_line().split(' ').nth(1).unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut base = String::new();
    for name in names {
        let value = match name.as_str() {
            "@method" => received.method().to_owned(),
            "@authority" => received.header("host").unwrap().to_lowercase(),
            "@path" => path.to_owned(),
            "@query" => format!("?{query}"),
            field => {
                let [value] = received.all(field)[..] else {
                    panic!("{}", received.head);
                };
                value.to_owned()
            }
        };
        base.push_str(&format!("\"{name}\": {value}\n"));
    }
    let input = received.header("signature-input").unwrap();
    let params = input.strip_prefix("countersign=").unwrap();
    base + &format!("\"@signature-params\": {params}")
}

/// Checks a signature at `now_unix` with the key that its id has; says what it
/// said.
pub fn check(
    received: &Received,
    now_unix: i64,
    is_covered: bool,
    lookup: impl Fn(&str) -> Option<VerifyingKey>,
) -> Said {
    let (names, said) = said(received);
    let target = received.request_line().split(' ').nth(1).unwrap();
    let mut expected = vec!["@method", "@authority", "@path"];
    if target.contains('?') {
        expected.push("@query");
    }
    if is_covered && !received.body.is_empty() {
        expected.push("content-digest");
        let digest = format!(
            "sha-256=:{}:",
            STANDARD.encode(Sha256::digest(&received.body))
        );
        assert_eq!(received.all("content-digest"), [digest]);
    } else {
        assert!(received.header("content-digest").is_none());
    }
    assert_eq!(names, expected, "{}", received.head);

    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let headers = received.headers();
    let message = Message::request(
        Target {
            method: received.method(),
            scheme: Scheme::Http,
            authority: received.header("host").unwrap(),
            path,
            query,
        },
        &headers,
        Some(&received.body),
    );
    let policy = Policy {
        wanted: Wanted::Tag("countersign"),
        required: match is_covered {
            true => Required::Whole { also: &[] },
            false => Required::Only(&["@method", "@authority", "@path"]),
        },
        ..Policy::default()
    };
    let by_id = |query: &KeyQuery<'_>| query.key_id.and_then(&lookup);
    let verified = verify(&message, &policy, now_unix, by_id);
    let verified = verified.unwrap_or_else(|why| panic!("{why}: {}", received.head));
    assert_eq!(verified.label, "countersign");
    assert_eq!(verified.key_id.as_deref(), Some(&*said.key_id));
    assert_eq!(verified.algorithm.as_str(), said.algorithm);
    said
}

/// Checks an HMAC by hand.
pub fn check_hmac(received: &Received, secret: &str) {
    let (names, _) = said(received);
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(base(received, &names).as_bytes());
    let expected = STANDARD.encode(mac.finalize().into_bytes());
    assert_eq!(
        received.all("signature"),
        [format!("countersign=:{expected}:")]
    );
}
