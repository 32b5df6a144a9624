//! The access log and the metrics.

use std::io::{self, Write};

use crate::support::{Backend, Gateway, Options, gateway::key_id};

#[test]
fn lines_say_what_happened_and_nothing_secret() {
    let backend = Backend::start();
    let gateway = Gateway::with(
        backend.address,
        Options {
            logs: true,
            ..Options::default()
        },
    );
    let mut client = gateway.client();
    let first = client.post(
        "/signed/a\"b?token=hidden",
        "X-Secret: hidden\r\n",
        b"hidden",
    );
    let second = client.get("/none", "");
    client.send("GET /bad HTTP/1.1\r\nHost: api.test\r\nBad\r\n\r\n");
    let third = client.reply();
    drop(client);
    let left = gateway.stop();
    assert!(
        !left.raw_log.contains("hidden") && !left.raw_log.contains("TestSecret"),
        "{}",
        left.raw_log
    );

    let line = &left.log[0];
    assert_eq!(line["time"], "2026-01-02T03:04:05.006Z");
    assert_eq!(line["request_id"], first.header("x-ca-request-id").unwrap());
    assert!(line["client"].as_str().unwrap().starts_with("127.0.0.1:"));
    assert_eq!(
        (&line["method"], &line["host"], &line["path"]),
        (&"POST".into(), &"api.test".into(), &"/signed/a\"b".into())
    );
    assert_eq!(
        (&line["status"], &line["environment"]),
        (&200.into(), &"RELEASE".into())
    );
    assert_eq!(
        (&line["signature_key"], &line["key_version"]),
        (&key_id().to_string().into(), &1.into())
    );
    assert_eq!(
        (&line["bytes_in"], &line["bytes_out"], &line["retries"]),
        (&6.into(), &2.into(), &0.into())
    );
    assert_eq!(line["backend"], format!("http://{}", backend.address));
    assert!(line["api"].is_string() && line["duration_us"].is_u64() && line["backend_us"].is_u64());
    assert!(line.get("error").is_none());

    let line = &left.log[1];
    assert_eq!(
        line["request_id"],
        second.header("x-ca-request-id").unwrap()
    );
    assert_eq!(
        (&line["status"], &line["error"]),
        (&404.into(), &"unknown_path".into())
    );
    assert!(line["signature_key"].is_null() && line["cause"].is_string());

    let line = &left.log[2];
    assert_eq!(line["request_id"], third.header("x-ca-request-id").unwrap());
    assert_eq!(
        (&line["status"], &line["error"]),
        (&400.into(), &"malformed_request".into())
    );
}

#[test]
fn metrics() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    client.get("/signed", "");
    client.get("/open", "");
    client.get("/none", "");
    let metrics = gateway.stop().metrics;
    for line in [
        "countersign_requests_total{worker=\"0\",class=\"2xx\"} 2",
        "countersign_requests_total{worker=\"0\",class=\"4xx\"} 1",
        "countersign_signed_total{worker=\"0\"} 1",
        "countersign_refused_total{worker=\"0\",reason=\"unknown_path\"} 1",
        "countersign_request_duration_seconds_count{worker=\"0\"} 3",
        "countersign_backend_duration_seconds_count{worker=\"0\"} 2",
        "countersign_client_connections{worker=\"0\"} 0",
        "countersign_backend_idle_connections{worker=\"0\"} 0",
        "countersign_access_log_dropped_total{worker=\"0\"} 0",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
    assert!(metrics.contains("countersign_snapshot_revision{worker=\"0\"} "));
}

/// A writer that never comes back.
struct Stuck(std::sync::mpsc::Receiver<()>);

impl Write for Stuck {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.0.recv();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_stuck_log_holds_nothing_up() {
    use countersign_proxy::{AccessLog, Proxy};
    let backend = Backend::start();
    let other = Gateway::start(&backend);
    let (_never, receiver) = std::sync::mpsc::channel();
    let config = crate::support::gateway::config(vec!["127.0.0.1:0".parse().unwrap()], 1);
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let log = AccessLog::to(Box::new(Stuck(receiver)));
    let proxy = Proxy::start(
        config,
        other.store.reader(),
        &recorder,
        log,
        crate::support::gateway::clock(),
        crate::support::gateway::entropy(),
    )
    .unwrap();
    let mut client = crate::support::Client::to(proxy.addresses()[0]);
    // Long paths fill the queue: 64 buffers of 32 KiB, and then some.
    let path = format!("/none/{}", "a".repeat(30_000));
    for _ in 0..200 {
        assert_eq!(client.get(&path, "").status, 404);
    }
    drop(client);
    proxy.drain(std::time::Duration::from_millis(100));
    let metrics = recorder.handle().render();
    let dropped = metrics
        .lines()
        .find(|line| line.starts_with("countersign_access_log_dropped_total{"))
        .unwrap();
    assert!(
        dropped.rsplit(' ').next().unwrap().parse::<u64>().unwrap() > 0,
        "{metrics}"
    );
    other.stop();
}
