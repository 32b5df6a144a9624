use proptest::prelude::*;

use super::super::{
    Malformed, Outgoing, Payload as SentPayload, PayloadHash, Scratch, UNSIGNED_PAYLOAD,
    X_SDK_CONTENT_SHA256,
};
use super::*;
use crate::huawei::authorization::MalformedAuthorization;
use crate::huawei::date::SdkDate;
use crate::huawei::request_auth::client;
use crate::secret::Secret;

const NOW: i64 = 1_767_323_045;

fn secret() -> Secret {
    Secret::new("planted".to_owned())
}

/// A request that owns its parts, so that tests can change one.
#[derive(Clone, Debug)]
struct Sent {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Sent {
    /// What the gateway sends.
    fn signed(method: &str, path: &str, query: &str, body: &[u8], covered: bool) -> Self {
        let (date, digest) = (SdkDate::from_unix(NOW), PayloadHash::of(body));
        let outgoing = Outgoing {
            method,
            path,
            query: Some(query),
            host: "h:1",
            date: &date,
            payload: if covered {
                SentPayload::Sha256(&digest)
            } else {
                SentPayload::Unsigned
            },
        };
        let mut scratch = Scratch::new();
        let header = Signer::new("key", &secret())
            .authorization(&outgoing, &mut scratch)
            .to_vec();
        let mut headers = vec![
            ("Host", "h:1".to_owned()),
            ("X-Sdk-Date", date.as_str().to_owned()),
            ("Authorization", String::from_utf8(header).expect("ASCII")),
            ("X-Other", "o".to_owned()),
        ];
        if !covered {
            headers.push(("X-Sdk-Content-Sha256", UNSIGNED_PAYLOAD.to_owned()));
        }
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: headers
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            body: body.to_vec(),
        }
    }

    fn plain() -> Self {
        Self::signed("POST", "/orders", "a=1", b"body", true)
    }

    /// Signed as another gateway might: these headers.
    fn listing(names: &[&str], more: &[(&str, &str)]) -> Self {
        let mut sent = Self::plain();
        let more = more.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        sent.headers.extend(more);
        let owned = sent.headers.clone();
        let headers: Vec<_> = owned.iter().map(|(n, v)| (&**n, &**v)).collect();
        let date = SdkDate::from_unix(NOW);
        let header = client::sign(&sent.received(&headers), "key", &secret(), &date, names);
        *sent.header("Authorization") = header;
        sent
    }

    fn header(&mut self, name: &str) -> &mut String {
        let found = self.headers.iter_mut().find(|(n, _)| n == name);
        &mut found.expect("the header is there").1
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(n, _)| n != name);
        self
    }

    fn received<'a>(&'a self, headers: &'a [(&'a str, &'a str)]) -> Received<'a> {
        Received {
            method: &self.method,
            path: &self.path,
            query: Some(&self.query),
            headers,
            body: &self.body,
        }
    }

    fn verdict_at(&self, now_unix: i64, rules: &Rules<'_>) -> Result<(), Refusal> {
        let headers: Vec<_> = self.headers.iter().map(|(n, v)| (&**n, &**v)).collect();
        let signers = [
            Signer::new("old", &Secret::new("another".to_owned())),
            Signer::new("key", &secret()),
        ];
        let lookup = |key: &str| signers.iter().find(|signer| signer.sign_key() == key);
        let verified = verify(&self.received(&headers), now_unix, rules, lookup)?;
        assert_eq!(verified.sign_key, "key");
        Ok(())
    }

    fn verdict(&self) -> Result<(), Refusal> {
        let rules = Rules {
            allow_unsigned_payload: true,
            ..Rules::default()
        };
        self.verdict_at(NOW, &rules)
    }
}

#[test]
fn what_the_gateway_sends_is_accepted() {
    Sent::plain().verdict().unwrap();
    Sent::signed("GET", "", "", b"", true).verdict().unwrap();
    Sent::signed("PUT", "/a%2Fb", "q=%2B", b"\xff", false)
        .verdict()
        .unwrap();
    Sent::listing(&["host", "x-sdk-date", "X-Other"], &[])
        .verdict()
        .unwrap();
}

#[test]
fn window() {
    for (off, expected) in [
        (0, None),
        (900, None),
        (-900, None),
        (901, Some(901)),
        (-901, Some(901)),
    ] {
        let off_secs = match Sent::plain().verdict_at(NOW + off, &Rules::default()) {
            Ok(()) => None,
            Err(Refusal::Expired { off_secs }) => Some(off_secs),
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(off_secs, expected, "{off}");
    }
}

#[test]
fn missing_parts() {
    let refusal = |name| Sent::plain().without(name).verdict().unwrap_err();
    assert!(matches!(refusal("Authorization"), Refusal::NoSignature));
    assert!(matches!(refusal("X-Sdk-Date"), Refusal::DateMissing));
    let Refusal::SignedHeaderMissing { name } = refusal("Host") else {
        panic!("not the host");
    };
    assert_eq!(name, "host");
    Sent::plain().without("X-Other").verdict().unwrap();
}

#[test]
fn host_and_date_have_to_be_signed() {
    for (names, missing) in [
        (&["x-sdk-date"][..], "host"),
        (&["host"], "x-sdk-date"),
        (&["x-other"], "host"),
    ] {
        match Sent::listing(names, &[]).verdict() {
            Err(Refusal::HeaderNotSigned { name }) => assert_eq!(name, missing),
            other => panic!("{names:?}: {other:?}"),
        }
    }
}

#[test]
fn repeats() {
    for name in [
        "Authorization",
        "X-Sdk-Date",
        "Host",
        "X-Sdk-Content-Sha256",
    ] {
        let mut sent = Sent::signed("PUT", "/", "", b"", false);
        let value = sent.header(name).clone();
        sent.headers.push((name.to_ascii_uppercase(), value));
        match sent.verdict() {
            Err(Refusal::Malformed(Malformed::Repeated { name: said })) => {
                assert_eq!(said, name.to_ascii_lowercase());
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn malformed_ones() {
    for (value, expected) in [
        ("Basic eDp5", MalformedAuthorization::OtherScheme),
        ("SDK-HMAC-SHA256 Access=key", MalformedAuthorization::Fields),
        (
            "SDK-HMAC-SHA256 Access=key, SignedHeaders=Host, Signature=a",
            MalformedAuthorization::SignedHeaders,
        ),
    ] {
        let mut sent = Sent::plain();
        *sent.header("Authorization") = value.to_owned();
        match sent.verdict() {
            Err(Refusal::Malformed(Malformed::Authorization(said))) => assert_eq!(said, expected),
            other => panic!("{value}: {other:?}"),
        }
    }
    let mut sent = Sent::plain();
    *sent.header("X-Sdk-Date") = "2026-01-02T03:04:05Z".to_owned();
    assert!(matches!(sent.verdict(), Err(Refusal::BadDate)));
}

#[test]
fn keys() {
    for (access, unknown) in [("old", false), ("gone", true), ("Key", true)] {
        let mut sent = Sent::plain();
        let header = sent.header("Authorization");
        *header = header.replace("Access=key", &format!("Access={access}"));
        match sent.verdict().unwrap_err() {
            Refusal::UnknownSignKey => assert!(unknown, "{access}"),
            Refusal::SignatureDiffers { .. } => assert!(!unknown, "{access}"),
            other => panic!("{access}: {other:?}"),
        }
    }
}

#[test]
fn uncovered_bodies_need_leave() {
    let sent = Sent::signed("PUT", "/", "", b"x", false);
    let refused = sent.verdict_at(NOW, &Rules::default());
    assert!(matches!(refused, Err(Refusal::UnsignedPayload)));
    let changed = Sent {
        body: b"y".to_vec(),
        ..sent
    };
    changed.verdict().unwrap();
}

#[test]
fn a_stated_digest_has_to_fit() {
    let names = ["host", "x-sdk-date", X_SDK_CONTENT_SHA256];
    let digest = PayloadHash::of(b"body");
    let more = [(X_SDK_CONTENT_SHA256, digest.as_str())];
    let mut sent = Sent::listing(&names, &more);
    sent.verdict().unwrap();
    sent.body = b"another".to_vec();
    assert!(matches!(sent.verdict(), Err(Refusal::BodyDigestDiffers)));
}

#[test]
fn another_header_name() {
    let mut sent = Sent::plain();
    let value = sent.header("Authorization").clone();
    let sent = sent.without("Authorization");
    let rules = Rules {
        header: "X-Backend-Sign",
        ..Rules::default()
    };
    let refused = sent.verdict_at(NOW, &rules);
    assert!(matches!(refused, Err(Refusal::NoSignature)));
    let mut moved = sent;
    moved.headers.push(("x-backend-sign".to_owned(), value));
    moved.verdict_at(NOW, &rules).unwrap();
}

#[test]
fn a_refusal_explains_itself_and_shows_nothing() {
    let mut sent = Sent::plain();
    sent.query = "b=planted-too".to_owned();
    let refusal = sent.verdict().unwrap_err();
    let shown = format!("{refusal} {refusal:?}");
    assert!(!shown.contains("planted"), "{shown}");
    let Refusal::SignatureDiffers {
        canonical_request,
        string_to_sign,
    } = refusal
    else {
        panic!("not a difference");
    };
    assert!(
        canonical_request
            .as_str()
            .starts_with("POST\n/orders/\nb=planted-too\nhost:h:1\n")
    );
    assert!(
        string_to_sign
            .as_str()
            .starts_with("SDK-HMAC-SHA256\n20260102T030405Z\n")
    );
}

proptest! {
    #[test]
    fn what_is_signed_is_accepted(
        method in "[A-Za-z]{1,6}", path in "/[a-c%/F2 é]{0,10}", query in "[a-c=&%+/20F~-]{0,24}|.*",
        body in proptest::collection::vec(any::<u8>(), 0..20), covered: bool,
    ) {
        let verdict = Sent::signed(&method, &path, &query, &body, covered).verdict();
        prop_assert!(verdict.is_ok(), "{:?}", verdict);
    }

    #[test]
    fn a_changed_part_is_refused(part in 0..6_usize, query in "[a-c]=[a-c=&]{0,8}", body in "[a-z]{0,8}") {
        let mut sent = Sent::signed("POST", "/orders", &query, body.as_bytes(), true);
        sent.verdict().unwrap();
        match part {
            0 => sent.method = "PUT".to_owned(),
            1 => sent.path.push_str("/x"),
            2 => sent.query.push_str("&d"),
            3 => sent.body.push(b'x'),
            4 => sent.header("Host").push('0'),
            _ => *sent.header("X-Sdk-Date") = SdkDate::from_unix(NOW + 1).as_str().to_owned(),
        }
        let is_difference = matches!(sent.verdict(), Err(Refusal::SignatureDiffers { .. }));
        prop_assert!(is_difference, "part {}", part);
    }

    #[test]
    fn any_headers_are_read(
        authorization in "(SDK-HMAC-SHA256 Access=key, SignedHeaders=)?[a-z;-]*(, Signature=a)?|.*",
        date in "20260102T03040[0-9]Z|.*", host in ".*", query in ".*", path in ".*",
    ) {
        let mut sent = Sent::plain();
        *sent.header("Authorization") = authorization;
        *sent.header("X-Sdk-Date") = date;
        *sent.header("Host") = host;
        (sent.query, sent.path) = (query, path);
        prop_assert!(sent.verdict().is_err());
    }
}
