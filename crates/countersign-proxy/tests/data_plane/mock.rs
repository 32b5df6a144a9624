//! Answers that an API's definition gives.

use std::sync::Arc;

use countersign_core::api::MockAnswer;
use countersign_proxy::Limits;

use crate::support::{Backend, Gateway, Options, definition};

fn gateway(backend: &Backend) -> Gateway {
    let options = Options {
        logs: true,
        limits: Limits {
            body_buffer_bytes_max: 1000,
            ..Limits::default()
        },
        ..Options::default()
    };
    let gateway = Gateway::with(backend.address, options);
    for (number, status) in [(100, 201), (101, 204)] {
        let mut definition = definition(&format!("/mock/{status}"), backend.address);
        definition.mock = Some(Arc::new(MockAnswer {
            status,
            headers: vec![
                ("X-Own".into(), "1".into()),
                ("Content-Type".into(), "text/plain".into()),
                ("Content-Length".into(), "77".into()),
                ("X-Ca-Request-Id".into(), "mine".into()),
            ],
            body: "made up".into(),
        }));
        gateway.publish(number, definition, true);
    }
    gateway
}

#[test]
fn no_backend_is_called() {
    let backend = Backend::start();
    let gateway = gateway(&backend);
    let mut client = gateway.client();
    let check = |reply: crate::support::client::Reply, status, body: &str| {
        assert_eq!((reply.status, &reply.body[..]), (status, body.as_bytes()));
        assert_eq!(reply.all("x-own"), ["1"]);
        assert_eq!(reply.all("content-type"), ["text/plain"]);
        let [id] = reply.all("x-ca-request-id")[..] else {
            panic!("{reply:?}");
        };
        assert_eq!(id.len(), 36);
    };
    check(client.get("/mock/201?a=1", ""), 201, "made up");
    check(client.post("/mock/201", "", &[b'x'; 1000]), 201, "made up");
    check(client.get("/mock/204", ""), 204, "");
    client.send("HEAD /mock/201 HTTP/1.1\r\nHost: api.test\r\n\r\n");
    let reply = client.bare_reply();
    assert_eq!(
        (reply.status, reply.header("content-length")),
        (201, Some("7"))
    );
    client.send("POST /mock/201 HTTP/1.1\r\nHost: api.test\r\nTransfer-Encoding: chunked\r\n\r\n");
    check(client.send("3\r\nabc\r\n0\r\n\r\n").reply(), 201, "made up");
    drop(client);
    let left = gateway.stop();
    assert_eq!(backend.connections(), 0);
    assert_eq!(left.log.len(), 5);
    for line in &left.log {
        assert_eq!(line["mock"], true, "{line}");
        assert!(line["signature_key"].is_null() && line["api"].is_string());
        assert!(line.get("backend").is_none() && line.get("error").is_none());
    }
    let count = |name: &str| {
        let line = left.metrics.lines().find(|line| line.starts_with(name));
        line.unwrap().rsplit(' ').next().unwrap().to_owned()
    };
    assert_eq!(count("countersign_mocked_total{"), "5");
    assert_eq!(count("countersign_signed_total{"), "0");
}

#[test]
fn bodies_are_read_within_the_limit() {
    let backend = Backend::start();
    let gateway = gateway(&backend);
    let reply = gateway.client().post("/mock/201", "", &[b'x'; 1001]);
    assert_eq!((reply.status, reply.fault()), (413, "body_too_large"));
    let mut client = gateway.client();
    client.send("POST /mock/201 HTTP/1.1\r\nHost: api.test\r\nTransfer-Encoding: chunked\r\n\r\n");
    let reply = client.send("zz\r\n").reply();
    assert_eq!((reply.status, reply.fault()), (400, "malformed_request"));
    gateway.stop();
}
