//! The examples of RFC 9421 sections 2.1 to 2.4, and what has no value.

use super::*;
use crate::rfc9421::message::Scheme;

const TARGET: Target<'_> = Target {
    method: "POST",
    scheme: Scheme::Https,
    authority: "www.example.com",
    path: "/path",
    query: Some("param=value"),
};

fn value(id: &str, message: &Message<'_>) -> Result<String, NoValue> {
    let id: ComponentId = id.parse().expect(id);
    let mut out = String::new();
    write_value(&id, message, &mut out).map(|()| out)
}

fn check(target: Target<'_>, headers: &[(&str, &str)], table: &[(&str, Result<&str, NoValue>)]) {
    let message = Message::request(target, headers, None);
    for (id, expected) in table {
        assert_eq!(value(id, &message), expected.map(str::to_owned), "{id}");
    }
}

#[test]
fn derived_components() {
    check(
        TARGET,
        &[],
        &[
            ("\"@method\"", Ok("POST")),
            (
                "\"@target-uri\"",
                Ok("https://www.example.com/path?param=value"),
            ),
            ("\"@authority\"", Ok("www.example.com")),
            ("\"@scheme\"", Ok("https")),
            ("\"@request-target\"", Ok("/path?param=value")),
            ("\"@path\"", Ok("/path")),
            ("\"@query\"", Ok("?param=value")),
            ("\"@status\"", Err(NoValue::Missing)),
            ("\"@method\";req", Err(NoValue::Missing)),
        ],
    );
}

#[test]
fn paths_queries_and_request_targets() {
    let of = |method, path, query| Target {
        method,
        path,
        query,
        ..TARGET
    };
    for (target, path, query, request_target) in [
        (of("GET", "", None), "/", "?", "/"),
        (of("GET", "/a//b", Some("")), "/a//b", "?", "/a//b?"),
        (
            of("GET", "/p", Some("param=value&foo=bar&baz=bat%2Dman")),
            "/p",
            "?param=value&foo=bar&baz=bat%2Dman",
            "/p?param=value&foo=bar&baz=bat%2Dman",
        ),
        (
            of("GET", "/p", Some("queryString")),
            "/p",
            "?queryString",
            "/p?queryString",
        ),
        (of("OPTIONS", "*", None), "*", "?", "*"),
        (of("CONNECT", "", None), "/", "?", "www.example.com"),
    ] {
        let table = [
            ("\"@path\"", Ok(path)),
            ("\"@query\"", Ok(query)),
            ("\"@request-target\"", Ok(request_target)),
        ];
        check(target, &[], &table);
    }
}

#[test]
fn query_parameters() {
    let query = |query| Target {
        query: Some(query),
        ..TARGET
    };
    check(
        query("param=value&foo=bar&baz=batman&qux="),
        &[],
        &[
            ("\"@query-param\";name=\"baz\"", Ok("batman")),
            ("\"@query-param\";name=\"qux\"", Ok("")),
            ("\"@query-param\";name=\"param\"", Ok("value")),
            ("\"@query-param\";name=\"none\"", Err(NoValue::Missing)),
        ],
    );
    check(
        query(concat!(
            "var=this%20is%20a%20big%0Amultiline%20value&",
            "bar=with+plus+whitespace&fa%C3%A7ade%22%3A%20=something&twice=1&twice=1"
        )),
        &[],
        &[
            (
                "\"@query-param\";name=\"var\"",
                Ok("this%20is%20a%20big%0Amultiline%20value"),
            ),
            (
                "\"@query-param\";name=\"bar\"",
                Ok("with%20plus%20whitespace"),
            ),
            (
                "\"@query-param\";name=\"fa%C3%A7ade%22%3A%20\"",
                Ok("something"),
            ),
            ("\"@query-param\";name=\"twice\"", Err(NoValue::Repeated)),
        ],
    );
    let none = Target {
        query: None,
        ..TARGET
    };
    check(
        none,
        &[],
        &[("\"@query-param\";name=\"a\"", Err(NoValue::Missing))],
    );
}

#[test]
fn fields() {
    check(
        TARGET,
        &[
            ("Host", "www.example.com"),
            ("X-OWS-Header", "   Leading and trailing whitespace.   \t"),
            ("Cache-Control", "max-age=60"),
            ("Cache-Control", "    must-revalidate"),
            ("X-Empty-Header", ""),
            ("Example-Dict", "  a=1,    b=2;x=1;y=2,   c=(a   b   c), d"),
            ("Example-Header", "value, with, lots"),
            ("Example-Header", "of, commas"),
            ("Priority", "u=1,   i"),
            ("Accept-CH", "a  ,b"),
            ("X-Text", "é"),
            ("X-Line", "a\r\n\"@method\": GET"),
        ],
        &[
            ("\"host\"", Ok("www.example.com")),
            ("\"x-ows-header\"", Ok("Leading and trailing whitespace.")),
            ("\"cache-control\"", Ok("max-age=60, must-revalidate")),
            ("\"x-empty-header\"", Ok("")),
            ("\"example-dict\";key=\"a\"", Ok("1")),
            ("\"example-dict\";key=\"d\"", Ok("?1")),
            ("\"example-dict\";key=\"b\"", Ok("2;x=1;y=2")),
            ("\"example-dict\";key=\"c\"", Ok("(a b c)")),
            ("\"example-dict\";key=\"c\";sf", Ok("(a b c)")),
            ("\"example-dict\";key=\"e\"", Err(NoValue::Missing)),
            ("\"example-dict\";sf", Err(NoValue::UnknownStructure)),
            ("\"priority\";sf", Ok("u=1, i")),
            ("\"accept-ch\";sf", Ok("a, b")),
            ("\"example-header\"", Ok("value, with, lots, of, commas")),
            (
                "\"example-header\";bs",
                Ok(":dmFsdWUsIHdpdGgsIGxvdHM=:, :b2YsIGNvbW1hcw==:"),
            ),
            ("\"example-header\";key=\"A\"", Err(NoValue::Missing)),
            ("\"x-text\";key=\"a\"", Err(NoValue::NotStructured)),
            ("\"x-text\"", Err(NoValue::NotPrintable)),
            ("\"x-text\";bs", Ok(":w6k=:")),
            ("\"x-line\"", Err(NoValue::NotPrintable)),
            ("\"x-none\"", Err(NoValue::Missing)),
            ("\"x-none\";bs", Err(NoValue::Missing)),
            ("\"x-none\";key=\"a\"", Err(NoValue::Missing)),
        ],
    );
}

/// Section 2.4.
#[test]
fn a_response_takes_from_its_request() {
    let headers = [("Content-Digest", "sha-256=:AA==:")];
    let request = Message::request(TARGET, &headers, None);
    let response = Message::response(503, Some(&request), &[], None);
    for (id, expected) in [
        ("\"@status\"", Ok("503")),
        ("\"@authority\";req", Ok("www.example.com")),
        ("\"content-digest\";req", Ok("sha-256=:AA==:")),
        ("\"content-digest\"", Err(NoValue::Missing)),
        ("\"@authority\"", Err(NoValue::Missing)),
        ("\"@status\";req", Err(NoValue::Missing)),
    ] {
        assert_eq!(value(id, &response), expected.map(str::to_owned), "{id}");
    }
    let alone = Message::response(503, None, &[], None);
    assert_eq!(value("\"@method\";req", &alone), Err(NoValue::Missing));
}
