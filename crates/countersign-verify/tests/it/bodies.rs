//! What forward-auth says of bodies that it does not see.

use countersign_sign::verifier::{Key, Scheme};
use countersign_testkit::Message;
use countersign_verify::{BodySight, From};
use serde_json::{Value, json};

use crate::{
    signed::{self, HOST, SECRET, Signed, sign, sign_key},
    support::{Verifying, config, forward_auth, key_file, refusal},
};

fn key(scheme: Scheme) -> Value {
    let mut key = json!({ "scheme": scheme.as_str(), "sign_key": sign_key(scheme) });
    let _: Key = signed::key(scheme);
    match scheme {
        Scheme::Rfc9421KeyPair => key["public_key"] = public_key().into(),
        _ => key["secret"] = SECRET.into(),
    }
    key
}

fn public_key() -> String {
    countersign_sign::rfc9421::generate_ed25519([7; 32]).0
}

fn start(sight: BodySight, directory: &std::path::Path) -> Verifying {
    let keys = Scheme::ALL.map(key);
    let mode = forward_auth(From::Caddy, sight);
    Verifying::start(config(mode, key_file(directory, &keys)))
}

fn ask(front: &Verifying, request: &Signed, more: &str, body: &[u8]) -> Message {
    let mut text = format!(
        "GET / HTTP/1.1\r\nHost: verifier\r\nX-Forwarded-Method: {}\r\nX-Forwarded-Uri: {}\r\n\
         X-Forwarded-Host: {HOST}\r\n{more}",
        request.method, request.target
    );
    for (name, value) in request.headers.iter().filter(|(name, _)| name != "Host") {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut connection = front.connect();
    connection.send(text.as_bytes()).unwrap();
    connection.send(b"\r\n").unwrap();
    connection.send(body).unwrap();
    connection.receive("GET").unwrap()
}

fn word(answer: &Message) -> &str {
    assert_eq!(refusal(answer), (200, "none"));
    answer.value("X-Countersign-Body").unwrap()
}

#[test]
fn unseen_bodies_are_never_called_verified() {
    let directory = tempfile::tempdir().unwrap();
    let front = start(BodySight::Unseen, directory.path());
    for (at, scheme) in Scheme::ALL.into_iter().enumerate() {
        let plain = Signed::plain("GET", "/a?b=1", b"");
        let request = sign(scheme, plain, &format!("get-{at}"));
        assert_eq!(
            word(&ask(&front, &request, "", b"")),
            "unverified",
            "{scheme}"
        );

        let plain = Signed::plain("POST", "/a?b=1", b"{\"a\":1}");
        let request = sign(scheme, plain, &format!("post-{at}"));
        let answer = ask(&front, &request, "", b"");
        match scheme {
            // The payload line is the body's own hash, which no header states.
            Scheme::Huawei => assert_eq!(refusal(&answer), (401, "body_digest_differs")),
            _ => assert_eq!(word(&answer), "unverified", "{scheme}"),
        }
    }
    // A forged signature of a request without a body is called what it is.
    let mut forged = sign(Scheme::Huawei, Signed::plain("GET", "/a", b""), "x");
    forged.target = "/b".to_owned();
    assert_eq!(
        refusal(&ask(&front, &forged, "", b"")),
        (401, "signature_differs")
    );
}

#[test]
fn a_stated_digest_is_believed_for_huawei_too() {
    let directory = tempfile::tempdir().unwrap();
    let front = start(BodySight::Unseen, directory.path());
    let mut request = sign(Scheme::Huawei, Signed::plain("POST", "/a", b"body"), "x");
    let digest = countersign_sign::huawei::backend::PayloadHash::of(b"body");
    request.push("X-Sdk-Content-Sha256", digest.as_str());
    assert_eq!(word(&ask(&front, &request, "", b"")), "unverified");
}

#[test]
fn a_told_length_says_that_there_is_no_body() {
    let directory = tempfile::tempdir().unwrap();
    let front = start(BodySight::Length, directory.path());
    let request = sign(Scheme::Huawei, Signed::plain("POST", "/a", b""), "x");
    for none in [
        "",
        "X-Original-Content-Length: 0\r\n",
        "X-Original-Content-Length:\r\n",
    ] {
        assert_eq!(word(&ask(&front, &request, none, b"")), "none", "{none:?}");
    }
    for some in [
        "X-Original-Content-Length: 4\r\n",
        "X-Original-Transfer-Encoding: chunked\r\n",
        "X-Original-Content-Length: 0\r\nX-Original-Transfer-Encoding: chunked\r\n",
    ] {
        let answer = ask(&front, &request, some, b"");
        assert_eq!(refusal(&answer), (401, "body_digest_differs"), "{some:?}");
    }
    let twice = "X-Original-Content-Length: 0\r\nX-Original-Content-Length: 0\r\n";
    assert_eq!(
        refusal(&ask(&front, &request, twice, b"")),
        (401, "malformed")
    );
}

#[test]
fn forwarded_bodies_are_verified() {
    let directory = tempfile::tempdir().unwrap();
    let front = start(BodySight::Forwarded, directory.path());
    for (at, scheme) in Scheme::ALL.into_iter().enumerate() {
        let body = b"{\"a\":1}";
        let post = |nonce: &str| sign(scheme, Signed::plain("POST", "/a", body), nonce);
        let good = ask(
            &front,
            &post(&format!("{at}")),
            "Content-Length: 7\r\n",
            body,
        );
        let altered = ask(
            &front,
            &post(&format!("{at}-altered")),
            "Content-Length: 7\r\n",
            b"{\"a\":2}",
        );
        let partial = "Content-Length: 3\r\nX-Envoy-Auth-Partial-Body: true\r\n";
        let partial = ask(&front, &post(&format!("{at}-partial")), partial, b"{\"a");
        match scheme {
            Scheme::Basic => {
                assert_eq!(word(&good), "unverified");
                assert_eq!(word(&altered), "unverified");
                assert_eq!(word(&partial), "unverified");
            }
            Scheme::Huawei => {
                assert_eq!(word(&good), "verified");
                assert_eq!(refusal(&altered), (401, "signature_differs"));
                assert_eq!(refusal(&partial), (401, "body_digest_differs"));
            }
            _ => {
                assert_eq!(word(&good), "verified", "{scheme}");
                assert_eq!(refusal(&altered), (401, "body_digest_differs"), "{scheme}");
                assert_eq!(word(&partial), "unverified", "{scheme}");
            }
        }
    }
}
