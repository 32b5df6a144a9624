//! What is signed, and with what.

use std::sync::mpsc;

use crate::support::{
    Action, Backend, Gateway, Received,
    backend::ok,
    gateway::{SECRET, SIGN_KEY},
    signature::{self, md5},
};

fn check(received: &Received, content_md5: &str, parameters: &str) {
    signature::check(received, SIGN_KEY, SECRET, content_md5, parameters);
}

#[test]
fn requests_without_body() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    for (path, parameters) in [
        ("/signed", ""),
        ("/signed/a%2Fb", ""),
        ("/signed?b=2&a=1&c", "?a=1&b=2&c="),
        ("/signed?a=%E5%80%BC+x&a=second", "?a=值 x"),
        ("/mapped/1/x/2?z=1&y=2", "?y=2&z=1"),
        ("/pre/v/w?q=1", "?q=1"),
    ] {
        assert_eq!(client.get(path, "").status, 200);
        check(&backend.request(), "", parameters);
    }
    for method in ["HEAD", "DELETE", "OPTIONS", "PATCH", "get"] {
        client.send(format!(
            "{method} /signed HTTP/1.1\r\nHost: api.test\r\n\r\n"
        ));
        if method == "HEAD" {
            client.bare_reply()
        } else {
            client.reply()
        };
        let received = backend.request();
        assert_eq!(received.method(), method);
        check(&received, "", "");
    }
    gateway.stop();
}

#[test]
fn bodies() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    let form = "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n";
    let json = "Content-Type: application/json\r\n";
    let send = |client: &mut crate::support::Client,
                method: &str,
                more: &str,
                body: &str,
                is_chunked: bool| {
        let framing = if is_chunked {
            "Transfer-Encoding: chunked".to_owned()
        } else {
            format!("Content-Length: {}", body.len())
        };
        client.send(format!(
            "{method} /signed?q=1 HTTP/1.1\r\nHost: api.test\r\n{framing}\r\n{more}\r\n"
        ));
        if is_chunked {
            for piece in body.as_bytes().chunks(5) {
                client.send([format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat());
            }
            client.send("0\r\nTrailing: x\r\n\r\n");
        } else {
            client.send(body);
        }
        assert_eq!(client.reply().status, 200);
    };
    for is_chunked in [false, true] {
        for (method, more, body, digest, parameters) in [
            ("POST", json, "{\"a\": 1}", md5(b"{\"a\": 1}"), "?q=1"),
            ("PUT", "", "0123456789", md5(b"0123456789"), "?q=1"),
            ("POST", "", "", String::new(), "?q=1"),
            (
                "POST",
                form,
                "b=2&a=%E5%80%BC&q=9",
                String::new(),
                "?a=值&b=2&q=1",
            ),
            ("PUT", form, "a=1", String::new(), "?a=1&q=1"),
            ("PATCH", json, "{}", String::new(), "?q=1"),
            ("DELETE", "", "abc", String::new(), "?q=1"),
            ("GET", "", "abc", String::new(), "?q=1"),
            ("PATCH", form, "a=1", String::new(), "?a=1&q=1"),
        ] {
            send(&mut client, method, more, body, is_chunked);
            let received = backend.request();
            assert_eq!(
                String::from_utf8_lossy(&received.body),
                body,
                "{method} {is_chunked}"
            );
            check(&received, &digest, parameters);
            let is_gathered = !digest.is_empty() || more == form || body.is_empty();
            if is_gathered || !is_chunked {
                assert_eq!(
                    received.header("content-length"),
                    Some(body.len().to_string().as_str()),
                    "{}",
                    received.head
                );
                assert!(received.header("transfer-encoding").is_none());
            } else {
                assert_eq!(received.all("transfer-encoding"), ["chunked"]);
            }
        }
    }
    gateway.stop();
}

#[test]
fn bytes_beyond_ascii_in_a_media_type_do_not_hide_a_form() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    let form = "Content-Type: application/x-www-form-urlencoded; x=é\r\n";
    assert_eq!(client.post("/signed", form, b"a=1").status, 200);
    check(&backend.request(), "", "?a=1");
    gateway.stop();
}

#[test]
fn unsigned_apis_and_unbound_keys() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    client.get("/open", "");
    signature::check_unsigned(&backend.request());
    client.get("/signed", "");
    check(&backend.request(), "", "");
    gateway.unbind();
    client.get("/signed", "");
    signature::check_unsigned(&backend.request());
    gateway.stop();
}

#[test]
fn a_changed_key_signs_the_next_request_of_the_same_connection() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    client.get("/signed", "");
    check(&backend.request(), "", "");
    for number in 0..20 {
        let (sign_key, secret) = (format!("Key{number}"), format!("Secret{number}"));
        gateway.change_key(&sign_key, &secret);
        client.get("/signed", "");
        signature::check(&backend.request(), &sign_key, &secret, "", "");
    }
    gateway.stop();
}

#[test]
fn a_request_in_flight_keeps_its_version() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    // Its head has been routed as soon as 100 is answered.
    client.send("POST /signed HTTP/1.1\r\nHost: api.test\r\nContent-Length: 6\r\nExpect: 100-continue\r\n\r\n");
    assert_eq!(client.reply().status, 100);
    gateway.change_key("NewKey", "NewSecret");
    client.send("abcdef");
    assert_eq!(client.reply().status, 200);
    check(&backend.request(), &md5(b"abcdef"), "");
    client.get("/signed", "");
    signature::check(&backend.request(), "NewKey", "NewSecret", "", "");
    gateway.stop();
}

#[test]
fn a_repeated_request_keeps_its_version() {
    let (go, word) = mpsc::channel();
    let word = std::sync::Mutex::new(Some(word));
    let backend = Backend::scripted(move |number, _| match number {
        1 => Action::Wait(
            word.lock().unwrap().take().unwrap(),
            Box::new(Action::Close),
        ),
        _ => ok("ok"),
    });
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    client.get("/signed/a?b=1", "X-A: 1\r\n");
    let first = backend.request();
    client.send("GET /signed/a?b=1 HTTP/1.1\r\nHost: api.test\r\nX-A: 1\r\n\r\n");
    check(&backend.request(), "", "?b=1");
    gateway.change_key("NewKey", "NewSecret");
    go.send(()).unwrap();
    assert_eq!(client.reply().status, 200);
    let again = backend.request();
    check(&again, "", "?b=1");
    assert_eq!(again.head, first.head);
    gateway.stop();
}
