//! Limits, streaming and 100-continue.

use std::{
    io::{ErrorKind, Read, Write},
    sync::mpsc,
    time::Duration,
};

use countersign_proxy::Limits;

use crate::support::{Action, Backend, Gateway, Options, signature::md5};

fn small() -> Options {
    Options {
        limits: Limits {
            body_buffer_bytes_max: 1000,
            ..Limits::default()
        },
        ..Options::default()
    }
}

#[test]
fn a_body_to_be_signed_has_a_limit() {
    let backend = Backend::start();
    let gateway = Gateway::with(backend.address, small());
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    for more in ["", form] {
        assert_eq!(
            gateway.client().post("/signed", more, &[b'a'; 1000]).status,
            200
        );
        assert_eq!(backend.request().body.len(), 1000);
        let before = backend.bytes();
        // The length alone is enough: the body is not waited for.
        let mut client = gateway.client();
        client.send(format!(
            "POST /signed HTTP/1.1\r\nHost: api.test\r\n{more}Content-Length: 1001\r\n\r\n"
        ));
        let reply = client.reply();
        assert_eq!(
            (reply.status, reply.fault(), reply.header("x-ca-error-code")),
            (413, "body_too_large", Some("I413RL"))
        );
        let mut client = gateway.client();
        client.send(format!(
            "PUT /signed HTTP/1.1\r\nHost: api.test\r\n{more}Transfer-Encoding: chunked\r\n\r\n"
        ));
        client
            .send("3e8\r\n")
            .send([b'a'; 1000])
            .send("\r\n1\r\na\r\n");
        let reply = client.reply();
        assert_eq!((reply.status, reply.fault()), (413, "body_too_large"));
        assert_eq!(backend.bytes(), before, "nothing was sent on");
    }
    // What is not signed has none.
    assert_eq!(
        gateway.client().post("/open", "", &[b'a'; 100_000]).status,
        200
    );
    assert_eq!(backend.request().body.len(), 100_000);
    gateway.stop();
}

#[test]
fn a_form_in_another_charset_is_refused() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let form = "Content-Type: application/x-www-form-urlencoded; charset=gbk\r\n";
    let reply = gateway.client().post("/signed", form, b"a=1");
    assert_eq!((reply.status, reply.fault()), (415, "unsupported_charset"));
    assert_eq!(backend.bytes(), 0);
    assert_eq!(gateway.client().post("/open", form, b"a=1").status, 200);
    gateway.stop();
}

#[test]
fn continue_is_answered_here_and_not_asked_of_the_backend() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    for path in ["/open", "/signed"] {
        let mut client = gateway.client();
        client.send(format!("POST {path} HTTP/1.1\r\nHost: api.test\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"));
        assert_eq!(client.reply().status, 100);
        client.send("abc");
        assert_eq!(client.reply().status, 200);
        let received = backend.request();
        assert_eq!(received.body, b"abc");
        assert!(received.header("expect").is_none());
    }
    // A refused request is refused before its body.
    let mut client = gateway.client();
    client.send("POST /none HTTP/1.1\r\nHost: api.test\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    assert_eq!(client.reply().status, 404);
    gateway.stop();
}

#[test]
fn a_large_body_to_be_signed() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let body: Vec<u8> = (0..3_000_000_u32).map(|n| n as u8).collect();
    let mut client = gateway.client();
    assert_eq!(client.post("/signed", "", &body).status, 200);
    let received = backend.request();
    assert_eq!(received.header("content-md5"), Some(md5(&body).as_str()));
    assert!(received.body == body);
    gateway.stop();
}

/// Writes until the other side takes no more; says how much it took.
fn fill(socket: &mut std::net::TcpStream, most: usize) -> usize {
    let piece = [b'x'; 64 * 1024];
    let mut written = 0;
    socket
        .set_write_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    while written < most {
        match socket.write(&piece[..piece.len().min(most - written)]) {
            Ok(count) => written += count,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                break;
            }
            Err(error) => panic!("{error}"),
        }
    }
    socket
        .set_write_timeout(Some(crate::support::PATIENCE))
        .unwrap();
    written
}

const LARGE: usize = 256 * 1024 * 1024;

#[test]
fn an_answer_is_not_read_faster_than_the_client_takes_it() {
    let (sender, sockets) = mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    let backend = Backend::scripted(move |_, _| Action::HandOver(sender.lock().unwrap().clone()));
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    client.send("GET /open HTTP/1.1\r\nHost: api.test\r\n\r\n");
    let mut socket = sockets.recv_timeout(crate::support::PATIENCE).unwrap();
    socket
        .write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: {LARGE}\r\n\r\n").as_bytes())
        .unwrap();
    let taken = fill(&mut socket, LARGE);
    assert!(
        taken < LARGE / 4,
        "{taken} bytes were taken though nobody reads them"
    );
    let rest = std::thread::spawn(move || {
        let mut left = LARGE - taken;
        let piece = vec![b'x'; 1024 * 1024];
        while left > 0 {
            let count = left.min(piece.len());
            socket.write_all(&piece[..count]).unwrap();
            left -= count;
        }
    });
    let mut seen = Vec::new();
    while !seen.windows(4).any(|four| four == b"\r\n\r\n") {
        seen.extend(client.take(1));
    }
    let mut left = LARGE;
    let mut piece = vec![0; 1024 * 1024];
    left -= client.take_buffered();
    while left > 0 {
        left -= client.socket.read(&mut piece).unwrap();
    }
    rest.join().unwrap();
    gateway.stop();
}

#[test]
fn a_body_is_not_read_faster_than_the_backend_takes_it() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let gateway = Gateway::with(listener.local_addr().unwrap(), Options::default());
    let mut client = gateway.client();
    client.send(format!(
        "POST /open HTTP/1.1\r\nHost: api.test\r\nContent-Length: {LARGE}\r\n\r\n"
    ));
    let taken = fill(&mut client.socket, LARGE);
    assert!(
        taken < LARGE / 4,
        "{taken} bytes were taken though nobody reads them"
    );
    let (mut socket, _) = listener.accept().unwrap();
    let reader = std::thread::spawn(move || {
        let mut piece = vec![0; 1024 * 1024];
        let mut total = 0;
        while total < LARGE {
            total += socket.read(&mut piece).unwrap();
        }
        socket
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .unwrap();
        socket
    });
    let mut left = LARGE - taken;
    let piece = vec![b'x'; 1024 * 1024];
    while left > 0 {
        let count = left.min(piece.len());
        client.send(&piece[..count]);
        left -= count;
    }
    assert_eq!(client.reply().status, 200);
    drop(reader.join().unwrap());
    gateway.stop();
}
