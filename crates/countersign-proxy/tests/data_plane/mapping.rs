//! Tables of parameters, over real sockets.

use std::sync::Arc;

use countersign_core::{
    ApiDefinition, MatchMode,
    mapping::{
        ContentType, Location, ParameterLimits, ParameterMapping, ParameterType, RequestParameter,
        ServiceParameter, SystemParameter, ValueSource,
    },
};
use countersign_proxy::Limits;

use crate::support::{
    Backend, Client, Gateway, Options, Received, definition,
    gateway::{Left, NOW, SECRET, SIGN_KEY, pattern},
    signature::{self, md5},
};

use Location::{Body, Header, Path, Query};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const MADE_FORM: &str = "application/x-www-form-urlencoded; charset=UTF-8";

fn request(name: &str, location: Location) -> RequestParameter {
    RequestParameter {
        name: name.into(),
        location,
        kind: ParameterType::String,
        required: false,
        default: None,
        limits: ParameterLimits::default(),
    }
}

fn service(name: &str, location: Location, source: ValueSource) -> ServiceParameter {
    ServiceParameter {
        name: name.into(),
        location,
        source,
    }
}

fn constant(name: &str, location: Location, text: &str) -> ServiceParameter {
    service(name, location, ValueSource::Constant(text.into()))
}

fn tables(requests: &[RequestParameter], services: &[ServiceParameter]) -> ParameterMapping {
    ParameterMapping {
        passes_unknown: false,
        request: requests.into(),
        service: services.into(),
        body_is_form: true,
        content_type: ContentType::Default,
    }
}

fn check(received: &Received, content_md5: &str, parameters: &str) {
    signature::check(received, SIGN_KEY, SECRET, content_md5, parameters);
}

/// What one request needs: a gateway with one more API, at `/m/{id}`.
struct Scene {
    backend: Backend,
    gateway: Gateway,
    client: Client,
}

impl Scene {
    fn new(mapping: ParameterMapping) -> Self {
        Self::with(mapping, |_| {})
    }

    fn with(mapping: ParameterMapping, change: impl FnOnce(&mut ApiDefinition)) -> Self {
        let backend = Backend::start();
        let limits = Limits {
            body_buffer_bytes_max: 200_000,
            ..Limits::default()
        };
        let options = Options {
            limits,
            logs: true,
            ..Options::default()
        };
        let gateway = Gateway::with(backend.address, options);
        let mut definition = definition("/m/{id}", backend.address);
        definition.mapping = Some(Arc::new(mapping));
        change(&mut definition);
        gateway.publish(100, definition, true);
        let client = gateway.client();
        Self {
            backend,
            gateway,
            client,
        }
    }

    fn send(&mut self, method: &str, target: &str, more: &str, body: &str) -> Received {
        let reply = self.client.call(format!(
            "{method} {target} HTTP/1.1\r\nHost: API.test:80\r\nContent-Length: {}\r\n{more}\r\n{body}",
            body.len()
        ));
        assert_eq!(reply.status, 200, "{reply:?}");
        self.backend.request()
    }

    /// Sends a GET that is refused; gives code, vendor's code and message.
    fn refused(&mut self, target: &str, more: &str) -> (u16, String, String, String) {
        let reply = self.client.get(target, more);
        let header = |name| reply.header(name).unwrap_or_default().to_owned();
        (
            reply.status,
            reply.fault().to_owned(),
            header("x-ca-error-code"),
            header("x-ca-error-message"),
        )
    }

    fn end(self) -> Left {
        drop(self.client);
        let left = self.gateway.stop();
        assert!(self.backend.try_request().is_none());
        left
    }
}

/// Names that HTTP, the gateway's host setting and the signature need.
const OURS: [&str; 7] = [
    "host",
    "content-type",
    "content-length",
    "content-md5",
    "x-ca-proxy-signature",
    "x-ca-proxy-signature-secret-key",
    "x-ca-proxy-signature-headers",
];

fn others(received: &Received) -> Vec<(String, &str)> {
    let headers = received.headers().into_iter();
    headers
        .map(|(name, value)| (name.to_lowercase(), value))
        .filter(|(name, _)| !OURS.contains(&&**name))
        .collect()
}

#[test]
fn every_place_reaches_every_place() {
    let requests = [
        request("id", Path),
        request("q", Query),
        request("X-In", Header),
        request("f", Body),
    ];
    let mut services = Vec::new();
    for (index, from) in ["id", "q", "h", "f"].iter().enumerate() {
        for (location, to) in [(Path, "p"), (Query, "q"), (Header, "X-h-"), (Body, "b")] {
            let source = ValueSource::Request(index);
            services.push(service(&format!("{to}{from}"), location, source));
        }
    }
    let mut scene = Scene::with(tables(&requests, &services), |definition| {
        definition.backend.path = Some(pattern("/to/{pid}/{pq}/x/{ph}/{pf}"));
        definition.backend.method = Some("POST".into());
    });
    let received = scene.send(
        "PATCH",
        "/m/i%2F%26+1?q=a+%3D%26&q=second",
        &format!("{FORM}x_in: h h\r\n"),
        "f=%2B+f;&f=2",
    );
    assert_eq!(
        received.request_line(),
        "POST /to/i%2F%26%2B1/a%20%3D%26/x/h%20h/%2B%20f%3B\
         ?qid=i%2F%26%2B1&qq=a%20%3D%26&qh=h%20h&qf=%2B%20f%3B HTTP/1.1"
    );
    assert_eq!(
        received.body,
        b"bid=i%2F%26%2B1&bq=a+%3D%26&bh=h+h&bf=%2B+f%3B"
    );
    assert_eq!(received.all("content-type"), [MADE_FORM]);
    assert_eq!(
        received.all("content-length"),
        [received.body.len().to_string()]
    );
    let own = |name: &str, value| (name.to_owned(), value);
    assert_eq!(
        others(&received),
        [
            own("x-h-id", "i/&+1"),
            own("x-h-q", "a =&"),
            own("x-h-h", "h h"),
            own("x-h-f", "+ f;")
        ]
    );
    check(
        &received,
        "",
        "?bf=+ f;&bh=h h&bid=i/&+1&bq=a =&&qf=+ f;&qh=h h&qid=i/&+1&qq=a =&",
    );
    scene.end();
}

#[test]
fn constants_and_what_the_gateway_knows() {
    let system =
        |name: &str, location, parameter| service(name, location, ValueSource::System(parameter));
    let services = [
        constant("c", Query, "é&"),
        constant("X-C", Header, "c c"),
        constant("c", Body, "+ "),
        system("ip", Query, SystemParameter::ClientIp),
        system("X-Domain", Header, SystemParameter::Domain),
        system("time", Body, SystemParameter::HandleTime),
        system("app", Query, SystemParameter::AppId),
        system("X-App", Header, SystemParameter::AppId),
        system("scheme", Body, SystemParameter::Scheme),
        system("X-Id", Header, SystemParameter::RequestId),
        constant("end", Query, ""),
    ];
    let mut scene = Scene::new(tables(&[], &services));
    let received = scene.send("POST", "/m/1", "", "");
    assert_eq!(
        received.request_line(),
        "POST /m/1?c=%C3%A9%26&ip=127.0.0.1&end= HTTP/1.1"
    );
    let body = format!("c=%2B+&time={}&scheme=http", NOW.millis());
    assert_eq!(String::from_utf8_lossy(&received.body), body);
    assert_eq!(received.all("x-c"), ["c c"]);
    assert_eq!(received.all("x-domain"), ["api.test"]);
    assert!(received.header("x-app").is_none());
    assert_eq!(received.header("x-id").unwrap().len(), 36);
    let time = NOW.millis();
    check(
        &received,
        "",
        &format!("?c=é&&end=&ip=127.0.0.1&scheme=http&time={time}"),
    );
    scene.end();
}

const PLANTED: &str = "Accept: x\r\nAccept-Encoding: gzip\r\nCookie: planted\r\nUser-Agent: planted\r\n\
    X-Planted: planted\r\nx_planted: planted\r\nAuthorization: planted\r\nX-Ca-Stage: RELEASE\r\n\
    Range: bytes=1-\r\nX-Forwarded-For: planted\r\nX-Ca-Proxy-Signature: planted\r\nContent-MD5: planted\r\n\
    Connection: x-planted\r\nContent-Language: planted\r\n";

#[test]
fn mapping_lets_nothing_else_through() {
    let services = [service("to", Query, ValueSource::Request(0))];
    let mut scene = Scene::new(tables(&[request("q", Query)], &services));
    for (method, body) in [
        ("POST", "planted=1&q=form"),
        ("GET", "planted=1"),
        ("POST", ""),
    ] {
        let more = format!("{PLANTED}{FORM}");
        let received = scene.send(
            method,
            "/m/1?planted=1&q=a&planted=planted&pl=%zz",
            &more,
            body,
        );
        assert_eq!(
            received.request_line(),
            format!("{method} /m/1?to=a HTTP/1.1")
        );
        assert!(others(&received).is_empty(), "{}", received.head);
        assert!(!received.head.contains("planted") && received.body.is_empty());
        assert!(received.header("content-type").is_none());
        let length = (method == "POST").then_some("0");
        assert_eq!(received.header("content-length"), length);
        check(&received, "", "?to=a");
    }
    // A body that is no form has no fields.
    let received = scene.send("POST", "/m/1", "Content-Type: text/json\r\n", "planted");
    assert!(received.body.is_empty() && received.header("content-type").is_none());
    check(&received, "", "");
    scene.end();
}

#[test]
fn mapping_passes_a_body_of_bytes_and_what_describes_it() {
    let mut mapping = tables(&[], &[constant("c", Query, "1")]);
    mapping.body_is_form = false;
    let mut scene = Scene::new(mapping);
    let more = format!("{PLANTED}Content-Type: text/x;a=b\r\nContent-Encoding: own\r\n");
    let received = scene.send("PUT", "/m/1?planted", &more, "bytes");
    assert_eq!(received.request_line(), "PUT /m/1?c=1 HTTP/1.1");
    assert_eq!(received.body, b"bytes");
    assert_eq!(received.all("content-type"), ["text/x;a=b"]);
    assert_eq!(received.all("content-length"), ["5"]);
    assert_eq!(others(&received), [("content-encoding".to_owned(), "own")]);
    check(&received, &md5(b"bytes"), "?c=1");
    // One that is a form is signed as one, and passes byte for byte.
    let received = scene.send("POST", "/m/1", FORM, "b=%41&a=+&b=2");
    assert_eq!(received.body, b"b=%41&a=+&b=2");
    check(&received, "", "?a= &b=A&c=1");
    let received = scene.send("GET", "/m/1", PLANTED, "");
    assert!(received.body.is_empty() && others(&received).is_empty());
    scene.client.send(
        "PATCH /m/1 HTTP/1.1\r\nHost: api.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    );
    assert_eq!(scene.client.reply().status, 200);
    let received = scene.backend.request();
    assert_eq!(received.body, b"abc");
    check(&received, "", "?c=1");
    scene.end();
}

#[test]
fn passthrough_passes_what_is_unknown_and_nothing_in_the_gateways_name() {
    let requests = [
        request("q", Query),
        request("X-In", Header),
        request("f", Body),
    ];
    let services = [
        service("to", Query, ValueSource::Request(0)),
        service("X-Out", Header, ValueSource::Request(1)),
        service("ft", Body, ValueSource::Request(2)),
        constant("ip", Body, "real"),
        constant("X-Env", Header, "real"),
        constant("Host", Header, "planted"),
        constant("Content-Length", Header, "99"),
        constant("X-Ca-Proxy-Signature", Header, "planted"),
        constant("x_ca_proxy_signature_secret_key", Header, "planted"),
        constant("Transfer-Encoding", Header, "chunked"),
        constant("Content-MD5", Header, "planted"),
        constant("not a name", Header, "planted"),
    ];
    let mut mapping = tables(&requests, &services);
    mapping.passes_unknown = true;
    let mut scene = Scene::new(mapping);
    let more = format!(
        "{FORM}Accept-Encoding: gzip\r\nX-B: 2\r\nX-IN: in\r\nX-A: 1\r\nX-B: 3\r\nx_env: planted\r\n\
         X-Env: planted\r\nx-out: planted\r\nX-Ca-Proxy-Signature: planted\r\nDigest: planted\r\n"
    );
    let received = scene.send(
        "POST",
        "/m/1?b=+&q=1&a&b=%zz&=x&&q=planted&ip=planted&ft=planted&to=planted&c;ip=d",
        &more,
        "y=1&f=2&x=%41&f=planted&y&ip=planted&to=planted",
    );
    assert_eq!(
        received.request_line(),
        "POST /m/1?b=%20&a=&b=%25zz&c%3Bip=d&to=1 HTTP/1.1"
    );
    assert_eq!(
        String::from_utf8_lossy(&received.body),
        "y=1&x=A&y=&ft=2&ip=real"
    );
    assert!(!received.head.contains("planted"), "{}", received.head);
    let own = |name: &str, value| (name.to_owned(), value);
    assert_eq!(
        others(&received),
        [
            own("accept-encoding", "gzip"),
            own("x-b", "2"),
            own("x-b", "3"),
            own("x-a", "1"),
            own("x-out", "in"),
            own("x-env", "real")
        ]
    );
    assert_eq!(received.all("content-type"), [MADE_FORM]);
    assert_eq!(received.all("host"), [scene.backend.address.to_string()]);
    check(&received, "", "?a=&b= &c;ip=d&ft=2&ip=real&to=1&x=A&y=1");

    // No form goes with these.
    let received = scene.send("OPTIONS", "/m/1", FORM, "y=1&f=2");
    assert!(received.body.is_empty());
    check(&received, "", "");
    // A body that is no form gives way to the fields there are.
    let received = scene.send("POST", "/m/1", "Content-Type: text/x\r\n", "bytes");
    assert_eq!(received.body, b"ip=real");
    assert_eq!(received.all("content-type"), [MADE_FORM]);
    scene.end();
}

#[test]
fn passthrough_passes_a_body_that_is_no_form_where_there_is_no_field() {
    let mut mapping = tables(&[request("f", Body)], &[constant("c", Query, "1")]);
    mapping.passes_unknown = true;
    let mut scene = Scene::new(mapping);
    let received = scene.send("POST", "/m/1", "Content-Type: text/x\r\n", "bytes");
    assert_eq!(received.body, b"bytes");
    assert_eq!(received.all("content-type"), ["text/x"]);
    check(&received, &md5(b"bytes"), "?c=1");
    scene.end();
}

#[test]
fn content_types() {
    let custom = |text: &str| ContentType::Custom(text.into());
    let own = "application/x-www-form-urlencoded;charset=\"UTF-8\"";
    let form = |text: &str| Some(text.to_owned());
    for (content_type, is_form, sent, got) in [
        (ContentType::Default, true, own, form(MADE_FORM)),
        (ContentType::Client, true, own, form(own)),
        (ContentType::Client, true, "text/x", form(MADE_FORM)),
        (custom("own/type"), true, own, form("own/type")),
        (ContentType::Default, false, "text/x", form("text/x")),
        (ContentType::Client, false, "text/x", form("text/x")),
        (custom("own/type"), false, "text/x", form("own/type")),
        (custom(own), false, "text/x", form(own)),
    ] {
        let mut services = vec![];
        if is_form {
            services.push(constant("c", Body, "1"));
        }
        let mut mapping = tables(&[], &services);
        mapping.body_is_form = is_form;
        mapping.content_type = content_type.clone();
        let mut scene = Scene::new(mapping);
        let more = format!("Content-Type: {sent}\r\n");
        let received = scene.send("POST", "/m/1", &more, "a=1");
        let case = format!("{content_type:?} {is_form} {sent}");
        assert_eq!(received.header("content-type"), got.as_deref(), "{case}");
        assert_eq!(
            received.body,
            if is_form { b"c=1" } else { b"a=1" },
            "{case}"
        );
        let is_fields = got.unwrap().contains("form");
        let parameters = match (is_fields, is_form) {
            (true, true) => "?c=1",
            (true, false) => "?a=1",
            _ => "",
        };
        let digest = if is_fields {
            String::new()
        } else {
            md5(&received.body)
        };
        check(&received, &digest, parameters);
        scene.end();
    }
}

#[test]
fn parameters_that_do_not_fit_are_named_and_not_shown() {
    let numbered = |name: &str, location| RequestParameter {
        kind: ParameterType::Int,
        limits: ParameterLimits {
            min: Some(1.0),
            max: Some(9.0),
            ..ParameterLimits::default()
        },
        ..request(name, location)
    };
    let requests = [
        RequestParameter {
            required: true,
            default: Some("unused".into()),
            ..request("must be", Query)
        },
        numbered("n", Query),
        numbered("X-N", Header),
        numbered("id", Path),
        RequestParameter {
            default: Some("default".into()),
            ..request("d", Query)
        },
        request("h", Query),
        request("opt", Query),
    ];
    let services = [
        service("d", Query, ValueSource::Request(4)),
        service("X-H", Header, ValueSource::Request(5)),
        service("o", Query, ValueSource::Request(6)),
    ];
    let mut scene = Scene::new(tables(&requests, &services));
    let must = "must+be=";
    for (target, more, code, vendor_code, message) in [
        (
            "/m/1".to_owned(),
            "",
            "missing_parameter",
            "I400MP",
            "The query parameter must%20be is missing",
        ),
        (
            format!("/m/1?{must}&n=0"),
            "",
            "invalid_parameter",
            "I400IP",
            "The query parameter n is invalid",
        ),
        (
            format!("/m/1?{must}&n=secret"),
            "",
            "invalid_parameter",
            "I400IP",
            "The query parameter n is invalid",
        ),
        (
            format!("/m/1?{must}&n="),
            "",
            "invalid_parameter",
            "I400IP",
            "The query parameter n is invalid",
        ),
        (
            format!("/m/1?{must}"),
            "x-n: 10\r\n",
            "invalid_parameter",
            "I400IP",
            "The header X-N is invalid",
        ),
        (
            format!("/m/x?{must}"),
            "",
            "invalid_parameter",
            "I400IP",
            "The path parameter id is invalid",
        ),
        (
            format!("/m/1?{must}&h=a%0D%0Ab"),
            "",
            "invalid_parameter",
            "I400IP",
            "The query parameter h is invalid",
        ),
        (
            format!("/m/1?{must}&h=%00"),
            "",
            "invalid_parameter",
            "I400IP",
            "The query parameter h is invalid",
        ),
        (
            format!("/m/1?{must}&h=%C3%A9"),
            "",
            "invalid_parameter",
            "I400IP",
            "The query parameter h is invalid",
        ),
    ] {
        let expected = (
            400,
            code.to_owned(),
            vendor_code.to_owned(),
            message.to_owned(),
        );
        assert_eq!(scene.refused(&target, more), expected, "{target}");
    }
    // The first value counts; what is absent has its default or is left out.
    let received = scene.send(
        "GET",
        &format!("/m/1?{must}&n=5&n=77&h=a%20%09b"),
        "X-N: 9\r\n",
        "",
    );
    assert_eq!(received.request_line(), "GET /m/1?d=default HTTP/1.1");
    assert_eq!(received.all("x-h"), ["a \tb"]);
    let received = scene.send("GET", &format!("/m/1?{must}&d=&opt"), "", "");
    assert_eq!(received.request_line(), "GET /m/1?d=&o= HTTP/1.1");
    let left = scene.end();
    assert!(!left.raw_log.contains("secret"), "{}", left.raw_log);
    assert_eq!(left.log[0]["error"], "missing_parameter");
    assert_eq!(
        left.log[0]["cause"],
        "the query parameter \"must be\" is missing"
    );
    let refused = "reason=\"invalid_parameter\"} 8";
    assert!(left.metrics.contains(refused), "{}", left.metrics);
}

#[test]
fn values_in_the_path_are_one_segment() {
    let services = [service("to", Path, ValueSource::Request(0))];
    for location in [Query, Path] {
        let requests = [request(if location == Path { "id" } else { "q" }, location)];
        let mut scene = Scene::with(tables(&requests, &services), |definition| {
            definition.backend.path = Some(pattern("/b/{to}"));
            definition.match_mode = MatchMode::Prefix;
        });
        if location == Query {
            for (query, code) in [
                ("q=", "invalid_parameter"),
                ("q=.", "invalid_parameter"),
                ("q=%2e.", "invalid_parameter"),
                ("q=%252e", "invalid_parameter"),
                ("", "missing_parameter"),
            ] {
                let target = format!("/m/1?{query}");
                assert_eq!(scene.refused(&target, "").1, code, "{query}");
            }
        }
        for (text, segment) in [
            ("a%2Fb", "a%2Fb"),
            ("...", "..."),
            ("%E5%90%8D", "%E5%90%8D"),
            ("a;b=c:@!$'()*,~", "a%3Bb%3Dc%3A%40%21%24%27%28%29%2A%2C~"),
        ] {
            let (target, rest) = match location {
                Query => (format!("/m/1/r/%41?q={text}"), "/r/%41"),
                _ => (format!("/m/{text}"), ""),
            };
            let received = scene.send("GET", &target, "", "");
            assert_eq!(received.path(), format!("/b/{segment}{rest}"), "{text}");
            check(&received, "", "");
        }
        scene.end();
    }
}

#[test]
fn forms_that_cannot_be_read() {
    let services = [
        service("f", Header, ValueSource::Request(0)),
        service("f", Query, ValueSource::Request(0)),
    ];
    let scene = Scene::new(tables(&[request("f", Body)], &services));
    let post = |more: &str, body: &str| scene.gateway.client().post("/m/1", more, body.as_bytes());
    let gbk = "Content-Type: application/x-www-form-urlencoded; charset=gbk\r\n";
    let reply = post(gbk, "f=1");
    assert_eq!((reply.status, reply.fault()), (415, "unsupported_charset"));
    let reply = post(&format!("{FORM}Content-Encoding: gzip\r\n"), "f=1");
    assert_eq!((reply.status, reply.fault()), (415, "unsupported_encoding"));
    let reply = post(FORM, &format!("f={}", "x".repeat(200_000)));
    assert_eq!((reply.status, reply.fault()), (413, "body_too_large"));
    let reply = post(FORM, &format!("f={}", "x".repeat(100_000)));
    assert_eq!((reply.status, reply.fault()), (414, "target_too_long"));
    scene.end();
}

#[test]
fn an_unsigned_api_is_mapped_too() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let mut definition = definition("/m", backend.address);
    let services = [
        constant("Content-MD5", Header, "own"),
        constant("c", Body, "1"),
    ];
    definition.mapping = Some(Arc::new(tables(&[], &services)));
    gateway.publish(100, definition, false);
    assert_eq!(gateway.client().post("/m", "", b"").status, 200);
    let received = backend.request();
    signature::check_unsigned(&received);
    assert_eq!(received.all("content-md5"), ["own"]);
    assert_eq!(received.body, b"c=1");
    gateway.stop();
}
