//! Huawei's request authentication through the real HTTP front, with the
//! vectors that call something that is spoken here.

use countersign::config::BootstrapConfig;
use countersign_core::{AccessKeyId, AccountId, ProjectId};
use countersign_sign::{Secret, huawei::date::SdkDate};
use countersign_testkit::{
    Connection, Message, TestGateway,
    vectors::{HuaweiRequest, HuaweiVectors},
};
use serde_json::Value;

/// Whose project and instance the vectors name.
const PROJECT: &str = "73d69ae0cfcf460190522d06b60f05ad";
const INSTANCE: &str = "f0fa17893b76433ba7879892951c620e";

fn gateway(request: &HuaweiRequest, seconds: i64) -> TestGateway {
    let running = TestGateway::with(|config| {
        config.management.huawei.instance_id = Some(INSTANCE.to_owned());
        config.bootstrap = Some(BootstrapConfig {
            account: AccountId::parse("1000000000000001").unwrap(),
            access_key_id: AccessKeyId::parse(&request.access_key).unwrap(),
            access_key_secret: Secret::new(request.secret_key.clone()),
            project: ProjectId::parse(PROJECT).unwrap(),
        });
    });
    running.sources.set_seconds(seconds);
    running
}

fn seconds(date: &str) -> i64 {
    SdkDate::parse(date).unwrap().unix()
}

fn send(running: &TestGateway, request: &HuaweiRequest) -> Message {
    let mut text = format!("{} {} HTTP/1.1\r\n", request.method, request.request_target);
    let has = |wanted: &str| {
        let mut names = request.headers.iter().map(|(name, _)| name);
        names.any(|name| name.eq_ignore_ascii_case(wanted))
    };
    if !has("host") {
        text.push_str("Host: 127.0.0.1:18080\r\n");
    }
    let body = request.body_utf8.as_deref().unwrap_or_default();
    for (name, value) in &request.headers {
        if !name.eq_ignore_ascii_case("content-length") {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    text.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    Connection::to(running.management_address())
        .call(&text)
        .unwrap()
}

fn code(answer: &Message) -> String {
    let json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    json["error_code"].as_str().unwrap_or_default().to_owned()
}

/// Whether the vector calls an operation; others are refused as unknown before
/// anybody looks at their signature, which the tests of countersign-sign do.
fn is_spoken(request: &HuaweiRequest) -> bool {
    request.request_target.contains("/apigw/")
}

#[test]
fn every_signed_request_is_let_in() {
    let vectors = HuaweiVectors::load().request_auth.vectors;
    assert_eq!(vectors.len(), 33);
    assert_eq!(
        vectors.iter().filter(|request| is_spoken(request)).count(),
        16
    );
    for request in &vectors {
        let mut headers = request.headers.iter();
        let date = headers.find(|(name, _)| name.eq_ignore_ascii_case("x-sdk-date"));
        let running = gateway(request, seconds(&date.unwrap().1));
        let (name, answer) = (&request.name, send(&running, request));
        if is_spoken(request) {
            // In, if an operation says something of its own: not found, or done.
            let code = code(&answer);
            assert_ne!(answer.status(), 401, "{name}: {}", answer.text());
            assert!(!code.starts_with("APIGW."), "{name}: {}", answer.text());
            let id = answer.value("X-Request-Id");
            assert_eq!(id.map(str::len), Some(32), "{name}");
        } else {
            // At the root is another vendor's API.
            let expected = if name == "root_path" { 400 } else { 404 };
            assert_eq!(answer.status(), expected, "{name}: {}", answer.text());
        }
    }
}

#[test]
fn every_verdict_is_reached() {
    let vectors = HuaweiVectors::load();
    let cases = &vectors.request_auth.cases;
    assert_eq!(cases.len(), 29);
    for case in cases {
        let original = vectors.request_auth.vectors.iter();
        let mut original = original.filter(|request| request.name == case.base);
        let running = gateway(original.next().unwrap(), seconds(&case.now));
        let request = vectors.request_of(case);
        let answer = send(&running, &request);
        let (name, text) = (&case.name, answer.text());
        let refused = (answer.status(), code(&answer)) == (401, "APIGW.0301".to_owned());
        match case.expect.as_str() {
            "accept" => assert!(!refused && answer.status() < 500, "{name}: {text}"),
            // There is no such operation, which is looked at first.
            _ if name == "method_changed" => assert_eq!(answer.status(), 404, "{text}"),
            _ => {
                assert!(refused, "{name}: {text}");
                assert!(!text.contains(&request.secret_key), "{name}");
            }
        }
    }
}
