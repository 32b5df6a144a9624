//! What the gateway signs is verified, in every scheme.

use countersign_sign::verifier::{Body, BodyCheck, Keys, Options, Scheme, Verifier};

use crate::signed::{NOW, SECRET, Signed, key, sign, sign_key, sign_with};

fn verifier() -> Verifier {
    Verifier::new(Keys::new(Scheme::ALL.map(key)), Options::default())
}

#[test]
fn what_the_gateway_signs_is_verified() {
    let verifier = verifier();
    for scheme in Scheme::ALL {
        for (at, (method, target, body)) in [
            ("GET", "/", &b""[..]),
            ("GET", "/v1/orders?b=2&a=1&a", b""),
            ("DELETE", "/a%2Fb/", b""),
            ("POST", "/v1/orders", br#"{"id":1}"#),
            ("PUT", "/v1/orders?x=%E7%AD%BE", b"\0\xff"),
        ]
        .into_iter()
        .enumerate()
        {
            let request = sign(scheme, Signed::plain(method, target, body), &at.to_string());
            let verified = request.verify(&verifier, NOW).unwrap();
            assert_eq!(verified.scheme(), scheme, "{method} {target}");
            assert_eq!(verified.sign_key(), sign_key(scheme));
            let covered = scheme != Scheme::Basic;
            assert_eq!(verified.body() == BodyCheck::Fits, covered, "{scheme}");
        }
    }
    assert_eq!(verifier.counts().verified, 25);
}

#[test]
fn what_was_changed_is_refused() {
    for scheme in Scheme::ALL.into_iter().filter(|it| *it != Scheme::Basic) {
        let signed = sign(scheme, Signed::plain("POST", "/a?b=1", b"body"), "n");
        let check = |change: &dyn Fn(&mut Signed), expected: &str| {
            let mut changed = signed.clone();
            change(&mut changed);
            let refusal = changed.verify(&verifier(), NOW).unwrap_err();
            assert_eq!(refusal.as_str(), expected, "{scheme}: {refusal}");
        };
        let digest = match scheme {
            Scheme::Huawei => "signature_differs",
            _ => "body_digest_differs",
        };
        check(&|it| it.method = "PUT".to_owned(), "signature_differs");
        check(&|it| it.target = "/a?b=2".to_owned(), "signature_differs");
        check(&|it| it.target = "/b?b=1".to_owned(), "signature_differs");
        check(&|it| it.body.push(b'x'), digest);
        check(&|it| it.body.clear(), digest);
    }
    let forged = |scheme| {
        let request = Signed::plain("GET", "/", b"");
        sign_with(scheme, request, "n", &sign_key(scheme), "other")
    };
    for scheme in Scheme::ALL {
        if scheme != Scheme::Rfc9421KeyPair {
            let refusal = forged(scheme).verify(&verifier(), NOW).unwrap_err();
            assert_eq!(refusal.as_str(), "signature_differs", "{scheme}");
        }
    }
}

#[test]
fn a_body_that_is_not_at_hand_needs_a_signed_digest() {
    use Scheme::{Alibaba, Basic, Huawei, Rfc9421Hmac, Rfc9421KeyPair};
    for (scheme, method, content_type, expected) in [
        (Rfc9421Hmac, "POST", "text/plain", Ok(BodyCheck::Stated)),
        (Rfc9421KeyPair, "POST", "text/plain", Ok(BodyCheck::Stated)),
        (Alibaba, "POST", "text/plain", Ok(BodyCheck::Stated)),
        (Alibaba, "PATCH", "text/plain", Ok(BodyCheck::NotCovered)),
        (
            Alibaba,
            "POST",
            "application/x-www-form-urlencoded",
            Err("body_digest_differs"),
        ),
        (Huawei, "POST", "text/plain", Err("body_digest_differs")),
        (Basic, "POST", "text/plain", Ok(BodyCheck::NotCovered)),
    ] {
        let mut request = Signed::plain(method, "/", b"a=1");
        request.push("Content-Type", content_type);
        let request = sign(scheme, request, "n");
        let verdict = request.verify_with(&verifier(), NOW, Body::Withheld);
        let verdict = verdict
            .as_ref()
            .map(|verified| verified.body())
            .map_err(|refusal| refusal.as_str());
        assert_eq!(verdict, expected, "{scheme} {method} {content_type}");
    }
}

#[test]
fn a_withheld_body_is_no_empty_one() {
    // Signed without a body; whether one was put in can not be seen.
    for scheme in [Scheme::Alibaba, Scheme::Huawei] {
        let request = sign(scheme, Signed::plain("POST", "/", b""), "n");
        assert!(request.verify(&verifier(), NOW).is_ok());
        let refusal = request
            .verify_with(&verifier(), NOW, Body::Withheld)
            .unwrap_err();
        assert_eq!(refusal.as_str(), "body_digest_differs", "{scheme}");
    }
}

#[test]
fn nothing_shows_the_secret() {
    let verifier = verifier();
    let mut shown = format!("{verifier:?} {verifier:#?}");
    for scheme in Scheme::ALL {
        let mut request = sign(scheme, Signed::plain("GET", "/", b""), "n");
        shown.push_str(&format!("{:?}", request.verify(&verifier, NOW)));
        request.target.push('x');
        shown.push_str(&format!("{:?}", request.verify(&verifier, NOW)));
    }
    assert!(!shown.contains(SECRET));
    assert!(shown.contains("key-basic"));
}
