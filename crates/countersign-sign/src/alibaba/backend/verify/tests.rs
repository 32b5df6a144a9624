use proptest::prelude::*;

use super::*;
use crate::alibaba::backend::{Outgoing, Scratch, content_md5, signed_headers_value};
use crate::secret::Secret;

const FORM: &str = "application/x-www-form-urlencoded";

fn signer() -> Signer {
    Signer::new("DemoKey1", &Secret::new("planted".to_owned()))
}

/// A request that owns its parts, so that tests can change one.
#[derive(Clone, Debug)]
struct Sent {
    method: String,
    path: String,
    query: Option<String>,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Sent {
    fn new(method: &str, path: &str, query: Option<&str>) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.map(str::to_owned),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    fn body(self, content_type: &str, body: &[u8]) -> Self {
        Self {
            body: body.to_vec(),
            ..self.header("Content-Type", content_type)
        }
    }

    fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(candidate, _)| candidate != name);
        self
    }

    /// Adds the headers a gateway adds, `extra` being signed as well.
    fn signed(self, extra: &[(&str, &str)]) -> Self {
        let content_type = self.headers.iter().find(|(name, _)| name == "Content-Type");
        let kind = body_kind(&self.method, content_type.map(|(_, value)| value.as_str()));
        let content_md5 = match kind {
            BodyKind::Digest => content_md5(&self.method, &self.body),
            _ => String::new(),
        };
        let outgoing = Outgoing {
            method: &self.method,
            path: &self.path,
            query: self.query.as_deref(),
            form: (kind == BodyKind::Form).then_some(&self.body),
            content_md5: &content_md5,
            extra_signed_headers: extra,
        };
        let signature = signer().sign(&outgoing, &mut Scratch::new());
        let mut sent = self
            .header(SIGNATURE_HEADER, signature.as_str())
            .header(SECRET_KEY_HEADER, signer().sign_key())
            .header(SIGNED_HEADERS_HEADER, &signed_headers_value(extra));
        if !content_md5.is_empty() {
            sent = sent.header("Content-MD5", &content_md5);
        }
        extra.iter().fold(sent, |sent, (n, v)| sent.header(n, v))
    }

    fn verdict(&self) -> Result<(), Refusal> {
        let headers: Vec<_> = self.headers.iter().map(|(n, v)| (&**n, &**v)).collect();
        let received = Received {
            method: &self.method,
            path: &self.path,
            query: self.query.as_deref(),
            headers: &headers,
            body: &self.body,
        };
        let signer = signer();
        let verified = verify(&received, |key| (key == "DemoKey1").then_some(&signer))?;
        assert_eq!(verified.sign_key, "DemoKey1");
        Ok(())
    }

    fn check_differs(&self) {
        let verdict = self.verdict();
        assert!(
            matches!(verdict, Err(Refusal::SignatureDiffers { .. })),
            "{verdict:?} for {self:?}"
        );
    }
}

fn json_post() -> Sent {
    Sent::new("POST", "/v1/orders", Some("b=2&a=1")).body("application/json", b"{}")
}

#[test]
fn what_is_signed_verifies() {
    for sent in [
        Sent::new("GET", "/", None),
        Sent::new("get", "/", Some("")),
        Sent::new("GET", "/a%2Fb/%E4%B8%AD", Some("q=%E5%80%BC+1&q=2&x")),
        json_post(),
        Sent::new("PUT", "/x", None),
        Sent::new("POST", "/x", Some("a=q")).body(FORM, b"a=f&b=+%2B"),
        Sent::new("PATCH", "/x", None).body("application/json", b"{}"),
    ] {
        sent.clone().signed(&[]).verdict().expect("just signed");
        sent.signed(&[("X-Trace", "t-1"), ("A", "")])
            .verdict()
            .expect("just signed");
    }
}

#[test]
fn header_names_match_in_any_case_and_values_are_trimmed() {
    let mut sent = json_post().signed(&[("X-Trace", "t-1")]);
    for (name, value) in &mut sent.headers {
        *name = name.to_ascii_uppercase();
        *value = format!(" \t{value} ");
    }
    sent.verdict().expect("means the same");
}

#[test]
fn a_missing_list_means_no_header_lines() {
    let signature = signer().sign_text("GET\n\n/x");
    let sent = Sent::new("GET", "/x", None)
        .header(SIGNATURE_HEADER, signature.as_str())
        .header(SECRET_KEY_HEADER, "DemoKey1");
    sent.verdict().expect("nothing is listed");
    let with_list = sent.header(SIGNED_HEADERS_HEADER, SECRET_KEY_HEADER);
    with_list.check_differs();
}

#[test]
fn malformed_requests() {
    let signed = || json_post().signed(&[]);
    let check = |sent: Sent, expected: &str| {
        let refusal = sent.verdict().expect_err(expected);
        let source = std::error::Error::source(&refusal).map(ToString::to_string);
        assert_eq!(source.unwrap_or_else(|| refusal.to_string()), expected);
    };
    check(
        signed().without(SIGNATURE_HEADER),
        "the request is not signed",
    );
    check(
        signed().without(SECRET_KEY_HEADER),
        "X-Ca-Proxy-Signature-Secret-Key is missing",
    );
    for name in [SIGNATURE_HEADER, SECRET_KEY_HEADER, SIGNED_HEADERS_HEADER] {
        check(
            signed().header(&name.to_ascii_lowercase(), ""),
            &format!("{name} occurs more than once"),
        );
    }
    check(
        signed()
            .without(SECRET_KEY_HEADER)
            .header(SECRET_KEY_HEADER, "demokey1"),
        "the sign key is not known",
    );
    check(
        Sent::new("POST", "/", None)
            .body("application/x-www-form-urlencoded; charset=gbk", b"a=1")
            .signed(&[]),
        "the form is not in UTF-8",
    );
    check(
        signed()
            .without("Content-MD5")
            .header("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg=="),
        "Content-MD5 differs from the digest of the body",
    );
}

#[test]
fn content_md5_may_be_absent_and_counts_only_on_a_digested_body() {
    let sent = json_post().signed(&[]).without("Content-MD5");
    sent.verdict().expect("the header is optional");
    for sent in [
        Sent::new("POST", "/", None),
        Sent::new("GET", "/", None).body("text/plain", b"x"),
        Sent::new("POST", "/", None).body(FORM, b"a=1"),
    ] {
        let sent = sent.signed(&[]).header("Content-MD5", "anything");
        sent.verdict().expect("no digest is due");
    }
}

#[test]
fn the_signature_is_compared_as_exact_text() {
    let good = json_post().signed(&[]);
    let (_, signature) = good
        .headers
        .iter()
        .find(|(n, _)| n == SIGNATURE_HEADER)
        .expect("signed")
        .clone();
    for wrong in [
        String::new(),
        signature.to_ascii_uppercase(),
        signature.trim_end_matches('=').to_owned(),
        format!("{signature}="),
    ] {
        good.clone()
            .without(SIGNATURE_HEADER)
            .header(SIGNATURE_HEADER, &wrong)
            .check_differs();
    }
}

/// What the scheme does not see, as the documentation of `verify` says.
#[test]
fn known_gaps_of_the_scheme() {
    let accepted = |sent: &Sent| sent.verdict().is_ok();
    let mut patch = Sent::new("PATCH", "/", None)
        .body("application/json", b"{}")
        .signed(&[]);
    patch.body = b"changed".to_vec();
    assert!(accepted(&patch));

    let mut repeated = Sent::new("GET", "/", Some("a=1&a=2")).signed(&[]);
    repeated.query = Some("a=1&a=3".to_owned());
    assert!(accepted(&repeated));

    let mut merged = Sent::new("GET", "/", Some("a=1&b=2")).signed(&[]);
    merged.query = Some("a=1%26b%3D2".to_owned());
    assert!(accepted(&merged));

    assert!(accepted(&json_post().signed(&[]).header("X-Unlisted", "x")));
}

#[test]
fn debug_withholds_the_request_and_the_secret() {
    let mut sent = Sent::new("GET", "/", Some("SignatureSecret=planted")).signed(&[]);
    sent.path = "/changed".to_owned();
    let refusal = sent.verdict().expect_err("the path was changed");
    let shown = format!("{refusal:?} {refusal:#?} {refusal}");
    assert!(!shown.contains("planted"), "{shown}");
    let Refusal::SignatureDiffers { string_to_sign } = refusal else {
        panic!("{shown}");
    };
    assert!(
        string_to_sign
            .as_str()
            .ends_with("\n/changed?SignatureSecret=planted")
    );
}

/// Replaces the byte at a position, taken modulo the length, by another.
fn replace(bytes: &[u8], position: usize, by: u8) -> Option<Vec<u8>> {
    let mut changed = bytes.to_vec();
    let len = changed.len();
    let byte = changed.get_mut(position.checked_rem(len)?)?;
    (*byte != by).then(|| *byte = by)?;
    Some(changed)
}

fn replace_text(text: &str, position: usize, by: u8) -> Option<String> {
    String::from_utf8(replace(text.as_bytes(), position, by)?).ok()
}

fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::btree_map("[a-z中é😀～]{1,4}", "[a-zA-Z0-9 +&=%/é]{0,6}", 0..6)
        .prop_map(|pairs| pairs.into_iter().collect())
}

fn encode(pairs: &[(String, String)]) -> String {
    let encode = crate::params::percent_encode;
    let pairs = pairs
        .iter()
        .map(|(n, v)| format!("{}={}", encode(n), encode(v)));
    pairs.collect::<Vec<_>>().join("&")
}

proptest! {
    #[test]
    fn signing_then_verifying(
        method in "GET|POST|PUT|PATCH|DELETE|post",
        path in "/[ ->@-~]{0,12}",
        query in prop::option::of("[a-c=&%+0-9é😀]{0,16}"),
        form in any::<bool>(),
        body in prop::collection::vec(any::<u8>(), 0..40),
        value in "[!-~]{0,8}",
    ) {
        let content_type = if form { FORM } else { "text/plain" };
        let sent = Sent::new(&method, &path, query.as_deref()).body(content_type, &body);
        prop_assert!(sent.signed(&[("X-Trace", &value)]).verdict().is_ok());
    }

    #[test]
    fn order_of_parameters_and_their_place_do_not_matter(
        pairs in pairs().prop_shuffle(), cut in 0..7_usize,
    ) {
        let mut sorted = pairs.clone();
        sorted.sort();
        let mut sent = Sent::new("POST", "/p", Some(&encode(&sorted))).body(FORM, b"").signed(&[]);
        let (query, form) = pairs.split_at(cut.min(pairs.len()));
        sent.query = Some(encode(query));
        sent.body = encode(form).into_bytes();
        prop_assert!(sent.verdict().is_ok());
    }

    #[test]
    fn any_other_byte_refuses(
        // Names are distinct and nothing is escaped, which leaves out the known gaps.
        pairs in prop::collection::btree_map("[a-z]{2,4}", "[a-z]{1,6}", 1..5),
        body in prop::collection::vec(any::<u8>(), 1..40),
        position in any::<usize>(),
        letter in b'A'..=b'Z',
        byte in any::<u8>(),
    ) {
        let query = pairs.iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join("&");
        let good = Sent::new("POST", "/some/path", Some(&query))
            .body("application/octet-stream", &body)
            .signed(&[("X-Trace", "trace")])
            .without("Content-MD5");
        prop_assert!(good.verdict().is_ok());

        let mut changed = vec![];
        if let Some(method) = replace_text(&good.method, position, letter) {
            changed.push(Sent { method, ..good.clone() });
        }
        if let Some(path) = replace_text(&good.path, position, letter) {
            changed.push(Sent { path, ..good.clone() });
        }
        if let Some(query) = replace_text(&query, position, letter) {
            changed.push(Sent { query: Some(query), ..good.clone() });
        }
        if let Some(body) = replace(&good.body, position, byte) {
            changed.push(Sent { body, ..good.clone() });
        }
        let trace = replace_text("trace", position, letter).expect("a capital is another letter");
        changed.push(good.without("X-Trace").header("X-Trace", &trace));
        for sent in changed {
            sent.check_differs();
        }
    }
}
