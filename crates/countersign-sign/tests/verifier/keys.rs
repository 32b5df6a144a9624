//! Changes of keys, and times of grace.

use countersign_sign::verifier::{Key, KeyState, Keys, Options, Scheme, Verifier};

use crate::signed::{NOW, Signed, key, secret, sign, sign_with};

const SCHEME: Scheme = Scheme::Alibaba;

fn shared(sign_key: &str, text: &str) -> Key {
    Key::shared(SCHEME, sign_key, secret(text)).unwrap()
}

/// The verdict on a request that is signed with these.
fn verdict(verifier: &Verifier, sign_key: &str, text: &str, now: i64) -> &'static str {
    let request = sign_with(SCHEME, Signed::plain("GET", "/", b""), "", sign_key, text);
    request
        .verify(verifier, now)
        .map_or_else(|refusal| refusal.as_str(), |_| "ok")
}

fn verifier(keys: Vec<Key>) -> Verifier {
    Verifier::new(Keys::new(keys), Options::default())
}

#[test]
fn a_change_of_both_halves() {
    let old = shared("old", "1");
    let new = shared("new", "2");
    let next = new.clone().in_state(KeyState::Next);
    let verifier = verifier(vec![old, next]);
    assert_eq!(verdict(&verifier, "old", "1", NOW), "ok");
    assert_eq!(verdict(&verifier, "new", "2", NOW), "ok");

    let retired = Key::retired(SCHEME, "old");
    verifier.merge_keys([new.clone(), retired.clone()], 60, NOW);
    for (after, expected) in [(0, "ok"), (60, "ok"), (61, "retired_sign_key")] {
        assert_eq!(verdict(&verifier, "old", "1", NOW + after), expected);
        assert_eq!(verdict(&verifier, "new", "2", NOW + after), "ok");
    }
    // The same list again does not extend the time of grace.
    verifier.merge_keys([new.clone(), retired.clone()], 60, NOW + 50);
    assert_eq!(verdict(&verifier, "old", "1", NOW + 60), "ok");
    assert_eq!(verdict(&verifier, "old", "1", NOW + 61), "retired_sign_key");
    // Nor does it begin anew when it is over.
    verifier.merge_keys([new.clone(), retired], 60, NOW + 70);
    assert_eq!(verdict(&verifier, "old", "1", NOW + 71), "retired_sign_key");
    assert_eq!(verifier.keys().len(), 2);
    verifier.merge_keys([new], 60, NOW + 80);
    assert_eq!(verdict(&verifier, "old", "1", NOW + 81), "unknown_sign_key");
}

#[test]
fn a_change_of_the_secret_alone() {
    let verifier = verifier(vec![shared("key", "1")]);
    verifier.merge_keys([shared("key", "2")], 60, NOW);
    assert_eq!(verdict(&verifier, "key", "1", NOW + 60), "ok");
    assert_eq!(verdict(&verifier, "key", "2", NOW + 60), "ok");
    assert_eq!(
        verdict(&verifier, "key", "1", NOW + 61),
        "signature_differs"
    );
    assert_eq!(verdict(&verifier, "key", "2", NOW + 61), "ok");
}

#[test]
fn a_key_that_comes_back_is_active() {
    let verifier = verifier(vec![shared("key", "1")]);
    verifier.merge_keys([], 60, NOW);
    verifier.merge_keys([shared("key", "1")], 60, NOW + 10);
    assert_eq!(verdict(&verifier, "key", "1", NOW + 1000), "ok");
    assert_eq!(verifier.keys().len(), 1);
}

#[test]
fn keys_that_were_not_active_go_at_once() {
    let next = shared("next", "1").in_state(KeyState::Next);
    let verifier = verifier(vec![next, Key::retired(SCHEME, "gone")]);
    verifier.merge_keys([shared("other", "1")], 60, NOW);
    assert_eq!(verdict(&verifier, "next", "1", NOW), "unknown_sign_key");
    assert_eq!(verdict(&verifier, "gone", "1", NOW), "unknown_sign_key");
}

#[test]
fn without_grace_keys_go_at_once() {
    let verifier = verifier(vec![shared("key", "1")]);
    verifier.merge_keys([shared("other", "1")], 0, NOW);
    assert_eq!(verdict(&verifier, "key", "1", NOW), "unknown_sign_key");
    verifier.replace_keys(Keys::default());
    assert_eq!(verdict(&verifier, "other", "1", NOW), "no_signature");
}

#[test]
fn extreme_times_of_grace() {
    let verifier = verifier(vec![shared("key", "1")]);
    verifier.merge_keys([shared("other", "1")], u64::MAX, NOW);
    assert_eq!(verdict(&verifier, "key", "1", i64::MAX), "ok");
}

#[test]
fn key_pairs_have_grace_too() {
    let verifier = verifier(vec![key(Scheme::Rfc9421KeyPair)]);
    verifier.merge_keys([key(Scheme::Rfc9421Hmac)], 60, NOW);
    let of = |nonce, now| {
        let request = sign(
            Scheme::Rfc9421KeyPair,
            Signed::plain("GET", "/", b""),
            nonce,
        );
        request.verify(&verifier, now)
    };
    assert!(of("1", NOW + 60).is_ok());
    assert_eq!(of("2", NOW + 61).unwrap_err().as_str(), "retired_sign_key");
}

#[test]
fn keys_change_while_requests_are_checked() {
    let verifier = verifier(vec![shared("key", "0")]);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for version in 1..=200 {
                verifier.merge_keys([shared("key", &version.to_string())], 60, NOW);
            }
        });
        for _ in 0..200 {
            assert_eq!(verdict(&verifier, "key", "0", NOW), "ok");
        }
    });
    assert_eq!(verdict(&verifier, "key", "200", NOW), "ok");
}
