use http::Request;

use super::*;

type Headers = &'static [(&'static str, &'static str)];

fn parts(line: &str, headers: Headers) -> Parts {
    let (method, target) = line.split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

/// What a question is read as: method, target, host.
fn read(from: &From, line: &str, headers: Headers) -> Result<(String, String, String), Malformed> {
    let parts = parts(line, headers);
    let original = Original::read(from, &parts)?;
    let hosts: Vec<_> = original
        .headers
        .iter()
        .filter(|(name, _)| *name == HOST)
        .collect();
    assert_eq!(hosts.len(), 1);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Ok((
        original.method.to_owned(),
        text(original.target),
        text(hosts[0].1),
    ))
}

const NGINX: From = From::Nginx(HostFrom::OriginalHost);

fn envoy(path_prefix: &str) -> From {
    From::Envoy {
        path_prefix: path_prefix.to_owned(),
    }
}

#[test]
fn each_proxy_describes_the_request_in_its_way() {
    let forwarded: Headers = &[
        ("host", "verifier:9100"),
        ("x-forwarded-method", "PUT"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "api.example.com"),
        ("x-forwarded-uri", "/v1/a%2Fb?x=%20&x=+"),
    ];
    let cases: [(From, &str, Headers); 6] = [
        (
            NGINX,
            "GET /auth",
            &[
                ("host", "verifier:9100"),
                ("x-original-method", "PUT"),
                ("x-original-host", "api.example.com"),
                ("x-original-uri", "/v1/a%2Fb?x=%20&x=+"),
            ],
        ),
        (
            From::Nginx(HostFrom::Host),
            "GET /auth",
            &[
                ("host", "api.example.com"),
                ("x-original-host", "planted.example.com"),
                ("x-original-method", "PUT"),
                ("x-original-uri", "/v1/a%2Fb?x=%20&x=+"),
            ],
        ),
        (From::Traefik, "GET /auth?y", forwarded),
        (From::Caddy, "GET /auth", forwarded),
        (
            envoy(""),
            "PUT /v1/a%2Fb?x=%20&x=+",
            &[("host", "api.example.com")],
        ),
        (
            envoy("/verify"),
            "PUT /verify/v1/a%2Fb?x=%20&x=+",
            &[("host", "api.example.com")],
        ),
    ];
    for (from, line, headers) in cases {
        let (method, target, host) = read(&from, line, headers).unwrap();
        assert_eq!(
            (&*method, &*target, &*host),
            ("PUT", "/v1/a%2Fb?x=%20&x=+", "api.example.com"),
            "{from:?}"
        );
    }
}

#[test]
fn what_a_proxy_sets_is_there_once() {
    let nginx: Headers = &[
        ("x-original-method", "GET"),
        ("x-original-host", "a"),
        ("x-original-uri", "/"),
    ];
    let traefik: Headers = &[
        ("x-forwarded-method", "GET"),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-host", "a"),
        ("x-forwarded-uri", "/"),
    ];
    for (from, good) in [
        (NGINX, nginx),
        (From::Traefik, traefik),
        (From::Caddy, traefik),
        (envoy(""), &[("host", "a")]),
    ] {
        for (at, (name, value)) in good.iter().enumerate() {
            if from == From::Caddy && *name == FORWARDED_PROTO {
                continue;
            }
            let mut parts = parts("GET /", good);
            assert!(Original::read(&from, &parts).is_ok());
            parts.headers.append(*name, value.parse().unwrap());
            assert_eq!(
                Original::read(&from, &parts).unwrap_err(),
                Malformed::Repeated(name)
            );
            parts.headers.remove(*name);
            assert_eq!(
                Original::read(&from, &parts).unwrap_err(),
                Malformed::Missing(name),
                "{at}"
            );
        }
    }
    // Another proxy's headers say nothing.
    assert_eq!(
        read(&NGINX, "GET /", traefik),
        Err(Malformed::Missing(ORIGINAL_URI))
    );
}

#[test]
fn what_is_no_request_is_refused() {
    let with = |name: &'static str, value: &str| {
        let good: Headers = &[
            ("x-original-method", "GET"),
            ("x-original-host", "a"),
            ("x-original-uri", "/"),
        ];
        let mut parts = parts("GET /", good);
        parts.headers.insert(name, value.parse().unwrap());
        Original::read(&NGINX, &parts).map(|_| ())
    };
    for (name, value) in [
        (ORIGINAL_METHOD, ""),
        (ORIGINAL_METHOD, "GET, PUT"),
        (ORIGINAL_URI, ""),
        (ORIGINAL_URI, "http://a/"),
        (ORIGINAL_URI, "/a b"),
        (ORIGINAL_HOST, ""),
        (ORIGINAL_HOST, "a, b"),
        (ORIGINAL_HOST, "a@b"),
    ] {
        assert_eq!(
            with(name, value),
            Err(Malformed::Unreadable(name)),
            "{value:?}"
        );
    }
    for line in ["GET /", "GET /verif/a", "GET /a?/verify/"] {
        assert_eq!(
            read(&envoy("/verify"), line, &[("host", "a")]),
            Err(Malformed::Prefix)
        );
    }
    let unreadable = read(&envoy("/verify"), "GET /verifyall", &[("host", "a")]);
    assert_eq!(unreadable, Err(Malformed::Unreadable(":path")));
}
