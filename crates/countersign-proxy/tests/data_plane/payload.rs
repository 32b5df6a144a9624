//! What a signature covers of a body, by the API's policy.

use countersign_core::{ApiDefinition, MatchMode, PayloadPolicy, Scheme};
use countersign_proxy::Limits;
use countersign_sign::{Secret, rfc9421::VerifyingKey};

use crate::support::{
    Backend, Client, Gateway, Options, Received, definition,
    gateway::At,
    huawei::{self, Expected},
    message,
};

const KEY: &str = "payload_key";
const SECRET: &str = "payload_secret";
const NOW_UNIX: i64 = 1_767_323_045;
const LIMIT: usize = 1000;

const SCHEMES: [Scheme; 2] = [Scheme::Huawei, Scheme::Rfc9421Hmac];

fn gateway(backend: &Backend, scheme: Scheme, payload: PayloadPolicy) -> Gateway {
    let options = Options {
        logs: true,
        limits: Limits {
            body_buffer_bytes_max: LIMIT,
            ..Limits::default()
        },
        ..Options::default()
    };
    let gateway = Gateway::with(backend.address, options);
    let key = gateway.add_key(20, "payload", scheme, KEY, SECRET);
    let definition = ApiDefinition {
        match_mode: MatchMode::Prefix,
        payload,
        ..definition("/", backend.address)
    };
    gateway.put(At::Huawei, 200, definition, Some(key));
    gateway
}

fn check(scheme: Scheme, received: &Received, is_covered: bool) {
    match scheme {
        Scheme::Huawei => huawei::check(
            received,
            Expected {
                header: "authorization",
                sign_key: KEY,
                secret: SECRET,
                date: "20260102T030405Z",
                now_unix: NOW_UNIX,
                is_covered,
            },
        ),
        _ => {
            let shared = |_: &str| Some(VerifyingKey::hmac(&Secret::new(SECRET.to_owned())));
            message::check(received, NOW_UNIX, is_covered, shared);
        }
    }
}

fn send(client: &mut Client, content_type: &str, body: &[u8], is_chunked: bool) -> u16 {
    let framing = match is_chunked {
        true => "Transfer-Encoding: chunked".to_owned(),
        false => format!("Content-Length: {}", body.len()),
    };
    client.send(format!(
        "POST /a HTTP/1.1\r\nHost: huawei.test\r\n{framing}\r\n{content_type}\r\n"
    ));
    if !is_chunked {
        client.send(body);
        return client.reply().status;
    }
    for piece in body.chunks(300) {
        client.send([format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat());
    }
    client.send("0\r\n\r\n");
    client.reply().status
}

#[test]
fn the_table() {
    use PayloadPolicy::{Covered, Text, Unsigned};
    let json = "Content-Type: application/json\r\n";
    let binary = "Content-Type: application/octet-stream\r\n";
    let coded = "Content-Type: application/json\r\nContent-Encoding: gzip\r\n";
    let gbk = "Content-Type: text/plain; charset=gbk\r\n";
    let full = "x".repeat(LIMIT);
    // Type, body, whether it is covered by `Text`.
    let cases: [(&str, &[u8], bool); 9] = [
        (json, b"{\"a\": \"\xc3\xa9\"}", true),
        (json, full.as_bytes(), true),
        // Said to be text, and none.
        (json, b"{\"a\": \"\xe9\"}", false),
        (coded, b"\x1f\x8b", false),
        (gbk, b"abc", false),
        (binary, b"abc", false),
        (binary, b"\x00\xff", false),
        ("", b"abc", false),
        (
            "Content-Type: application/x-www-form-urlencoded\r\n",
            b"b=1&a=+",
            true,
        ),
    ];
    for scheme in SCHEMES {
        for policy in [Text, Covered, Unsigned] {
            let backend = Backend::start();
            let gateway = gateway(&backend, scheme, policy);
            let mut client = gateway.client();
            for is_chunked in [false, true] {
                for (content_type, body, is_text) in cases {
                    let status = send(&mut client, content_type, body, is_chunked);
                    assert_eq!(status, 200);
                    let received = backend.request();
                    assert_eq!(received.body, body);
                    let is_covered = match policy {
                        Text => is_text,
                        Covered => true,
                        Unsigned => false,
                    };
                    check(scheme, &received, is_covered);
                    // A body that was held has a length.
                    let is_held = is_covered || (policy == Text && body == b"{\"a\": \"\xe9\"}");
                    let is_streamed = is_chunked && !is_held;
                    assert_eq!(
                        received.header("transfer-encoding").is_some(),
                        is_streamed,
                        "{policy:?} {content_type}"
                    );
                }
                // Nothing is covered too, unless it is not known to be nothing.
                assert_eq!(send(&mut client, json, b"", is_chunked), 200);
                let is_covered = !(is_chunked && policy == Unsigned);
                check(scheme, &backend.request(), is_covered);
            }
            gateway.stop();
        }
    }
}

#[test]
fn beyond_the_limit() {
    use PayloadPolicy::{Covered, Text, Unsigned};
    let json = "Content-Type: application/json\r\n";
    let large: Vec<u8> = (0..100_000_u32).map(|n| b'0' + (n % 10) as u8).collect();
    for scheme in SCHEMES {
        for policy in [Text, Unsigned] {
            let backend = Backend::start();
            let gateway = gateway(&backend, scheme, policy);
            let mut client = gateway.client();
            for is_chunked in [false, true] {
                for length in [LIMIT + 1, large.len()] {
                    let body = &large[..length];
                    assert_eq!(send(&mut client, json, body, is_chunked), 200);
                    let received = backend.request();
                    assert!(received.body == body, "nothing is lost or repeated");
                    check(scheme, &received, false);
                    assert_eq!(received.header("transfer-encoding").is_some(), is_chunked);
                }
            }
            drop(client);
            // Held bytes are counted once.
            for (line, length) in gateway.stop().log.iter().zip([LIMIT + 1, large.len()]) {
                assert_eq!(line["bytes_in"], length, "{line}");
            }
        }
        let backend = Backend::start();
        let gateway = gateway(&backend, scheme, Covered);
        for is_chunked in [false, true] {
            let mut client = gateway.client();
            let framing = match is_chunked {
                true => "Transfer-Encoding: chunked",
                false => "Content-Length: 1001",
            };
            client.send(format!(
                "POST /a HTTP/1.1\r\nHost: huawei.test\r\n{framing}\r\n\r\n"
            ));
            if is_chunked {
                client.send("3e9\r\n").send(&large[..1001]);
            }
            let reply = client.reply();
            let (status, code, text, ours) = reply.huawei_fault();
            assert_eq!(
                (status, &*code, &*text, &*ours),
                (
                    413,
                    "APIG.0201",
                    "Request entity too large",
                    "body_too_large"
                )
            );
        }
        gateway.stop();
        assert_eq!(backend.bytes(), 0, "nothing was sent on");
    }
}

#[test]
fn a_body_that_outgrows_the_limit_goes_on_before_it_has_ended() {
    let backend = Backend::start();
    let gateway = gateway(&backend, Scheme::Huawei, PayloadPolicy::Text);
    let mut client = gateway.client();
    client.send("POST /a HTTP/1.1\r\nHost: huawei.test\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n");
    client
        .send("3e8\r\n")
        .send([b'a'; 1000])
        .send("\r\n1\r\nb\r\n");
    // All of it is on its way though the client has not ended.
    while backend.bytes() < 1001 {
        std::thread::yield_now();
    }
    client.send("2\r\ncd\r\n0\r\n\r\n");
    assert_eq!(client.reply().status, 200);
    let received = backend.request();
    assert_eq!(
        received.body,
        ["a".repeat(1000), "bcd".to_owned()].concat().as_bytes()
    );
    check(Scheme::Huawei, &received, false);
    // What is malformed after that ends the exchange.
    client.send("POST /a HTTP/1.1\r\nHost: huawei.test\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send("3e9\r\n").send([b'a'; 1001]).send("\r\nzz\r\n");
    let reply = client.reply();
    assert_eq!(reply.huawei_fault().3, "malformed_request");
    assert!(backend.try_request().is_none());
    gateway.stop();
}
