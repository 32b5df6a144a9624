//! What a backend receives, through the whole gateway.

use countersign_testkit::{RecordingBackend, TestGateway};

use crate::signature;

const KEY: (&str, &str) = ("ForwardKey", "forward_secret");

struct Signed {
    running: TestGateway,
    backend: RecordingBackend,
    host: String,
}

impl Signed {
    fn start() -> Self {
        let running = TestGateway::start();
        let backend = RecordingBackend::start();
        let mut management = running.management();
        let api = management.live_api("forward", "/a", &backend.url());
        let key = management.key("forward", KEY.0, KEY.1);
        management.bind(&key, &api);
        Self {
            running,
            backend,
            host: api.host,
        }
    }

    fn call(&self, method: &str, query: &str, headers: &str, body: &str) -> u16 {
        let length = if body.is_empty() {
            String::new()
        } else {
            format!("Content-Length: {}\r\n", body.len())
        };
        let request = format!(
            "{method} /a{query} HTTP/1.1\r\nHost: {}\r\n{headers}{length}\r\n{body}",
            self.host
        );
        self.running.connect().call(&request).unwrap().status()
    }
}

#[test]
fn every_kind_of_request_verifies_as_it_was_received() {
    let signed = Signed::start();
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let json = "Content-Type: application/json\r\n";
    for (method, query, headers, body) in [
        ("GET", "", "", ""),
        ("GET", "?b=2&a=1&a=0&empty&e=&=x&p=a+b%2B%25", "", ""),
        ("GET", "?%F0%9F%98%80=1&%EF%BD%9E=2&bad=%FF%", "", ""),
        ("HEAD", "", "", ""),
        ("OPTIONS", "", "", ""),
        ("DELETE", "?a=1", "", "ignored by the digest"),
        ("PATCH", "", json, "{}"),
        ("POST", "?a=1", json, "{\"a\":1}"),
        ("POST", "", json, " "),
        ("POST", "", "", ""),
        ("PUT", "", "", "bytes"),
        ("POST", "?a=1&b=2", form, "a=9&c=3%20+4"),
        (
            "PUT",
            "",
            "Content-Type: multipart/form-data; boundary=x\r\n",
            "--x--",
        ),
    ] {
        assert_eq!(
            signed.call(method, query, headers, body),
            200,
            "{method} {query}"
        );
        let received = signed.backend.last();
        signature::check(&received, KEY.0, KEY.1)
            .unwrap_or_else(|refusal| panic!("{method} {query}: {refusal}"));
        assert_eq!(received.start, format!("{method} /a{query} HTTP/1.1"));
        assert_eq!(received.text(), body);
    }
}

#[test]
fn the_signatures_headers_are_spelled_as_the_vendor_spells_them() {
    let signed = Signed::start();
    signed.call("POST", "", "", "x");
    let received = signed.backend.last();
    for name in [
        "X-Ca-Proxy-Signature",
        "X-Ca-Proxy-Signature-Secret-Key",
        "X-Ca-Proxy-Signature-Headers",
        "Content-Md5",
    ] {
        assert!(
            received.headers.iter().any(|(own, _)| own == name),
            "{name} in {:?}",
            received.headers
        );
    }
    assert_eq!(
        received.value("X-Ca-Proxy-Signature-Headers"),
        Some("X-Ca-Proxy-Signature-Secret-Key")
    );
}

#[test]
fn a_client_cannot_smuggle_a_signature_in() {
    let signed = Signed::start();
    for forged in [
        "X-Ca-Proxy-Signature: forged\r\nX-Ca-Proxy-Signature-Secret-Key: forged\r\nX-Ca-Proxy-Signature-Headers: Forged\r\n",
        "x-ca-proxy-signature: forged\r\n",
        "X_Ca_Proxy_Signature: forged\r\nX-Ca_Proxy-Signature_Secret-Key: forged\r\n",
        "X-Ca-Proxy-Signature-String-To-Sign: forged\r\n",
        "Connection: X-Ca-Proxy-Signature\r\nX-Ca-Proxy-Signature: forged\r\n",
    ] {
        assert_eq!(signed.call("GET", "", forged, ""), 200);
        let received = signed.backend.last();
        signature::check(&received, KEY.0, KEY.1).unwrap();
        assert!(
            !received
                .headers
                .iter()
                .any(|(_, value)| value.contains("orged")),
            "{:?}",
            received.headers
        );
        assert_eq!(
            received
                .headers
                .iter()
                .filter(|(name, _)| name.to_ascii_lowercase().contains("signature"))
                .count(),
            3
        );
    }
}

#[test]
fn what_is_not_published_is_answered_by_the_gateway_alone() {
    let signed = Signed::start();
    let host = &signed.host;
    for (request, code) in [
        (
            "GET /a HTTP/1.1\r\nHost: nowhere.gw.localhost\r\n\r\n".to_owned(),
            "unknown_host",
        ),
        (
            format!("GET /b HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            "unknown_path",
        ),
        (
            format!("GET /a HTTP/1.1\r\nHost: {host}\r\nX-Ca-Stage: NOWHERE\r\n\r\n"),
            "unknown_environment",
        ),
        (
            format!("GET /a HTTP/1.1\r\nHost: {host}\r\nX-Ca-Stage: TEST\r\n\r\n"),
            "unknown_path",
        ),
    ] {
        let answer = signed.running.connect().call(&request).unwrap();
        assert_eq!(
            (answer.status(), answer.value("X-Countersign-Error")),
            (404, Some(code))
        );
        for name in ["X-Ca-Error-Code", "X-Ca-Error-Message", "X-Ca-Request-Id"] {
            assert!(
                answer.value(name).is_some_and(|value| !value.is_empty()),
                "{name}"
            );
        }
    }
    assert!(signed.backend.requests().is_empty());
}
