//! Every case of `verifiers/vectors.json` through every front.

use std::{fs, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use countersign_sign::verifier::Options;
use countersign_testkit::RecordingBackend;
use countersign_verify::{BodySight, From, HostFrom, KeySource, Mode};
use serde::Deserialize;

use crate::support::{Verifying, config, forward_auth, reverse_proxy};

#[derive(Deserialize)]
struct Vectors {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    keys: Vec<serde_json::Value>,
    now: i64,
    #[serde(default)]
    options: CaseOptions,
    request: Request,
    #[serde(default)]
    seen: Vec<(String, String)>,
    expect: String,
    key: Option<String>,
}

#[derive(Deserialize, Default)]
struct CaseOptions {
    header: Option<String>,
    accept_unsigned_payload: Option<bool>,
    body_max: Option<usize>,
    window: Option<u64>,
}

#[derive(Deserialize)]
struct Request {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Case {
    /// Whether HTTP can carry it, so that the front lets it come to a verdict.
    fn is_http(&self) -> bool {
        let hosts = self.request.headers.iter();
        let hosts: Vec<_> = hosts
            .filter(|(name, _)| name.eq_ignore_ascii_case("host"))
            .collect();
        let is_host = |text: &str| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b".-_:".contains(&b))
        };
        let is_token = |text: &str| {
            let marks = b"!#$%&'*+-.^_`|~";
            !text.is_empty()
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || marks.contains(&b))
        };
        let is_path = |b: u8| b.is_ascii_graphic() && !b"#<>\\^`{|}\"".contains(&b);
        let values = &mut self.request.headers.iter().map(|(_, value)| value);
        matches!(hosts[..], [(_, host)] if is_host(host))
            && is_token(&self.request.method)
            && self.request.method != "CONNECT"
            && self.request.target.starts_with('/')
            && self.request.target.bytes().all(is_path)
            && self.request.headers.len() < 90
            && self.request.headers.iter().all(|(name, _)| is_token(name))
            && values.all(|value| {
                value
                    .chars()
                    .all(|c| c == '\t' || c >= ' ' && c != '\u{7f}')
            })
    }

    fn body(&self) -> Vec<u8> {
        STANDARD.decode(&self.request.body).unwrap()
    }

    fn options(&self) -> Options {
        let defaults = Options::default();
        let own = &self.options;
        Options {
            header: own.header.clone().unwrap_or(defaults.header),
            accept_unsigned_payload: own
                .accept_unsigned_payload
                .unwrap_or(defaults.accept_unsigned_payload),
            body_bytes_max: own.body_max.unwrap_or(defaults.body_bytes_max),
            window_secs: own.window.unwrap_or(defaults.window_secs),
            ..defaults
        }
    }

    /// The bytes of a request with a line and headers in front of the case's own.
    fn request(&self, line: &str, first: &[(&str, &str)]) -> Vec<u8> {
        let body = self.body();
        let mut bytes = format!("{line} HTTP/1.1\r\n").into_bytes();
        let describes_host = first.iter().any(|(name, _)| *name == "Host");
        let own = self.request.headers.iter();
        let own = own.map(|(name, value)| (name.as_str(), value.as_str()));
        let own = own.filter(|(name, _)| !(describes_host && name.eq_ignore_ascii_case("host")));
        for (name, value) in first.iter().copied().chain(own) {
            bytes.extend(name.bytes().chain(*b": "));
            // Latin-1: each character is one byte.
            bytes.extend(value.chars().map(|c| u8::try_from(u32::from(c)).unwrap()));
            bytes.extend(b"\r\n");
        }
        if !body.is_empty() {
            bytes.extend(format!("Content-Length: {}\r\n", body.len()).bytes());
        }
        bytes.extend(b"\r\n");
        bytes.extend(body);
        bytes
    }

    fn host(&self) -> &str {
        let mut headers = self.request.headers.iter();
        let found = headers.find(|(name, _)| name.eq_ignore_ascii_case("host"));
        &found.unwrap().1
    }
}

/// Sends every case as `make` writes it to a front in `mode`, and compares.
fn check(mode: &Mode, make: impl Fn(&Case) -> Vec<u8>) {
    check_those(mode, |_| true, make);
}

fn check_those(mode: &Mode, is_meant: impl Fn(&Case) -> bool, make: impl Fn(&Case) -> Vec<u8>) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../verifiers/vectors.json");
    let vectors: Vectors = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.json");
    let (mut verified, mut refused) = (0, 0);
    let cases = vectors
        .cases
        .iter()
        .filter(|case| case.is_http() && is_meant(case));
    for case in cases {
        let keys = serde_json::json!({ "keys": case.keys }).to_string();
        fs::write(&path, keys).unwrap();
        let mut config = config(mode.clone(), KeySource::File(path.clone()));
        config.options = case.options();
        let front = Verifying::start(config);
        front.set_now(case.now);
        for (key_id, nonce) in &case.seen {
            let verifier = front.running().verifier();
            verifier.remember(key_id, nonce, case.now).unwrap();
        }
        let mut connection = front.connect();
        connection.send(&make(case)).unwrap();
        let answer = connection.receive("GET").unwrap();
        let name = answer.value("X-Countersign-Refusal");
        match case.expect.as_str() {
            "ok" => {
                assert_eq!((answer.status(), name), (200, None), "{}", case.name);
                if let (Some(key), Some(told)) = (&case.key, answer.value("X-Countersign-Sign-Key"))
                {
                    assert_eq!(told, key, "{}", case.name);
                }
                verified += 1;
            }
            expected => {
                assert_eq!(name, Some(expected), "{}", case.name);
                let is_proxy = matches!(mode, Mode::ReverseProxy(_));
                let too_large = is_proxy && expected == "body_too_large";
                assert_eq!(
                    answer.status(),
                    if too_large { 413 } else { 401 },
                    "{}",
                    case.name
                );
                let body = format!("{{\"error\":\"{expected}\"}}");
                assert_eq!(answer.text(), body, "{}", case.name);
                refused += 1;
            }
        }
    }
    assert!(
        verified > 50 && refused > 200,
        "{verified} verified, {refused} refused"
    );
}

#[test]
fn through_the_reverse_proxy() {
    let backend = RecordingBackend::start();
    // The recording backend reads heads as text.
    let is_text = |case: &Case| {
        case.request
            .headers
            .iter()
            .all(|(_, value)| value.is_ascii())
    };
    check_those(&reverse_proxy(&backend.url()), is_text, |case| {
        let line = format!("{} {}", case.request.method, case.request.target);
        case.request(&line, &[])
    });
}

#[test]
fn asked_by_envoy() {
    let path_prefix = "/verify".to_owned();
    check(
        &forward_auth(From::Envoy { path_prefix }, BodySight::Forwarded),
        |case| {
            let line = format!("{} /verify{}", case.request.method, case.request.target);
            case.request(&line, &[])
        },
    );
}

#[test]
fn asked_by_nginx() {
    let from = From::Nginx(HostFrom::OriginalHost);
    check(&forward_auth(from, BodySight::Forwarded), |case| {
        let first = [
            ("Host", "verifier"),
            ("X-Original-Method", &*case.request.method),
            ("X-Original-URI", &*case.request.target),
            ("X-Original-Host", case.host()),
        ];
        case.request("GET /auth", &first)
    });
}

#[test]
fn asked_by_traefik() {
    check(&forward_auth(From::Traefik, BodySight::Forwarded), |case| {
        let first = [
            ("Host", "verifier"),
            ("X-Forwarded-Method", &*case.request.method),
            ("X-Forwarded-Proto", "http"),
            ("X-Forwarded-Uri", &*case.request.target),
            ("X-Forwarded-Host", case.host()),
        ];
        case.request("GET /", &first)
    });
}

#[test]
fn asked_by_caddy() {
    check(&forward_auth(From::Caddy, BodySight::Forwarded), |case| {
        let first = [
            ("Host", "verifier"),
            ("X-Forwarded-Method", &*case.request.method),
            ("X-Forwarded-Uri", &*case.request.target),
            ("X-Forwarded-Host", case.host()),
        ];
        case.request("GET /?a", &first)
    });
}
