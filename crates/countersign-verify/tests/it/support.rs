//! A verifier to ask, and its surroundings.

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use countersign_sign::verifier::Options;
use countersign_testkit::{Connection, Message};
use countersign_verify::{
    AccessLogTarget, BodySight, Config, ForwardAuth, From, KeySource, Mode, ReverseProxy,
    RunningVerifier, SignatureHeaders, start,
};
use tokio::runtime::Runtime;

/// 2026-01-02T03:04:05Z.
pub(crate) const NOW: i64 = 1_767_323_045;

/// A verifier in this process, with a clock that the test owns.
pub(crate) struct Verifying {
    runtime: Runtime,
    running: Option<RunningVerifier>,
    now: Arc<AtomicI64>,
}

impl Verifying {
    pub(crate) fn start(config: Config) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let now = Arc::new(AtomicI64::new(NOW));
        let clock = Arc::clone(&now);
        let clock = Arc::new(move || clock.load(Ordering::SeqCst));
        let running = runtime.block_on(start(config, clock)).unwrap();
        Self {
            runtime,
            running: Some(running),
            now,
        }
    }

    pub(crate) fn running(&self) -> &RunningVerifier {
        self.running.as_ref().unwrap()
    }

    pub(crate) fn set_now(&self, now: i64) {
        self.now.store(now, Ordering::SeqCst);
    }

    pub(crate) fn connect(&self) -> Connection {
        Connection::to(self.running().address())
    }

    /// One request on a connection of its own.
    pub(crate) fn call(&self, request: &str) -> Message {
        self.connect().call(request).unwrap()
    }

    /// What the listener for health and metrics answers.
    pub(crate) fn status(&self, path: &str) -> Message {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let address = self.running().status_address();
        Connection::to(address).call(&request).unwrap()
    }

    /// The value of one metric, by its name and labels as they are printed.
    pub(crate) fn metric(&self, name: &str) -> f64 {
        let all = self.status("/metrics");
        let line = all.text().lines().find_map(|line| {
            let value = line.strip_prefix(name)?.strip_prefix(' ')?;
            value.parse().ok()
        });
        line.unwrap_or_else(|| panic!("no {name} in {}", all.text()))
    }

    pub(crate) fn shut_down(mut self) -> bool {
        let running = self.running.take().unwrap();
        self.runtime.block_on(running.shut_down())
    }
}

pub(crate) fn config(mode: Mode, keys: KeySource) -> Config {
    let loopback = "127.0.0.1:0".parse().unwrap();
    Config {
        listen: loopback,
        status_listen: loopback,
        mode,
        keys,
        options: Options::default(),
        access_log: AccessLogTarget::Off,
        connections_max: 100,
        drain_timeout: Duration::from_secs(5),
    }
}

pub(crate) fn reverse_proxy(backend: &str) -> Mode {
    Mode::ReverseProxy(ReverseProxy {
        backend: backend.trim_start_matches("http://").parse().unwrap(),
        signature_headers: SignatureHeaders::Remove,
        backend_timeout: Duration::from_secs(10),
    })
}

pub(crate) fn forward_auth(from: From, body: BodySight) -> Mode {
    Mode::ForwardAuth(ForwardAuth { from, body })
}

/// A key of HTTP Basic as a list has it; the secret follows from the sign key.
pub(crate) fn basic_key(sign_key: &str, state: &str) -> serde_json::Value {
    let mut key = serde_json::json!({
        "scheme": "basic",
        "sign_key": sign_key,
        "name": "orders 中",
        "version": 3,
        "state": state,
    });
    if state != "retired" {
        key["secret"] = secret(sign_key).into();
    }
    key
}

fn secret(sign_key: &str) -> String {
    format!("planted secret of {sign_key}")
}

/// What signs with such a key.
pub(crate) fn basic(sign_key: &str) -> String {
    format!(
        "Basic {}",
        STANDARD.encode(format!("{sign_key}:{}", secret(sign_key)))
    )
}

/// A request that is signed so.
pub(crate) fn signed(sign_key: &str) -> String {
    let authorization = basic(sign_key);
    format!("GET /a?x=1 HTTP/1.1\r\nHost: a.test\r\nAuthorization: {authorization}\r\n\r\n")
}

pub(crate) fn list(keys: &[serde_json::Value]) -> String {
    serde_json::json!({ "keys": keys }).to_string()
}

pub(crate) fn key_file(directory: &Path, keys: &[serde_json::Value]) -> KeySource {
    let path = directory.join("keys.json");
    fs::write(&path, list(keys)).unwrap();
    KeySource::File(path)
}

pub(crate) fn refusal(answer: &Message) -> (u16, &str) {
    let name = answer.value("X-Countersign-Refusal").unwrap_or("none");
    (answer.status(), name)
}
