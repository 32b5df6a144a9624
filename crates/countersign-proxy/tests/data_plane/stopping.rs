//! Stopping, and not starting.

use std::{io::Write, sync::mpsc, time::Duration};

use countersign_proxy::{AccessLog, Proxy, StartError};

use crate::support::{Action, Backend, Gateway, Options, backend::ok, gateway};

#[test]
fn draining_finishes_what_is_in_flight_and_closes_the_rest() {
    let (go, word) = mpsc::channel();
    let word = std::sync::Mutex::new(Some(word));
    let backend = Backend::scripted(move |number, _| match number {
        1 => Action::Wait(word.lock().unwrap().take().unwrap(), Box::new(ok("late"))),
        _ => ok("ok"),
    });
    let gateway = Gateway::with(
        backend.address,
        Options {
            logs: true,
            ..Options::default()
        },
    );
    let address = gateway.address();
    let mut idle = gateway.client();
    assert_eq!(idle.get("/open", "").status, 200);
    backend.request();
    let mut busy = gateway.client();
    busy.send("GET /signed HTTP/1.1\r\nHost: api.test\r\n\r\n");
    backend.request();
    let stopping = std::thread::spawn(move || gateway.stop());
    assert!(idle.is_closed());
    assert!(std::net::TcpStream::connect(address).is_err());
    go.send(()).unwrap();
    let reply = busy.reply();
    assert_eq!((reply.status, &reply.body[..]), (200, &b"late"[..]));
    assert_eq!(reply.header("connection"), Some("close"));
    assert!(busy.is_closed());
    let left = stopping.join().unwrap();
    assert_eq!(left.drained.requests_cut, 0);
    assert_eq!(left.log.len(), 2);
}

#[test]
fn what_is_not_finished_in_time_is_cut() {
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
    let mut waiting = gateway.client();
    waiting.send("GET /open/1 HTTP/1.1\r\nHost: api.test\r\n\r\n");
    let first = sockets.recv_timeout(crate::support::PATIENCE).unwrap();
    let mut reading = gateway.client();
    reading.send("GET /open/2 HTTP/1.1\r\nHost: api.test\r\n\r\n");
    let mut second = sockets.recv_timeout(crate::support::PATIENCE).unwrap();
    second
        .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        .unwrap();
    let mut seen = Vec::new();
    while !seen.ends_with(b"\r\n\r\nabc") {
        seen.extend(reading.take(1));
    }
    let left = gateway.stop_within(Duration::from_millis(50));
    assert_eq!(left.drained.requests_cut, 2);
    // Where nothing had been answered yet, the client is told.
    let reply = waiting.reply();
    assert_eq!((reply.status, reply.fault()), (503, "shutting_down"));
    assert!(reading.rest().is_empty());
    drop((first, second));
    assert_eq!(left.log.len(), 2);
}

#[test]
fn dropping_stops() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    assert_eq!(client.get("/open", "").status, 200);
    drop(gateway);
    assert!(client.is_closed());
}

#[test]
fn a_port_in_use_is_named() {
    let backend = Backend::start();
    let gateway = Gateway::with(
        backend.address,
        Options {
            workers: 2,
            ..Options::default()
        },
    );
    for workers in [1, 2] {
        let listen = vec!["127.0.0.1:0".parse().unwrap(), gateway.address()];
        let config = gateway::config(listen, workers);
        let started = Proxy::start(
            config,
            gateway.store.reader(),
            &metrics::NoopRecorder,
            AccessLog::off(),
            gateway::clock(),
            gateway::entropy(),
        );
        match started {
            Err(StartError::Bind { address, .. }) => assert_eq!(address, gateway.address()),
            other => panic!("{other:?}"),
        }
    }
    gateway.stop();
}
