//! Gateway, verifier and backend in a row, while keys change.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use countersign_testkit::{
    Connection, Management, Message, RecordingBackend, TestGateway, management::LiveApi,
};
use countersign_verify::{
    AccessLogTarget, BodySight, Config, ForwardAuth, From, HostFrom, KeySource, Mode, ReverseProxy,
    RunningVerifier, SignatureHeaders, TokenSource, start,
};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

const SCHEMES: [&str; 5] = [
    "alibaba-hmac-sha256",
    "huawei-hmac-sha256",
    "basic",
    "rfc9421-hmac-sha256",
    "rfc9421-key-pair",
];

/// A verifier on the feed of a gateway. It starts without a token, since the API that
/// the token is for names the verifier as its backend.
struct Verifying {
    _runtime: Runtime,
    running: RunningVerifier,
    directory: tempfile::TempDir,
}

impl Verifying {
    fn start(gateway: &TestGateway, mode: Mode) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let loopback = "127.0.0.1:0".parse().unwrap();
        let feed = format!("http://{}", gateway.management_address());
        let config = Config {
            listen: loopback,
            status_listen: loopback,
            mode,
            keys: KeySource::Feed {
                url: feed.parse().unwrap(),
                token: TokenSource::File(directory.path().join("token")),
            },
            options: Default::default(),
            access_log: AccessLogTarget::Off,
            connections_max: 100,
            drain_timeout: Duration::from_secs(5),
        };
        let runtime = Runtime::new().unwrap();
        let sources = gateway.sources.clone();
        let clock = Arc::new(move || sources.seconds());
        let running = runtime.block_on(start(config, clock)).unwrap();
        Self {
            _runtime: runtime,
            running,
            directory,
        }
    }

    fn url(&self) -> String {
        format!("http://{}", self.running.address())
    }

    /// Gives it the token for an API, and waits until it has keys.
    fn admit(&self, management: &mut Management, api: &LiveApi) {
        let body = json!({ "name": "beside the backend", "groups": [], "apis": [api.api] });
        let made = management.native_ok("POST", "/api/v1/verifiers", &body);
        write_token(&self.directory.path().join("token"), made.text("token"));
        let probe = "GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n";
        let status = self.running.status_address();
        while Connection::to(status).call(probe).unwrap().status() != 200 {
            thread::yield_now();
        }
    }
}

fn write_token(path: &Path, token: &str) {
    let mut options = fs::OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    file.unwrap().write_all(token.as_bytes()).unwrap();
}

fn reverse_proxy(backend: &RecordingBackend) -> Mode {
    Mode::ReverseProxy(ReverseProxy {
        backend: backend.address().to_string().parse().unwrap(),
        signature_headers: SignatureHeaders::Remove,
        backend_timeout: Duration::from_secs(10),
    })
}

/// A key of a scheme, bound to the API; its id.
fn bound_key(management: &mut Management, api: &LiveApi, scheme: &str) -> String {
    let body = json!({ "name": "changing", "scheme": scheme, "generate": true });
    let key = management.native_ok("POST", "/api/v1/keys", &body);
    let key = key.text("id").to_owned();
    management.bind(&key, api);
    key
}

fn requests(host: &str) -> [String; 2] {
    [
        format!("GET /a?x=1&b=%20 HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!(
            "POST /a?x=1 HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
             Content-Length: 7\r\n\r\n{{\"a\":1}}"
        ),
    ]
}

fn passed(answer: &Message) {
    let refusal = answer.value("X-Countersign-Refusal");
    assert_eq!(
        (answer.status(), refusal),
        (200, None),
        "no request is refused"
    );
}

/// How changes follow each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// When a request signed with this one has passed.
    OfTheVerifier,
    /// At once: the verifier hears of several at a time.
    OfTheGateway,
}

/// Changes the key `changes` times under traffic.
fn change_under_traffic(
    scheme: &str,
    changes: u64,
    pace: Pace,
    change: impl Fn(&mut Management, &str, u64),
) {
    let gateway = TestGateway::start();
    let backend = RecordingBackend::start();
    let verifying = Verifying::start(&gateway, reverse_proxy(&backend));
    let mut management = gateway.management();
    let api = management.live_api("verified", "/a", &verifying.url());
    let key = bound_key(&mut management, &api, scheme);
    verifying.admit(&mut management, &api);
    let (calls, ended) = (AtomicU64::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut client = gateway.connect();
                while !ended.load(Ordering::SeqCst) {
                    for request in requests(&api.host) {
                        passed(&client.call(&request).unwrap());
                        calls.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
        let end = EndOnDrop(&ended);
        let mut client = gateway.connect();
        for number in 1..=changes {
            change(&mut management, &key, number);
            let is_awaited = pace == Pace::OfTheVerifier || number == changes;
            for request in requests(&api.host).iter().filter(|_| is_awaited) {
                passed(&client.call(request).unwrap());
            }
        }
        while calls.load(Ordering::SeqCst) < 100 {
            thread::yield_now();
        }
        drop(end);
    });
    let received = backend.last();
    assert_eq!(received.value("X-Countersign-Scheme"), Some(scheme));
    let version = |received: &Message| {
        let version = received.value("X-Countersign-Key-Version").unwrap();
        version.parse::<u64>().unwrap()
    };
    assert_eq!(
        backend.requests().iter().map(version).max(),
        Some(changes + 1)
    );
    let refused: u64 = verifying
        .running
        .verifier()
        .counts()
        .refused()
        .map(|(_, count)| count)
        .sum();
    assert_eq!(refused, 0);
}

/// So that a failure ends the traffic too.
struct EndOnDrop<'a>(&'a AtomicBool);

impl Drop for EndOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn fifty_changes_by_modify_signature_refuse_no_request() {
    for pace in [Pace::OfTheVerifier, Pace::OfTheGateway] {
        change_under_traffic(SCHEMES[0], 50, pace, |management, key, number| {
            let (sign_key, secret) = (format!("SignKey{number}"), format!("sign_secret_{number}"));
            management.modify(key, &sign_key, &secret);
        });
    }
}

#[test]
fn changes_of_every_scheme_refuse_no_request() {
    for scheme in SCHEMES {
        change_under_traffic(scheme, 10, Pace::OfTheGateway, |management, key, _| {
            let body = json!({ "generate": true });
            management.native_ok("PATCH", &format!("/api/v1/keys/{key}"), &body);
        });
    }
}

/// The secret alone changes: the verifier knows the sign key, and another secret of it.
#[test]
fn a_change_of_the_secret_alone_refuses_no_request() {
    change_under_traffic(
        SCHEMES[1],
        10,
        Pace::OfTheGateway,
        |management, key, number| {
            let body = json!({ "sign_secret": format!("sign-secret-of-{number:08}") });
            management.native_ok("PATCH", &format!("/api/v1/keys/{key}"), &body);
        },
    );
}

#[test]
fn staged_and_activated_versions_refuse_no_request() {
    for scheme in SCHEMES {
        change_under_traffic(scheme, 10, Pace::OfTheVerifier, |management, key, _| {
            let body = json!({ "generate": true });
            management.native_ok("PUT", &format!("/api/v1/keys/{key}/next"), &body);
            let activate = format!("/api/v1/keys/{key}/activate");
            management.native_ok("POST", &activate, &json!({}));
        });
    }
}

#[test]
fn what_does_not_come_through_the_gateway_is_refused() {
    let gateway = TestGateway::start();
    let backend = RecordingBackend::start();
    let verifying = Verifying::start(&gateway, reverse_proxy(&backend));
    let mut management = gateway.management();
    let api = management.live_api("verified", "/a", &verifying.url());
    bound_key(&mut management, &api, SCHEMES[0]);
    verifying.admit(&mut management, &api);
    let [get, _] = requests(&api.host);
    let answer = Connection::to(verifying.running.address())
        .call(&get)
        .unwrap();
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.value("X-Countersign-Refusal"), Some("no_signature"));
    passed(&gateway.connect().call(&get).unwrap());
    assert_eq!(backend.requests().len(), 1);
}

/// What nginx asks about a request that it holds.
fn question(held: &Message, uri: &str) -> String {
    let (method, _, _) = held.request_line();
    let mut text = format!(
        "GET /auth HTTP/1.1\r\nHost: verifier\r\nX-Original-Method: {method}\r\n\
         X-Original-URI: {uri}\r\nX-Original-Host: {}\r\n",
        held.value("Host").unwrap()
    );
    for (name, value) in &held.headers {
        let is_framing = ["host", "content-length", "connection"]
            .iter()
            .any(|other| name.eq_ignore_ascii_case(other));
        if !is_framing {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    text + "\r\n"
}

#[test]
fn forward_auth_knows_what_the_gateway_signed() {
    for scheme in SCHEMES {
        let gateway = TestGateway::start();
        let backend = RecordingBackend::start();
        let mode = Mode::ForwardAuth(ForwardAuth {
            from: From::Nginx(HostFrom::OriginalHost),
            body: BodySight::Unseen,
        });
        let verifying = Verifying::start(&gateway, mode);
        let mut management = gateway.management();
        let api = management.live_api("verified", "/a", &backend.url());
        bound_key(&mut management, &api, scheme);
        verifying.admit(&mut management, &api);
        let [get, _] = requests(&api.host);
        passed(&gateway.connect().call(&get).unwrap());
        let held = backend.last();
        let target = held.start.split(' ').nth(1).unwrap();
        let ask = |uri: &str| {
            let mut connection = Connection::to(verifying.running.address());
            let answer = connection.call(&question(&held, uri)).unwrap();
            let refusal = answer.value("X-Countersign-Refusal").map(ToOwned::to_owned);
            (answer, refusal)
        };
        let (answer, refusal) = ask(target);
        assert_eq!((answer.status(), refusal), (200, None), "{scheme}");
        assert_eq!(answer.value("X-Countersign-Scheme"), Some(scheme));
        if scheme == "basic" {
            continue;
        }
        let (answer, refusal) = ask("/b");
        assert_eq!(answer.status(), 401);
        let is_rfc = scheme.starts_with("rfc9421");
        assert_eq!(refusal.as_deref(), Some("signature_differs"), "{scheme}");
        let (_, refusal) = ask(target);
        assert_eq!(refusal.as_deref(), is_rfc.then_some("replayed"), "{scheme}");
    }
}

/// Whoever waits for a change is answered when the gateway ends, and does not hold it.
#[test]
fn a_waiting_verifier_does_not_hold_the_end() {
    let gateway = TestGateway::start();
    let backend = RecordingBackend::start();
    let mut management = gateway.management();
    let api = management.live_api("verified", "/a", &backend.url());
    let body = json!({ "name": "waiting", "groups": [api.group], "apis": [] });
    let made = management.native_ok("POST", "/api/v1/verifiers", &body);
    let token = made.text("token").to_owned();
    let ask = |more: &str| {
        format!("GET /api/v1/verifier/keys{more}Authorization: Bearer {token}\r\n\r\n")
    };
    let mut connection = Connection::to(gateway.management_address());
    let first = connection.call(&ask(" HTTP/1.1\r\nHost: a\r\n")).unwrap();
    assert_eq!(first.status(), 200);
    let tag = first.value("ETag").unwrap();
    let waiting = ask(&format!(
        "?wait=60 HTTP/1.1\r\nHost: a\r\nIf-None-Match: {tag}\r\n"
    ));
    connection.send(waiting.as_bytes()).unwrap();
    // Time enough for the question to be read; nothing tells when it was.
    for _ in 0..50 {
        management.call("DescribeSignatures", &[]);
    }
    let begun = Instant::now();
    gateway.shut_down();
    assert!(
        begun.elapsed() < Duration::from_secs(4),
        "management calls are cut after 5 s"
    );
    if let Ok(answer) = connection.receive("GET") {
        assert_eq!(answer.status(), 304);
    }
}

#[test]
fn keys_of_other_apis_are_not_told() {
    let gateway = TestGateway::start();
    let backend = RecordingBackend::start();
    let mut management = gateway.management();
    let own = management.live_api("own_api", "/a", &backend.url());
    let other = management.live_api("other_api", "/a", &backend.url());
    let key = management.key("of_own", "OwnSignKey", "own_secret");
    management.bind(&key, &own);
    let key = management.key("of_other", "OtherSignKey", "other_secret");
    management.bind(&key, &other);
    let body = json!({ "name": "own", "groups": [], "apis": [own.api] });
    let token = management.native_ok("POST", "/api/v1/verifiers", &body);
    let question = format!(
        "GET /api/v1/verifier/keys HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n\r\n",
        token.text("token")
    );
    let told = Connection::to(gateway.management_address())
        .call(&question)
        .unwrap();
    let told: Value = serde_json::from_slice(&told.body).unwrap();
    let keys: Vec<_> = told["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| &key["sign_key"])
        .collect();
    assert_eq!(keys, ["OwnSignKey"]);
}
