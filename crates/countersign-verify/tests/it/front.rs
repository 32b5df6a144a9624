//! Connections: strict reading, health, the end.

use std::thread;

use countersign_testkit::RecordingBackend;

use crate::support::{Verifying, basic, basic_key, config, key_file, reverse_proxy, signed};

#[test]
fn what_two_parsers_could_read_differently_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let backend = RecordingBackend::start();
    let keys = key_file(directory.path(), &[basic_key("KeyOne", "active")]);
    let front = Verifying::start(config(reverse_proxy(&backend.url()), keys));
    let authorization = basic("KeyOne");
    for head in [
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n",
        "GET / HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nA : b\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n",
        "GET / HTTP/1.1\nHost: a\n",
    ] {
        let request = format!("{head}Authorization: {authorization}\r\n\r\nx");
        let mut connection = front.connect();
        connection.send(request.as_bytes()).unwrap();
        let answer = connection.receive("GET").unwrap();
        assert_eq!(answer.status(), 400, "{head:?}");
        assert_eq!(
            answer.value("X-Countersign-Error"),
            Some("malformed_request")
        );
        assert!(connection.is_closed());
    }
    let long = format!(
        "GET / HTTP/1.1\r\nHost: a\r\nA: {}\r\n\r\n",
        "a".repeat(70_000)
    );
    assert_eq!(front.call(&long).status(), 431);
    assert_eq!(backend.requests().len(), 0);
    assert!((front.metric("countersign_verify_malformed_total") - 11.0).abs() < 0.1);

    // A good request before a bad one, in one piece, is answered.
    let mut connection = front.connect();
    let both = format!("{}GET / HTTP/1.1\r\n\r\n", signed("KeyOne"));
    connection.send(both.as_bytes()).unwrap();
    assert_eq!(connection.receive("GET").unwrap().status(), 200);
    assert_eq!(connection.receive("GET").unwrap().status(), 400);
    assert!(connection.is_closed());

    // A chunk that is none fails its request, and nothing of it reaches the backend.
    let before = backend.requests().len();
    let mut connection = front.connect();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nAuthorization: {authorization}\r\n\r\n"
    );
    connection
        .send(format!("{head}2\r\nab\r\nx\r\n").as_bytes())
        .unwrap();
    assert_eq!(connection.receive("POST").unwrap().status(), 400);
    assert_eq!(backend.requests().len(), before);
}

#[test]
fn health_and_the_end() {
    let (arrived, has_arrived) = std::sync::mpsc::channel();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let backend = RecordingBackend::answering(move |_| {
        arrived.send(()).unwrap();
        released.lock().unwrap().recv().unwrap();
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone".to_vec()
    });
    let directory = tempfile::tempdir().unwrap();
    let keys = key_file(directory.path(), &[basic_key("KeyOne", "active")]);
    let front = Verifying::start(config(reverse_proxy(&backend.url()), keys));
    assert_eq!(front.status("/healthz").status(), 200);
    assert_eq!(front.status("/readyz").status(), 200);
    assert_eq!(front.status("/other").status(), 404);
    let (address, status) = (front.running().address(), front.running().status_address());
    let mut idle = front.connect();
    let mut busy = front.connect();
    busy.send(signed("KeyOne").as_bytes()).unwrap();
    has_arrived.recv().unwrap();
    let ending = thread::spawn(move || front.shut_down());
    while std::net::TcpStream::connect(address).is_ok() {
        thread::yield_now();
    }
    let probe = "GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n";
    let readiness = countersign_testkit::Connection::to(status)
        .call(probe)
        .unwrap();
    assert_eq!((readiness.status(), readiness.text()), (503, "ending\n"));
    assert!(idle.is_closed());
    release.send(()).unwrap();
    assert_eq!(busy.receive("GET").unwrap().text(), "done");
    assert!(ending.join().unwrap(), "all was finished");
}
