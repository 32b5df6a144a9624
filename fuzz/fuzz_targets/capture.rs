//! Any bytes before the readers of captures, and what they read before `explain` with
//! a key for every scheme: no panic, nothing verified, and no cause that needs a
//! signature, for nobody signed it.
#![no_main]

use std::sync::LazyLock;

use countersign_sign::Secret;
use countersign_sign::explain::{
    Captured, Evidence, Format, KeyCandidate, Outcome, SIGNATURES_MAX, explain,
};
use countersign_sign::rfc9421::{PublicKey, generate_ed25519};
use countersign_sign::verifier::{Key, Options, Scheme};
use libfuzzer_sys::fuzz_target;

/// 2026-01-02T03:04:05Z.
const NOW: i64 = 1_767_323_045;

static KEYS: LazyLock<Vec<KeyCandidate>> = LazyLock::new(|| {
    let key = |scheme| match scheme {
        Scheme::Rfc9421KeyPair => {
            let (public, _) = generate_ed25519([7; 32]);
            Key::key_pair("pair", PublicKey::from_spki(&public).unwrap())
        }
        _ => Key::shared(scheme, "key", Secret::new("no-input-holds-this".to_owned())).unwrap(),
    };
    Scheme::ALL.map(key).map(KeyCandidate::asked).to_vec()
});

fuzz_target!(|input: &[u8]| {
    for format in [Format::Auto, Format::Raw, Format::Curl, Format::Har] {
        let Ok(captured) = Captured::read(input, format, Some(0)) else {
            continue;
        };
        let explanation = explain(&captured, &KEYS, &Options::default(), NOW);
        assert_ne!(explanation.outcome, Outcome::Verifies);
        assert!(explanation.signatures <= SIGNATURES_MAX);
        let mut causes = explanation.causes.iter();
        assert!(causes.all(|cause| cause.evidence == Evidence::Seen));
        assert!(!explanation.to_string().contains("no-input-holds-this"));
    }
});
