//! Whatever bytes come, they are answered: no panic, a status that says whose
//! mistake it is, and a JSON body with its id.

use axum::body::Body;
use http::{HeaderValue, Method, Request};
use proptest::prelude::*;
use tokio::runtime::{Builder, Runtime};

use super::support::{V1, signed, v2};
use crate::support::{Answer, HOST, NOW, OWNER, Plane};

/// No defect of ours, and readable.
fn is_an_answer(answer: &Answer) {
    assert!(answer.status.as_u16() < 500, "{answer}");
    assert_eq!(
        answer.header("x-request-id").map(str::len),
        Some(32),
        "{answer}"
    );
    if answer.status.is_success() {
        return;
    }
    let body = answer.json();
    for field in ["error_code", "error_msg"] {
        assert!(
            body[field].as_str().is_some_and(|text| !text.is_empty()),
            "{answer}"
        );
    }
}

/// One plane for all cases of a property.
fn run<S: Strategy>(strategy: S, each: impl Fn(&Runtime, &Plane, S::Value)) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let plane = runtime.block_on(Plane::new());
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 192,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    runner
        .run(&strategy, |value| {
            each(&runtime, &plane, value);
            Ok(())
        })
        .unwrap();
}

fn method() -> impl Strategy<Value = Method> {
    let methods = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
    ];
    prop::sample::select(methods.to_vec())
}

/// Bytes after a base, which look like a path and a query now and then.
fn target() -> impl Strategy<Value = Vec<u8>> {
    let base = prop::sample::select(vec![
        V1.to_owned(),
        v2(),
        "/v2/".to_owned(),
        "/v1.0/".to_owned(),
        "/v3/auth/".to_owned(),
    ]);
    let rest = prop_oneof![
        any::<Vec<u8>>(),
        "(signs|envs|apis|sign-bindings|api-groups)?(/|%2F|\\.\\.|[a-z%]{0,9}){0,4}(\\?[a-z_=&%0-9+]{0,30})?"
            .prop_map(String::into_bytes),
        "(signs|envs|apis|sign-bindings/binded-apis)\\?((offset|limit|page_no|sign_id|name)=(%[0-9A-F]{0,2}|-?[0-9]{0,25}|\\PC{0,4})&){0,4}"
            .prop_map(String::into_bytes),
    ];
    (base, rest).prop_map(|(base, rest)| [base.into_bytes(), rest].concat())
}

/// Whoever asks, also who is nobody.
#[test]
fn any_target_is_answered() {
    run(
        (method(), target(), any::<Vec<u8>>()),
        |runtime, plane, (method, target, body)| {
            // What is no URI at all, the HTTP library refuses.
            let Ok(uri) = http::Uri::try_from(target) else {
                return;
            };
            let text = uri.to_string();
            let by_owner = signed(OWNER, NOW, method.as_str(), &text, &body);
            is_an_answer(&runtime.block_on(plane.send(by_owner)));
            let by_nobody = Request::builder()
                .method(method)
                .uri(uri)
                .header("host", HOST);
            let by_nobody = by_nobody.body(Body::from(body)).unwrap();
            is_an_answer(&runtime.block_on(plane.send(by_nobody)));
        },
    );
}

#[test]
fn any_header_is_answered() {
    let name = prop::sample::select(vec![
        "authorization",
        "x-sdk-date",
        "x-sdk-content-sha256",
        "x-auth-token",
        "x-security-token",
        "x-language",
        "content-type",
        "host",
    ]);
    let value = prop_oneof![
        any::<Vec<u8>>(),
        "SDK-HMAC-SHA256 ?((Access|SignedHeaders|Signature)=[a-zA-Z0-9;,= -]{0,20},? ?){0,4}"
            .prop_map(String::into_bytes),
        "[0-9]{8}T[0-9]{6}Z".prop_map(String::into_bytes),
    ];
    run((name, value), |runtime, plane, (name, bytes)| {
        let Ok(value) = HeaderValue::from_bytes(&bytes) else {
            return;
        };
        let target = format!("{}signs", v2());
        let mut request = signed(OWNER, NOW, "GET", &target, b"");
        request.headers_mut().insert(name, value.clone());
        is_an_answer(&runtime.block_on(plane.send(request)));
        let mut twice = signed(OWNER, NOW, "GET", &target, b"");
        twice.headers_mut().append(name, value);
        is_an_answer(&runtime.block_on(plane.send(twice)));
    });
}

/// As a caller who signed it.
#[test]
fn any_body_is_answered() {
    let body = prop_oneof![
        any::<Vec<u8>>(),
        "[\\[\\]{}\":,0-9a-z\\\\ ]{0,60}".prop_map(String::into_bytes),
        r#"\{("(name|sign_type|sign_key|sign_secret|sign_algorithm|sign_id|publish_ids|remark|env_id|apis)":("\PC{0,20}"|"(hmac|aes|basic|public_key)"|-?[0-9]{1,3}|null|true|\[\]|\{\}|\["\PC{0,8}"\]),?){0,4}\}"#
            .prop_map(String::into_bytes),
    ];
    let call = prop::sample::select(vec![
        ("POST", "signs"),
        ("PUT", "signs/0123456789abcdef0123456789abcdef"),
        ("POST", "sign-bindings"),
        ("POST", "envs"),
        ("POST", "api-groups"),
        ("POST", "apis"),
        ("POST", "apis/publish?action=online"),
    ]);
    run(
        (call, any::<bool>(), body),
        |runtime, plane, ((method, rest), is_v1, body)| {
            let base = if is_v1 { V1.to_owned() } else { v2() };
            let target = format!("{base}{rest}");
            is_an_answer(&runtime.block_on(plane.huawei_bytes(method, &target, &body)));
        },
    );
}
