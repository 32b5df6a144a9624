//! What readers refuse, and where they say so.

use countersign_sign::explain::{BadCapture, Captured, CapturedBody, Format, HEADERS_MAX};

fn why(input: &str) -> String {
    Captured::read(input.as_bytes(), Format::Auto, None)
        .unwrap_err()
        .to_string()
}

#[test]
fn refusals_name_the_line() {
    for (input, expected) in [
        ("", "line 1: there is no request in it"),
        ("\n\n", "line 1: there is no request in it"),
        ("hello\n", "line 1: no request line"),
        ("\nGET /\nnot a header\n", "line 3: no header"),
        (
            "GET / HTTP/1.1\nA: b\n c\n",
            "line 3: a header that goes on",
        ),
        ("GET / HTTP/1.1\n: b\n", "line 2: no header"),
        (
            "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n5\nabc",
            "line 4: the chunk is longer",
        ),
        (
            "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\nzz\n",
            "line 4: no size",
        ),
        ("> hello\n", "line 1: no request line"),
        ("* x\n> GET / HTTP/2\n> oops\n", "line 3: no header"),
        (
            "* x\n> GET / HTTP/2\n>\n> GET /b HTTP/2\n>\n",
            "line 1: the capture holds 2 requests",
        ),
        ("{\n\"log\": ?", "line 2: not JSON"),
        (
            "{\"log\": {\"entries\": []}}",
            "line 1: there is no request",
        ),
        (
            "{\"log\": {\"entries\": [{}]}}",
            "line 1: request.method is missing",
        ),
        (
            "{\"url\": \"ftp://x\", \"method\": \"GET\"}",
            "line 1: request.url is no URL",
        ),
        ("{\"target\": \"/\"}", "line 1: method"),
        ("{}", "line 1: neither a HAR"),
    ] {
        let said = why(input);
        assert!(said.starts_with(expected), "{input:?}: {said}");
    }
    let many = "A: b\n".repeat(HEADERS_MAX + 1);
    assert!(why(&format!("GET / HTTP/1.1\n{many}")).contains("headers"));
    assert!(why(&format!("GET / HTTP/1.1\nA: {}\n", "x".repeat(70_000))).contains("longer"));
}

#[test]
fn bodies() {
    let body = |input: &str| {
        Captured::read(input.as_bytes(), Format::Auto, None)
            .unwrap()
            .body
    };
    let known = |text: &str| CapturedBody::Known(text.as_bytes().to_vec());
    for (input, expected) in [
        ("GET / HTTP/1.1\n", known("")),
        ("GET / HTTP/1.1\n\n\n", known("")),
        ("POST / HTTP/1.1\nContent-Length: 2\n\nab\n", known("ab")),
        (
            "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab\n",
            known("ab\n"),
        ),
        ("POST / HTTP/1.1\nContent-Length: 9\n\nab", known("ab")),
        ("> GET / HTTP/1.1\n> Host: a\n>\n", known("")),
        ("> POST / HTTP/1.1\n> Content-Length: 0\n>\n", known("")),
        (
            "> POST / HTTP/1.1\n> Content-Length: 1\n>\n",
            CapturedBody::Unknown,
        ),
        (
            "> POST / HTTP/2\n> content-type: a\n>\n",
            CapturedBody::Unknown,
        ),
        ("> DELETE / HTTP/2\n>\n", known("")),
    ] {
        assert_eq!(body(input), expected, "{input:?}");
    }
}

#[test]
fn absolute_targets_and_entries() {
    let read = |input: &str, entry| Captured::read(input.as_bytes(), Format::Auto, entry);
    let one = read("GET http://u:p@a.test:81/x?y#z HTTP/1.1\n\n", None).unwrap();
    assert_eq!(one.target, b"/x?y");
    assert_eq!(one.headers, [("Host".to_owned(), b"a.test:81".to_vec())]);
    let one = read("GET http://a.test HTTP/1.1\nHost: b\n\n", None).unwrap();
    assert_eq!(
        (one.target.as_slice(), one.headers.len()),
        (b"/".as_slice(), 1)
    );
    let two = "> GET /a HTTP/1.1\n> A:  b \n>\n< HTTP/1.1 302\n> GET /b HTTP/1.1\n>\n";
    assert_eq!(read(two, Some(1)).unwrap().target, b"/b");
    // One blank is HTTP's, others are kept to be told.
    assert_eq!(read(two, Some(0)).unwrap().headers[0].1, b" b ");
    assert!(matches!(
        read(two, Some(2)),
        Err(BadCapture { line: 1, .. })
    ));
    assert!(read("GET / HTTP/1.1\n\n", Some(1)).is_err());
}
