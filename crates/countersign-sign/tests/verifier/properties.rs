//! Whatever a request holds: no panic, and no acceptance without a signature that fits.
//! `fuzz/fuzz_targets/verifier.rs` does the same with more patience.

use countersign_sign::verifier::{Body, Keys, Options, Request, Scheme, Verifier};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::signed::{HOST, NOW, Signed, key, sign, sign_key};

fn verifier() -> Verifier {
    let options = Options {
        body_bytes_max: 64,
        ..Options::default()
    };
    Verifier::new(Keys::new(Scheme::ALL.map(key)), options)
}

/// Names that matter, in the case of the vendor, of nobody and of nothing.
fn name() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "Host",
        "Authorization",
        "Content-Type",
        "Content-MD5",
        "Content-Digest",
        "X-Ca-Proxy-Signature",
        "X-Ca-Proxy-Signature-Headers",
        "X-Ca-Proxy-Signature-Secret-Key",
        "X-Sdk-Date",
        "X-Sdk-Content-Sha256",
        "Signature-Input",
        "Signature",
        "x-a",
    ]);
    prop_oneof![
        8 => known.prop_map(str::to_owned),
        2 => prop::sample::select(vec!["signature-input", "AUTHORIZATION"]).prop_map(str::to_owned),
        1 => ".{0,8}",
    ]
}

/// Values that look right up to a point, and any bytes.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let scheme = prop::sample::select(Scheme::ALL.to_vec());
    let near = (scheme, "[a-z;,:@\"=() ]{0,12}", 0..12_usize).prop_map(|(scheme, any, kind)| {
        let key = sign_key(scheme);
        match kind {
            0 => format!("SDK-HMAC-SHA256 Access={key}, SignedHeaders=host;x-sdk-date, Signature=a{any}"),
            1 => format!("SDK-HMAC-SHA256 Access={key}, SignedHeaders={any}, Signature=00"),
            2 => format!("Basic {any}"),
            3 => "Basic a2V5LWJhc2ljOng=".to_owned(),
            4 => format!("X-Ca-Proxy-Signature-Secret-Key,{any}"),
            5 => "X-Ca-Proxy-Signature-Secret-Key".to_owned(),
            6 => "20260102T030405Z".to_owned(),
            7 => format!(
                "countersign=(\"@method\" \"@authority\" \"@path\" \"@query\"{any});created={NOW};keyid=\"{key}\";nonce=\"{any}\""
            ),
            8 => format!("countersign=:AA==:{any}"),
            9 => "application/x-www-form-urlencoded".to_owned(),
            10 => "UNSIGNED-PAYLOAD".to_owned(),
            _ => key,
        }
        .into_bytes()
    });
    prop_oneof![4 => near, 1 => vec(any::<u8>(), 0..24)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn nothing_is_accepted_that_nobody_signed(
        method in "[A-Za-z]{0,5}|.*",
        target in vec(any::<u8>(), 0..12),
        path in "[/a?=&%+2F]{0,12}",
        is_odd in any::<bool>(),
        headers in vec((name(), value()), 0..10),
        body in vec(any::<u8>(), 0..80),
        withheld in any::<bool>(),
    ) {
        let headers: Vec<_> = headers.iter().map(|(n, v)| (n.as_str(), v.as_slice())).collect();
        let request = Request {
            method: &method,
            target: if is_odd { &target } else { path.as_bytes() },
            headers: &headers,
            body: if withheld { Body::Withheld } else { Body::Whole(&body) },
        };
        let refusal = verifier().verify(&request, NOW).expect_err("nobody signed it");
        // What is told is for a log.
        prop_assert!(refusal.to_string().len() < 1000);
    }

    #[test]
    fn what_the_gateway_signs_is_verified(
        scheme in prop::sample::select(Scheme::ALL.to_vec()),
        method in prop::sample::select(vec!["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
        path in "/[!-\"$->@-~]{0,20}",
        query in prop::option::of("[!-\"$-~]{0,20}"),
        body in vec(any::<u8>(), 0..64),
        is_form in any::<bool>(),
    ) {
        let target = query.map_or_else(|| path.clone(), |query| format!("{path}?{query}"));
        let mut plain = Signed::plain(method, &target, &body);
        if is_form {
            plain.push("Content-Type", "application/x-www-form-urlencoded");
        }
        let request = sign(scheme, plain, "n");
        let verdict = request.verify(&verifier(), NOW);
        prop_assert!(verdict.is_ok(), "{:?}", verdict);
    }

    /// Pieces of a signed request are exchanged with others. What is accepted then is
    /// what the scheme does not cover: the harness knows of each.
    #[test]
    fn a_signed_request_with_anything_else_is_refused(
        scheme in prop::sample::select(vec![
            Scheme::Rfc9421Hmac, Scheme::Rfc9421KeyPair, Scheme::Alibaba, Scheme::Huawei,
        ]),
        what in 0..5_usize,
        at in any::<prop::sample::Index>(),
        to in "[b-z]",
    ) {
        let mut request = sign(scheme, Signed::plain("POST", "/aaaa/aaaa?aaa=aaa", b"aaaa"), "n");
        match what {
            0 => {
                let at = at.index(request.target.len() - 1) + 1;
                request.target.replace_range(at..=at, &to);
            }
            1 => request.target.push_str(&to),
            2 => {
                let at = at.index(request.body.len());
                request.body[at] = to.as_bytes()[0];
            }
            3 => request.method = to.clone(),
            _ => {
                let covers_host = scheme != Scheme::Alibaba;
                prop_assume!(covers_host);
                request.headers[0].1 = format!("{to}.{HOST}");
            }
        }
        prop_assert!(request.verify(&verifier(), NOW).is_err());
    }

    #[test]
    fn a_request_short_of_a_header_is_refused(
        scheme in prop::sample::select(Scheme::ALL.to_vec()),
        at in any::<prop::sample::Index>(),
    ) {
        let mut request = sign(scheme, Signed::plain("POST", "/a", b"b"), "n");
        let (name, _) = request.headers.remove(at.index(request.headers.len()));
        // Basic and Alibaba's scheme do not sign the host; Content-MD5 says nothing new.
        let is_spare = match scheme {
            Scheme::Basic => name == "Host",
            Scheme::Alibaba => name == "Host" || name == "Content-MD5",
            _ => false,
        };
        prop_assert_eq!(request.verify(&verifier(), NOW).is_ok(), is_spare, "{}", name);
    }
}
