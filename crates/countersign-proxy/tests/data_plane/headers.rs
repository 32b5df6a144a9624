//! Which headers pass, and how they are spelled on the wire.

use crate::support::{Action, Backend, Gateway, backend::ok};

#[test]
fn headers_pass_but_those_of_the_connection() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let more = "Accept: a\r\nX-Own: 1\r\nX-Many: 1\r\nX-Other: z\r\nX-Many: 2\r\nCookie: c=d\r\nX-Ca-Stage: RELEASE\r\n\
                Connection: keep-alive, X-Own\r\nKeep-Alive: 5\r\nTE: trailers\r\nTrailer: T\r\nUpgrade: h2c\r\n\
                Proxy-Connection: x\r\nProxy-Authorization: y\r\nProxy-Authenticate: z\r\nExpect: 100-continue\r\n";
    assert_eq!(gateway.client().get("/open", more).status, 200);
    let received = backend.request();
    let mut names: Vec<_> = received
        .headers()
        .into_iter()
        .map(|(name, _)| name.to_owned())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "Accept",
            "Cookie",
            "Host",
            "X-Ca-Stage",
            "X-Many",
            "X-Many",
            "X-Other"
        ]
    );
    assert_eq!(received.all("x-many"), ["1", "2"]);
    gateway.stop();
}

#[test]
fn what_only_the_gateway_sets_never_passes() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    let spellings = [
        "X-Ca-Proxy-Signature: forged\r\n",
        "x-ca-proxy-signature: forged\r\nX-CA-PROXY-SIGNATURE: forged\r\n",
        "X_Ca_Proxy_Signature: forged\r\n",
        "X-Ca_Proxy-Signature_Headers: forged\r\n",
        "X-Ca-Proxy-Signature-Secret-Key: forged\r\n",
        "X-Ca-Proxy-Signature-Secret_Key: forged\r\n",
        "X-Ca-Proxy-Signature-String-To-Sign: forged\r\n",
        "X-Ca-Proxy-SignatureX: forged\r\n",
        "Connection: X-Ca-Proxy-Signature\r\nX-Ca-Proxy-Signature: forged\r\n",
        "Connection: close-not, X-Ca-Proxy-Signature-Secret-Key, Host, X-Ca-Proxy-Signature-Headers\r\n",
        "Content_Length: 5\r\nTransfer_Encoding: chunked\r\n",
    ];
    for more in spellings {
        for path in ["/open", "/signed"] {
            assert_eq!(client.get(path, more).status, 200);
            let received = backend.request();
            assert!(!received.head.contains("forged"), "{}", received.head);
            assert!(!received.head.contains('_'), "{}", received.head);
            assert_eq!(received.all("host").len(), 1);
            if path == "/signed" {
                crate::support::signature::check(&received, "TestKey01", "TestSecret01", "", "");
            } else {
                crate::support::signature::check_unsigned(&received);
            }
        }
    }
    gateway.stop();
}

#[test]
fn signature_headers_are_spelled_as_backends_look_them_up() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    assert_eq!(gateway.client().post("/signed", "", b"abc").status, 200);
    let received = backend.request();
    let names: Vec<_> = received
        .headers()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    for name in [
        "X-Ca-Proxy-Signature",
        "X-Ca-Proxy-Signature-Secret-Key",
        "X-Ca-Proxy-Signature-Headers",
        "Content-Length",
        "Host",
    ] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    assert!(received.header("content-md5").is_some());
    gateway.stop();
}

#[test]
fn a_clients_content_md5_passes_only_unsigned() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    for (path, kept) in [("/open", vec!["wrong"]), ("/signed", vec![])] {
        client.get(path, "Content-MD5: wrong\r\n");
        assert_eq!(backend.request().all("content-md5"), kept);
        client.get(path, "Content_MD5: wrong\r\n");
        assert_eq!(backend.request().all("content_md5"), kept);
    }
    client.post("/signed", "Content-MD5: wrong\r\n", b"abc");
    assert_eq!(
        backend.request().all("content-md5"),
        ["kAFQmDzST7DWlj99KOF/cg=="]
    );
    gateway.stop();
}

#[test]
fn answers_pass_but_the_headers_of_the_backends_connection() {
    let backend = Backend::scripted(|_, _| {
        let head = "HTTP/1.1 207 Multi-Status\r\nConnection: X-Private\r\nX-Private: 1\r\nKeep-Alive: timeout=5\r\n\
                    Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Ca-Request-Id: theirs\r\nUpgrade: h2c\r\nDate: today\r\nContent-Length: 3\r\n\r\nabc";
        Action::Reply(head.as_bytes().to_vec())
    });
    let gateway = Gateway::start(&backend);
    let reply = gateway.client().get("/open", "");
    assert_eq!((reply.status, &reply.body[..]), (207, &b"abc"[..]));
    for name in ["connection", "x-private", "keep-alive", "upgrade"] {
        assert!(reply.header(name).is_none(), "{name}");
    }
    assert_eq!(reply.all("set-cookie"), ["a=1", "b=2"]);
    assert_eq!(reply.all("date"), ["today"]);
    let ids = reply.all("x-ca-request-id");
    assert_eq!(ids.len(), 1);
    assert_eq!(ids[0].len(), 36);
    assert_eq!(ids[0], ids[0].to_uppercase());
    gateway.stop();
}

#[test]
fn answers_without_body() {
    let backend = Backend::scripted(|_, received| {
        Action::Reply(match received.path() {
            "/open/head" => b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n".to_vec(),
            "/open/304" => b"HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\nETag: \"a\"\r\n\r\n".to_vec(),
            "/open/204" => b"HTTP/1.1 204 No Content\r\n\r\n".to_vec(),
            "/open/early" => b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec(),
            _ => unreachable!(),
        })
    });
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    client.send("HEAD /open/head HTTP/1.1\r\nHost: api.test\r\n\r\n");
    let reply = client.bare_reply();
    assert_eq!(
        (reply.status, reply.header("content-length")),
        (200, Some("1234"))
    );
    assert_eq!(client.get("/open/304", "").header("etag"), Some("\"a\""));
    assert_eq!(client.get("/open/204", "").status, 204);
    let reply = client.get("/open/early", "");
    assert_eq!((reply.status, reply.body.len()), (200, 0));
    gateway.stop();
    assert_eq!(backend.connections(), 1);
}

#[test]
fn bodies_of_answers_in_each_framing() {
    let backend = Backend::scripted(|_, received| {
        match received.path() {
        "/open/chunked" => Action::Reply(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nT: 1\r\n\r\n".to_vec(),
        ),
        "/open/closed" => Action::ReplyThenClose(b"HTTP/1.1 200 OK\r\n\r\nuntil the end".to_vec()),
        "/open/old" => Action::ReplyThenClose(b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold".to_vec()),
        _ => ok("plain"),
    }
    });
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    for (path, body) in [
        ("/open/chunked", "abcdefg"),
        ("/open/closed", "until the end"),
        ("/open/old", "old"),
        ("/open", "plain"),
    ] {
        let reply = client.get(path, "");
        assert_eq!(
            (
                reply.status,
                String::from_utf8(reply.body).unwrap().as_str()
            ),
            (200, body)
        );
    }
    let mut old = gateway.client();
    let reply = old.call("GET /open/chunked HTTP/1.0\r\nHost: api.test\r\n\r\n");
    assert!(
        reply.header("transfer-encoding").is_none(),
        "{}",
        reply.head
    );
    assert_eq!(reply.body, b"abcdefg");
    gateway.stop();
}
