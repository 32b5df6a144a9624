//! No secret in plain text: not in the file, not in `Debug`, not in an error.
//! And a sealed field opens only where it was sealed.

mod support;

use std::{collections::BTreeMap, fs, sync::Arc};

use countersign_core::{Change, Revision, Scheme};
use countersign_store::{
    Backend, Loaded, MasterKey, Record, Store, embedded::EmbeddedBackend, memory::MemoryBackend,
};
use serde_json::Value;
use support::*;

const PLANTED: [&str; 4] = [ACCESS_KEY_SECRET, SIGN_SECRET, BASIC_SECRET, PASSWORD_HASH];

fn assert_clean(what: &str, text: &str) {
    for secret in PLANTED {
        assert!(!text.contains(secret), "{what} holds {secret}");
    }
}

#[tokio::test]
async fn the_file_holds_no_secret() {
    let directory = tempfile::tempdir().unwrap();
    let backend: Arc<dyn Backend> = Arc::new(EmbeddedBackend::open(directory.path()).unwrap());
    let store = open(&backend).await;
    store.execute(Apply(one_of_each()), NOW).await.unwrap();
    store.close().await;
    drop((store, backend));
    let bytes = fs::read(directory.path().join("countersign.redb")).unwrap();
    let holds = |text: &str| {
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    assert!(
        holds("sign_key_81"),
        "what is public should be found as it is"
    );
    assert_eq!(PLANTED.map(holds), [false; 4]);
    assert!(
        !bytes.windows(32).any(|window| window == [7; 32]),
        "the master key must not be in the store"
    );
}

#[tokio::test]
async fn debug_prints_no_secret() {
    let memory = Arc::new(MemoryBackend::new());
    let backend: Arc<dyn Backend> = Arc::<MemoryBackend>::clone(&memory);
    let store = open(&backend).await;
    let mut watch = backend.watch(Revision::ZERO);
    store.execute(Apply(one_of_each()), NOW).await.unwrap();
    let committed = watch.next(Revision::ZERO).await.unwrap();
    assert_clean("MemoryBackend", &format!("{memory:?}"));
    assert!(!format!("{memory:?}").contains("group"), "{memory:?}");
    assert_clean("Store", &format!("{store:?} {:?}", store.reader()));
    assert_clean("Snapshot", &format!("{:?}", store.snapshot()));
    assert_clean("Batch", &format!("{committed:?}"));
    let loaded = backend.load().await.unwrap();
    assert_clean("Loaded", &format!("{loaded:?}"));
    for record in &loaded.records {
        assert_clean(&record.key, &String::from_utf8_lossy(&record.value));
    }
    assert_eq!(format!("{MASTER_KEY:?}"), "MasterKey([redacted])");
}

/// The sample records with two of each that holds a secret, as JSON.
async fn records() -> BTreeMap<String, Value> {
    let backend: Arc<dyn Backend> = Arc::new(MemoryBackend::new());
    let mut changes = one_of_each();
    changes.push(Change::PutAccessKey(
        access_key("AKID-other", "other-planted").into(),
    ));
    changes.push(Change::PutSignatureKey(
        signature_key(0x52, "other-planted").into(),
    ));
    changes.push(Change::PutUser(
        user(0x77, "carol", Some("other-planted")).into(),
    ));
    changes.push(Change::PutToken(token(0x7d, 0x77).into()));
    open(&backend)
        .await
        .execute(Apply(changes), NOW)
        .await
        .unwrap();
    let records = backend.load().await.unwrap().records.into_iter();
    records
        .map(|record| (record.key, serde_json::from_slice(&record.value).unwrap()))
        .collect()
}

/// Why a store with these records does not open.
async fn refusal(records: &BTreeMap<String, Value>, master_key: &MasterKey) -> String {
    let record = |(key, value): (&String, &Value)| Record {
        key: key.clone(),
        value: serde_json::to_vec(value).unwrap(),
    };
    let loaded = Loaded {
        revision: Revision::new(1),
        records: records.iter().map(record).collect(),
    };
    match Store::open(Arc::new(MemoryBackend::holding(loaded)), master_key).await {
        Ok(_) => "it opened".to_owned(),
        Err(error) => {
            let said = chain(&error);
            assert_clean("an error", &format!("{said} {error:?}"));
            said
        }
    }
}

const KEY: &str = "signature-key/51515151515151515151515151515151";
const OTHER_KEY: &str = "signature-key/52525252525252525252525252525252";
const ACCESS_KEY: &str = "access-key/AKID-owner_1";
const OTHER_ACCESS_KEY: &str = "access-key/AKID-other";
const BASIC_KEY: &str = "signature-key/53535353535353535353535353535353";
const USER: &str = "user/75757575757575757575757575757575";
const OTHER_USER: &str = "user/77777777777777777777777777777777";
const TOKEN: &str = "token/7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c";
const OTHER_TOKEN: &str = "token/7d7d7d7d7d7d7d7d7d7d7d7d7d7d7d7d7d7d7d7d7d7d7d7d7d7d7d7d7d7d7d7d";
const SIGN_SECRET_AT: &str = "/active/sign_secret";

fn set(records: &mut BTreeMap<String, Value>, key: &str, at: &str, value: Value) {
    *records.get_mut(key).unwrap().pointer_mut(at).unwrap() = value;
}

fn get(records: &BTreeMap<String, Value>, key: &str, at: &str) -> Value {
    records[key].pointer(at).unwrap().clone()
}

#[tokio::test]
async fn nothing_altered_opens() {
    assert_eq!(refusal(&records().await, &MASTER_KEY).await, "it opened");
}

#[tokio::test]
async fn a_sealed_field_opens_in_no_other_record() {
    for (key, other, at, field) in [
        (KEY, OTHER_KEY, SIGN_SECRET_AT, "active.sign_secret"),
        (ACCESS_KEY, OTHER_ACCESS_KEY, "/secret", "secret"),
        (USER, OTHER_USER, "/password", "password"),
        (TOKEN, OTHER_TOKEN, "/seal", "seal"),
    ] {
        let why = |record: &str| {
            format!(
                "the record {record} cannot be read: its sealed field {field} does not open: \
                 it was altered, or was not sealed for this record"
            )
        };
        // Copied from one record into another.
        let mut copied = records().await;
        let value = get(&copied, other, at);
        set(&mut copied, key, at, value);
        assert_eq!(refusal(&copied, &MASTER_KEY).await, why(key));

        // Swapped between two records.
        let mut swapped = records().await;
        let (left, right) = (get(&swapped, key, at), get(&swapped, other, at));
        set(&mut swapped, key, at, right);
        set(&mut swapped, other, at, left);
        let first = key.min(other);
        assert_eq!(refusal(&swapped, &MASTER_KEY).await, why(first));

        // The whole record copied to another key.
        let mut moved = records().await;
        let record = moved[key].clone();
        moved.insert(other.to_owned(), record);
        assert_eq!(refusal(&moved, &MASTER_KEY).await, why(other));
    }
    let mut across = records().await;
    let value = get(&across, ACCESS_KEY, "/secret");
    set(&mut across, KEY, SIGN_SECRET_AT, value);
    assert!(
        refusal(&across, &MASTER_KEY)
            .await
            .starts_with(&format!("the record {KEY} cannot be read"))
    );
}

#[tokio::test]
async fn a_secret_opens_beside_what_it_was_sealed_with_only() {
    for (key, at, value) in [
        (ACCESS_KEY, "/account", Value::from("2000000000000002")),
        (KEY, "/account", Value::from("2000000000000002")),
        (KEY, "/active/number", Value::from(3)),
        (KEY, "/active/sign_key", Value::from("sign_key_of_another")),
        (BASIC_KEY, "/active/sign_key", Value::from("sign_key_81")),
        (USER, "/account", Value::from("2000000000000002")),
        (USER, "/name", Value::from("mallory")),
        (TOKEN, "/user", Value::from("77".repeat(16))),
        (TOKEN, "/account", Value::from("2000000000000002")),
        (TOKEN, "/issued_ms", Value::from(1)),
        (TOKEN, "/expires_ms", Value::from(4_000_000_000_000_i64)),
    ] {
        let mut altered = records().await;
        set(&mut altered, key, at, value);
        let refused = refusal(&altered, &MASTER_KEY).await;
        assert!(
            refused.starts_with(&format!(
                "the record {key} cannot be read: its sealed field "
            )),
            "{at}: {refused}"
        );
    }
}

/// Else whoever can write to a backend would let the next request show what a
/// key proves.
#[tokio::test]
async fn a_sign_secret_opens_for_no_other_scheme() {
    let schemes = Scheme::ALL.map(Scheme::as_str);
    for (key, own) in [(KEY, Scheme::Alibaba), (BASIC_KEY, Scheme::Basic)] {
        for scheme in schemes.into_iter().map(Some).chain([None]) {
            let mut altered = records().await;
            let active = altered.get_mut(key).unwrap()["active"]
                .as_object_mut()
                .unwrap();
            match scheme {
                Some(scheme) => active.insert("scheme".to_owned(), Value::from(scheme)),
                None => active.remove("scheme"),
            };
            let same = scheme.unwrap_or(Scheme::Alibaba.as_str()) == own.as_str();
            let expected = if same {
                "it opened".to_owned()
            } else {
                format!(
                    "the record {key} cannot be read: its sealed field active.sign_secret does \
                     not open: it was altered, or was not sealed for this record"
                )
            };
            assert_eq!(refusal(&altered, &MASTER_KEY).await, expected, "{scheme:?}");
        }
    }
    let mut unknown = records().await;
    set(
        &mut unknown,
        BASIC_KEY,
        "/active/scheme",
        Value::from("hmac"),
    );
    let refused = refusal(&unknown, &MASTER_KEY).await;
    assert!(
        refused.contains("its field active.scheme is malformed: a scheme is one of"),
        "{refused}"
    );
}

/// Whoever can write to a backend cannot sign in through it.
#[tokio::test]
async fn no_token_can_be_made_up() {
    let forged = format!("token/{}", "5e".repeat(32));
    for seal in [None, Some(""), Some("v1.1.")] {
        let mut records = records().await;
        let mut token = records[TOKEN].clone();
        let fields = token.as_object_mut().unwrap();
        match seal {
            Some(seal) => fields.insert("seal".to_owned(), Value::from(seal)),
            None => fields.remove("seal"),
        };
        records.insert(forged.clone(), token);
        let refused = refusal(&records, &MASTER_KEY).await;
        assert!(
            refused.starts_with(&format!("the record {forged} cannot be read: ")),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn altered_and_truncated_fields_are_refused() {
    let whole = get(&records().await, KEY, SIGN_SECRET_AT);
    let whole = whole.as_str().unwrap();
    let truncated = &whole[..whole.len() - 4];
    let middle = whole.len() / 2;
    let other = if whole.as_bytes()[middle] == b'A' {
        "B"
    } else {
        "A"
    };
    let altered = format!("{}{other}{}", &whole[..middle], &whole[middle + 1..]);
    for (value, why) in [
        (truncated, ""),
        (
            &altered,
            "it was altered, or was not sealed for this record",
        ),
        ("", "it is not written as 'v1.<data key version>.<base64>'"),
        (
            SIGN_SECRET,
            "it is not written as 'v1.<data key version>.<base64>'",
        ),
        ("v1.1.", "it was altered, or was not sealed for this record"),
        (
            &whole.replacen("v1.1.", "v1.9.", 1),
            "it is sealed with data key 9, which is not in the key ring",
        ),
    ] {
        let mut records = records().await;
        set(&mut records, KEY, SIGN_SECRET_AT, Value::from(value));
        let refused = refusal(&records, &MASTER_KEY).await;
        let expected = format!(
            "the record {KEY} cannot be read: its sealed field active.sign_secret does not open: "
        );
        assert!(
            refused.starts_with(&expected) && refused.ends_with(why),
            "{value}: {refused}"
        );
    }
}

#[tokio::test]
async fn another_stores_key_ring_does_not_open_the_fields() {
    let mut mixed = records().await;
    let ring = get(&records().await, "meta/keyring", "");
    mixed.insert("meta/keyring".to_owned(), ring);
    let refused = refusal(&mixed, &MASTER_KEY).await;
    assert!(
        refused.ends_with("it was altered, or was not sealed for this record"),
        "{refused}"
    );
}
