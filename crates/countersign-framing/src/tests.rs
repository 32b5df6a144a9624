use proptest::prelude::*;

use super::*;

const LIMITS: HeadLimits = HeadLimits {
    bytes_max: 4096,
    fields_max: 20,
};

/// What the machine makes of input in pieces.
fn run<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (usize, u64, Option<Violation>) {
    let mut framing = Framing::new(LIMITS);
    let (mut seen, mut passed, mut heads) = (0, 0, 0);
    for piece in pieces {
        let done = framing.advance(piece);
        if done.passed > 0 {
            passed = seen + done.passed;
        }
        heads += done.heads;
        seen += piece.len();
    }
    (passed, heads, framing.violation())
}

fn check(input: &str, passed: usize, heads: u64, violation: Option<Violation>) {
    assert_eq!(
        run([input.as_bytes()]),
        (passed, heads, violation),
        "{input:?}"
    );
    assert_eq!(
        run(input.as_bytes().chunks(1)),
        (passed, heads, violation),
        "{input:?} byte by byte"
    );
}

#[test]
fn passes_whole_heads_and_bodies_as_they_come() {
    let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n";
    let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    check(&get[..20], 0, 0, None);
    check(get, get.len(), 1, None);
    check(&format!("{get}{get}GET"), get.len() * 2, 2, None);
    check(&format!("{post}ab"), post.len() + 2, 1, None);
    check(
        &format!("{post}abc{get}"),
        post.len() + 3 + get.len(),
        2,
        None,
    );
    check(&format!("{chunked}3\r"), chunked.len(), 1, None);
    check(&format!("{chunked}3\r\nab"), chunked.len() + 5, 1, None);
    check(&format!("{chunked}3\r\nabc\r"), chunked.len() + 6, 1, None);
    check(
        &format!("{chunked}3\r\nabc\r\n0\r\n"),
        chunked.len() + 8,
        1,
        None,
    );
    check(
        &format!("{chunked}3\r\nabc\r\n0\r\n\r\n{get}"),
        chunked.len() + 13 + get.len(),
        2,
        None,
    );
}

#[test]
fn passes_nothing_from_the_bad_part_on() {
    let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    check(
        &format!("{get}GET / HTTP/1.1\n{get}"),
        get.len(),
        1,
        Some(Violation::BareLineFeed),
    );
    check(
        &format!("{chunked}1\r\naXX"),
        chunked.len() + 4,
        1,
        Some(Violation::ChunkEnd),
    );
    check(
        &format!("{chunked}1\r\na\rX"),
        chunked.len() + 4,
        1,
        Some(Violation::ChunkEnd),
    );
    check(
        &format!("{chunked}x\r\n"),
        chunked.len(),
        1,
        Some(Violation::ChunkSize),
    );
    check(
        &format!("{chunked}1;{}", "a".repeat(5000)),
        chunked.len(),
        1,
        Some(Violation::ChunkExtensions),
    );
    check(
        &format!("{chunked}{}", "1;aaaaaaaaa\r\na\r\n".repeat(500)),
        chunked.len() + 409 * 16,
        1,
        Some(Violation::ChunkExtensions),
    );
    check(
        &format!("{chunked}0\r\n{}", "a: b\r\n".repeat(51)),
        chunked.len(),
        1,
        Some(Violation::Trailer),
    );
    check(
        &format!("{chunked}0\r\na: {}", "b".repeat(9000)),
        chunked.len(),
        1,
        Some(Violation::Trailer),
    );
}

#[test]
fn sizes_of_heads() {
    check(&"a".repeat(4097), 0, 0, Some(Violation::HeadTooLarge));
    check(
        &format!("GET / HTTP/1.1\r\n{}", "a: b\r\n".repeat(21)),
        0,
        0,
        Some(Violation::TooManyFields),
    );
    let mut large = "GET / HTTP/1.1\r\nHost: a\r\nb: ".to_owned();
    large.push_str(&"c".repeat(4096 - 4 - large.len()));
    check(&format!("{large}\r\n\r\n"), 4096, 1, None);
    check(
        &format!("{large}c\r\n\r\n"),
        0,
        0,
        Some(Violation::HeadTooLarge),
    );
}

/// Every byte that may stand in a path or a query is one that `http::Uri`
/// takes, and comes out of it unchanged.
#[test]
fn uris_take_what_passes() {
    for byte in 0..=255_u8 {
        for target in [[b'/', byte, b'a'], [b'/', b'?', byte]] {
            let request = [b"GET ", &target[..], b" HTTP/1.1\r\nHost: a\r\n\r\n"].concat();
            let passes = run([&request[..]]).2.is_none();
            let uri = http::Uri::from_maybe_shared(bytes::Bytes::copy_from_slice(&target));
            if passes {
                assert_eq!(uri.unwrap().to_string().as_bytes(), target);
            } else if byte.is_ascii_graphic() && uri.is_ok() {
                assert!(
                    matches!(byte, b'#' | b'\\'),
                    "{byte} is refused without need"
                );
            }
        }
    }
    for host in [
        "a",
        "a-b_c.d",
        "127.0.0.1",
        "[::1]",
        "[2001:db8::1]:80",
        "a:1",
        "a:65535",
    ] {
        for tail in ["", "/", "/a?b", "?b", "/a:b@c"] {
            let target = format!("http://{host}{tail}");
            let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
            assert_eq!(run([request.as_bytes()]).2, None, "{target}");
            let uri = http::Uri::from_maybe_shared(bytes::Bytes::from(target.clone())).unwrap();
            assert_eq!(uri.authority().unwrap().as_str(), host, "{target}");
        }
    }
}

/// What `httparse`, the parser below the HTTP library, makes of a head.
fn library_reads(head: &[u8]) -> Option<usize> {
    let mut fields = [httparse::EMPTY_HEADER; 100];
    match httparse::Request::new(&mut fields).parse(head) {
        Ok(httparse::Status::Complete(length)) => Some(length),
        _ => None,
    }
}

/// Pieces from which good and bad messages are put together.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        8 => Just(&b"GET / HTTP/1.1\r\n"[..]),
        4 => Just(&b"POST /a?b HTTP/1.1\r\n"[..]),
        1 => Just(&b"GET / HTTP/1.0\r\n"[..]),
        1 => Just(&b"GET http://a/ HTTP/1.1\r\n"[..]),
        8 => Just(&b"Host: a\r\n"[..]),
        3 => Just(&b"Content-Length: 3\r\n"[..]),
        3 => Just(&b"Transfer-Encoding: chunked\r\n"[..]),
        2 => Just(&b"X: y\r\n"[..]),
        10 => Just(&b"\r\n"[..]),
        2 => Just(&b"abc"[..]),
        3 => Just(&b"3\r\nabc\r\n"[..]),
        3 => Just(&b"0\r\n\r\n"[..]),
        1 => Just(&b"\n"[..]),
        1 => Just(&b"\r"[..]),
        1 => Just(&b" "[..]),
        1 => Just(&b"\0"[..]),
        1 => Just(&b":"[..]),
        1 => Just(&b";x=y"[..]),
    ];
    prop::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn splitting_makes_no_difference(input in soup(), cuts in prop::collection::vec(0_usize..400, 0..8)) {
        let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(input.len())).collect();
        cuts.sort_unstable();
        cuts.push(input.len());
        let mut start = 0;
        let pieces: Vec<_> = cuts.into_iter().map(|end| &input[std::mem::replace(&mut start, end)..end]).collect();
        prop_assert_eq!(run(pieces), run([&input[..]]));
    }

    #[test]
    fn any_bytes_split_anywhere(input in prop::collection::vec(any::<u8>(), 0..200), cut in 0_usize..200) {
        let (first, second) = input.split_at(cut.min(input.len()));
        prop_assert_eq!(run([first, second]), run([&input[..]]));
    }

    /// Whatever passes as one head, the library reads as the same head.
    #[test]
    fn the_library_agrees_on_heads(input in soup()) {
        let mut framing = Framing::new(LIMITS);
        // Up to the end of the first head.
        let end = (1..=input.len()).find(|end| Framing::new(LIMITS).advance(&input[..*end]).heads == 1);
        if let Some(end) = end {
            prop_assert_eq!(framing.advance(&input[..end]).passed, end);
            prop_assert_eq!(library_reads(&input), Some(end));
        }
    }

    /// Every head made by the rules passes.
    #[test]
    fn good_heads_pass(
        method in "[A-Z]{1,8}",
        path in "/[a-zA-Z0-9._~!$&'()*+,;=:@%/-]{0,30}",
        query in "(\\?[a-zA-Z0-9._~!$&'()*+,;=:@%/?-]{0,30})?",
        host in "[a-z0-9.-]{1,20}(:[1-9][0-9]{0,3})?",
        fields in prop::collection::vec(("x[a-zA-Z0-9_-]{0,10}", "[ -~\t]{0,20}"), 0..10),
    ) {
        prop_assume!(method != "CONNECT");
        let mut head = format!("{method} {path}{query} HTTP/1.1\r\nHost: {host}\r\n");
        for (name, value) in fields {
            head.push_str(&format!("{name}:{value}\r\n"));
        }
        head.push_str("\r\n");
        prop_assert_eq!(run([head.as_bytes()]), (head.len(), 1, None));
        prop_assert_eq!(library_reads(head.as_bytes()), Some(head.len()));
    }
}
