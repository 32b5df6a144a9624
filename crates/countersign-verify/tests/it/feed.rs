//! The client of the key feed, against a feed that the test owns.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use countersign_testkit::{Message, RecordingBackend};
use countersign_verify::{KeySource, TokenSource};
use serde_json::{Value, json};

use crate::support::{NOW, Verifying, basic_key, config, refusal, reverse_proxy, signed};

const TOKEN: &str = "csv_planted";

/// A feed that answers as the contract says, or as badly as it is told.
struct Feed {
    backend: RecordingBackend,
    state: Arc<(Mutex<State>, Condvar)>,
}

#[derive(Default)]
struct State {
    keys: Vec<Value>,
    revision: u64,
    /// A status that is answered instead of keys.
    status: Option<u16>,
    /// Bytes that are answered instead of a list.
    garbage: bool,
    /// Whether questions that wait are never told of changes.
    is_deaf: bool,
}

impl Feed {
    fn start(keys: Vec<Value>) -> Self {
        let state = State {
            keys,
            revision: 1,
            ..State::default()
        };
        let state = Arc::new((Mutex::new(state), Condvar::new()));
        let shared = Arc::clone(&state);
        let backend = RecordingBackend::answering(move |question| answer(&shared, question));
        Self { backend, state }
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let (state, changed) = &*self.state;
        let mut state = state.lock().unwrap();
        change(&mut state);
        state.revision += 1;
        changed.notify_all();
    }

    fn source(&self) -> KeySource {
        KeySource::Feed {
            url: self.backend.url().parse().unwrap(),
            token: TokenSource::given(TOKEN.to_owned()).unwrap(),
        }
    }

    /// How many questions did not wait.
    fn questions_at_once(&self) -> usize {
        let all = self.backend.requests();
        all.iter()
            .filter(|asked| asked.start.contains("?wait=0 "))
            .count()
    }
}

fn answer(state: &(Mutex<State>, Condvar), question: &Message) -> Vec<u8> {
    let (_, path, query) = question.request_line();
    assert_eq!(path, "/api/v1/verifier/keys");
    assert_eq!(question.value("Authorization"), Some("Bearer csv_planted"));
    let waits = query != Some("wait=0");
    let (state, changed) = state;
    let tag = |state: &State| format!("\"{}\"", json!(state.keys));
    let tag = |state: &State| tag(state).len().to_string() + &state.revision.to_string();
    let is_known = |state: &mut State| {
        let known = format!("\"{}\"", tag(state));
        state.status.is_none()
            && !state.garbage
            && (waits && state.is_deaf || question.value("If-None-Match") == Some(&known))
    };
    let state = state.lock().unwrap();
    let state = match waits && question.value("If-None-Match").is_some() {
        true => {
            let patience = Duration::from_millis(300);
            changed
                .wait_timeout_while(state, patience, |state| is_known(state))
                .unwrap()
                .0
        }
        false => state,
    };
    let mut state = state;
    if let Some(status) = state.status {
        return format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n").into_bytes();
    }
    if question.value("If-None-Match").is_some() && is_known(&mut state) {
        return b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec();
    }
    let body = match state.garbage {
        true => "{\"keys\": planted".to_owned(),
        false => json!({ "revision": state.revision, "grace_seconds": 60, "keys": state.keys })
            .to_string(),
    };
    format!(
        "HTTP/1.1 200 OK\r\nETag: \"{}\"\r\nContent-Length: {}\r\n\r\n{body}",
        tag(&state),
        body.len()
    )
    .into_bytes()
}

fn verifying(feed: &Feed, backend: &RecordingBackend) -> Verifying {
    Verifying::start(config(reverse_proxy(&backend.url()), feed.source()))
}

fn until(condition: impl Fn() -> bool) {
    while !condition() {
        thread::yield_now();
    }
}

const UNAUTHORIZED: &str = "countersign_verify_feed_errors_total{kind=\"unauthorized\"}";
const STATUS: &str = "countersign_verify_feed_errors_total{kind=\"status\"}";
const UNREADABLE: &str = "countersign_verify_feed_errors_total{kind=\"unreadable\"}";
const UNREACHABLE: &str = "countersign_verify_feed_errors_total{kind=\"unreachable\"}";
const ANSWERS: &str = "countersign_verify_feed_answers_total";

#[test]
fn keys_come_and_unchanged_ones_are_not_sent_again() {
    let feed = Feed::start(vec![
        basic_key("KeyOne", "active"),
        basic_key("KeyNext", "next"),
    ]);
    let backend = RecordingBackend::start();
    let front = verifying(&feed, &backend);
    // The very first request may come before the keys, and waits for them.
    assert_eq!(front.call(&signed("KeyOne")).status(), 200);
    assert_eq!(front.call(&signed("KeyNext")).status(), 200);
    assert_eq!(
        refusal(&front.call(&signed("KeyTwo"))),
        (401, "unknown_sign_key")
    );
    until(|| front.metric(ANSWERS) >= 4.0);
    assert_eq!(front.status("/readyz").status(), 200);
    assert!(front.metric("countersign_verify_keys_age_seconds") < 60.0);
    let asked = feed.backend.requests();
    assert!(asked[0].value("If-None-Match").is_none());
    assert!(asked.last().unwrap().value("If-None-Match").is_some());
    assert!(asked.iter().any(|asked| asked.start.contains("?wait=25 ")));
}

#[test]
fn the_last_good_keys_serve_whatever_the_feed_does() {
    let feed = Feed::start(vec![basic_key("KeyOne", "active")]);
    let backend = RecordingBackend::start();
    let front = verifying(&feed, &backend);
    until(|| front.status("/readyz").status() == 200);
    for (metric, change) in [
        (
            UNAUTHORIZED,
            (|state| state.status = Some(401)) as fn(&mut State),
        ),
        (STATUS, |state| state.status = Some(503)),
        (UNREADABLE, |state| {
            state.status = None;
            state.garbage = true;
        }),
    ] {
        feed.change(change);
        until(|| front.metric(metric) >= 1.0);
        assert_eq!(front.call(&signed("KeyOne")).status(), 200, "{metric}");
        assert_eq!(
            refusal(&front.call(&signed("KeyTwo"))),
            (401, "unknown_sign_key")
        );
        assert_eq!(front.status("/readyz").status(), 200);
    }
    feed.change(|state| {
        state.garbage = false;
        state.keys = vec![basic_key("KeyTwo", "active")];
    });
    assert_eq!(front.call(&signed("KeyTwo")).status(), 200);
}

#[test]
fn a_feed_that_is_away_makes_no_keys() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let source = KeySource::Feed {
        url: url.parse().unwrap(),
        token: TokenSource::given(TOKEN.to_owned()).unwrap(),
    };
    let front = Verifying::start(config(reverse_proxy("http://127.0.0.1:9"), source));
    until(|| front.metric(UNREACHABLE) >= 2.0);
    assert_eq!(front.status("/readyz").status(), 503);
    assert!(front.metric("countersign_verify_keys_age_seconds") < 0.0);
    assert_eq!(
        refusal(&front.call(&signed("KeyOne"))),
        (401, "no_signature")
    );
}

#[test]
fn a_key_that_goes_has_its_time_of_grace() {
    let feed = Feed::start(vec![basic_key("KeyOne", "active")]);
    let backend = RecordingBackend::start();
    let front = verifying(&feed, &backend);
    assert_eq!(front.call(&signed("KeyOne")).status(), 200);
    feed.change(|state| {
        state.keys = vec![
            basic_key("KeyTwo", "active"),
            basic_key("KeyOne", "retired"),
        ];
    });
    assert_eq!(front.call(&signed("KeyTwo")).status(), 200);
    front.set_now(NOW + 60);
    assert_eq!(front.call(&signed("KeyOne")).status(), 200);
    front.set_now(NOW + 61);
    assert_eq!(
        refusal(&front.call(&signed("KeyOne"))),
        (401, "retired_sign_key")
    );
    assert_eq!(front.call(&signed("KeyTwo")).status(), 200);
}

/// The question that waits never hears of a change, so that only requests find it.
#[test]
fn a_request_that_comes_before_the_feed_waits_for_it() {
    let feed = Feed::start(vec![basic_key("Key0", "active")]);
    feed.change(|state| state.is_deaf = true);
    let backend = RecordingBackend::start();
    let front = verifying(&feed, &backend);
    until(|| front.status("/readyz").status() == 200);
    for number in 1..=5 {
        feed.change(|state| state.keys = vec![basic_key(&format!("Key{number}"), "active")]);
        assert_eq!(front.call(&signed(&format!("Key{number}"))).status(), 200);
    }
}

#[test]
fn unknown_keys_cost_few_questions() {
    let feed = Feed::start(vec![basic_key("KeyOne", "active")]);
    let backend = RecordingBackend::start();
    let front = verifying(&feed, &backend);
    until(|| front.status("/readyz").status() == 200);
    let begun = std::time::Instant::now();
    let refused = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..4 {
                    let answer = front.call(&signed("KeyTwo"));
                    assert_eq!(refusal(&answer), (401, "unknown_sign_key"));
                    refused.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
    });
    assert_eq!(refused.load(Ordering::SeqCst), 32);
    // One question at the beginning, and one more every tenth of a second.
    let most = 2 + begun.elapsed().as_millis() / 100;
    let asked = feed.questions_at_once();
    assert!((asked as u128) <= most && asked < 32, "{asked} questions");
}

#[test]
fn keys_change_while_requests_run_and_none_is_refused() {
    let feed = Feed::start(vec![basic_key("Key0", "active")]);
    let backend = RecordingBackend::start();
    let front = verifying(&feed, &backend);
    until(|| front.status("/readyz").status() == 200);
    let newest = AtomicU64::new(0);
    let calls = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut connection = front.connect();
                loop {
                    let number = newest.load(Ordering::SeqCst);
                    let answer = connection.call(&signed(&format!("Key{number}"))).unwrap();
                    assert_eq!(refusal(&answer), (200, "none"), "Key{number}");
                    calls.fetch_add(1, Ordering::SeqCst);
                    if number == 20 {
                        break;
                    }
                }
            });
        }
        for number in 1..=20 {
            feed.change(|state| state.keys = vec![basic_key(&format!("Key{number}"), "active")]);
            newest.store(number, Ordering::SeqCst);
            // The next change comes when the verifier has seen this one.
            let before = calls.load(Ordering::SeqCst);
            let answer = front.call(&signed(&format!("Key{number}")));
            assert_eq!(refusal(&answer), (200, "none"));
            until(|| number == 20 || calls.load(Ordering::SeqCst) > before);
        }
    });
}

#[test]
fn the_token_is_read_from_a_file_of_its_owner_each_time() {
    let feed = Feed::start(vec![basic_key("KeyOne", "active")]);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("token");
    fs::write(&path, format!("{TOKEN}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let source = KeySource::Feed {
        url: feed.backend.url().parse().unwrap(),
        token: TokenSource::File(path.clone()),
    };
    let front = Verifying::start(config(reverse_proxy("http://127.0.0.1:9"), source));
    let no_token = "countersign_verify_feed_errors_total{kind=\"no_token\"}";
    until(|| front.metric(no_token) >= 1.0);
    assert!(feed.backend.requests().is_empty());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    until(|| front.status("/readyz").status() == 200);
}
