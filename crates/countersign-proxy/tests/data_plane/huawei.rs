//! Huawei's schemes: HMAC and HTTP Basic.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use countersign_core::{ApiDefinition, MatchMode, Scheme, SignatureKeyId};

use crate::support::{
    Action, Backend, Client, Gateway, Options, Received,
    backend::ok,
    definition,
    gateway::At,
    huawei::{self, Expected},
};

const KEY: &str = "signkeysignkey";
const SECRET: &str = "signsecretsignsecretsignsecretsignsecret";
/// The fixture's time.
const DATE: &str = "20260102T030405Z";
const NOW_UNIX: i64 = 1_767_323_045;

const EXPECTED: Expected<'_> = Expected {
    header: "authorization",
    sign_key: KEY,
    secret: SECRET,
    date: DATE,
    now_unix: NOW_UNIX,
    is_covered: true,
};

/// All paths of `huawei.test`.
fn everything(backend: &Backend) -> ApiDefinition {
    ApiDefinition {
        match_mode: MatchMode::Prefix,
        ..definition("/", backend.address)
    }
}

fn gateway_with(backend: &Backend, scheme: Scheme, options: Options) -> (Gateway, SignatureKeyId) {
    let gateway = Gateway::with(backend.address, options);
    let key = gateway.add_key(20, "huawei", scheme, KEY, SECRET);
    gateway.put(At::Huawei, 200, everything(backend), Some(key));
    (gateway, key)
}

fn gateway(backend: &Backend, scheme: Scheme) -> (Gateway, SignatureKeyId) {
    gateway_with(backend, scheme, Options::default())
}

fn get(client: &mut Client, path: &str, more: &str) -> u16 {
    client.at("huawei.test", "GET", path, more, b"").status
}

/// Every vector of the spec's file that has the headers that a gateway signs:
/// the verifier written here is right, and the gateway sends that shape.
#[test]
fn the_vectors_shapes() {
    let file = include_str!("../../../countersign-sign/vectors/huawei-vectors.json");
    let file: serde_json::Value = serde_json::from_str(file).unwrap();
    let backend = Backend::start();
    let (gateway, key) = gateway(&backend, Scheme::Huawei);
    let mut client = gateway.client();
    let mut shapes = 0;
    for vector in file["backend_signature"]["vectors"].as_array().unwrap() {
        let text = |name: &str| vector[name].as_str().unwrap();
        let name = text("name");
        let body = match vector["body_utf8"].as_str() {
            Some(body) => body.as_bytes().to_vec(),
            None => STANDARD.decode(text("body_base64")).unwrap(),
        };
        let signed: Vec<_> = text("signed_headers").split(';').collect();
        let fields: Vec<_> = vector["headers"].as_array().unwrap().iter().collect();
        let value = |name: &str| {
            let field = fields.iter().find(|field| field[0] == name);
            field.unwrap()[1].as_str().unwrap()
        };
        let headers: Vec<_> = signed.iter().map(|name| (*name, value(name))).collect();
        let payload = text("payload_line");
        let (method, target) = (text("method"), text("request_target"));
        let computed = huawei::signature(text("secret_key"), method, target, &headers, payload);
        assert_eq!(computed, text("signature"), "{name}");

        // What the gateway makes of such a request.
        let (sign_key, secret) = (text("access_key"), text("secret_key"));
        gateway.change(key, None, sign_key, secret);
        let is_text = vector["body_utf8"].is_string();
        let content_type = match is_text {
            true => "Content-Type: application/json\r\n",
            false => "Content-Type: application/octet-stream\r\n",
        };
        let reply = client.at("huawei.test", method, target, content_type, &body);
        assert_eq!(reply.status, 200, "{name}");
        let received = backend.request();
        assert_eq!(
            received.request_line(),
            format!("{method} {target} HTTP/1.1")
        );
        assert_eq!(received.body, body);
        let expected = Expected {
            sign_key,
            secret,
            is_covered: is_text,
            ..EXPECTED
        };
        huawei::check(&received, expected);
        shapes += 1;
    }
    assert_eq!(shapes, 15);
    gateway.stop();
}

#[test]
fn queries_are_forwarded_in_canonical_form() {
    let backend = Backend::start();
    let (gateway, _) = gateway(&backend, Scheme::Huawei);
    let mut client = gateway.client();
    for (sent, forwarded) in [
        ("/a", "/a"),
        ("/a?", "/a"),
        ("/a?&", "/a"),
        ("/a?x", "/a?x="),
        ("/a?b=2&a=1&b=1", "/a?a=1&b=1&b=2"),
        ("/a?b=x+y%2b%7e&a=*", "/a?a=%2A&b=x%20y%2B~"),
        ("/a%2fB//c?%zz=%4", "/a%2fB//c?%25zz=%254"),
        ("/%7E/%41?a=/?:@", "/%7E/%41?a=%2F%3F%3A%40"),
    ] {
        assert_eq!(get(&mut client, sent, ""), 200, "{sent}");
        let received = backend.request();
        assert_eq!(received.request_line(), format!("GET {forwarded} HTTP/1.1"));
        huawei::check(&received, EXPECTED);
    }
    let long = format!("/a?{}", "*".repeat(30_000));
    let reply = client.at("huawei.test", "GET", &long, "", b"");
    assert_eq!((reply.status, reply.huawei_fault().0), (414, 414));
    gateway.stop();
}

#[test]
fn nothing_of_the_clients_stands_for_the_gateways() {
    let backend = Backend::start();
    let spellings = [
        "Authorization: forged\r\n",
        "AUTHORIZATION: forged\r\nauthorization: forged\r\n",
        "X-Sdk-Date: forged\r\nX_Sdk_Date: forged\r\nx-SDK_date: forged\r\n",
        "X-Sdk-Content-Sha256: forged\r\nx_sdk_content_sha256: forged\r\nX-Sdk_Content-Sha256: forged\r\n",
        "Connection: x-sdk-date, authorization\r\nX-Sdk-Date: forged\r\n",
        "X-Ca-Proxy-Signature: forged\r\n",
    ];
    for scheme in [Scheme::Huawei, Scheme::Basic] {
        let (gateway, _) = gateway(&backend, scheme);
        let mut client = gateway.client();
        for more in spellings {
            assert_eq!(get(&mut client, "/a", more), 200);
            let received = backend.request();
            assert!(!received.head.contains("forged"), "{}", received.head);
            match scheme {
                Scheme::Huawei => huawei::check(&received, EXPECTED),
                _ => check_basic(&received, "authorization", KEY, SECRET),
            }
        }
        // What only looks alike, and what is another scheme's, passes.
        let near = "X-Sdk-Dates: 1\r\nSignature: 2\r\nContent-MD5: 3\r\nX-Stage: RELEASE\r\n";
        assert_eq!(get(&mut client, "/a", near), 200);
        let received = backend.request();
        for name in ["x-sdk-dates", "signature", "content-md5", "x-stage"] {
            assert_eq!(received.all(name).len(), 1, "{name}");
        }
        gateway.stop();
    }
    // Where nothing signs, all of it is the client's own.
    let gateway = Gateway::start(&backend);
    gateway.put(At::Huawei, 200, everything(&backend), None);
    let own = "Authorization: a\r\nX-Sdk-Date: b\r\nX-Sdk-Content-Sha256: c\r\n";
    assert_eq!(get(&mut gateway.client(), "/a?b&a", own), 200);
    let received = backend.request();
    assert_eq!(received.request_line(), "GET /a?b&a HTTP/1.1");
    for (name, value) in [
        ("authorization", "a"),
        ("x-sdk-date", "b"),
        ("x-sdk-content-sha256", "c"),
    ] {
        assert_eq!(received.all(name), [value]);
    }
    gateway.stop();
}

fn check_basic(received: &Received, header: &str, sign_key: &str, secret: &str) {
    let pair = STANDARD.encode(format!("{sign_key}:{secret}"));
    assert_eq!(received.all(header), [format!("Basic {pair}")]);
    for name in ["x-sdk-date", "x-sdk-content-sha256"] {
        assert!(received.header(name).is_none());
    }
}

#[test]
fn basic_shows_the_pair_and_streams_bodies() {
    let backend = Backend::start();
    let (gateway, key) = gateway(&backend, Scheme::Basic);
    let mut client = gateway.client();
    assert_eq!(get(&mut client, "/a?b=2&a=+", ""), 200);
    let received = backend.request();
    assert_eq!(received.request_line(), "GET /a?b=2&a=+ HTTP/1.1");
    check_basic(&received, "authorization", KEY, SECRET);
    client.send("POST /a HTTP/1.1\r\nHost: huawei.test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
    assert_eq!(client.reply().status, 200);
    let received = backend.request();
    assert_eq!(received.all("transfer-encoding"), ["chunked"]);
    check_basic(&received, "authorization", KEY, SECRET);
    gateway.change(key, None, "other_key", "other-secret");
    assert_eq!(get(&mut client, "/a", ""), 200);
    check_basic(
        &backend.request(),
        "authorization",
        "other_key",
        "other-secret",
    );
    gateway.stop();
}

#[test]
fn another_header_may_carry_the_signature() {
    let backend = Backend::start();
    for scheme in [Scheme::Huawei, Scheme::Basic] {
        let options = Options {
            sign_header: "X-Gw-Auth",
            ..Options::default()
        };
        let (gateway, _) = gateway_with(&backend, scheme, options);
        let more = "Authorization: Bearer own\r\nX_Gw_Auth: forged\r\nx-gw_auth: forged\r\nX-Gw-Auth: forged\r\n";
        assert_eq!(get(&mut gateway.client(), "/a", more), 200);
        let received = backend.request();
        assert!(!received.head.contains("forged"), "{}", received.head);
        assert_eq!(received.all("authorization"), ["Bearer own"]);
        let expected = Expected {
            header: "x-gw-auth",
            ..EXPECTED
        };
        match scheme {
            Scheme::Huawei => huawei::check(&received, expected),
            _ => check_basic(&received, "x-gw-auth", KEY, SECRET),
        }
        gateway.stop();
    }
}

#[test]
fn the_date_is_the_gateways_own_at_each_request() {
    let backend = Backend::start();
    let (gateway, _) = gateway(&backend, Scheme::Huawei);
    let mut client = gateway.client();
    for (seconds, date) in [
        (0, DATE),
        (1, "20260102T030406Z"),
        (86_400, "20260103T030406Z"),
    ] {
        gateway.pass(Duration::from_secs(seconds));
        get(&mut client, "/a", "");
        let expected = Expected {
            date,
            now_unix: gateway.now().seconds(),
            ..EXPECTED
        };
        huawei::check(&backend.request(), expected);
    }
    gateway.stop();
}

#[test]
fn a_repeated_request_is_signed_anew_with_the_same_version() {
    let (go, word) = mpsc::channel();
    let word = Mutex::new(Some(word));
    let backend = Backend::scripted(move |number, _| match number {
        1 => Action::Wait(
            word.lock().unwrap().take().unwrap(),
            Box::new(Action::Close),
        ),
        _ => ok("ok"),
    });
    let (gateway, key) = gateway(&backend, Scheme::Huawei);
    let mut client = gateway.client();
    get(&mut client, "/a", "");
    backend.request();
    client.send("GET /a?b=1&a HTTP/1.1\r\nHost: huawei.test\r\nX-A: 1\r\n\r\n");
    huawei::check(&backend.request(), EXPECTED);
    gateway.change(key, None, "new_key", "new-secret");
    gateway.pass(Duration::from_secs(2));
    go.send(()).unwrap();
    assert_eq!(client.reply().status, 200);
    let again = backend.request();
    assert_eq!(again.request_line(), "GET /a?a=&b=1 HTTP/1.1");
    assert_eq!(again.all("x-a"), ["1"]);
    let expected = Expected {
        date: "20260102T030407Z",
        now_unix: NOW_UNIX + 2,
        ..EXPECTED
    };
    huawei::check(&again, expected);
    gateway.stop();
}

#[test]
fn a_key_changes_while_requests_flow() {
    let backend = Backend::start();
    let options = Options {
        workers: 2,
        ..Options::default()
    };
    let (gateway, key) = gateway_with(&backend, Scheme::Huawei, options);
    let is_over = Arc::new(AtomicBool::new(false));
    let callers: Vec<_> = (0..3)
        .map(|_| {
            let (mut client, is_over) = (gateway.client(), Arc::clone(&is_over));
            std::thread::spawn(move || {
                let mut count = 0;
                while !is_over.load(Ordering::SeqCst) {
                    assert_eq!(get(&mut client, "/a?b=2&a=1", ""), 200);
                    count += 1;
                }
                count
            })
        })
        .collect();
    for number in 0..100 {
        let (sign_key, secret) = (format!("key_{number}"), format!("secret_{number}"));
        gateway.change(key, None, &sign_key, &secret);
    }
    is_over.store(true, Ordering::SeqCst);
    let sent: usize = callers
        .into_iter()
        .map(|caller| caller.join().unwrap())
        .sum();
    let mut versions = std::collections::BTreeSet::new();
    for _ in 0..sent {
        let received = backend.request();
        let value = received.header("authorization").unwrap();
        let (_, rest) = value.split_once("Access=").unwrap();
        let sign_key = rest.split(',').next().unwrap();
        let secret = match sign_key.strip_prefix("key_") {
            Some(number) => format!("secret_{number}"),
            None => SECRET.to_owned(),
        };
        let expected = Expected {
            sign_key,
            secret: &secret,
            ..EXPECTED
        };
        huawei::check(&received, expected);
        versions.insert(sign_key.to_owned());
    }
    assert!(versions.len() > 3, "{versions:?} of {sent}");
    gateway.stop();
}
