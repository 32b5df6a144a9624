//! Keep-alive on both sides, pipelining, and limits on connections.

use std::time::Duration;

use countersign_proxy::Limits;

use crate::support::{Action, Backend, Gateway, Options};

#[test]
fn connections_are_kept_on_both_sides() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    for number in 0..50 {
        let reply = if number % 2 == 0 {
            client.get("/signed", "")
        } else {
            client.post("/open", "", b"abc")
        };
        assert_eq!(reply.status, 200);
        assert_eq!(backend.request().connection, 0);
    }
    // Another client takes over the same connection to the backend.
    assert_eq!(gateway.client().get("/open", "").status, 200);
    assert_eq!(backend.request().connection, 0);
    gateway.stop();
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let backend = Backend::scripted(|_, received| crate::support::backend::ok(received.path()));
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    // More than one task's budget of I/O would carry at once.
    let many: String = (0..500)
        .map(|n| format!("GET /signed/{n} HTTP/1.1\r\nHost: api.test\r\n\r\n"))
        .collect();
    client.send(many);
    for number in 0..500 {
        assert_eq!(
            String::from_utf8(client.reply().body).unwrap(),
            format!("/signed/{number}")
        );
    }
    gateway.stop();
    assert_eq!(backend.connections(), 1);
}

#[test]
fn clients_that_ask_to_close() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    for request in [
        "GET /open HTTP/1.1\r\nHost: api.test\r\nConnection: close\r\n\r\n",
        "GET /open HTTP/1.0\r\nHost: api.test\r\n\r\n",
        // What follows is not read, whatever it is.
        "GET /open HTTP/1.1\r\nHost: api.test\r\nConnection: close\r\n\r\n\0\0\0",
    ] {
        let mut client = gateway.client();
        assert_eq!(client.call(request).status, 200);
        assert!(client.rest().is_empty(), "{request}");
    }
    let mut client = gateway.client();
    let kept = "GET /open HTTP/1.0\r\nHost: api.test\r\nConnection: keep-alive\r\n\r\n";
    assert_eq!(client.call(kept).status, 200);
    assert_eq!(client.call(kept).status, 200);
    gateway.stop();
}

#[test]
fn one_connection_too_many() {
    let backend = Backend::start();
    let limits = Limits {
        connections_max: 2,
        ..Limits::default()
    };
    let gateway = Gateway::with(
        backend.address,
        Options {
            limits,
            ..Options::default()
        },
    );
    let (mut first, mut second) = (gateway.client(), gateway.client());
    assert_eq!(first.get("/open", "").status, 200);
    assert_eq!(second.get("/open", "").status, 200);
    let mut third = gateway.client();
    let reply = third.reply();
    assert_eq!((reply.status, reply.fault()), (503, "overloaded"));
    assert!(third.is_closed());
    assert_eq!(first.get("/open", "").status, 200);
    drop(second);
    // Until the gateway has noticed that there is room again.
    while gateway
        .client()
        .send("GET /open HTTP/1.1\r\nHost: api.test\r\n\r\n")
        .reply()
        .status
        != 200
    {}
    gateway.stop();
}

#[test]
fn clients_that_say_nothing_are_let_go() {
    let backend = Backend::start();
    let limits = Limits {
        head_timeout: Duration::from_millis(200),
        idle_timeout: Duration::from_millis(200),
        ..Limits::default()
    };
    let gateway = Gateway::with(
        backend.address,
        Options {
            limits,
            ..Options::default()
        },
    );
    let mut silent = gateway.client();
    let mut slow = gateway.client();
    slow.send("GET /open HTTP/1.1\r\nHo");
    let mut idle = gateway.client();
    assert_eq!(idle.get("/open", "").status, 200);
    let mut pausing = gateway.client();
    pausing.send("POST /signed HTTP/1.1\r\nHost: api.test\r\nContent-Length: 9\r\n\r\nabc");
    let reply = pausing.reply();
    assert_eq!((reply.status, reply.fault()), (408, "body_timeout"));
    for client in [&mut silent, &mut slow, &mut idle] {
        assert!(client.is_closed());
    }
    gateway.stop();
}

#[test]
fn a_slow_backend_is_not_a_silent_client() {
    let (go, word) = std::sync::mpsc::channel();
    let word = std::sync::Mutex::new(Some(word));
    let backend = Backend::scripted(move |_, _| {
        Action::Wait(
            word.lock().unwrap().take().unwrap(),
            Box::new(crate::support::backend::ok("ok")),
        )
    });
    let limits = Limits {
        head_timeout: Duration::from_millis(100),
        idle_timeout: Duration::from_millis(100),
        ..Limits::default()
    };
    let gateway = Gateway::with(
        backend.address,
        Options {
            limits,
            ..Options::default()
        },
    );
    let mut client = gateway.client();
    client.send("GET /open HTTP/1.1\r\nHost: api.test\r\n\r\n");
    backend.request();
    // An idle client goes meanwhile: the sweep has been here.
    assert!(gateway.client().is_closed());
    go.send(()).unwrap();
    assert_eq!(client.reply().status, 200);
    gateway.stop();
}

#[test]
fn kept_connections_to_backends_are_given_up() {
    let backend = Backend::start();
    let limits = Limits {
        backend_idle_timeout: Duration::from_millis(200),
        ..Limits::default()
    };
    let gateway = Gateway::with(
        backend.address,
        Options {
            limits,
            ..Options::default()
        },
    );
    assert_eq!(gateway.client().get("/open", "").status, 200);
    assert_eq!(backend.closed(), 0);
    gateway.stop();
}

#[test]
fn a_head_byte_by_byte() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    let request = "POST /signed HTTP/1.1\r\nHost: api.test\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n";
    for _ in 0..3 {
        for byte in request.bytes() {
            client.send([byte]);
        }
        assert_eq!(client.reply().status, 200);
        assert_eq!(backend.request().body, b"abc");
    }
    gateway.stop();
}
