//! What passes to a backend, and what comes back.

use std::{io::Write as _, net::TcpListener, thread};

use countersign_sign::verifier::Scheme;
use countersign_testkit::{Message, RecordingBackend, backend::echoed};
use countersign_verify::{AccessLogTarget, Mode, SignatureHeaders};
use serde_json::{Value, json};

use crate::{
    signed::{HOST, SECRET, Signed, sign, sign_key},
    support::{Verifying, basic, basic_key, config, key_file, refusal, reverse_proxy, signed},
};

fn bytes(request: &Signed, more: &str) -> Vec<u8> {
    let mut head = format!("{} {} HTTP/1.1\r\n{more}", request.method, request.target);
    for (name, value) in &request.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", request.body.len()));
    [head.as_bytes(), &request.body].concat()
}

fn send(front: &Verifying, request: &[u8]) -> Message {
    let mut connection = front.connect();
    connection.send(request).unwrap();
    connection.receive("POST").unwrap()
}

fn key(scheme: Scheme) -> Value {
    match scheme {
        Scheme::Rfc9421KeyPair => {
            let public = countersign_sign::rfc9421::generate_ed25519([7; 32]).0;
            json!({ "scheme": scheme.as_str(), "sign_key": "pair", "public_key": public })
        }
        _ => json!({ "scheme": scheme.as_str(), "sign_key": sign_key(scheme), "secret": SECRET }),
    }
}

#[test]
fn every_scheme_passes_with_or_without_its_headers() {
    let directory = tempfile::tempdir().unwrap();
    let backend = RecordingBackend::echoing();
    for signature_headers in [SignatureHeaders::Remove, SignatureHeaders::Keep] {
        let keys = key_file(directory.path(), &Scheme::ALL.map(key));
        let mut mode = reverse_proxy(&backend.url());
        if let Mode::ReverseProxy(own) = &mut mode {
            own.signature_headers = signature_headers;
        }
        let front = Verifying::start(config(mode, keys));
        for scheme in Scheme::ALL {
            let plain = Signed::plain("POST", "/a%2Fb?c=%20&c", b"the body");
            let request = sign(scheme, plain, "once");
            let planted = "X-Countersign-Sign-Key: planted\r\nx_countersign_scheme: planted\r\n\
                           Connection: keep-alive, x-planted\r\nX-Planted: 1\r\nTE: trailers\r\n";
            let answer = send(&front, &bytes(&request, planted));
            assert_eq!(answer.status(), 200, "{scheme}");
            let received = echoed(&answer);
            assert_eq!(received.start, "POST /a%2Fb?c=%20&c HTTP/1.1");
            assert_eq!(received.body, b"the body");
            assert_eq!(received.value("Host"), Some(HOST));
            assert_eq!(
                received.value("X-Countersign-Scheme"),
                Some(scheme.as_str())
            );
            assert!(received.value("X-Countersign-Sign-Key").unwrap() != "planted");
            let word = if scheme == Scheme::Basic {
                "unverified"
            } else {
                "verified"
            };
            assert_eq!(received.value("X-Countersign-Body"), Some(word));
            for gone in ["x_countersign_scheme", "x-planted", "te", "connection"] {
                assert_eq!(received.value(gone), None, "{gone}");
            }
            let carriers = ["Authorization", "X-Ca-Proxy-Signature", "Signature"];
            let is_signed = carriers.iter().any(|name| received.value(name).is_some());
            assert_eq!(
                is_signed,
                signature_headers == SignatureHeaders::Keep,
                "{scheme}"
            );
        }
    }
}

#[test]
fn a_signed_header_that_the_connection_names_is_missing() {
    let directory = tempfile::tempdir().unwrap();
    let backend = RecordingBackend::start();
    let keys = key_file(directory.path(), &[key(Scheme::Alibaba)]);
    let front = Verifying::start(config(reverse_proxy(&backend.url()), keys));
    let request = sign(Scheme::Alibaba, Signed::plain("GET", "/", b""), "x");
    let named = "Connection: x-ca-proxy-signature-secret-key\r\n";
    let answer = send(&front, &bytes(&request, named));
    assert_eq!(refusal(&answer), (401, "signed_header_missing"));
    assert_eq!(backend.requests().len(), 0);
}

#[test]
fn bodies_are_held_up_to_the_limit() {
    let directory = tempfile::tempdir().unwrap();
    let backend = RecordingBackend::echoing();
    for observe in [false, true] {
        let keys = key_file(directory.path(), &[key(Scheme::Alibaba)]);
        let mut config = config(reverse_proxy(&backend.url()), keys);
        config.options.body_bytes_max = 10;
        config.options.observe = observe;
        let front = Verifying::start(config);
        let before = backend.requests().len();
        let of = |body: &[u8]| sign(Scheme::Alibaba, Signed::plain("POST", "/", body), "x");
        assert_eq!(send(&front, &bytes(&of(b"0123456789"), "")).status(), 200);
        let long = of(b"0123456789a");
        let told = bytes(&long, "");
        let chunked = String::from_utf8(told.clone()).unwrap();
        let chunked = chunked
            .replace("Content-Length: 11\r\n", "Transfer-Encoding: chunked\r\n")
            .replace("0123456789a", "8\r\n01234567\r\n3\r\n89a\r\n0\r\n\r\n");
        for request in [told.as_slice(), chunked.as_bytes()] {
            let answer = send(&front, request);
            if observe {
                assert_eq!(answer.status(), 200);
                let received = echoed(&answer);
                assert_eq!(received.body, b"0123456789a");
                let told = received.value("X-Countersign-Refusal");
                assert_eq!(told, Some("body_too_large"));
            } else {
                assert_eq!(refusal(&answer), (413, "body_too_large"));
            }
        }
        let passed = backend.requests().len() - before;
        assert_eq!(passed, if observe { 3 } else { 1 });
        let mut altered = of(b"0123456789");
        altered.body = b"012345678X".to_vec();
        let answer = send(&front, &bytes(&altered, ""));
        if !observe {
            assert_eq!(refusal(&answer), (401, "body_digest_differs"));
        }
    }
}

#[test]
fn what_is_not_signed_is_refused_before_its_body_comes() {
    let directory = tempfile::tempdir().unwrap();
    let backend = RecordingBackend::start();
    let keys = key_file(directory.path(), &[basic_key("KeyOne", "active")]);
    let front = Verifying::start(config(reverse_proxy(&backend.url()), keys));
    let mut connection = front.connect();
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";
    connection.send(head.as_bytes()).unwrap();
    let answer = connection.receive("POST").unwrap();
    assert_eq!(refusal(&answer), (401, "no_signature"));
}

#[test]
fn an_answer_streams_as_it_comes() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
    let backend = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            std::io::Read::read_exact(&mut stream, &mut byte).unwrap();
            request.push(byte[0]);
        }
        let head =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nKeep-Alive: 1\r\n\r\n5\r\nfirst\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        may_go_on.recv().unwrap();
        stream.write_all(b"4\r\nlast\r\n0\r\n\r\n").unwrap();
    });
    let directory = tempfile::tempdir().unwrap();
    let keys = key_file(directory.path(), &[basic_key("KeyOne", "active")]);
    let front = Verifying::start(config(reverse_proxy(&url), keys));
    let mut stream = std::net::TcpStream::connect(front.running().address()).unwrap();
    stream.write_all(signed("KeyOne").as_bytes()).unwrap();
    let mut seen = Vec::new();
    while !seen.windows(5).any(|piece| piece == b"first") {
        let mut piece = [0; 1024];
        let read = std::io::Read::read(&mut stream, &mut piece).unwrap();
        assert!(read > 0);
        seen.extend_from_slice(&piece[..read]);
    }
    assert!(
        !String::from_utf8_lossy(&seen)
            .to_lowercase()
            .contains("keep-alive")
    );
    // The backend has not ended its answer yet, and its beginning is here.
    go_on.send(()).unwrap();
    while !seen.ends_with(b"0\r\n\r\n") {
        let mut piece = [0; 1024];
        let read = std::io::Read::read(&mut stream, &mut piece).unwrap();
        assert!(read > 0);
        seen.extend_from_slice(&piece[..read]);
    }
    backend.join().unwrap();
}

#[test]
fn a_backend_that_is_away_or_slow() {
    let directory = tempfile::tempdir().unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let away = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let slow = format!("http://{}", silent.local_addr().unwrap());
    for (url, status, code) in [
        (away, 502, "backend_unreachable"),
        (slow, 504, "backend_timeout"),
    ] {
        let keys = key_file(directory.path(), &[basic_key("KeyOne", "active")]);
        let mut mode = reverse_proxy(&url);
        if let Mode::ReverseProxy(own) = &mut mode {
            own.backend_timeout = std::time::Duration::from_millis(50);
        }
        let front = Verifying::start(config(mode, keys));
        let answer = front.call(&signed("KeyOne"));
        assert_eq!(answer.status(), status);
        assert_eq!(answer.value("X-Countersign-Error"), Some(code));
        let metric = format!("countersign_verify_backend_failures_total{{kind=\"{code}\"}}");
        assert!((front.metric(&metric) - 1.0).abs() < 0.1);
    }
}

#[test]
fn the_access_log_has_a_line_for_each_request_and_no_secret() {
    let directory = tempfile::tempdir().unwrap();
    let backend = RecordingBackend::start();
    let keys = key_file(directory.path(), &[basic_key("KeyOne", "active")]);
    let log = directory.path().join("access.log");
    let mut config = config(reverse_proxy(&backend.url()), keys);
    config.access_log = AccessLogTarget::File(log.clone());
    let front = Verifying::start(config);
    assert_eq!(front.call(&signed("KeyOne")).status(), 200);
    assert_eq!(front.call(&signed("KeyTwo")).status(), 401);
    assert!(front.shut_down());
    // The writer has its lines before the answers are sent, and writes them at once.
    let lines = loop {
        let text = std::fs::read_to_string(&log).unwrap();
        if text.lines().count() == 2 {
            break text;
        }
        thread::yield_now();
    };
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["result"], "verified");
    assert_eq!(lines[0]["sign_key"], "KeyOne");
    assert_eq!(
        (&lines[0]["path"], &lines[0]["status"]),
        (&json!("/a"), &json!(200))
    );
    assert_eq!(lines[1]["result"], "unknown_sign_key");
    let all = json!(lines).to_string();
    let (one, two) = (basic("KeyOne"), basic("KeyTwo"));
    for secret in [
        "planted",
        one.trim_start_matches("Basic "),
        two.trim_start_matches("Basic "),
    ] {
        assert!(!all.contains(secret));
    }
}
