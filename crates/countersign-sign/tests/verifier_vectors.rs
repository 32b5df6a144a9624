//! Every case of `verifiers/vectors.json`, which verifiers in all languages share.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_sign::verifier::{Body, KeyList, Keys, Options, Refusal, Request, Verifier};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    format: u32,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    keys: Vec<serde_json::Value>,
    now: i64,
    #[serde(default)]
    options: CaseOptions,
    request: CaseRequest,
    #[serde(default)]
    seen: Vec<(String, String)>,
    expect: String,
    key: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct CaseOptions {
    header: Option<String>,
    accept_unsigned_payload: Option<bool>,
    body_max: Option<usize>,
    window: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseRequest {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// The members that a key of a case may have, so that none is passed over.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "read for its names")]
struct CaseKey {
    scheme: String,
    sign_key: String,
    secret: Option<String>,
    public_key: Option<String>,
    name: String,
    version: u64,
    state: String,
}

impl CaseOptions {
    fn of_verifier(&self) -> Options {
        let mut options = Options::default();
        options.header = self.header.clone().unwrap_or(options.header);
        options.accept_unsigned_payload = self
            .accept_unsigned_payload
            .unwrap_or(options.accept_unsigned_payload);
        options.body_bytes_max = self.body_max.unwrap_or(options.body_bytes_max);
        options.window_secs = self.window.unwrap_or(options.window_secs);
        options
    }
}

impl Case {
    fn keys(&self) -> Keys {
        for key in &self.keys {
            let _: CaseKey = serde_json::from_value(key.clone()).expect(&self.name);
        }
        let text = serde_json::json!({ "keys": self.keys }).to_string();
        let list = KeyList::from_json(text.as_bytes()).expect(&self.name);
        assert_eq!(list.skipped, [], "{}", self.name);
        Keys::new(list.keys)
    }

    fn verdict(&self) -> (String, Option<String>) {
        let verifier = Verifier::new(self.keys(), self.options.of_verifier());
        for (key_id, nonce) in &self.seen {
            verifier
                .remember(key_id, nonce, self.now)
                .expect(&self.name);
        }
        let target = latin1(&self.request.target);
        let values: Vec<_> = self
            .request
            .headers
            .iter()
            .map(|(_, v)| latin1(v))
            .collect();
        let names = self.request.headers.iter().map(|(name, _)| name.as_str());
        let headers: Vec<_> = names.zip(values.iter().map(Vec::as_slice)).collect();
        let body = STANDARD.decode(&self.request.body).expect(&self.name);
        let request = Request {
            method: &self.request.method,
            target: &target,
            headers: &headers,
            body: Body::Whole(&body),
        };
        match verifier.verify(&request, self.now) {
            Ok(verified) => ("ok".to_owned(), Some(verified.sign_key().to_owned())),
            Err(refusal) => (refusal.as_str().to_owned(), None),
        }
    }
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars()
        .map(|character| u8::try_from(character).expect("Latin-1"))
        .collect()
}

#[test]
fn every_case_has_its_verdict() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../verifiers/vectors.json");
    let text = std::fs::read_to_string(path).expect("the vectors are there");
    let vectors: Vectors = serde_json::from_str(&text).expect("the vectors are readable");
    assert_eq!(vectors.format, 1);
    // One case a line, after a line of its own: none is lost in reading.
    assert_eq!(vectors.cases.len(), text.lines().count() - 2);

    let mut told = std::collections::BTreeSet::new();
    let mut wrong = Vec::new();
    for case in &vectors.cases {
        assert!(
            case.expect == "ok" || Refusal::NAMES.contains(&case.expect.as_str()),
            "{}: {}",
            case.name,
            case.expect
        );
        told.insert(case.expect.as_str());
        let verdict = case.verdict();
        if verdict != (case.expect.clone(), case.key.clone()) {
            wrong.push(format!("{}: {verdict:?}, not {}", case.name, case.expect));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        vectors.cases.len(),
        wrong.join("\n")
    );
    // Each verdict occurs, or the file is not the one that was meant.
    assert_eq!(told.len(), Refusal::NAMES.len() + 1);
}
