use proptest::prelude::*;
use sha2::Digest;

use super::*;

fn signer() -> Signer {
    Signer::new("DemoKey1", &Secret::new("planted".to_owned()))
}

fn date() -> SdkDate {
    SdkDate::from_unix(1_767_323_045)
}

fn bare(date: &SdkDate) -> Outgoing<'_> {
    Outgoing {
        method: "GET",
        path: "/p",
        query: None,
        host: "backend.example.test:8080",
        date,
        payload: Payload::Empty,
    }
}

const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[test]
fn canonical_request_table() {
    let date = date();
    let digest = PayloadHash::of(b"body");
    let signed = "host:backend.example.test:8080\nx-sdk-date:20260102T030405Z\n\nhost;x-sdk-date\n";
    let unsigned = "host:backend.example.test:8080\nx-sdk-content-sha256:UNSIGNED-PAYLOAD\n\
        x-sdk-date:20260102T030405Z\n\nhost;x-sdk-content-sha256;x-sdk-date\nUNSIGNED-PAYLOAD";
    for (method, query, payload, expected) in [
        (
            "GET",
            None,
            Payload::Empty,
            format!("GET\n/p/\n\n{signed}{EMPTY}"),
        ),
        (
            "post",
            Some("b=+&a"),
            Payload::Sha256(&digest),
            format!("POST\n/p/\na=&b=%20\n{signed}{}", digest.as_str()),
        ),
        (
            "PUT",
            Some(""),
            Payload::Unsigned,
            format!("PUT\n/p/\n\n{unsigned}"),
        ),
    ] {
        let request = Outgoing {
            method,
            query,
            payload,
            ..bare(&date)
        };
        assert_eq!(signer().canonical_request(&request), expected);
        let digest = hex::encode(sha2::Sha256::digest(&expected));
        let string_to_sign = format!("SDK-HMAC-SHA256\n20260102T030405Z\n{digest}");
        assert_eq!(signer().string_to_sign(&request), string_to_sign);
    }
}

#[test]
fn host_loses_its_blanks() {
    let date = date();
    let request = Outgoing {
        host: " h\t",
        ..bare(&date)
    };
    assert!(signer().canonical_request(&request).contains("\nhost:h\n"));
}

#[test]
fn an_empty_body_and_its_digest_are_the_same() {
    let date = date();
    let digest = PayloadHash::of(b"");
    let by_digest = Outgoing {
        payload: Payload::Sha256(&digest),
        ..bare(&date)
    };
    let (mut one, mut other) = (Scratch::new(), Scratch::new());
    assert_eq!(
        signer().authorization(&bare(&date), &mut one),
        signer().authorization(&by_digest, &mut other)
    );
}

#[test]
fn buffers_are_kept() {
    let date = date();
    let request = Outgoing {
        query: Some("b=2&a=%7e&c=+"),
        ..bare(&date)
    };
    let mut scratch = Scratch::new();
    let place = |scratch: &Scratch| {
        [&scratch.canonical, &scratch.header].map(|text| (text.as_ptr(), text.capacity()))
    };
    let first = signer().authorization(&request, &mut scratch).to_vec();
    let before = place(&scratch);
    let second = signer().authorization(&request, &mut scratch).to_vec();
    assert_eq!((before, first), (place(&scratch), second));
}

#[test]
fn forwarded_query_table() {
    for (raw, expected) in [
        ("", ""),
        ("a=1&b=2", "a=1&b=2"),
        ("b=2&&a", "a=&b=2"),
        ("q=a+b%2B", "q=a%20b%2B"),
        ("q=%e7%AD%be", "q=%E7%AD%BE"),
    ] {
        let mut out = "/p?".to_owned();
        canonical_query(raw, &mut out);
        assert_eq!(Scratch::new().canonical_query(raw), expected);
        assert_eq!(out, format!("/p?{expected}"));
    }
}

#[test]
fn debug_shows_no_secret() {
    let date = date();
    let request = Outgoing {
        query: Some("planted"),
        ..bare(&date)
    };
    let mut scratch = Scratch::new();
    signer().authorization(&request, &mut scratch);
    let shown = format!("{:?} {:#?} {scratch:?}", signer(), signer());
    assert!(
        shown.contains("DemoKey1") && !shown.contains("planted"),
        "{shown}"
    );
}

#[test]
fn it_is_shared_between_threads() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Signer>();
}

proptest! {
    #[test]
    fn a_used_scratch_makes_no_difference(
        before in "[a-c=&%+0-9]{0,20}", query in "[a-c=&%+0-9é😀]{0,20}",
    ) {
        let date = date();
        let mut used = Scratch::new();
        signer().authorization(&Outgoing { query: Some(&before), ..bare(&date) }, &mut used);
        let request = Outgoing { query: Some(&query), ..bare(&date) };
        let header = signer().authorization(&request, &mut used).to_vec();
        let mut fresh = Scratch::new();
        prop_assert_eq!(header, signer().authorization(&request, &mut fresh));
    }

    #[test]
    fn forwarding_twice_changes_nothing(raw in "[a-c=&%+/20F~-]{0,24}|.*") {
        let (mut once, mut twice) = (String::new(), String::new());
        canonical_query(&raw, &mut once);
        canonical_query(&once, &mut twice);
        prop_assert_eq!(&once, &twice);
        prop_assert!(!once.contains('+'));
    }

    #[test]
    fn sending_the_canonical_query_signs_the_same(raw in "[a-c=&%+/20F~-]{0,24}|.*") {
        let date = date();
        let mut forwarded = String::new();
        canonical_query(&raw, &mut forwarded);
        let [raw, forwarded] = [&raw, &forwarded]
            .map(|query| signer().canonical_request(&Outgoing { query: Some(query), ..bare(&date) }));
        prop_assert_eq!(raw, forwarded);
    }
}
