//! From host, stage, method and path to an API, and to the backend's path.

use crate::support::{Backend, Gateway, gateway};

#[test]
fn misses() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let cases = [
        (
            "GET /open HTTP/1.1\r\nHost: other.test\r\n\r\n",
            404,
            "unknown_host",
            "I404NF",
        ),
        (
            "GET /open HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
            404,
            "unknown_host",
            "I404NF",
        ),
        (
            "GET /open HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            404,
            "unknown_host",
            "I404NF",
        ),
        (
            "GET /open HTTP/1.1\r\nHost: api.test\r\nX-Ca-Stage: NONE\r\n\r\n",
            404,
            "unknown_environment",
            "I400SG",
        ),
        (
            "GET /open HTTP/1.1\r\nHost: api.test\r\nX-Ca-Stage: TEST\r\n\r\n",
            404,
            "unknown_path",
            "I404NF",
        ),
        (
            "GET /open HTTP/1.1\r\nHost: api.test\r\nX-Ca-Stage: RELEASE\r\nX-Ca-Stage: RELEASE\r\n\r\n",
            400,
            "malformed_request",
            "I400SG",
        ),
        (
            "GET /none HTTP/1.1\r\nHost: api.test\r\n\r\n",
            404,
            "unknown_path",
            "I404NF",
        ),
        (
            "GET /opened HTTP/1.1\r\nHost: api.test\r\n\r\n",
            404,
            "unknown_path",
            "I404NF",
        ),
        (
            "OPTIONS * HTTP/1.1\r\nHost: api.test\r\n\r\n",
            404,
            "unknown_path",
            "I404NF",
        ),
        (
            "POST /only HTTP/1.1\r\nHost: api.test\r\nContent-Length: 0\r\n\r\n",
            404,
            "method_not_published",
            "I404NF",
        ),
        (
            "GET /open/../signed HTTP/1.1\r\nHost: api.test\r\n\r\n",
            400,
            "bad_path",
            "I400BP",
        ),
        (
            "GET /open/. HTTP/1.1\r\nHost: api.test\r\n\r\n",
            400,
            "bad_path",
            "I400BP",
        ),
        (
            "GET /open/%2e%2E/a HTTP/1.1\r\nHost: api.test\r\n\r\n",
            400,
            "bad_path",
            "I400BP",
        ),
        (
            "GET /open/.%2e HTTP/1.1\r\nHost: api.test\r\n\r\n",
            400,
            "bad_path",
            "I400BP",
        ),
    ];
    let mut client = gateway.client();
    for (request, status, code, vendor_code) in cases {
        let reply = client.call(request);
        assert_eq!(
            (reply.status, reply.fault(), reply.header("x-ca-error-code")),
            (status, code, Some(vendor_code)),
            "{request}"
        );
    }
    gateway.stop();
    assert_eq!(backend.connections(), 0);
}

#[test]
fn targets() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    for (path, request_line) in [
        ("/open", "GET /open HTTP/1.1"),
        ("/open?", "GET /open? HTTP/1.1"),
        (
            "/open/a%2fB//c;d=e/?b=2&a=%41+%2B&a&=x?&",
            "GET /open/a%2fB//c;d=e/?b=2&a=%41+%2B&a&=x?& HTTP/1.1",
        ),
        ("http://api.test/open/a?b", "GET /open/a?b HTTP/1.1"),
        ("/mapped/1/x/%32?q=1&q=2", "POST /to/%32/1?q=1&q=2 HTTP/1.1"),
        ("/pre/v", "GET /base/v/ HTTP/1.1"),
        ("/pre/v/", "GET /base/v/ HTTP/1.1"),
        ("/pre/v/r/s?t", "GET /base/v/r/s?t HTTP/1.1"),
        ("/open/..a/...", "GET /open/..a/... HTTP/1.1"),
    ] {
        assert_eq!(client.get(path, "").status, 200, "{path}");
        let received = backend.request();
        assert_eq!(received.request_line(), request_line);
        assert_eq!(received.all("host"), [backend.address.to_string()]);
    }
    gateway.stop();
}

#[test]
fn the_host_is_read_without_port_and_case() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    for host in [
        "api.test",
        "API.Test",
        "api.test:80",
        "Api.test:8443",
        "api.test",
    ] {
        assert_eq!(
            client
                .call(format!("GET /open HTTP/1.1\r\nHost: {host}\r\n\r\n"))
                .status,
            200,
            "{host}"
        );
        backend.request();
    }
    gateway.stop();
}

#[test]
fn every_worker_serves() {
    let backend = Backend::start();
    let gateway = Gateway::with(
        backend.address,
        gateway::Options {
            workers: 3,
            ..Default::default()
        },
    );
    for _ in 0..30 {
        assert_eq!(
            gateway
                .client()
                .get("/open", "Connection: close\r\n")
                .status,
            200
        );
    }
    let metrics = gateway.stop().metrics;
    let total: u64 = metrics
        .lines()
        .filter(|line| line.starts_with("countersign_requests_total") && line.contains("2xx"))
        .map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap())
        .sum();
    assert_eq!(total, 30, "{metrics}");
}
