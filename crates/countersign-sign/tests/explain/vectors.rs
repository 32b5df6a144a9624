//! Every case of `verifiers/vectors.json`: what verifies is explained so, and what is
//! refused keeps the contract's name.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::path::Path;

use countersign_sign::explain::{
    Captured, CapturedBody, HEADERS_MAX, KeyCandidate, Outcome, SIGNATURES_MAX, explain,
};
use countersign_sign::verifier::{KeyList, Options};
use serde_json::{Value, json};

fn latin1(value: &Value) -> Vec<u8> {
    value
        .as_str()
        .unwrap()
        .chars()
        .map(|c| u8::try_from(c).unwrap())
        .collect()
}

#[test]
fn every_vector() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../verifiers/vectors.json");
    let vectors: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let (mut verified, mut refused) = (0, 0);
    for case in vectors["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let text = json!({ "keys": case["keys"] }).to_string();
        let keys = KeyList::from_json(text.as_bytes()).unwrap().keys;
        let keys: Vec<_> = keys.into_iter().map(KeyCandidate::asked).collect();
        let told = &case["options"];
        let mut options = Options::default();
        if let Some(header) = told["header"].as_str() {
            options.header = header.to_owned();
        }
        if let Some(accept) = told["accept_unsigned_payload"].as_bool() {
            options.accept_unsigned_payload = accept;
        }
        if let Some(window) = told["window"].as_u64() {
            options.window_secs = window;
        }
        let request = &case["request"];
        let headers = request["headers"].as_array().unwrap();
        let captured = Captured {
            method: request["method"].as_str().unwrap().to_owned(),
            target: latin1(&request["target"]),
            headers: headers
                .iter()
                .map(|pair| (pair[0].as_str().unwrap().to_owned(), latin1(&pair[1])))
                .collect(),
            body: CapturedBody::Known(STANDARD.decode(request["body"].as_str().unwrap()).unwrap()),
            notes: Vec::new(),
        };
        let explained = explain(&captured, &keys, &options, case["now"].as_i64().unwrap());
        assert!(explained.signatures <= SIGNATURES_MAX, "{name}");
        let expect = case["expect"].as_str().unwrap();
        match expect {
            "ok" => {
                assert_eq!(explained.outcome, Outcome::Verifies, "{name}: {explained}");
                verified += 1;
            }
            // A capture has no memory of nonces, and no limit of bodies but its own.
            "replayed" | "body_too_large" => {}
            refusal => {
                assert_eq!(explained.verdict, refusal, "{name}: {explained}");
                assert_ne!(explained.outcome, Outcome::Verifies, "{name}");
                refused += 1;
            }
        }
        if captured.headers.len() > HEADERS_MAX {
            continue;
        }
        let read = Captured::from_json(&captured.to_json()).unwrap();
        assert_eq!(
            (read.headers, read.target),
            (captured.headers, captured.target)
        );
    }
    assert!(verified > 100 && refused > 100, "{verified} {refused}");
}
