//! Counting, observing, remembering.

use countersign_sign::verifier::{Keys, Options, Outlook, Scheme, Verifier};

use crate::signed::{NOW, Signed, key, sign};

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
