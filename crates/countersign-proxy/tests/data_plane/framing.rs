//! What cannot be read in one way only is refused, and nothing of it is sent
//! on.

use crate::support::{Backend, Client, Gateway, Options};
use countersign_proxy::Limits;

/// Each case is what follows nothing: a whole malformed request.
const MALFORMED: &[(&str, &[u8])] = &[
    ("no version", b"GET /open\r\nHost: api.test\r\n\r\n"),
    ("HTTP/0.9", b"GET /open HTTP/0.9\r\nHost: api.test\r\n\r\n"),
    ("HTTP/2", b"GET /open HTTP/2.0\r\nHost: api.test\r\n\r\n"),
    ("HTTP/1.2", b"GET /open HTTP/1.2\r\nHost: api.test\r\n\r\n"),
    ("h2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ("lower-case version", b"GET /open http/1.1\r\nHost: api.test\r\n\r\n"),
    ("two blanks", b"GET  /open HTTP/1.1\r\nHost: api.test\r\n\r\n"),
    ("blank in target", b"GET /op en HTTP/1.1\r\nHost: api.test\r\n\r\n"),
    ("tab for blank", b"GET\t/open HTTP/1.1\r\nHost: api.test\r\n\r\n"),
    ("leading blank", b" GET /open HTTP/1.1\r\nHost: api.test\r\n\r\n"),
    ("trailing blank", b"GET /open HTTP/1.1 \r\nHost: api.test\r\n\r\n"),
    ("two empty lines first", b"\r\n\r\nGET /open HTTP/1.1\r\nHost: api.test\r\n\r\n"),
    ("bad method", b"G(T /open HTTP/1.1\r\nHost: api.test\r\n\r\n"),
    ("target with byte beyond ASCII", b"GET /open/\xc3\xa9 HTTP/1.1\r\nHost: api.test\r\n\r\n"),
    ("target with fragment", b"GET /open#a HTTP/1.1\r\nHost: api.test\r\n\r\n"),
    ("target with backslash", b"GET /open\\..\\a HTTP/1.1\r\nHost: api.test\r\n\r\n"),
    ("target with NUL", b"GET /open\0 HTTP/1.1\r\nHost: api.test\r\n\r\n"),
    ("target without slash", b"GET open HTTP/1.1\r\nHost: api.test\r\n\r\n"),
    ("CONNECT", b"CONNECT api.test:80 HTTP/1.1\r\nHost: api.test\r\n\r\n"),
    ("https target", b"GET https://api.test/open HTTP/1.1\r\nHost: api.test\r\n\r\n"),
    ("target with user", b"GET http://a@api.test/open HTTP/1.1\r\nHost: api.test\r\n\r\n"),
    ("target differs from host", b"GET http://other.test/open HTTP/1.1\r\nHost: api.test\r\n\r\n"),
    ("no host", b"GET /open HTTP/1.1\r\n\r\n"),
    ("no host, absolute", b"GET http://api.test/open HTTP/1.1\r\n\r\n"),
    ("two hosts", b"GET /open HTTP/1.1\r\nHost: api.test\r\nHost: api.test\r\n\r\n"),
    ("two hosts in HTTP/1.0", b"GET /open HTTP/1.0\r\nHost: api.test\r\nHost: b.test\r\n\r\n"),
    ("empty host", b"GET /open HTTP/1.1\r\nHost:\r\n\r\n"),
    ("host with user", b"GET /open HTTP/1.1\r\nHost: a@api.test\r\n\r\n"),
    ("host list", b"GET /open HTTP/1.1\r\nHost: api.test,b.test\r\n\r\n"),
    ("host with path", b"GET /open HTTP/1.1\r\nHost: api.test/a\r\n\r\n"),
    ("host with blank", b"GET /open HTTP/1.1\r\nHost: api.test b\r\n\r\n"),
    ("host with bad port", b"GET /open HTTP/1.1\r\nHost: api.test:8x\r\n\r\n"),
    ("host with large port", b"GET /open HTTP/1.1\r\nHost: api.test:65536\r\n\r\n"),
    ("host with empty port", b"GET /open HTTP/1.1\r\nHost: api.test:\r\n\r\n"),
    ("host, bad address", b"GET /open HTTP/1.1\r\nHost: [zz]\r\n\r\n"),
    ("bare line feed in head", b"GET /open HTTP/1.1\nHost: api.test\n\n"),
    ("bare line feed after field", b"GET /open HTTP/1.1\r\nHost: api.test\nA: b\r\n\r\n"),
    ("bare line feed at end", b"GET /open HTTP/1.1\r\nHost: api.test\r\n\n"),
    ("bare carriage return", b"GET /open HTTP/1.1\r\nHost: api.test\r\nA: b\rc: d\r\n\r\n"),
    ("two carriage returns", b"GET /open HTTP/1.1\r\nHost: api.test\r\r\n\r\n"),
    ("NUL in value", b"GET /open HTTP/1.1\r\nHost: api.test\r\nA: b\0c\r\n\r\n"),
    ("control in value", b"GET /open HTTP/1.1\r\nHost: api.test\r\nA: b\x0bc\r\n\r\n"),
    ("DEL in value", b"GET /open HTTP/1.1\r\nHost: api.test\r\nA: b\x7fc\r\n\r\n"),
    ("folded field", b"GET /open HTTP/1.1\r\nHost: api.test\r\nA: b\r\n c\r\n\r\n"),
    ("folded first field", b"GET /open HTTP/1.1\r\n Host: api.test\r\n\r\n"),
    ("blank before colon", b"GET /open HTTP/1.1\r\nHost : api.test\r\n\r\n"),
    ("empty name", b"GET /open HTTP/1.1\r\nHost: api.test\r\n: a\r\n\r\n"),
    ("no colon", b"GET /open HTTP/1.1\r\nHost: api.test\r\nabc\r\n\r\n"),
    ("name no token", b"GET /open HTTP/1.1\r\nHost: api.test\r\nA(b): c\r\n\r\n"),
    ("name beyond ASCII", b"GET /open HTTP/1.1\r\nHost: api.test\r\n\xe9: c\r\n\r\n"),
    ("both lengths", b"POST /open HTTP/1.1\r\nHost: api.test\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("both lengths, turned", b"POST /open HTTP/1.1\r\nHost: api.test\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
    ("length twice", b"POST /open HTTP/1.1\r\nHost: api.test\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na"),
    ("two lengths", b"POST /open HTTP/1.1\r\nHost: api.test\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\naa"),
    ("list of lengths", b"POST /open HTTP/1.1\r\nHost: api.test\r\nContent-Length: 1, 1\r\n\r\na"),
    ("length with sign", b"POST /open HTTP/1.1\r\nHost: api.test\r\nContent-Length: +1\r\n\r\na"),
    ("negative length", b"POST /open HTTP/1.1\r\nHost: api.test\r\nContent-Length: -1\r\n\r\na"),
    ("length with blank", b"POST /open HTTP/1.1\r\nHost: api.test\r\nContent-Length:  1 1\r\n\r\na"),
    ("empty length", b"POST /open HTTP/1.1\r\nHost: api.test\r\nContent-Length:\r\n\r\na"),
    ("hex length", b"POST /open HTTP/1.1\r\nHost: api.test\r\nContent-Length: 0x1\r\n\r\na"),
    ("length too large", b"POST /open HTTP/1.1\r\nHost: api.test\r\nContent-Length: 18446744073709551616\r\n\r\na"),
    ("unknown coding", b"POST /open HTTP/1.1\r\nHost: api.test\r\nTransfer-Encoding: gzip\r\n\r\na"),
    ("coding list", b"POST /open HTTP/1.1\r\nHost: api.test\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    ("identity", b"POST /open HTTP/1.1\r\nHost: api.test\r\nTransfer-Encoding: identity\r\n\r\na"),
    ("chunked twice", b"POST /open HTTP/1.1\r\nHost: api.test\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("chunked, chunked", b"POST /open HTTP/1.1\r\nHost: api.test\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
    ("quoted coding", b"POST /open HTTP/1.1\r\nHost: api.test\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"),
    ("coding with vertical tab", b"POST /open HTTP/1.1\r\nHost: api.test\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n"),
    ("coding in HTTP/1.0", b"POST /open HTTP/1.0\r\nHost: api.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
];

/// Bodies of a chunked request that are malformed from the start.
const MALFORMED_CHUNKS: &[(&str, &[u8])] = &[
    ("no size", b"\r\na\r\n0\r\n\r\n"),
    ("no hex", b"g\r\na\r\n0\r\n\r\n"),
    ("size with sign", b"+1\r\na\r\n0\r\n\r\n"),
    ("size with prefix", b"0x1\r\na\r\n0\r\n\r\n"),
    ("blank after size", b"1 \r\na\r\n0\r\n\r\n"),
    ("blank before size", b" 1\r\na\r\n0\r\n\r\n"),
    ("size too large", b"ffffffffffffffff\r\na\r\n0\r\n\r\n"),
    ("size too long", b"00000000000000001\r\na\r\n0\r\n\r\n"),
    ("bare line feed after size", b"1\na\r\n0\r\n\r\n"),
    ("bare carriage return after size", b"1\ra\r\n0\r\n\r\n"),
    ("data too long", b"1\r\nab\r\n0\r\n\r\n"),
    ("bare line feed after data", b"1\r\na\n0\r\n\r\n"),
    ("control in extension", b"1;a=\x01\r\na\r\n0\r\n\r\n"),
    ("no colon in trailer", b"0\r\nabc\r\n\r\n"),
    ("folded trailer", b"0\r\na: b\r\n c\r\n\r\n"),
    ("bare line feed in trailer", b"0\r\na: b\n\r\n"),
];

fn check_refused(client: &mut Client, name: &str) {
    let reply = client.reply();
    assert_eq!(reply.status, 400, "{name}");
    assert_eq!(reply.fault(), "malformed_request", "{name}");
    assert_eq!(reply.header("connection"), Some("close"), "{name}");
    client.end_sending();
    assert!(client.is_closed(), "{name}");
}

#[test]
fn malformed_heads_are_refused_and_nothing_is_sent_on() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    for (name, request) in MALFORMED {
        let mut client = gateway.client();
        client.send(request);
        check_refused(&mut client, name);
    }
    gateway.stop();
    assert_eq!(backend.connections(), 0);
}

#[test]
fn malformed_heads_in_two_pieces() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    for (name, request) in MALFORMED {
        let mut client = gateway.client();
        let (first, second) = request.split_at(request.len() / 2);
        client.send(first);
        let _ = std::io::Write::write_all(&mut client.socket, second);
        check_refused(&mut client, name);
    }
    gateway.stop();
    assert_eq!(backend.connections(), 0);
}

#[test]
fn malformed_chunks_that_have_arrived_send_nothing() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    for path in ["/open", "/signed"] {
        for (name, body) in MALFORMED_CHUNKS {
            let mut client = gateway.client();
            let head = format!(
                "POST {path} HTTP/1.1\r\nHost: api.test\r\nTransfer-Encoding: chunked\r\n\r\n"
            );
            client.send([head.as_bytes(), body].concat());
            check_refused(&mut client, name);
        }
    }
    gateway.stop();
    assert_eq!(backend.bytes(), 0);
}

#[test]
fn a_chunk_that_goes_bad_later_aborts_the_exchange() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    client.send(
        "POST /open HTTP/1.1\r\nHost: api.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    );
    while backend.bytes() == 0 {
        std::thread::yield_now();
    }
    client.send("zz\r\n");
    check_refused(&mut client, "late chunk");
    assert_eq!(backend.closed(), 0);
    assert!(
        backend.try_request().is_none(),
        "the backend never has a whole request"
    );
    gateway.stop();
}

#[test]
fn good_requests_before_a_malformed_one_are_answered() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    client.send(concat!(
        "GET /open/1 HTTP/1.1\r\nHost: api.test\r\n\r\n",
        "POST /open/2 HTTP/1.1\r\nHost: api.test\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n0\r\nT: 1\r\n\r\n",
        "POST /signed/3 HTTP/1.1\r\nHost: api.test\r\nContent-Length: 2\r\n\r\ncd",
        "GET /open/4 HTTP/1.1\nHost: api.test\r\n\r\n",
        "GET /open/5 HTTP/1.1\r\nHost: api.test\r\n\r\n",
    ));
    for path in ["/open/1", "/open/2", "/signed/3"] {
        assert_eq!(client.reply().status, 200);
        assert_eq!(backend.request().path(), path);
    }
    check_refused(&mut client, "the fourth");
    gateway.stop();
    assert!(backend.try_request().is_none());
}

#[test]
fn smuggling_does_not_pass() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let inner = "GET /open/smuggled HTTP/1.1\r\nHost: api.test\r\n\r\n";
    let cases = [
        format!(
            "POST /open HTTP/1.1\r\nHost: api.test\r\nContent-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{inner}",
            inner.len() + 5
        ),
        format!(
            "POST /open HTTP/1.1\r\nHost: api.test\r\nTransfer-Encoding : chunked\r\nContent-Length: 0\r\n\r\n{inner}"
        ),
        format!(
            "POST /open HTTP/1.1\r\nHost: api.test\r\nX: a\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{inner}"
        ),
        format!(
            "GET /open HTTP/1.1\r\nHost: api.test\r\nContent-Length: 0, {}\r\n\r\n{inner}",
            inner.len()
        ),
        format!(
            "POST /open HTTP/1.1\r\nHost: api.test\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n{inner}"
        ),
        format!(
            "POST /open HTTP/1.1\r\nHost: api.test\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{inner}"
        ),
    ];
    for case in &cases {
        let mut client = gateway.client();
        client.send(case);
        check_refused(&mut client, case);
    }
    gateway.stop();
    assert_eq!(backend.bytes(), 0);
}

#[test]
fn large_heads() {
    let backend = Backend::start();
    let limits = Limits {
        head_bytes_max: 2000,
        headers_max: 10,
        ..Limits::default()
    };
    let gateway = Gateway::with(
        backend.address,
        Options {
            limits,
            ..Options::default()
        },
    );
    let many = "A: b\r\n".repeat(9);
    assert_eq!(gateway.client().get("/open", &many).status, 200);
    backend.request();
    let reply = gateway.client().get("/open", &"A: b\r\n".repeat(10));
    assert_eq!((reply.status, reply.fault()), (431, "head_too_large"));

    let room = 2000 - "GET /open HTTP/1.1\r\nHost: api.test\r\nA: \r\n\r\n".len();
    assert_eq!(
        gateway
            .client()
            .get("/open", &format!("A: {}\r\n", "b".repeat(room)))
            .status,
        200
    );
    backend.request();
    let reply = gateway
        .client()
        .get("/open", &format!("A: {}\r\n", "b".repeat(room + 1)));
    assert_eq!((reply.status, reply.fault()), (431, "head_too_large"));
    let reply = gateway
        .client()
        .send(format!("GET /open/{}", "a".repeat(3000)))
        .reply();
    assert_eq!((reply.status, reply.fault()), (431, "head_too_large"));
    gateway.stop();
    assert!(backend.try_request().is_none());
}

#[test]
fn the_largest_head_by_default_passes() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let room = 64 * 1024 - "GET /open/ HTTP/1.1\r\nHost: api.test\r\n\r\n".len();
    let path = format!("/open/{}", "a".repeat(room));
    assert_eq!(gateway.client().get(&path, "").status, 200);
    assert_eq!(backend.request().path(), path);
    gateway.stop();
}

#[test]
fn odd_but_good_requests_pass() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    for request in [
        &b"\r\nGET /open HTTP/1.1\r\nHost: api.test\r\n\r\n"[..],
        b"GET http://api.test/open HTTP/1.1\r\nHost: API.test\r\n\r\n",
        b"GET HTTP://api.test:8080/open HTTP/1.1\r\nHost: api.test:8080\r\n\r\n",
        b"GET /open HTTP/1.1\r\nhost:api.test:80\r\n\r\n",
        b"GET /open HTTP/1.1\r\nHost: \t api.test \t\r\nA:\r\nB: caf\xc3\xa9\r\n\r\n",
        b"GET /open HTTP/1.0\r\nHost: api.test\r\n\r\n",
        b"GET http://api.test/open HTTP/1.0\r\n\r\n",
        b"BREW /open/a?b=[%zz]|\\`{} HTTP/1.1\r\nHost: api.test\r\n\r\n",
        b"POST /open HTTP/1.1\r\nHost: api.test\r\nContent-Length: 003\r\n\r\nabc",
        b"POST /open HTTP/1.1\r\nHost: api.test\r\nTransfer-Encoding: Chunked\r\n\r\n0003;a=\"b\"\r\nabc\r\n00\r\nT: u\r\n\r\n",
    ] {
        let mut client = gateway.client();
        let reply = client.call(request);
        assert_eq!(reply.status, 200, "{}", request.escape_ascii());
        assert!(reply.header("x-ca-request-id").is_some());
        backend.request();
    }
    gateway.stop();
}
