//! Huawei's manners: the environment's header, errors, request ids, latencies.

use std::{
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use countersign_core::{
    ApiDefinition, BackendAddress, DialectName, PayloadPolicy, Scheme,
    api::MockAnswer,
    mapping::{
        ContentType, Location, ParameterLimits, ParameterMapping, ParameterType, RequestParameter,
        ServiceParameter, SystemParameter, ValueSource,
    },
};
use countersign_proxy::Limits;

use crate::support::{
    Action, Backend, Gateway, Options, backend::ok, client::Reply, definition, gateway::At,
};

fn native() -> DialectName {
    DialectName::from_stored("native")
}

#[test]
fn the_environment_is_named_as_the_groups_dialect_does() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    gateway.put(At::Huawei, 200, definition("/a", backend.address), None);
    let mut client = gateway.client();
    for (at, path, more, status) in [
        (At::Huawei, "/a", "", 200),
        (At::Huawei, "/a", "X-Stage: RELEASE\r\n", 200),
        (At::Huawei, "/a", "X-Stage: NONE\r\n", 404),
        (At::Huawei, "/a", "X-Ca-Stage: NONE\r\n", 200),
        (At::Huawei, "/a", "X-Stage: a\r\nX-Stage: b\r\n", 400),
        (At::Native, "/open", "X-Stage: NONE\r\n", 200),
        (At::Native, "/open", "X-Ca-Stage: NONE\r\n", 404),
    ] {
        let reply = client.at(at.host(), "GET", path, more, b"");
        assert_eq!(reply.status, status, "{at:?} {more}");
        if status == 200 {
            // It passes, as it always has.
            let received = backend.request();
            let sent: Vec<_> = more
                .lines()
                .filter_map(|line| line.split_once(": "))
                .collect();
            for (name, value) in sent {
                assert_eq!(received.all(name), [value]);
            }
        }
    }
    gateway.stop();
}

fn row(reply: &Reply) -> (u16, String, String, String) {
    reply.huawei_fault()
}

#[track_caller]
fn check(reply: &Reply, status: u16, code: &str, text: &str, ours: &str) {
    let expected = (status, code.to_owned(), text.to_owned(), ours.to_owned());
    assert_eq!(row(reply), expected);
}

fn mapping(location: Location) -> ParameterMapping {
    ParameterMapping {
        passes_unknown: true,
        request: [RequestParameter {
            name: "n".into(),
            location,
            kind: ParameterType::Int,
            required: true,
            default: None,
            limits: ParameterLimits::default(),
        }]
        .into(),
        service: [ServiceParameter {
            name: "id".into(),
            location: Location::Query,
            source: ValueSource::System(SystemParameter::RequestId),
        }]
        .into(),
        body_is_form: true,
        content_type: ContentType::Default,
    }
}

/// Every row of the table that a client at such an API can meet.
#[test]
fn every_error() {
    let backend = Backend::scripted(|_, received| match received.path() {
        "/closes" => Action::Close,
        "/hasty" => Action::Reply(Vec::new()),
        _ => ok("ok"),
    });
    let options = Options {
        limits: Limits {
            body_buffer_bytes_max: 10,
            head_timeout: Duration::from_millis(200),
            ..Limits::default()
        },
        logs: true,
        ..Options::default()
    };
    let gateway = Gateway::with(backend.address, options);
    // A sign key that fits no header: nothing can be signed with it.
    let bad_key = gateway.add_key(21, "bad", Scheme::Alibaba, "a\nb", "secret");
    let key = gateway.add_key(22, "good", Scheme::Huawei, "good_key", "good_secret");
    let alibaba = gateway.add_key(23, "other", Scheme::Alibaba, "other_key", "other_secret");
    let at = |path: &str| definition(path, backend.address);
    let to = |path: &str, address: &str| {
        let mut definition = at(path);
        definition.backend.address = BackendAddress::parse(address).unwrap();
        definition
    };
    let mut hasty = at("/hasty");
    hasty.backend.timeout_ms = 100;
    let mapped = ApiDefinition {
        mapping: Some(Arc::new(mapping(Location::Query))),
        ..at("/mapped")
    };
    let covered = ApiDefinition {
        payload: PayloadPolicy::Covered,
        ..at("/covered")
    };
    // A status that no answer has: the definition cannot be carried out.
    let undefined = ApiDefinition {
        mock: Some(Arc::new(MockAnswer {
            status: 199,
            headers: Vec::new(),
            body: "".into(),
        })),
        ..at("/undefined")
    };
    let mut only = at("/only");
    only.method = countersign_core::MethodMatch::parse("GET").unwrap();
    for (number, (definition, key)) in [
        (at("/open"), None),
        (only, None),
        (at("/unsignable"), Some(bad_key)),
        (covered, Some(key)),
        (at("/form"), Some(alibaba)),
        (to("/dead", "http://127.0.0.1:1"), None),
        (to("/unnamed", "http://nothing.invalid"), None),
        (hasty, None),
        (at("/closes"), None),
        (mapped, None),
        (at("/canonical"), Some(key)),
        (undefined, None),
    ]
    .into_iter()
    .enumerate()
    {
        gateway.put(At::Huawei, 200 + number as u64, definition, key);
    }
    let send = |method: &str, path: &str, more: &str, body: &[u8]| {
        let mut client = gateway.client();
        client.at(At::Huawei.host(), method, path, more, body)
    };
    let none = "The API does not exist or has not been published in the environment";
    let get = |path: &str, more: &str| send("GET", path, more, b"");
    check(&get("/none", ""), 404, "APIG.0101", none, "unknown_path");
    let reply = get("/open", "X-Stage: NONE\r\n");
    check(&reply, 404, "APIG.0101", none, "unknown_environment");
    let reply = send("DELETE", "/only", "", b"");
    check(&reply, 404, "APIG.0101", none, "method_not_published");
    let reply = get("/open", "X-Stage: a\r\nX-Stage: a\r\n");
    let malformed = "API request error";
    check(&reply, 400, "APIG.0201", malformed, "malformed_request");
    let reply = get("/open/../a", "");
    check(&reply, 400, "APIG.0602", "Bad request", "bad_path");
    let reply = send("POST", "/covered", "", b"01234567890");
    let large = "Request entity too large";
    check(&reply, 413, "APIG.0201", large, "body_too_large");
    let mut client = gateway.client();
    client.send("POST /covered HTTP/1.1\r\nHost: huawei.test\r\nContent-Length: 3\r\n\r\na");
    check(&client.reply(), 400, "APIG.0201", malformed, "body_timeout");
    let mut client = gateway.client();
    client.send(
        "POST /covered HTTP/1.1\r\nHost: huawei.test\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    );
    check(
        &client.reply(),
        400,
        "APIG.0201",
        malformed,
        "malformed_request",
    );
    let form = "Content-Type: application/x-www-form-urlencoded";
    let reply = send("POST", "/form", &format!("{form}; charset=gbk\r\n"), b"a=1");
    check(
        &reply,
        400,
        "APIG.0602",
        "Bad request",
        "unsupported_charset",
    );
    let coded = format!("{form}\r\nContent-Encoding: gzip\r\n");
    let reply = send("POST", "/mapped?n=1", &coded, b"a=1");
    check(
        &reply,
        400,
        "APIG.0602",
        "Bad request",
        "unsupported_encoding",
    );
    let reply = get("/mapped", "");
    let text = "Bad request: The query parameter n is missing";
    check(&reply, 400, "APIG.0602", text, "missing_parameter");
    let reply = get("/mapped?n=secret", "");
    let text = "Bad request: The query parameter n is invalid";
    check(&reply, 400, "APIG.0602", text, "invalid_parameter");
    let reply = get(&format!("/canonical?{}", "*".repeat(30_000)), "");
    let long = "Request URI too large";
    check(&reply, 414, "APIG.0201", long, "target_too_long");
    let unavailable = "Backend unavailable";
    check(
        &get("/dead", ""),
        502,
        "APIG.0202",
        unavailable,
        "backend_unreachable",
    );
    let unnamed = "Domain name resolution failed";
    check(
        &get("/unnamed", ""),
        500,
        "APIG.0605",
        unnamed,
        "backend_unreachable",
    );
    check(
        &get("/hasty", ""),
        504,
        "APIG.0203",
        "Backend timeout",
        "backend_timeout",
    );
    check(
        &get("/closes", ""),
        502,
        "APIG.0202",
        unavailable,
        "backend_error",
    );
    let internal = "Internal server error";
    check(
        &get("/undefined", ""),
        500,
        "APIG.0601",
        internal,
        "backend_error",
    );
    let before = backend.bytes();
    let unsigned = "Backend signature calculation failed.";
    let last = get("/unsignable", "");
    check(&last, 500, "APIG.0705", unsigned, "signing_failed");
    assert_eq!(backend.bytes(), before, "nothing goes on unsigned");
    let id = last.huawei_request_id().to_owned();

    let left = gateway.stop();
    let line = left.log.last().unwrap();
    assert_eq!(line["x_request_id"], id);
    let uuid = line["request_id"].as_str().unwrap();
    assert_eq!(uuid.replace('-', "").to_lowercase(), id);
    assert_eq!(
        (&line["status"], &line["error"]),
        (&500.into(), &"signing_failed".into())
    );
    let row = "countersign_refused_total{worker=\"0\",reason=\"signing_failed\"} 1";
    assert!(left.metrics.contains(row), "{}", left.metrics);
    assert!(!left.raw_log.contains("good_secret"));
}

#[test]
fn a_request_that_is_cut() {
    let (sender, sockets) = mpsc::channel();
    let sender = Mutex::new(sender);
    let backend = Backend::scripted(move |_, _| Action::HandOver(sender.lock().unwrap().clone()));
    let gateway = Gateway::start(&backend);
    gateway.put(At::Huawei, 200, definition("/a", backend.address), None);
    let mut client = gateway.client();
    client.send("GET /a HTTP/1.1\r\nHost: huawei.test\r\n\r\n");
    let socket = sockets.recv_timeout(crate::support::PATIENCE).unwrap();
    assert_eq!(gateway.stop_within(Duration::ZERO).drained.requests_cut, 1);
    let internal = "Internal server error";
    check(&client.reply(), 500, "APIG.0601", internal, "shutting_down");
    drop(socket);
}

#[test]
fn the_form_of_an_error_is_that_of_the_apis_dialect() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let dead = |path: &str| {
        let mut definition = definition(path, backend.address);
        definition.backend.address = BackendAddress::parse("http://127.0.0.1:1").unwrap();
        definition
    };
    // An API of each dialect in a group of the other.
    gateway.put_made_by(At::Huawei, native(), 200, dead("/native"), None);
    let huawei = DialectName::from_stored("huawei");
    gateway.put_made_by(At::Native, huawei, 201, dead("/huawei"), None);
    let mut client = gateway.client();
    let reply = client.at("huawei.test", "GET", "/native", "", b"");
    assert_eq!((reply.status, reply.fault()), (502, "backend_unreachable"));
    let reply = client.at("api.test", "GET", "/huawei", "", b"");
    assert_eq!(row(&reply).1, "APIG.0202");
    let reply = client.at("huawei.test", "GET", "/none", "", b"");
    assert_eq!(row(&reply).1, "APIG.0101");
    let reply = client.at("api.test", "GET", "/none", "", b"");
    assert_eq!((reply.status, reply.fault()), (404, "unknown_path"));
    let reply = client.at("nobody.test", "GET", "/none", "", b"");
    assert_eq!((reply.status, reply.fault()), (404, "unknown_host"));
    gateway.stop();
}

#[test]
fn every_answer_has_a_request_id_and_the_latencies_that_were_asked_for() {
    let backend = Backend::scripted(|_, _| {
        Action::Reply(b"HTTP/1.1 200 OK\r\nX-Request-Id: theirs\r\nX-Ca-Request-Id: kept\r\nContent-Length: 0\r\n\r\n".to_vec())
    });
    let gateway = Gateway::start(&backend);
    let mock = ApiDefinition {
        mock: Some(Arc::new(MockAnswer {
            status: 200,
            headers: vec![("X-Request-Id".into(), "mine".into())],
            body: "mock".into(),
        })),
        ..definition("/mock", backend.address)
    };
    let mapped = ApiDefinition {
        mapping: Some(Arc::new(mapping(Location::Header))),
        ..definition("/mapped", backend.address)
    };
    gateway.put(At::Huawei, 200, definition("/a", backend.address), None);
    gateway.put(At::Huawei, 201, mock, None);
    gateway.put(At::Huawei, 202, mapped, None);
    let mut client = gateway.client();
    let latency = |reply: &Reply, name: &str| {
        let value = reply.header(name).map(str::to_owned);
        value.map(|text| text.parse::<u64>().unwrap())
    };
    for (path, has_upstream) in [("/a", true), ("/mock", false), ("/none", false)] {
        for (more, is_debug) in [
            ("", false),
            ("X-Apig-Mode: debug\r\n", true),
            ("X-Apig-Mode: on\r\n", false),
        ] {
            let reply = client.at("huawei.test", "GET", path, more, b"");
            reply.huawei_request_id();
            let whole = latency(&reply, "x-apig-latency");
            let upstream = latency(&reply, "x-apig-upstream-latency");
            assert_eq!(
                (whole.is_some(), upstream.is_some()),
                (is_debug, is_debug && has_upstream),
                "{path} {more}"
            );
            assert!(upstream <= whole);
        }
    }
    // The other dialect's header is the backend's matter.
    let reply = client.at("huawei.test", "GET", "/a", "", b"");
    assert_eq!(reply.all("x-ca-request-id"), ["kept"]);
    let reply = client.at("api.test", "GET", "/open", "X-Apig-Mode: debug\r\n", b"");
    assert_eq!(reply.all("x-request-id"), ["theirs"]);
    assert!(reply.header("x-apig-latency").is_none());
    assert_eq!(reply.header("x-ca-request-id").unwrap().len(), 36);
    while backend.try_request().is_some() {}
    // A backend that is told the id gets the one that the client sees.
    let reply = client.at("huawei.test", "GET", "/mapped", "n: 1\r\n", b"");
    let id = reply.huawei_request_id();
    assert_eq!(
        backend.request().request_line(),
        format!("GET /mapped?id={id} HTTP/1.1")
    );
    gateway.stop();
}
