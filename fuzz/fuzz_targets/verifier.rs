//! A request of any bytes before a verifier with a key for every scheme: no panic, and
//! nothing is accepted, for nobody signed it.
//!
//! The input is taken apart at line ends: method, target, then headers with a colon
//! until an empty line, then the body.
#![no_main]

use std::sync::LazyLock;

use countersign_sign::Secret;
use countersign_sign::rfc9421::{PublicKey, generate_ed25519};
use countersign_sign::verifier::{Body, Key, Keys, Options, Request, Scheme, Verifier};
use libfuzzer_sys::fuzz_target;

/// 2026-01-02T03:04:05Z.
const NOW: i64 = 1_767_323_045;

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    let key = |scheme| match scheme {
        Scheme::Rfc9421KeyPair => {
            let (public, _) = generate_ed25519([7; 32]);
            Key::key_pair("pair", PublicKey::from_spki(&public).unwrap())
        }
        _ => Key::shared(scheme, "key", Secret::new("no-input-holds-this".to_owned())).unwrap(),
    };
    let options = Options {
        body_bytes_max: 4096,
        ..Options::default()
    };
    Verifier::new(Keys::new(Scheme::ALL.map(key)), options)
});

fuzz_target!(|input: &[u8]| {
    let mut rest = input;
    let mut line = || {
        let end = rest.iter().position(|byte| *byte == b'\n');
        let (line, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after.get(1..).unwrap_or_default();
        line
    };
    let Ok(method) = std::str::from_utf8(line()) else {
        return;
    };
    let target = line();
    let mut headers = Vec::new();
    loop {
        let header = line();
        let Some(colon) = header.iter().position(|byte| *byte == b':') else {
            break;
        };
        let Ok(name) = std::str::from_utf8(&header[..colon]) else {
            return;
        };
        headers.push((name, &header[colon + 1..]));
    }
    for body in [Body::Whole(rest), Body::Withheld] {
        let request = Request {
            method,
            target,
            headers: &headers,
            body,
        };
        let refusal = VERIFIER.verify(&request, NOW).unwrap_err();
        assert!(refusal.to_string().len() < 1000);
    }
});
