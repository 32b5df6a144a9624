//! Counting, observing, remembering.

use countersign_sign::verifier::{Key, Keys, Options, Outlook, Scheme, Verifier};

use crate::signed::{NOW, Signed, key, secret, sign, sign_key};

fn verifier(options: Options) -> Verifier {
    Verifier::new(Keys::new(Scheme::ALL.map(key)), options)
}

#[test]
fn verdicts_are_counted_by_name() {
    let verifier = verifier(Options {
        observe: true,
        ..Options::default()
    });
    let good = sign(Scheme::Rfc9421Hmac, Signed::plain("GET", "/", b""), "n");
    assert!(good.verify(&verifier, NOW).is_ok());
    assert_eq!(
        good.verify(&verifier, NOW).unwrap_err().as_str(),
        "replayed"
    );
    assert_eq!(
        good.verify(&verifier, NOW).unwrap_err().as_str(),
        "replayed"
    );
    let plain = Signed::plain("GET", "/", b"");
    assert_eq!(
        plain.verify(&verifier, NOW).unwrap_err().as_str(),
        "no_signature"
    );

    let counts = verifier.counts();
    assert_eq!(counts.verified, 1);
    let refused: Vec<_> = counts.refused().filter(|(_, count)| *count > 0).collect();
    assert_eq!(refused, [("no_signature", 1), ("replayed", 2)]);
}

#[test]
fn a_nonce_counts_for_twice_the_window() {
    let verifier = verifier(Options::default());
    let early = |nonce| sign(Scheme::Rfc9421Hmac, Signed::plain("GET", "/", b""), nonce);
    // Signed 900 seconds ahead of this clock: acceptable for 1800 seconds.
    assert!(early("n").verify(&verifier, NOW - 900).is_ok());
    let again = early("n").verify(&verifier, NOW + 900).unwrap_err();
    assert_eq!(again.as_str(), "replayed");
    assert!(early("m").verify(&verifier, NOW + 900).is_ok());
    let late = early("o").verify(&verifier, NOW + 901).unwrap_err();
    assert_eq!(late.as_str(), "expired");
}

#[test]
fn a_refused_request_spends_no_nonce() {
    let verifier = verifier(Options::default());
    let good = sign(Scheme::Rfc9421Hmac, Signed::plain("GET", "/", b""), "n");
    let mut forged = good.clone();
    forged.target = "/other".to_owned();
    assert!(forged.verify(&verifier, NOW).is_err());
    assert!(good.verify(&verifier, NOW).is_ok());
}

#[test]
fn a_full_memory_refuses() {
    let verifier = verifier(Options {
        nonces_max: 1,
        ..Options::default()
    });
    let of = |nonce| {
        let request = sign(Scheme::Rfc9421Hmac, Signed::plain("GET", "/", b""), nonce);
        request.verify(&verifier, NOW)
    };
    assert!(of("1").is_ok());
    let refusal = of("2").unwrap_err();
    assert_eq!(refusal.as_str(), "replayed");
    assert_eq!(refusal.to_string(), "the memory of nonces is full");
}

#[test]
fn the_outlook_is_told_by_headers() {
    let verifier = verifier(Options::default());
    for (headers, expected) in [
        (&[][..], Outlook::NoSignature),
        (&[("authorization", &b"Bearer x"[..])], Outlook::NoSignature),
        (&[("authorization", b"basic x")], Outlook::WithoutBody),
        (&[("AUTHORIZATION", b" SDK-HMAC-SHA256")], Outlook::WithBody),
        (&[("signature-input", b"sig1=()")], Outlook::NoSignature),
        (&[("signature-input", b"countersign=()")], Outlook::WithBody),
        (&[("signature-input", b"((")], Outlook::WithBody),
        (&[("X-Ca-Proxy-Signature", b"")], Outlook::WithBody),
    ] {
        assert_eq!(verifier.outlook(headers), expected, "{headers:?}");
    }
}

#[test]
fn newer_keys_could_make_another_verdict() {
    let signed = sign(Scheme::Huawei, Signed::plain("GET", "/", b""), "");
    let plain = Signed::plain("GET", "/", b"");
    let retired = Key::retired(Scheme::Huawei, &sign_key(Scheme::Huawei));
    let other = |sign_key: &str| Key::shared(Scheme::Huawei, sign_key, secret("other")).unwrap();
    let same = sign_key(Scheme::Huawei);
    for (request, keys, now, expected) in [
        (
            &signed,
            vec![key(Scheme::Basic)],
            NOW,
            ("no_signature", true),
        ),
        (
            &plain,
            vec![key(Scheme::Basic)],
            NOW,
            ("no_signature", false),
        ),
        (&signed, vec![], NOW, ("no_signature", true)),
        (&signed, vec![retired], NOW, ("retired_sign_key", true)),
        (&signed, vec![other("x")], NOW, ("unknown_sign_key", true)),
        (
            &signed,
            vec![other(&same)],
            NOW,
            ("signature_differs", true),
        ),
        (&signed, vec![other(&same)], 0, ("expired", false)),
    ] {
        let verifier = Verifier::new(Keys::new(keys), Options::default());
        let refusal = request.verify(&verifier, now).unwrap_err();
        let headers = request.headers.iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect();
        let may_be = verifier.may_be_for_old_keys(&headers, &refusal);
        assert_eq!((refusal.as_str(), may_be), expected);
    }
}

/// Found by the fuzz target: the errors of RFC 9421 repeat names of components.
#[test]
fn a_long_name_of_a_component_is_not_repeated() {
    let mut request = sign(Scheme::Rfc9421Hmac, Signed::plain("GET", "/", b""), "n");
    for (name, value) in &mut request.headers {
        if name == "Signature-Input" {
            *value = value.replace("@method", &"@".repeat(10_000));
        }
    }
    let refusal = request
        .verify(&verifier(Options::default()), NOW)
        .unwrap_err();
    assert_eq!(refusal.as_str(), "malformed");
    assert!(refusal.to_string().len() < 400, "{refusal}");
}
