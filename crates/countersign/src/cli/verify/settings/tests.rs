use super::*;

fn build(text: &str) -> Result<Config, Vec<String>> {
    let built = Settings::parse(text).and_then(|own| own.build(&|| Some("csv_planted".to_owned())));
    built.map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

#[test]
fn a_forward_auth_server() {
    let config = build(
        r#"
        mode = "forward-auth"
        from = "envoy"
        path_prefix = "/verify"
        body = "forwarded"
        feed = "http://127.0.0.1:8700"
        mode_of_refusal = "observe"
        access_log = "-"
        "#,
    )
    .unwrap();
    let Mode::ForwardAuth(own) = &config.mode else {
        panic!("{config:?}");
    };
    let path_prefix = "/verify".to_owned();
    assert_eq!(own.from, From::Envoy { path_prefix });
    assert_eq!(own.body, BodySight::Forwarded);
    assert!(config.options.observe && config.options.accept_unsigned_payload);
    assert!(!format!("{config:?}").contains("planted"));
}

#[test]
fn a_reverse_proxy() {
    let config = build(
        "mode = 'reverse-proxy'\nbackend = 'http://[::1]:9000'\nkeys = 'keys.json'\n\
         signature_headers = 'keep'\nbody_bytes_max = 5\nsigned_bodies_only = true",
    )
    .unwrap();
    let Mode::ReverseProxy(own) = &config.mode else {
        panic!("{config:?}");
    };
    assert_eq!(own.backend, "[::1]:9000");
    assert_eq!(own.signature_headers, SignatureHeaders::Keep);
    assert_eq!(config.options.body_bytes_max, 5);
    assert!(!config.options.accept_unsigned_payload && !config.options.observe);
    assert_eq!(config.listen, LISTEN.parse().unwrap());
}

#[test]
fn every_problem_is_told_at_once() {
    let problems = |text: &str| build(text).unwrap_err().join("\n");
    let found = problems(
        "mode = 'forward-auth'\nfrom = 'apache'\nbackend = 'x'\nlisten = 'x'\n\
         body = 'some'\nheader = 'a b'\nconnections_max = 0\nmode_of_refusal = 'x'",
    );
    for key in [
        "from: ",
        "backend: ",
        "listen: ",
        "body: ",
        "header: ",
        "connections_max: ",
        "mode_of_refusal: ",
        "keys: ",
    ] {
        assert!(found.contains(key), "{key} in {found}");
    }
    for (text, key) in [
        ("mode = 'x'\nkeys = 'k'", "mode: "),
        ("mode = 'reverse-proxy'\nkeys = 'k'", "backend: "),
        (
            "mode = 'reverse-proxy'\nkeys = 'k'\nbackend = 'https://a'",
            "backend: ",
        ),
        (
            "mode = 'reverse-proxy'\nkeys = 'k'\nbackend = 'http://a/b'",
            "backend: ",
        ),
        (
            "mode = 'reverse-proxy'\nkeys = 'k'\nfeed = 'http://a'\nbackend = 'http://a'",
            "keys: ",
        ),
        (
            "mode = 'reverse-proxy'\nfeed = 'https://a'\nbackend = 'http://a'",
            "feed: ",
        ),
        (
            "mode = 'forward-auth'\nfrom = 'caddy'\nkeys = 'k'\npath_prefix = '/a'",
            "path_prefix: ",
        ),
        (
            "mode = 'forward-auth'\nfrom = 'envoy'\nkeys = 'k'\npath_prefix = 'a/'",
            "path_prefix: ",
        ),
        (
            "mode = 'forward-auth'\nfrom = 'envoy'\nkeys = 'k'\nhost_from = 'host'",
            "host_from: ",
        ),
        (
            "mode = 'forward-auth'\nfrom = 'caddy'\nkeys = 'k'\ntoken_file = 'a'",
            "token_file: ",
        ),
        ("token = 'planted'", "line 1: "),
    ] {
        let found = problems(text);
        assert!(found.starts_with(key), "{text}: {found}");
        assert!(!found.contains("planted"));
    }
}
