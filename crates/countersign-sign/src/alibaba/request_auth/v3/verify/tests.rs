use proptest::prelude::*;

use super::super::{sign_request, standard_headers};
use super::*;

fn secret() -> Secret {
    Secret::new("planted".to_owned())
}

/// A signed request that owns its parts, so that tests can change one.
#[derive(Clone, Debug)]
struct Sent {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    authorization: Authorization,
}

impl Sent {
    fn signed(method: &str, path: &str, query: &str, more: &[(&str, &str)], body: &[u8]) -> Self {
        let standard = standard_headers("h:1", "CreateSignature", "2016-07-14", 0, "n", body);
        let headers: Vec<_> = standard
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .chain(more.iter().copied())
            .collect();
        let request = Request {
            method,
            path,
            query: Some(query),
            headers: &headers,
            body,
        };
        let header = sign_request("id", &secret(), &request);
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: headers
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
            body: body.to_vec(),
            authorization: Authorization::parse(&header).expect("made by the client"),
        }
    }

    fn header(&mut self, name: &str) -> &mut String {
        let found = self.headers.iter_mut().find(|(n, _)| n == name);
        &mut found.expect("the header is there").1
    }

    fn resign(&mut self) {
        let headers = self.headers.clone();
        let list: Vec<_> = headers.iter().map(|(n, v)| (&**n, &**v)).collect();
        let header = sign_request("id", &secret(), &self.request(&list));
        self.authorization = Authorization::parse(&header).expect("made by the client");
    }

    fn request<'a>(&'a self, headers: &'a [(&'a str, &'a str)]) -> Request<'a> {
        Request {
            method: &self.method,
            path: &self.path,
            query: Some(&self.query),
            headers,
            body: &self.body,
        }
    }

    fn verdict(&self) -> Result<(), Refusal> {
        let headers: Vec<_> = self.headers.iter().map(|(n, v)| (&**n, &**v)).collect();
        verify(
            &secret(),
            &self.request(&headers),
            &self.authorization,
            &CLOUD_API_RULES,
        )
    }

    fn is_refused(&self) -> bool {
        matches!(
            self.verdict(),
            Err(Refusal::SignatureDiffers(_) | Refusal::BodyDigestDiffers(_))
        )
    }
}

fn sent() -> Sent {
    Sent::signed(
        "POST",
        "/",
        "SignatureSecret=planted&b=",
        &[("user-agent", "u")],
        b"body",
    )
}

#[test]
fn every_required_header_has_to_be_signed() {
    for name in CLOUD_API_RULES.required {
        let mut sent = sent();
        sent.headers.retain(|(n, _)| n != name);
        sent.resign();
        let refusal = sent.verdict().expect_err(name);
        assert!(matches!(refusal, Refusal::HeaderNotSigned { name: n } if n == *name));
    }
}

#[test]
fn every_other_acs_header_present_has_to_be_signed() {
    let mut sent = sent();
    sent.headers
        .push(("X-Acs-Security-Token".to_owned(), "t".to_owned()));
    let refusal = sent.verdict().expect_err("added after signing");
    assert!(matches!(refusal, Refusal::HeaderNotSigned { name } if name == "x-acs-security-token"));
    sent.resign();
    sent.verdict().expect("signed now");

    sent.headers
        .push(("accept-encoding".to_owned(), "identity".to_owned()));
    sent.verdict().expect("need not be signed");
}

#[test]
fn other_rules_demand_other_headers() {
    let sent = sent();
    let headers: Vec<_> = sent.headers.iter().map(|(n, v)| (&**n, &**v)).collect();
    let check = |required, required_prefixes| {
        let rules = HeaderRules {
            required,
            required_prefixes,
        };
        verify(
            &secret(),
            &sent.request(&headers),
            &sent.authorization,
            &rules,
        )
    };
    check(&[], &[]).expect("nothing is demanded");
    check(&["User-Agent"], &["user"]).expect("it is signed");
    check(&["date"], &[]).expect_err("it is not signed");
}

#[test]
fn a_listed_header_that_is_gone_is_named() {
    let mut sent = sent();
    sent.headers.retain(|(name, _)| name != "user-agent");
    let refusal = sent.verdict().expect_err("a signed header is gone");
    assert!(matches!(refusal, Refusal::SignedHeaderMissing { name } if name == "user-agent"));
}

#[test]
fn the_digest_is_computed_never_believed() {
    let mut changed = sent();
    changed.body = b"other".to_vec();
    assert!(matches!(
        changed.verdict(),
        Err(Refusal::BodyDigestDiffers(_))
    ));

    *changed.header(CONTENT_SHA256_HEADER) = body_sha256(b"other");
    assert!(matches!(
        changed.verdict(),
        Err(Refusal::SignatureDiffers(_))
    ));

    // A digest in capitals, signed as such by the client.
    let mut capitals = sent();
    let header = capitals.header(CONTENT_SHA256_HEADER);
    *header = header.to_ascii_uppercase();
    capitals.resign();
    assert!(matches!(
        capitals.verdict(),
        Err(Refusal::BodyDigestDiffers(_))
    ));

    let mut twice = sent();
    let digest = body_sha256(b"body");
    twice
        .headers
        .push((CONTENT_SHA256_HEADER.to_owned(), digest));
    twice.resign();
    assert!(matches!(
        twice.verdict(),
        Err(Refusal::BodyDigestDiffers(_))
    ));
}

#[test]
fn the_signature_is_compared_as_exact_text() {
    let good = sent().authorization.signature;
    for wrong in [
        good.to_ascii_uppercase(),
        good[..63].to_owned(),
        format!("{good}0"),
        "x".to_owned(),
    ] {
        let mut sent = sent();
        sent.authorization.signature = wrong;
        assert!(matches!(sent.verdict(), Err(Refusal::SignatureDiffers(_))));
    }
}

#[test]
fn a_mismatch_carries_the_texts_and_debug_withholds_them() {
    let mut sent = sent();
    sent.method = "PUT".to_owned();
    let refusal = sent.verdict().expect_err("the method was changed");
    let shown = format!("{refusal:?} {refusal:#?} {refusal}");
    assert!(
        !shown.contains("planted") && !shown.contains("ACS3"),
        "{shown}"
    );
    let Refusal::SignatureDiffers(mismatch) = refusal else {
        panic!("{shown}");
    };
    let canonical = mismatch.canonical_request.as_str();
    assert!(canonical.starts_with("PUT\n/\nSignatureSecret=planted&b=\nhost:h:1\n"));
    assert_eq!(mismatch.string_to_sign.as_str(), string_to_sign(canonical));
}

#[test]
fn spelling_on_the_wire_does_not_matter() {
    let signed = Sent::signed("POST", "/a~b/%e4%b8%ad", "n=a+b~*%27&m", &[], b"");
    let respelled = Sent {
        path: "/a%7Eb/%E4%B8%AD".to_owned(),
        query: "m=&n=a%20b%7E%2A'".to_owned(),
        ..signed
    };
    respelled.verdict().expect("means the same");
}

fn changed(bytes: &[u8], position: usize, by: u8) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let len = bytes.len();
    bytes[position % len] = by;
    bytes
}

fn changed_text(text: &str, position: usize, by: u8) -> String {
    String::from_utf8(changed(text.as_bytes(), position, by)).expect("ASCII by ASCII")
}

proptest! {
    #[test]
    fn signing_then_verifying(
        method in "GET|POST|put",
        path in "(/[ -.0-~é]{0,6}){0,3}",
        query in "[a-c=&%+0-9é😀]{0,16}",
        value in "[ -~]{0,8}",
        body in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let more = [("X-Acs-Extra", &*value), ("x-acs-extra", "again")];
        prop_assert!(Sent::signed(&method, &path, &query, &more, &body).verdict().is_ok());
    }

    #[test]
    fn order_of_parameters_and_headers_does_not_matter(
        (query, headers) in (
            Just(vec!["a=1", "b=2", "c", "d=%20"]).prop_shuffle(),
            Just(sent().headers).prop_shuffle(),
        ),
    ) {
        let mut sent = sent();
        sent.query = "a=1&b=2&c=&d=+".to_owned();
        sent.resign();
        let shuffled = Sent { query: query.join("&"), headers, ..sent };
        prop_assert!(shuffled.verdict().is_ok());
    }

    #[test]
    fn any_other_byte_refuses(
        query in "[a-z]{2,4}=[a-z]{1,4}&[A-Z]{2,4}=[a-z]{1,4}",
        body in prop::collection::vec(any::<u8>(), 1..40),
        position in any::<usize>(),
        digit in b'0'..=b'9',
        byte in any::<u8>(),
    ) {
        let good = Sent::signed("POST", "/some/path", &query, &[("user-agent", "agent")], &body);
        let method = changed_text("POST", position, digit);
        let refused = Sent { method, ..good.clone() }.is_refused();
        prop_assert!(refused);
        let path = changed_text("/some/path", position, digit);
        let refused = Sent { path, ..good.clone() }.is_refused();
        prop_assert!(refused);
        let other = changed_text(&query, position, digit);
        let refused = Sent { query: other, ..good.clone() }.is_refused();
        prop_assert!(refused);
        let other = changed(&body, position, byte);
        let same = other == body;
        let refused = Sent { body: other, ..good.clone() }.is_refused();
        prop_assert_eq!(refused, !same);
        let mut agent = good;
        *agent.header("user-agent") = changed_text("agent", position, digit);
        prop_assert!(agent.is_refused());
    }
}
