//! Signature keys of several schemes, and what a dialect asks of an account's
//! keys taken together.

use crate::common::*;
use countersign_core::{
    Scheme, SignKey, SignatureKeyName, Signing, Unusable, VersionNumber,
    command::{
        PlanError,
        signature_key::{BesideOthers, CreateSignatureKey, ModifySignatureKey},
    },
};

fn create(number: u8, scheme: Scheme, sign_key: &str) -> CreateSignatureKey {
    CreateSignatureKey {
        scheme,
        sign_key: SignKey::from_stored(sign_key),
        ..create_key(number)
    }
}

const USABLE: [Scheme; 4] = [
    Scheme::Alibaba,
    Scheme::Huawei,
    Scheme::Basic,
    Scheme::Rfc9421Hmac,
];

/// Schemes and sign keys that cannot sign.
const UNUSABLE: [(Scheme, &str); 6] = [
    (Scheme::Aes128Cfb, "key"),
    (Scheme::Aes256Cfb, "key"),
    (Scheme::Basic, "a:b"),
    (Scheme::Huawei, "a,b"),
    (Scheme::Rfc9421Hmac, "a b"),
    (Scheme::Rfc9421KeyPair, "no public key"),
];

#[test]
fn another_scheme_makes_a_version() {
    let mut state = State::new();
    let id = state.key(1);
    for (number, scheme) in (1..).zip(USABLE) {
        let change = ModifySignatureKey {
            scheme: Some(scheme),
            ..modify_key(id)
        };
        let changed = state.run(&change).unwrap();
        assert_eq!(changed.active.number, VersionNumber::new(number).unwrap());
        assert_eq!(changed.active.scheme, scheme);
        assert_eq!(changed.active.sign_key.as_str(), "SignKey1");
        let kept = changed.active.sign_secret.secret();
        assert_eq!(kept.expose(), "planted-secret-1", "what is absent stays");
        let again = state.run(&change).unwrap();
        assert_eq!(
            again.active.number, changed.active.number,
            "the same scheme"
        );
    }
    let retired = state.snapshot.retired_versions(id);
    let retired: Vec<_> = retired.map(|version| version.scheme).collect();
    assert_eq!(retired, USABLE[..3]);
}

#[test]
fn each_scheme_signs_in_its_own_form() {
    let mut state = State::new();
    for (number, scheme) in (1..).zip(USABLE) {
        let key = state.run(&create(number, scheme, "key_1")).unwrap();
        let fits = matches!(
            (scheme, key.active.signing()),
            (Scheme::Alibaba, Signing::Alibaba(_))
                | (Scheme::Huawei, Signing::Huawei(_))
                | (Scheme::Basic, Signing::Basic(_))
                | (Scheme::Rfc9421Hmac, Signing::Rfc9421(_))
        );
        assert!(fits, "{scheme}: {:?}", key.active);
    }
    assert!(!format!("{:?}", state.snapshot).contains("planted-secret"));
}

#[test]
fn a_key_that_cannot_sign_is_kept_and_not_bound() {
    for (scheme, sign_key) in UNUSABLE {
        let mut state = State::new();
        let group = state.group(1);
        let api = state.live_api(group, 1, "/a");
        let key = state.run(&create(1, scheme, sign_key)).unwrap();
        assert!(matches!(key.active.signing(), Signing::Unusable(_)));
        let refused = state.refused(&bind(key.id, &[api]));
        assert!(
            matches!(refused, PlanError::SignatureKeyUnusable(_)),
            "{scheme}: {refused}"
        );
        assert!(state.snapshot.binding(&released(api)).is_none());
    }
}

#[test]
fn a_bound_key_stays_able_to_sign() {
    for (scheme, sign_key) in UNUSABLE {
        let mut state = State::new();
        let group = state.group(1);
        let api = state.live_api(group, 1, "/a");
        let key = state.key(1);
        let broken = ModifySignatureKey {
            scheme: Some(scheme),
            sign_key: Some(SignKey::from_stored(sign_key)),
            ..modify_key(key)
        };
        state.run(&bind(key, &[api])).unwrap();
        let refused = state.refused(&broken);
        assert!(
            matches!(refused, PlanError::SignatureKeyUnusable(_)),
            "{scheme}: {refused}"
        );
        let version = state.snapshot.signing_version(&released(api)).unwrap();
        assert_eq!(version.scheme, Scheme::Alibaba, "nothing changed");

        // An unbound key may become anything, and become usable again.
        let unbound = state.key(2);
        let broken = ModifySignatureKey {
            id: unbound,
            ..broken
        };
        state.run(&broken).unwrap();
        let repaired = ModifySignatureKey {
            scheme: Some(Scheme::Huawei),
            sign_key: Some(SignKey::from_stored("key_2")),
            ..modify_key(unbound)
        };
        let repaired = state.run(&repaired).unwrap();
        assert_eq!(repaired.active.number.number(), 3);
        state.run(&bind(unbound, &[api])).unwrap();
    }
}

/// RFC 9421, B.1.4: `test-key-ed25519`, published for tests.
const PUBLIC: &str = "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=";
const PRIVATE: &str = "MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF";

#[test]
fn a_key_pair_is_bound_and_stays_a_pair() {
    let mut state = State::new();
    let group = state.group(1);
    let api = state.live_api(group, 1, "/a");
    let pair = CreateSignatureKey {
        sign_secret: secret(PRIVATE),
        ..create(1, Scheme::Rfc9421KeyPair, PUBLIC)
    };
    let key = state.run(&pair).unwrap();
    assert!(matches!(key.active.signing(), Signing::Rfc9421(_)));
    state.run(&bind(key.id, &[api])).unwrap();
    let other_half = ModifySignatureKey {
        sign_secret: Some(secret("bm8ga2V5")),
        ..modify_key(key.id)
    };
    assert!(matches!(
        state.refused(&other_half),
        PlanError::SignatureKeyUnusable(Unusable::KeyPair(_))
    ));
    assert!(!format!("{:?}", state.snapshot).contains(PRIVATE));
}

#[test]
fn a_refusal_says_why_the_key_cannot_sign() {
    let mut state = State::new();
    let key = state.run(&create(1, Scheme::Aes128Cfb, "key")).unwrap().id;
    assert_eq!(
        state.refused(&bind(key, &[])),
        PlanError::SignatureKeyUnusable(Unusable::Aes)
    );
}

#[test]
fn names_are_unique_where_the_dialect_says_so() {
    let mut state = State::new();
    let first = state.key(1);
    let same_name = |number, unique_name| CreateSignatureKey {
        name: SignatureKeyName::from_stored("key1"),
        beside: BesideOthers {
            unique_name,
            keys_max: None,
        },
        ..create_key(number)
    };
    assert_eq!(
        state.refused(&same_name(2, true)),
        PlanError::SignatureKeyNameTaken
    );
    state.run(&same_name(2, false)).unwrap();
    let third = state.key(3);
    let rename = |id, name: &str, unique_name| ModifySignatureKey {
        name: Some(SignatureKeyName::from_stored(name)),
        unique_name,
        ..modify_key(id)
    };
    assert_eq!(
        state.refused(&rename(third, "key1", true)),
        PlanError::SignatureKeyNameTaken
    );
    let kept = rename(first, "key1", true);
    state.run(&kept).unwrap();
    state.run(&rename(third, "key1", false)).unwrap();
    state.run(&rename(third, "key3", true)).unwrap();
}

#[test]
fn an_account_has_at_most_so_many_keys() {
    let mut state = State::new();
    let create = |number, max| CreateSignatureKey {
        beside: BesideOthers {
            unique_name: false,
            keys_max: Some(max),
        },
        ..create_key(number)
    };
    for max in [0, 1, 2] {
        let refused = state.refused(&create(9, max));
        assert_eq!(refused, PlanError::TooManySignatureKeys { max });
        state.key(u8::try_from(max).unwrap() + 1);
    }
    let foreign = CreateSignatureKey {
        account: stranger(),
        ..create(9, 1)
    };
    state.run(&foreign).unwrap();
    state.run(&create(8, 4)).unwrap();
    assert_eq!(
        state.refused(&create(7, 4)),
        PlanError::TooManySignatureKeys { max: 4 }
    );
}
