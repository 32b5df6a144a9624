//! Lists of keys in JSON.

use countersign_sign::verifier::{BadKeyList, KeyList, KeyState};

#[test]
fn a_feed() {
    let list = KeyList::from_json(
        br#"{"revision": 7, "grace_seconds": 60, "new_member": {}, "keys": [
            {"scheme": "basic", "sign_key": "a", "secret": "planted", "name": "orders",
             "version": 3, "state": "active", "new_member": 1},
            {"scheme": "huawei-hmac-sha256", "sign_key": "b", "secret": "planted", "state": "next"},
            {"scheme": "alibaba-hmac-sha256", "sign_key": "c", "state": "retired"},
            {"scheme": "rfc9421-key-pair", "sign_key": "d", "public_key":
             "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="}
        ]}"#,
    )
    .unwrap();
    assert_eq!((list.revision, list.grace_secs), (Some(7), Some(60)));
    assert_eq!(list.skipped, []);
    let told: Vec<_> = list
        .keys
        .iter()
        .map(|key| (key.sign_key(), key.state(), key.name(), key.version()))
        .collect();
    assert_eq!(
        told,
        [
            ("a", KeyState::Active, "orders", 3),
            ("b", KeyState::Next, "", 0),
            ("c", KeyState::Retired, "", 0),
            ("d", KeyState::Active, "", 0),
        ]
    );
    assert!(!format!("{list:?}").contains("planted"));
}

#[test]
fn what_is_no_key_is_skipped_and_told() {
    for (key, why) in [
        (r#""scheme": "new""#, "the scheme is not known"),
        (r#""scheme": "basic""#, "secret or public_key is missing"),
        (r#""scheme": "basic", "secret": """#, "the secret is empty"),
        (
            r#""scheme": "basic", "state": "planted""#,
            "the state is not known",
        ),
        (
            r#""scheme": "basic", "public_key": "planted""#,
            "the scheme has secrets, and a public key is given",
        ),
        (
            r#""scheme": "rfc9421-key-pair", "secret": "planted""#,
            "the scheme has key pairs, and a secret is given",
        ),
        (
            r#""scheme": "rfc9421-key-pair", "public_key": "planted""#,
            "the public key can not be used",
        ),
    ] {
        let good = r#"{"scheme": "basic", "sign_key": "a", "secret": "s"}"#;
        let text = format!(r#"{{"keys": [{good}, {{"sign_key": "k", {key}}}]}}"#);
        let list = KeyList::from_json(text.as_bytes()).unwrap();
        assert_eq!(list.keys.len(), 1);
        assert_eq!((list.skipped[0].index, list.skipped[0].why), (1, why));
        assert!(!format!("{list:?}").contains("planted"));
    }
}

#[test]
fn what_is_no_list_is_refused_without_repeating_it() {
    for text in [
        "",
        "[]",
        "{}",
        r#"{"keys": {}}"#,
        r#"{"keys": [{"scheme": "basic"}]}"#,
        r#"{"keys": [{"scheme": "basic", "sign_key": "a", "version": "planted"}]}"#,
        r#"{"keys": ["planted"]}"#,
    ] {
        let BadKeyList { line, .. } = KeyList::from_json(text.as_bytes()).unwrap_err();
        assert_eq!(line, 1, "{text}");
        let shown = KeyList::from_json(text.as_bytes()).unwrap_err();
        assert!(!format!("{shown:?} {shown}").contains("planted"));
    }
}
