//! Questions of proxies, and the answers.

use countersign_sign::verifier::Scheme;
use countersign_verify::{BodySight, From, HostFrom};
use serde_json::json;

use crate::{
    signed::{HOST, SECRET, Signed, sign, sign_key},
    support::{Verifying, basic, basic_key, config, forward_auth, key_file, refusal},
};

fn question(authorization: &str) -> String {
    format!(
        "GET /auth HTTP/1.1\r\nHost: verifier\r\nX-Original-Method: PUT\r\n\
         X-Original-URI: /a?b\r\nX-Original-Host: a.test\r\nAuthorization: {authorization}\r\n\r\n"
    )
}

const NGINX: From = From::Nginx(HostFrom::OriginalHost);

#[test]
fn an_answer_tells_who_signed() {
    let directory = tempfile::tempdir().unwrap();
    let keys = key_file(
        directory.path(),
        &[
            basic_key("KeyOne", "active"),
            basic_key("KeyOld", "retired"),
        ],
    );
    let front = Verifying::start(config(forward_auth(NGINX, BodySight::Unseen), keys));
    let answer = front.call(&question(&basic("KeyOne")));
    assert_eq!((answer.status(), answer.text()), (200, ""));
    for (name, value) in [
        ("X-Countersign-Sign-Key", "KeyOne"),
        ("X-Countersign-Key-Name", "orders%20%E4%B8%AD"),
        ("X-Countersign-Key-Version", "3"),
        ("X-Countersign-Scheme", "basic"),
        ("X-Countersign-Body", "unverified"),
    ] {
        assert_eq!(answer.value(name), Some(value), "{name}");
    }
    for (authorization, name) in [
        ("Bearer x", "no_signature"),
        ("Basic !", "malformed"),
        (&*basic("KeyTwo"), "unknown_sign_key"),
        (&*basic("KeyOld"), "retired_sign_key"),
        ("Basic S2V5T25lOndyb25n", "signature_differs"),
    ] {
        let answer = front.call(&question(authorization));
        assert_eq!(refusal(&answer), (401, name));
        assert_eq!(answer.value("Content-Type"), Some("application/json"));
        assert!(answer.value("X-Countersign-Sign-Key").is_none());
        let metric = format!("countersign_verify_requests_total{{result=\"{name}\"}}");
        assert!(front.metric(&metric) >= 1.0);
    }
    let verified = "countersign_verify_requests_total{result=\"verified\"}";
    assert!((front.metric(verified) - 1.0).abs() < 0.1);
    assert!((front.metric("countersign_verify_keys") - 2.0).abs() < 0.1);
    assert!(front.metric("countersign_verify_keys_age_seconds") >= 0.0);
}

#[test]
fn a_question_that_is_not_set_up_is_malformed() {
    let directory = tempfile::tempdir().unwrap();
    let keys = key_file(directory.path(), &[basic_key("KeyOne", "active")]);
    let front = Verifying::start(config(forward_auth(NGINX, BodySight::Unseen), keys));
    let good = question(&basic("KeyOne"));
    assert_eq!(front.call(&good).status(), 200);
    for line in [
        "X-Original-Method: PUT\r\n",
        "X-Original-URI: /a?b\r\n",
        "X-Original-Host: a.test\r\n",
    ] {
        assert!(good.contains(line));
        let missing = front.call(&good.replace(line, ""));
        assert_eq!(refusal(&missing), (401, "malformed"), "without {line}");
        let twice = front.call(&good.replace(line, &format!("{line}{line}")));
        assert_eq!(refusal(&twice), (401, "malformed"), "twice {line}");
    }
}

#[test]
fn observing_lets_all_pass_and_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let keys = key_file(directory.path(), &[basic_key("KeyOne", "active")]);
    let mut config = config(forward_auth(NGINX, BodySight::Unseen), keys);
    config.options.observe = true;
    let front = Verifying::start(config);
    let answer = front.call(&question(&basic("KeyTwo")));
    assert_eq!(refusal(&answer), (200, "unknown_sign_key"));
    assert!(answer.value("X-Countersign-Sign-Key").is_none());
    let answer = front.call("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(refusal(&answer), (200, "malformed"));
    assert_eq!(
        refusal(&front.call(&question(&basic("KeyOne")))),
        (200, "none")
    );
}

#[test]
fn a_nonce_is_good_once() {
    let directory = tempfile::tempdir().unwrap();
    let scheme = Scheme::Rfc9421Hmac;
    let key = json!({ "scheme": scheme.as_str(), "sign_key": sign_key(scheme), "secret": SECRET });
    let path_prefix = String::new();
    let front = Verifying::start(config(
        forward_auth(From::Envoy { path_prefix }, BodySight::Unseen),
        key_file(directory.path(), &[key]),
    ));
    let signed = sign(scheme, Signed::plain("GET", "/a?b=1", b""), "once");
    let mut request = format!("GET /a?b=1 HTTP/1.1\r\nHost: {HOST}\r\n");
    for (name, value) in signed.headers.iter().filter(|(name, _)| name != "Host") {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    assert_eq!(refusal(&front.call(&request)), (200, "none"));
    assert_eq!(refusal(&front.call(&request)), (401, "replayed"));
    front.set_now(crate::support::NOW + 901);
    assert_eq!(refusal(&front.call(&request)), (401, "expired"));
}
