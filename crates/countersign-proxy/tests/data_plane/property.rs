//! Whatever an API says, whichever scheme signs, whatever a client sends: what
//! the backend received is what was signed. Checked with the library's
//! verifiers and with ones written from the specifications, over the bytes on
//! the wire; that of Alibaba's scheme (section 6) is here.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    sync::Arc,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use countersign_core::{
    ApiDefinition, MatchMode, PayloadPolicy, Scheme, SignatureKeyId,
    api::MockAnswer,
    mapping::{
        ContentType, Location, ParameterLimits, ParameterMapping, ParameterType, RequestParameter,
        ServiceParameter, SystemParameter, ValueSource,
    },
};
use countersign_sign::{
    Secret,
    alibaba::backend::{self, Malformed, Refusal, Signer},
    rfc9421::VerifyingKey,
};
use hmac::{Hmac, KeyInit, Mac};
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};
use sha2::Sha256;

use crate::support::{
    Backend, Client, Gateway, Received, definition,
    gateway::{At, NOW, SECRET, SIGN_KEY, key_id, pattern},
    huawei::{self, Expected},
    keys::Pair,
    message,
    signature::md5,
};

// What the verifier written here reads.

/// Splits and decodes a query or a form (section 6.6), byte by byte.
fn fields(raw: &[u8]) -> Vec<(String, String)> {
    let decode = |piece: &[u8]| {
        let mut bytes = Vec::new();
        let mut at = 0;
        while at < piece.len() {
            let hex = |place: usize| piece.get(place).and_then(|b| (*b as char).to_digit(16));
            match (piece[at], hex(at + 1), hex(at + 2)) {
                (b'%', Some(high), Some(low)) => {
                    bytes.push((high * 16 + low) as u8);
                    at += 2;
                }
                (b'+', ..) => bytes.push(b' '),
                (other, ..) => bytes.push(other),
            }
            at += 1;
        }
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let mut fields = Vec::new();
    for piece in raw.split(|b| *b == b'&') {
        let end = piece.iter().position(|b| *b == b'=');
        let (name, value) = match end {
            Some(end) => (&piece[..end], &piece[end + 1..]),
            None => (piece, &b""[..]),
        };
        if !name.is_empty() {
            fields.push((decode(name), decode(value)));
        }
    }
    fields
}

fn is_form(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap().trim();
    media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The string to sign of what arrived (sections 6.2, 6.3 and 6.4).
fn string_to_sign(received: &Received) -> String {
    let method = received.method().to_uppercase();
    let is_form = received.header("content-type").is_some_and(is_form);
    let is_digested = matches!(&*method, "POST" | "PUT") && !is_form && !received.body.is_empty();
    let digest = match is_digested {
        true => md5(&received.body),
        false => String::new(),
    };
    let target = received.request_line().split(' ').nth(1).unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut all = fields(query.as_bytes());
    if is_form {
        all.extend(fields(&received.body));
    }
    // Sorted by UTF-16 code unit, the first value of each name.
    let mut sorted = BTreeMap::new();
    for (name, value) in &all {
        let units: Vec<u16> = name.encode_utf16().collect();
        sorted.entry(units).or_insert((name, value));
    }
    let parameters: Vec<_> = sorted
        .values()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut text = format!("{method}\n{digest}\n");
    for name in received
        .header("x-ca-proxy-signature-headers")
        .unwrap()
        .split(',')
    {
        let value = received.header(name).unwrap();
        text.push_str(&format!("{}:{value}\n", name.to_lowercase()));
    }
    text.push_str(path);
    if !parameters.is_empty() {
        text.push('?');
        text.push_str(&parameters.join("&"));
    }
    text
}

fn check(received: &Received, signer: &Signer) {
    let text = string_to_sign(received);
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    let expected = STANDARD.encode(mac.finalize().into_bytes());
    assert_eq!(
        received.all("x-ca-proxy-signature"),
        [expected],
        "{text:?}\n{}",
        received.head
    );
    assert_eq!(received.all("x-ca-proxy-signature-secret-key"), [SIGN_KEY]);
    if let [sent] = received.all("content-md5")[..] {
        assert_eq!(text.split('\n').nth(1), Some(sent));
    }
    let target = received.request_line().split(' ').nth(1).unwrap();
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let arrived = backend::Received {
        method: received.method(),
        path,
        query,
        headers: &received.headers(),
        body: &received.body,
    };
    match backend::verify(&arrived, |_| Some(signer)) {
        // The library's verifier looks at the charset of an empty form too.
        Err(Refusal::Malformed(Malformed::FormCharset)) if received.body.is_empty() => {}
        verified => assert_eq!(verified.unwrap().sign_key, SIGN_KEY),
    }
}

// What APIs and requests are made of.

/// Names that meet often, and are hard to write.
const NAMES: [&str; 16] = [
    "a", "b", "A", "a b", "a+b", "a&b", "a=b", "a%41", "%", "é", "名", "😀", "\u{ff5e}", "a;b", "",
    "#?/",
];
const HEADERS: [&str; 13] = [
    "X-A",
    "x-b",
    "X_A",
    "Accept",
    "Content-Type",
    "Host",
    "X-Ca-Proxy-Signature",
    "Content-MD5",
    "Content-Length",
    "Authorization",
    "X-Sdk-Date",
    "signature",
    "Content_Digest",
];
const METHODS: [&str; 8] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "post",
];
const FORM: &str = "application/x-www-form-urlencoded";
const TYPES: [&str; 8] = [
    FORM,
    FORM,
    "Application/X-WWW-Form-Urlencoded ; charset=utf-8",
    "application/x-www-form-urlencoded; x=é",
    "application/x-www-form-urlencoded; charset=gbk",
    "application/json",
    "multipart/form-data; boundary=x",
    "",
];
const SCHEMES: [Scheme; 6] = [
    Scheme::Alibaba,
    Scheme::Alibaba,
    Scheme::Huawei,
    Scheme::Basic,
    Scheme::Rfc9421Hmac,
    Scheme::Rfc9421KeyPair,
];
const POLICIES: [PayloadPolicy; 3] = [
    PayloadPolicy::Text,
    PayloadPolicy::Covered,
    PayloadPolicy::Unsigned,
];
/// Pieces of queries and forms as they go over the wire.
const RAW: [&str; 24] = [
    "a",
    "b",
    "A",
    "=",
    "&",
    "+",
    "%",
    "%4",
    "%zz",
    "%41",
    "%26",
    "%3D",
    "%2B",
    "%20",
    "%25",
    "%C3%A9",
    "%FF",
    "%F0%9F%98%80",
    "%EF%BD%9E",
    "%0d%0a",
    ";",
    "a=1",
    "&a+b=2&",
    "%00",
];

fn name() -> impl Strategy<Value = String> {
    prop_oneof![4 => select(&NAMES[..]).prop_map(str::to_owned), 1 => ".{0,3}"]
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        name(),
        "[ -~]{0,5}",
        Just("..".to_owned()),
        Just("12".to_owned())
    ]
}

/// A place for a parameter, with a name that is fit for it.
fn named(paths: &'static [&'static str]) -> impl Strategy<Value = (Location, String)> {
    prop_oneof![
        1 => select(paths).prop_map(|name| (Location::Path, name.to_owned())),
        3 => name().prop_map(|name| (Location::Query, name)),
        3 => name().prop_map(|name| (Location::Body, name)),
        2 => select(&HEADERS[..]).prop_map(|name| (Location::Header, name.to_owned())),
    ]
}

fn request_parameter() -> impl Strategy<Value = RequestParameter> {
    let kind = prop_oneof![8 => Just(ParameterType::String), 1 => Just(ParameterType::Int)];
    let default = proptest::option::of(value());
    (
        named(&["p", "q"]),
        kind,
        proptest::bool::weighted(0.05),
        default,
    )
        .prop_map(
            |((location, name), kind, required, default)| RequestParameter {
                name: name.into(),
                location,
                kind,
                required,
                default: default.map(Into::into),
                limits: ParameterLimits::default(),
            },
        )
}

fn source() -> impl Strategy<Value = ValueSource> {
    let system = select(vec![
        SystemParameter::ClientIp,
        SystemParameter::Domain,
        SystemParameter::HandleTime,
        SystemParameter::AppId,
        SystemParameter::RequestId,
        SystemParameter::Scheme,
    ]);
    prop_oneof![
        5 => (0_usize..4).prop_map(ValueSource::Request),
        2 => value().prop_map(|text| ValueSource::Constant(text.into())),
        1 => system.prop_map(ValueSource::System),
    ]
}

fn content_type() -> impl Strategy<Value = ContentType> {
    let custom = select(&TYPES[..]).prop_map(|text| ContentType::Custom(text.into()));
    prop_oneof![2 => Just(ContentType::Default), 1 => Just(ContentType::Client), 1 => custom]
}

fn service_parameter() -> impl Strategy<Value = ServiceParameter> {
    (named(&["s", "t"]), source()).prop_map(|((location, name), source)| ServiceParameter {
        name: name.into(),
        location,
        source,
    })
}

fn mapping() -> impl Strategy<Value = ParameterMapping> {
    let request = proptest::collection::vec(request_parameter(), 0..5);
    let service = proptest::collection::vec(service_parameter(), 0..6);
    let flags = (any::<bool>(), proptest::bool::weighted(0.7));
    (request, service, flags, content_type()).prop_map(
        |(mut request, mut service, (passes_unknown, body_is_form), content_type)| {
            let fold = |location, name: &str| match location {
                Location::Header => (location, name.to_lowercase()),
                _ => (location, name.to_owned()),
            };
            let mut seen = std::collections::BTreeSet::new();
            request.retain(|own| seen.insert(fold(own.location, &own.name)));
            seen.clear();
            let count = request.len();
            service.retain(|own| {
                let has_source = !matches!(own.source, ValueSource::Request(at) if at >= count);
                has_source && seen.insert(fold(own.location, &own.name))
            });
            if !body_is_form {
                request.iter_mut().for_each(|own| {
                    if own.location == Location::Body {
                        own.name = format!("{}b", own.name).into();
                        own.location = Location::Query;
                    }
                });
                service.retain(|own| own.location != Location::Body);
            }
            ParameterMapping {
                passes_unknown,
                request: request.into(),
                service: service.into(),
                body_is_form,
                content_type,
            }
        },
    )
}

#[derive(Clone, Debug)]
struct Api {
    mapping: Option<ParameterMapping>,
    is_mock: bool,
    is_prefix: bool,
    backend_path: Option<&'static str>,
    backend_method: Option<&'static str>,
    scheme: Scheme,
    payload: PayloadPolicy,
}

fn api() -> impl Strategy<Value = Api> {
    let backend_path = select(vec![
        None,
        None,
        Some("/b"),
        Some("/b/{s}/"),
        Some("/b/{s}/c/{t}"),
    ]);
    let backend_method = prop_oneof![2 => Just(None), 1 => select(&METHODS[..7]).prop_map(Some)];
    (
        proptest::option::weighted(0.85, mapping()),
        proptest::bool::weighted(0.05),
        any::<bool>(),
        backend_path,
        backend_method,
        (select(&SCHEMES[..]), select(&POLICIES[..])),
    )
        .prop_map(
            |(mapping, is_mock, is_prefix, backend_path, backend_method, (scheme, payload))| Api {
                mapping,
                is_mock,
                is_prefix,
                backend_path,
                backend_method,
                scheme,
                payload,
            },
        )
}

impl Api {
    /// As the store would have it; `None` where it refuses the tables.
    fn definition(&self, number: u64, backend: &Backend) -> Option<ApiDefinition> {
        let path = format!("/n{number}/{{p}}/{{q}}");
        let mut definition = definition(&path, backend.address);
        definition.backend.method = self.backend_method.map(Into::into);
        definition.payload = self.payload;
        if self.is_prefix {
            definition.match_mode = MatchMode::Prefix;
        }
        if let Some(mapping) = &self.mapping {
            definition.backend.path = self.backend_path.map(pattern);
            let mut mapping = mapping.clone();
            // Tables that do not fit the backend's path are refused anyway.
            let in_path = |name: &str| {
                let path = definition.backend.path.as_ref();
                path.is_some_and(|path| path.position(name).is_some())
            };
            let fits =
                |own: &&ServiceParameter| own.location != Location::Path || in_path(&own.name);
            let mut service: Vec<_> = mapping.service.iter().filter(fits).cloned().collect();
            if let Some(path) = &definition.backend.path {
                for name in path.parameters() {
                    let is_there = |own: &ServiceParameter| {
                        own.location == Location::Path && *own.name == *name
                    };
                    if !service.iter().any(is_there) {
                        service.push(ServiceParameter {
                            name: name.into(),
                            location: Location::Path,
                            source: ValueSource::Constant("made up é/".into()),
                        });
                    }
                }
            }
            mapping.service = service.into();
            let backend_path = definition.backend.path.as_ref();
            mapping.check(&definition.path, backend_path).ok()?;
            definition.mapping = Some(Arc::new(mapping));
        }
        if self.is_mock {
            definition.mock = Some(Arc::new(MockAnswer {
                status: 299,
                headers: Vec::new(),
                body: "mock".into(),
            }));
        }
        Some(definition)
    }
}

#[derive(Clone, Debug)]
struct Call {
    method: &'static str,
    segments: [String; 2],
    rest: &'static str,
    query: Option<String>,
    headers: Vec<(&'static str, String)>,
    content_type: &'static str,
    body: String,
    is_chunked: bool,
}

fn raw() -> impl Strategy<Value = String> {
    proptest::collection::vec(select(&RAW[..]), 0..12).prop_map(|pieces| pieces.concat())
}

fn call() -> impl Strategy<Value = Call> {
    let segment = || "([a-c]|%41|%2F|%25|%zz|%C3%A9|[+;=:@]|%FF){1,3}";
    let names = select(vec![
        "X-A",
        "x_b",
        "X-C",
        "accept",
        "Cookie",
        "X-Ca-Proxy-Signature-Headers",
        "Authorization",
        "x_sdk_date",
        "X-Sdk_Content-Sha256",
        "Signature",
        "signature_input",
        "Content-Digest",
    ]);
    let header = (names, "[ -~é]{0,4}");
    (
        (select(&METHODS[..]), select(&TYPES[..]), any::<bool>()),
        (segment(), segment()).prop_map(|(p, q)| [p, q]),
        select(vec!["", "/", "/r/%41"]),
        proptest::option::of(raw()),
        proptest::collection::vec(header, 0..4),
        prop_oneof![
            1 => Just(String::new()),
            4 => raw().prop_map(|fields| format!("{PLANTED}=1&{fields}")),
        ],
    )
        .prop_map(
            |((method, content_type, is_chunked), segments, rest, query, headers, body)| Call {
                method,
                segments,
                rest,
                query,
                headers,
                content_type,
                body,
                is_chunked,
            },
        )
}

/// Nothing that any table names.
const PLANTED: &str = "planted7";

/// In MAPPING nothing passes that no table names.
fn check_nothing_planted(received: &Received, mapping: &ParameterMapping) {
    assert!(!received.head.contains(PLANTED), "{}", received.head);
    if mapping.body_is_form {
        let body = String::from_utf8_lossy(&received.body);
        assert!(!body.contains(PLANTED), "{body}");
    }
}

impl Call {
    fn text(&self, number: u64, is_prefix: bool) -> String {
        let [p, q] = &self.segments;
        let rest = if is_prefix { self.rest } else { "" };
        let mut text = format!("{} /n{number}/{p}/{q}{rest}", self.method);
        if let Some(query) = &self.query {
            text.push_str(&format!("?{PLANTED}={PLANTED}&{query}"));
        }
        text.push_str(" HTTP/1.1\r\nHost: api.test\r\n");
        text.push_str(&format!("Cookie: {PLANTED}\r\nX-{PLANTED}: 1\r\n"));
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.content_type.is_empty() {
            text.push_str(&format!("Content-Type: {}\r\n", self.content_type));
        }
        let (body, length) = (&self.body, self.body.len());
        match (self.is_chunked, body.is_empty()) {
            (true, true) => text.push_str("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            (true, false) => text.push_str(&format!(
                "Transfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n"
            )),
            (false, _) => text.push_str(&format!("Content-Length: {length}\r\n\r\n{body}")),
        }
        text
    }
}

/// Sends one call; gives the status, and a new connection where the old one
/// is of no more use.
fn send(gateway: &Gateway, client: &mut Client, method: &str, text: &str) -> u16 {
    client.send(text);
    let reply = match method {
        "HEAD" => client.bare_reply(),
        _ => client.reply(),
    };
    if reply.header("connection") == Some("close") {
        *client = gateway.client();
    }
    reply.status
}

/// One signature key of each scheme.
struct Keys {
    alibaba: Signer,
    pair: Pair,
}

impl Keys {
    fn make(gateway: &Gateway) -> Self {
        let pair = Pair::made(1);
        for (number, scheme) in [Scheme::Huawei, Scheme::Basic, Scheme::Rfc9421Hmac]
            .into_iter()
            .enumerate()
        {
            gateway.add_key(50 + number as u8, "key", scheme, SIGN_KEY, SECRET);
        }
        gateway.add_key(
            53,
            "pair",
            Scheme::Rfc9421KeyPair,
            &pair.public,
            &pair.private,
        );
        let alibaba = Signer::new(SIGN_KEY, &Secret::new(SECRET.to_owned()));
        Self { alibaba, pair }
    }

    fn id(scheme: Scheme) -> SignatureKeyId {
        let number = match scheme {
            Scheme::Huawei => 50,
            Scheme::Basic => 51,
            Scheme::Rfc9421Hmac => 52,
            Scheme::Rfc9421KeyPair => 53,
            _ => return key_id(),
        };
        SignatureKeyId::from_random([number; 16])
    }

    /// Checks a request that `api` forwarded.
    fn check(&self, api: &Api, received: &Received) {
        let has_none = |names: &[&str]| {
            for (name, _) in received.headers() {
                let name = name.to_lowercase().replace('_', "-");
                assert!(!names.contains(&&*name), "{}", received.head);
            }
        };
        match api.scheme {
            Scheme::Huawei => {
                let is_covered = received.header("x-sdk-content-sha256").is_none();
                Self::check_policy(api, received, is_covered);
                let expected = Expected {
                    header: "authorization",
                    sign_key: SIGN_KEY,
                    secret: SECRET,
                    date: "20260102T030405Z",
                    now_unix: NOW.seconds(),
                    is_covered,
                };
                huawei::check(received, expected);
            }
            Scheme::Basic => {
                let pair = STANDARD.encode(format!("{SIGN_KEY}:{SECRET}"));
                assert_eq!(received.all("authorization"), [format!("Basic {pair}")]);
                has_none(&["x-sdk-date", "x-sdk-content-sha256"]);
            }
            Scheme::Rfc9421Hmac | Scheme::Rfc9421KeyPair => {
                let is_covered = received.header("content-digest").is_some();
                if !received.body.is_empty() {
                    Self::check_policy(api, received, is_covered);
                }
                let lookup = |id: &str| match id {
                    SIGN_KEY => Some(VerifyingKey::hmac(&Secret::new(SECRET.to_owned()))),
                    id => (id == self.pair.key_id()).then(|| self.pair.verifying_key()),
                };
                message::check(received, NOW.seconds(), is_covered, lookup);
                for name in ["signature_input", "content_digest"] {
                    assert!(received.header(name).is_none(), "{}", received.head);
                }
            }
            _ => check(received, &self.alibaba),
        }
    }

    fn check_policy(api: &Api, received: &Received, is_covered: bool) {
        match api.payload {
            PayloadPolicy::Covered => assert!(is_covered, "{}", received.head),
            PayloadPolicy::Unsigned => {
                assert!(!is_covered || received.body.is_empty(), "{}", received.head);
            }
            PayloadPolicy::Text => {
                let content_type = received.header("content-type").unwrap_or_default();
                let is_binary = content_type.is_empty() || content_type.starts_with("multipart");
                let is_nothing = received.body.is_empty();
                assert!(
                    is_nothing || !(is_covered && is_binary),
                    "{}",
                    received.head
                );
            }
        }
    }
}

#[test]
fn what_is_sent_is_what_is_signed() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let keys = Keys::make(&gateway);
    let client = RefCell::new(gateway.client());
    let (number, forwarded, mocked) = (Cell::new(100), Cell::new(0), Cell::new(0));
    let by_scheme = RefCell::new(BTreeMap::new());
    let config = Config {
        // One API each; the store takes no more than 1000 in a group.
        cases: 300,
        failure_persistence: None,
        ..Config::default()
    };
    let calls = proptest::collection::vec(call(), 6);
    let outcome = TestRunner::new(config).run(&(api(), calls), |(api, calls)| {
        number.set(number.get() + 1);
        let Some(definition) = api.definition(number.get(), &backend) else {
            return Err(TestCaseError::reject("the tables do not fit"));
        };
        let key = Keys::id(api.scheme);
        gateway.put(At::Native, number.get(), definition, Some(key));
        for call in calls {
            let text = call.text(number.get(), api.is_prefix);
            let status = send(&gateway, &mut client.borrow_mut(), call.method, &text);
            let received = backend.try_request();
            prop_assert!(
                matches!(status, 200 | 299 | 400 | 415 | 502),
                "{status} {text}"
            );
            prop_assert_eq!(received.is_some(), status == 200, "{} {}", status, text);
            mocked.set(mocked.get() + u32::from(status == 299));
            if let Some(received) = received {
                keys.check(&api, &received);
                *by_scheme.borrow_mut().entry(api.scheme).or_insert(0) += 1;
                if let Some(mapping) = api.mapping.as_ref().filter(|own| !own.passes_unknown) {
                    check_nothing_planted(&received, mapping);
                }
                forwarded.set(forwarded.get() + 1);
            }
        }
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    assert!(forwarded.get() > 300, "{} is no test", forwarded.get());
    assert!(mocked.get() > 0);
    let by_scheme = by_scheme.into_inner();
    assert!(
        by_scheme.len() == 5 && by_scheme.values().all(|count| *count > 50),
        "{by_scheme:?} is no test"
    );
    drop(client);
    gateway.stop();
}
