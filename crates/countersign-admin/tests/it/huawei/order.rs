//! The order of the checks: a call that is wrong in everything, mended one
//! thing at a time, is told of the next thing each time. Also which paths there
//! are, and that every answer has its id.

use axum::body::Body;
use http::{Method, Request};
use serde_json::{Value, json};

use super::support::{V1, bases, signed, v2};
use crate::support::{FixedStatus, INSTANCE, Key, NOW, OWNER, PROJECT, Plane, config};

#[tokio::test]
async fn what_is_found_first() {
    let mut config = config();
    config.requests_per_second = 1;
    let plane = Plane::with(config, FixedStatus(None)).await;
    let nobody = Key {
        id: "nobody",
        secret: "x",
    };
    let wrong = Key {
        secret: "wrong",
        ..OWNER
    };
    let other_project = format!("/v2/{}/apigw/instances/x/signs", "0".repeat(32));
    let other_instance = format!("/v2/{PROJECT}/apigw/instances/x/signs");
    let signs = format!("{}signs", v2());
    let query = format!("{}signs/x?a=1&a=2", v2());
    let key = format!("{}signs/x", v2());
    let before = plane.store.snapshot().revision();
    for (method, target, key, at, body, code) in [
        ("PATCH", &other_project, nobody, NOW - 901, "", "APIGW.0101"),
        ("POST", &other_project, nobody, NOW - 901, "{", "APIGW.0301"),
        ("POST", &other_project, wrong, NOW - 901, "{", "APIGW.0301"),
        ("POST", &other_project, wrong, NOW, "{", "APIGW.0301"),
        ("POST", &other_project, OWNER, NOW, "{", "APIG.1005"),
        ("POST", &other_instance, OWNER, NOW, "{", "APIG.3030"),
        ("POST", &signs, OWNER, NOW, "{", "APIG.2000"),
        // The one call of this second is spent.
        ("POST", &signs, OWNER, NOW, "{", "APIGW.0308"),
        ("PUT", &query, OWNER, NOW, "{", "APIG.2012"),
    ] {
        let answer = plane.send(signed(key, at, method, target, body.as_bytes()));
        let answer = answer.await;
        assert_eq!(answer.huawei_code().1, code, "{method} {target}: {answer}");
    }
    for (body, code) in [
        ("{", "APIG.2000"),
        (r#"{"sign_type":"x","sign_key":"x"}"#, "APIG.2001"),
        (r#"{"name":"abc","sign_type":"x"}"#, "APIG.2011"),
        (r#"{"name":"abc"}"#, "APIG.3017"),
    ] {
        plane.wait(1000);
        let answer = plane.huawei_bytes("PUT", &key, body.as_bytes()).await;
        assert_eq!(answer.huawei_code().1, code, "{body}");
    }
    assert_eq!(plane.store.snapshot().revision(), before);
}

#[tokio::test]
async fn only_known_paths() {
    let plane = Plane::new().await;
    let v2_root = format!("/v2/{PROJECT}/apigw");
    for target in [
        format!("{V1}nothing"),
        format!("{V1}signs/a/b"),
        format!("{V1}signs//"),
        format!("{V1}sign-bindings/binded-apis/x"),
        format!("{V1}apis/action/x"),
        format!("{V1}instances"),
        "/v1.0/other".to_owned(),
        "/v2/x".to_owned(),
        "/v2/".to_owned(),
        "/v1.0/".to_owned(),
        format!("{v2_root}/signs"),
        format!("{v2_root}/instances/{INSTANCE}/nothing"),
        format!("{v2_root}%2Finstances/{INSTANCE}/signs"),
        format!("{v2_root}/instances/{INSTANCE}%2Fsigns/x"),
        "/v3/nothing".to_owned(),
    ] {
        for method in ["GET", "POST", "PUT", "DELETE"] {
            let answer = plane.huawei(method, &target, Value::Null).await;
            assert_eq!(answer.status, 404, "{method} {target}: {answer}");
            assert_eq!(answer.huawei_code().1, "APIGW.0101", "{method} {target}");
            let id = answer.header("x-request-id").unwrap();
            // The bodies of IAM have none.
            if !target.starts_with("/v3/") {
                assert_eq!(answer.json()["request_id"], id);
            }
        }
    }
    for method in [Method::HEAD, Method::OPTIONS, Method::PATCH] {
        for (_, base) in bases() {
            let target = format!("{base}signs");
            let answer = plane.huawei(method.as_str(), &target, Value::Null).await;
            assert_eq!(answer.status, 404, "{method}");
        }
    }
}

/// A slash at the end does not count; an encoded one does not cut.
#[tokio::test]
async fn slashes() {
    let plane = Plane::new().await;
    for (_, base) in bases() {
        for target in [
            "signs/",
            "signs/?limit=1",
            "sign-bindings/binded-apis/?sign_id=x",
        ] {
            let target = format!("{base}{target}");
            let answer = plane.huawei("GET", &target, Value::Null).await;
            let expected = if target.contains("sign_id") { 404 } else { 200 };
            assert_eq!(answer.status, expected, "{target}: {answer}");
            assert!(!answer.body.contains("APIGW"), "{target}");
        }
        for (sent, told) in [
            ("a%2Fb", "a/b"),
            ("%2F", "/"),
            ("a%2fb/", "a/b"),
            ("..%2F", "../"),
        ] {
            let target = format!("{base}signs/{sent}");
            let answer = plane.huawei("DELETE", &target, Value::Null).await;
            let expected = format!("Signature key {told} does not exist");
            assert_eq!(answer.json()["error_msg"], expected.as_str());
        }
    }
}

#[tokio::test]
async fn every_answer_has_an_id_of_its_own() {
    let plane = Plane::new().await;
    let mut seen = std::collections::BTreeSet::new();
    let signs = format!("{}signs", v2());
    let unsigned = Request::get(&signs).body(Body::empty()).unwrap();
    let answers = [
        plane.huawei("GET", &signs, Value::Null).await,
        plane.huawei("POST", &signs, json!({ "name": "abc" })).await,
        plane.huawei("POST", &signs, json!({ "name": "abc" })).await,
        plane.huawei("PATCH", &signs, Value::Null).await,
        plane.send(unsigned).await,
    ];
    for answer in &answers {
        let id = answer.header("x-request-id").unwrap();
        let hex = id
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        assert!(id.len() == 32 && hex, "{id}");
        assert!(seen.insert(id.to_owned()), "{id} twice");
        let kind = answer.header("content-type");
        assert_eq!(kind, Some("application/json"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}
