//! The vendor's captured requests and verdicts, through the real HTTP front.

use countersign::config::BootstrapConfig;
use countersign_core::{AccessKeyId, AccountId, ProjectId};
use countersign_sign::{Secret, alibaba::request_auth::clock};
use countersign_testkit::{
    Connection, Message, TestGateway,
    vectors::{AlibabaVectors, HttpRequest},
};
use serde_json::Value;

fn gateway(access_key_id: &str, secret: &str, seconds: i64) -> TestGateway {
    let running = TestGateway::with(|config| {
        config.bootstrap = Some(BootstrapConfig {
            account: AccountId::parse("1000000000000001").unwrap(),
            access_key_id: AccessKeyId::parse(access_key_id).unwrap(),
            access_key_secret: Secret::new(secret.to_owned()),
            project: ProjectId::made_from(&AccountId::parse("1000000000000001").unwrap()),
        });
    });
    running.sources.set_seconds(seconds);
    running
}

fn send(running: &TestGateway, request: &HttpRequest) -> (Message, String) {
    let mut text = format!("{} {} HTTP/1.1\r\n", request.method, request.target);
    let has = |wanted: &str| {
        request
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case(wanted))
    };
    let mut body = request.body.clone();
    if has("transfer-encoding") && !body.is_empty() {
        body = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    } else if has("transfer-encoding") {
        "0\r\n\r\n".clone_into(&mut body);
    } else if !body.is_empty() {
        // An edited body is sent whole: the entry's own length is that of the
        // body before the edit.
        text.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    if !has("host") {
        text.push_str("Host: 127.0.0.1:18080\r\n");
    }
    let own_length = |name: &str| !body.is_empty() && name.eq_ignore_ascii_case("content-length");
    for (name, value) in request.headers.iter().filter(|(name, _)| !own_length(name)) {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.push_str(&body);
    let mut connection = Connection::to(running.management_address());
    let answer = connection.call(&text).unwrap();
    let code = code_of(&answer);
    (answer, code)
}

/// The code of an error in either format; empty for a success.
fn code_of(answer: &Message) -> String {
    let text = answer.text();
    let code = match serde_json::from_str::<Value>(text) {
        Ok(json) => json["Code"].as_str().map(str::to_owned),
        Err(_) => text
            .split_once("<Code>")
            .and_then(|(_, rest)| rest.split_once("</Code>"))
            .map(|(code, _)| code.to_owned()),
    };
    assert_eq!(code.is_none(), answer.status() == 200, "{text}");
    code.unwrap_or_default()
}

/// Codes that say the caller was not let in.
fn is_refused_at_the_door(code: &str) -> bool {
    let door = [
        "Signature",
        "InvalidAccessKeyId",
        "InvalidTimeStamp",
        "IncompleteSignature",
    ];
    door.iter().any(|start| code.starts_with(start))
}

/// Sends a request that has to be let in, and the same once more: a nonce is
/// remembered only of a caller whose signature fits, so that the second is
/// refused for its nonce proves that the first was let in.
fn assert_let_in(running: &TestGateway, id: &str, request: &HttpRequest) {
    let (answer, code) = send(running, request);
    assert!(
        !is_refused_at_the_door(&code),
        "{id}: {} {code}",
        answer.start
    );
    let (_, again) = send(running, request);
    assert_eq!(again, "SignatureNonceUsed", "{id}");
}

/// The worked examples of the public pages call another product of the vendor:
/// they are refused as unknown before anybody looks at their signature, which
/// the vector tests of countersign-sign do.
const OTHER_PRODUCTS: [&str; 2] = ["v1-doc-example", "v3-doc-example"];

#[test]
fn every_captured_request_is_let_in() {
    let vectors = AlibabaVectors::load();
    let captured = || {
        vectors
            .request_auth_v1
            .iter()
            .chain(&vectors.request_auth_v3)
    };
    assert_eq!(captured().count(), 32);
    for entry in captured() {
        let seconds = date_of(&entry.request).expect("every captured request has a date");
        let running = gateway(&entry.access_key_id, &entry.access_key_secret, seconds);
        if OTHER_PRODUCTS.contains(&entry.id.as_str()) {
            let (_, code) = send(&running, &entry.request);
            assert_eq!(code, "InvalidApi.NotFound", "{}", entry.id);
        } else {
            assert_let_in(&running, &entry.id, &entry.request);
        }
    }
}

/// When the request says it was made.
fn date_of(request: &HttpRequest) -> Option<i64> {
    let header = request
        .headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("x-acs-date"))
        .map(|(_, value)| value.clone());
    let parameters = format!(
        "{}&{}",
        request
            .target
            .split_once('?')
            .map_or("", |(_, query)| query),
        request.body
    );
    let parameter = countersign_sign::params::decode(parameters.as_bytes())
        .find(|(name, _)| name == "Timestamp")
        .map(|(_, value)| value.into_owned());
    clock::parse(&header.or(parameter)?).ok()
}

#[test]
fn every_verdict_is_reached() {
    let vectors = AlibabaVectors::load();
    assert_eq!(vectors.verdicts.len(), 25);
    for entry in &vectors.verdicts {
        let (id, secret) = entry.known_keys.first_key_value().unwrap();
        let secret = if secret.len() < 8 {
            format!("{secret}-padded")
        } else {
            secret.clone()
        };
        let running = gateway(id, &secret, clock::parse(&entry.server_time).unwrap());
        if entry.expected == "accept" {
            assert_let_in(&running, &entry.id, &entry.request);
            continue;
        }
        if !entry.seen_nonces.is_empty() {
            assert_let_in(&running, &entry.id, &entry.request);
        }
        let (_, code) = send(&running, &entry.request);
        assert_eq!(
            Some(code.as_str()),
            entry.expected_code.as_deref(),
            "{}",
            entry.id
        );
    }
}
