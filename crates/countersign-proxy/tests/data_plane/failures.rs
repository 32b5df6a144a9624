//! What a client sees when a backend does not do its part.

use std::{sync::mpsc, time::Instant};

use crate::support::{Action, Backend, Gateway, Options, backend::ok};

#[test]
fn a_backend_that_is_down() {
    let backend = Backend::start();
    let gateway = Gateway::with(
        backend.address,
        Options {
            logs: true,
            ..Options::default()
        },
    );
    let mut client = gateway.client();
    for path in ["/dead", "/named"] {
        let reply = client.get(path, "");
        assert_eq!(
            (reply.status, reply.fault(), reply.header("x-ca-error-code")),
            (502, "backend_unreachable", Some("D502CO"))
        );
        let text = String::from_utf8(reply.body).unwrap() + &reply.head;
        assert!(
            !text.contains("127.0.0.1") && !text.contains("localhost"),
            "{text}"
        );
    }
    assert_eq!(client.get("/open", "").status, 200);
    let left = gateway.stop();
    assert!(
        left.log[0]["cause"].as_str().unwrap().contains("refused"),
        "{:?}",
        left.log[0]
    );
    assert!(
        left.metrics.contains(
            "countersign_backend_failures_total{worker=\"0\",kind=\"backend_unreachable\"} 2"
        ),
        "{}",
        left.metrics
    );
}

#[test]
fn a_backend_that_is_slow() {
    let (sender, sockets) = mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    let backend = Backend::scripted(move |number, _| match number {
        0 => Action::HandOver(sender.lock().unwrap().clone()),
        _ => ok("ok"),
    });
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    let begun = Instant::now();
    let reply = client.get("/hasty", "");
    assert!(begun.elapsed().as_millis() >= 100);
    assert_eq!(
        (reply.status, reply.fault(), reply.header("x-ca-error-code")),
        (504, "backend_timeout", Some("D504RE"))
    );
    assert_eq!(backend.closed(), 0, "the connection is dropped");
    drop(sockets);
    assert_eq!(client.get("/hasty", "").status, 200);
    gateway.stop();
}

#[test]
fn backends_that_break_off() {
    let backend = Backend::scripted(|_, received| match received.path() {
        "/open/close" => Action::Close,
        "/open/head" => Action::ReplyThenClose(b"HTTP/1.1 200 OK\r\nConte".to_vec()),
        "/open/garbage" => Action::ReplyThenClose(b"220 mail.test ESMTP\r\n".to_vec()),
        "/open/switch" => Action::Reply(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"
                .to_vec(),
        ),
        "/open/body" => {
            Action::ReplyThenClose(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc".to_vec())
        }
        _ => ok("ok"),
    });
    let gateway = Gateway::with(
        backend.address,
        Options {
            logs: true,
            ..Options::default()
        },
    );
    let mut client = gateway.client();
    for path in ["/open/close", "/open/head", "/open/garbage", "/open/switch"] {
        let reply = client.get(path, "");
        assert_eq!(
            (reply.status, reply.fault()),
            (502, "backend_error"),
            "{path}"
        );
    }
    // A body that breaks off cannot be taken back: the client's connection
    // ends, so that it sees a short body.
    client.send("GET /open/body HTTP/1.1\r\nHost: api.test\r\n\r\n");
    let rest = String::from_utf8(client.rest()).unwrap();
    assert!(
        rest.ends_with("\r\n\r\nabc") || rest.is_empty() || rest.ends_with("\r\n\r\n"),
        "{rest}"
    );
    let left = gateway.stop();
    assert_eq!(left.log[4]["error"], "backend_error");
}

#[test]
fn a_stale_connection_is_not_the_clients_matter() {
    // The second request on a kept connection ends it without an answer.
    let backend = Backend::scripted(|number, _| if number == 1 { Action::Close } else { ok("ok") });
    let gateway = Gateway::with(
        backend.address,
        Options {
            logs: true,
            ..Options::default()
        },
    );
    let mut client = gateway.client();
    assert_eq!(client.get("/open/1", "").status, 200);
    assert_eq!(client.get("/open/2", "").status, 200);
    for path in ["/open/1", "/open/2", "/open/2"] {
        assert_eq!(backend.request().path(), path);
    }
    let left = gateway.stop();
    assert_eq!(
        (&left.log[0]["retries"], &left.log[1]["retries"]),
        (&0.into(), &1.into())
    );
}

#[test]
fn what_may_not_be_repeated_is_not() {
    let backend = Backend::scripted(|number, _| {
        if number % 2 == 1 {
            Action::Close
        } else {
            ok("ok")
        }
    });
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    for request in [
        "POST /open HTTP/1.1\r\nHost: api.test\r\nContent-Length: 0\r\n\r\n",
        "PUT /open HTTP/1.1\r\nHost: api.test\r\nContent-Length: 1\r\n\r\na",
        "PATCH /open HTTP/1.1\r\nHost: api.test\r\n\r\n",
    ] {
        assert_eq!(client.get("/open", "").status, 200);
        backend.request();
        let reply = client.call(request);
        assert_eq!(
            (reply.status, reply.fault()),
            (502, "backend_error"),
            "{request}"
        );
        backend.request();
    }
    assert!(backend.try_request().is_none());
    gateway.stop();
}

#[test]
fn a_fresh_connection_is_not_tried_twice() {
    let backend = Backend::scripted(|_, _| Action::Close);
    let gateway = Gateway::start(&backend);
    assert_eq!(gateway.client().get("/open", "").status, 502);
    gateway.stop();
    assert_eq!(backend.connections(), 1);
}

#[test]
fn a_connection_closed_while_idle_is_not_used() {
    let backend = Backend::scripted(|number, _| match number {
        0 => Action::ReplyThenClose(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_vec()),
        _ => ok("ok"),
    });
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    assert_eq!(client.get("/open", "").status, 200);
    assert_eq!(backend.closed(), 0);
    // Not even what may not be repeated suffers.
    assert_eq!(client.post("/open", "", b"abc").status, 200);
    gateway.stop();
}

#[test]
fn a_client_that_leaves_ends_the_exchange() {
    let (sender, sockets) = mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    let backend = Backend::scripted(move |_, _| Action::HandOver(sender.lock().unwrap().clone()));
    let gateway = Gateway::with(
        backend.address,
        Options {
            logs: true,
            ..Options::default()
        },
    );
    let mut client = gateway.client();
    client.send("GET /open HTTP/1.1\r\nHost: api.test\r\n\r\n");
    let socket = sockets.recv_timeout(crate::support::PATIENCE).unwrap();
    drop(client);
    assert_eq!(backend.closed(), 0);
    drop(socket);

    // In the middle of a body, too: the backend never has a whole request.
    let mut client = gateway.client();
    client.send("POST /open HTTP/1.1\r\nHost: api.test\r\nContent-Length: 10\r\n\r\nabc");
    while backend.connections() < 2 {
        std::thread::yield_now();
    }
    drop(client);
    assert_eq!(backend.closed(), 1);
    let left = gateway.stop();
    assert_eq!(left.log[0]["error"], "client_gone");
    assert_eq!(left.log[0]["status"], 499);
}
