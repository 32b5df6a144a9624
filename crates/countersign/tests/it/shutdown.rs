//! Ending: what is in flight is finished.

use std::{fs, io::Write as _, process::Command, sync::mpsc, thread};

use countersign_testkit::{Connection, Program, RecordingBackend, TestGateway, program};

#[test]
fn sigterm_ends_it_cleanly() {
    let directory = tempfile::tempdir().unwrap();
    let config = program::write_config(directory.path());
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    let running = Program::start(command.args(["serve", "--config"]).arg(&config));
    let mut idle = Connection::to(running.gateway);
    let (status, _) = running.terminate();
    assert!(status.success());
    assert!(idle.is_closed());
}

/// The access log goes to standard output, and nobody reads that: a pipe holds
/// some ten kilobytes. It used to be waited for as long as requests are.
#[test]
fn an_access_log_that_nobody_reads_does_not_keep_it() {
    let directory = tempfile::tempdir().unwrap();
    let config = program::write_config(directory.path());
    let text = fs::read_to_string(&config).unwrap();
    let text = text.replace(
        r#"access_log = "off""#,
        "access_log = \"-\"\ndrain_timeout_ms = 3_600_000",
    );
    fs::write(&config, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    let running = Program::start(
        command
            .args(["serve", "--config"])
            .arg(&config)
            .env("COUNTERSIGN_LOG", "off"),
    );
    let mut client = Connection::to(running.gateway);
    for _ in 0..1000 {
        let answer = client
            .call("GET /nothing HTTP/1.1\r\nHost: nowhere\r\n\r\n")
            .unwrap();
        assert_eq!(answer.status(), 404);
    }
    assert!(running.terminate_unread().success());
}

#[test]
fn a_request_in_flight_is_finished() {
    let (arrived, has_arrived) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let backend = RecordingBackend::answering(move |_| {
        arrived.send(()).unwrap();
        released.lock().unwrap().recv().unwrap();
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone".to_vec()
    });
    let running = TestGateway::start();
    let api = running.management().live_api("slow", "/a", &backend.url());
    let mut client = running.connect();
    client
        .send(format!("GET /a HTTP/1.1\r\nHost: {}\r\n\r\n", api.host).as_bytes())
        .unwrap();
    has_arrived.recv().unwrap();

    let (address, management) = (running.address(), running.management_address());
    let readiness = move || {
        let probe = "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n";
        Connection::to(management).call(probe).unwrap().status()
    };
    assert_eq!(readiness(), 200);
    let ending = thread::spawn(move || running.shut_down());
    // It no longer accepts: only then may the backend answer.
    while let Ok(mut stream) = std::net::TcpStream::connect(address) {
        let _ = stream.write_all(b"");
        thread::yield_now();
    }
    assert_eq!(readiness(), 503);
    release.send(()).unwrap();
    let answer = client.receive("GET").unwrap();
    assert_eq!((answer.status(), answer.text()), (200, "done"));
    ending.join().unwrap();
}
