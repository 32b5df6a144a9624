//! Golden records: what format version 1 looks like, byte for byte. A store
//! that one build wrote opens with the next as long as these tests pass. A file
//! in `golden/v1` never changes; another way of writing is another version.

mod support;

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use countersign_core::{Revision, Snapshot};
use countersign_store::{Backend, Loaded, OpenError, Record, Store, memory::MemoryBackend};
use support::*;

/// Each file, and the key of the record whose value it holds.
const GOLDEN: [(&str, &str); 11] = [
    ("access-key", "access-key/AKID-owner_1"),
    ("api", "api/a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"),
    ("api-plain", "api/a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2"),
    (
        "binding",
        "binding/a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/RELEASE",
    ),
    ("environment", "environment/RELEASE"),
    ("group", "group/61616161616161616161616161616161"),
    ("meta-format", "meta/format"),
    ("meta-keyring", "meta/keyring"),
    (
        "publication",
        "publication/a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/RELEASE",
    ),
    (
        "retired-version",
        "retired-version/51515151515151515151515151515151/00000000000000000001",
    ),
    (
        "signature-key",
        "signature-key/51515151515151515151515151515151",
    ),
];

fn golden() -> BTreeMap<String, String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/v1");
    let read =
        |name: &str| fs::read_to_string(directory.join(name).with_extension("json")).expect(name);
    GOLDEN
        .iter()
        .map(|(name, key)| ((*key).to_owned(), read(name).trim_end().to_owned()))
        .collect()
}

fn backend(records: &BTreeMap<String, String>) -> Arc<dyn Backend> {
    let record = |(key, value): (&String, &String)| Record {
        key: key.clone(),
        value: value.clone().into_bytes(),
    };
    Arc::new(MemoryBackend::holding(Loaded {
        revision: Revision::new(1),
        records: records.iter().map(record).collect(),
    }))
}

async fn refusal(records: &BTreeMap<String, String>) -> String {
    match Store::open(backend(records), &MASTER_KEY).await {
        Ok(_) => "it opened".to_owned(),
        Err(error) => chain(&error),
    }
}

#[tokio::test]
async fn todays_build_writes_what_is_golden() {
    let backend: Arc<dyn Backend> = Arc::new(MemoryBackend::new());
    let store = Store::open_with_random(Arc::clone(&backend), &MASTER_KEY, counting_bytes())
        .await
        .unwrap();
    store.execute(Apply(one_of_each()), NOW).await.unwrap();
    let written = backend.load().await.unwrap().records.into_iter();
    let written: BTreeMap<String, String> = written
        .map(|record| (record.key, String::from_utf8(record.value).unwrap()))
        .collect();
    let golden = golden();
    assert_eq!(
        written.keys().collect::<Vec<_>>(),
        golden.keys().collect::<Vec<_>>()
    );
    for (key, value) in &golden {
        assert_eq!(&written[key], value, "{key}");
    }
}

#[tokio::test]
async fn what_is_golden_opens_as_what_it_was() {
    let store = open(&backend(&golden())).await;
    let mut expected = Snapshot::default().draft();
    expected.apply(Revision::new(1), &one_of_each());
    assert_eq!(
        describe(&store.snapshot()),
        describe(&expected.finish().unwrap())
    );
}

#[tokio::test]
async fn a_field_that_a_later_build_adds_is_passed_over() {
    let mut records = golden();
    for value in records.values_mut() {
        let rest = value.strip_prefix('{').unwrap();
        let comma = if rest == "}" { "" } else { "," };
        *value = format!("{{\"added_later\":[1]{comma}{rest}");
    }
    let store = open(&backend(&records)).await;
    assert_eq!(
        describe(&store.snapshot()),
        describe(&open(&backend(&golden())).await.snapshot())
    );
}

#[tokio::test]
async fn another_format_version_is_refused() {
    for version in [0, 2] {
        let mut records = golden();
        records.insert(
            "meta/format".to_owned(),
            format!("{{\"version\":{version}}}"),
        );
        let expected =
            format!("the store is in format version {version}; this build reads version 1");
        assert_eq!(refusal(&records).await, expected);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_named_and_never_passed_over() {
    let without = |key: &str| {
        let mut records = golden();
        records.remove(key).unwrap();
        records
    };
    assert_eq!(
        refusal(&without("meta/format")).await,
        "the record meta/format is missing"
    );
    assert_eq!(
        refusal(&without("meta/keyring")).await,
        "the record meta/keyring is missing"
    );
    for (key, value, why) in [
        (
            "audit/1",
            "{}",
            "the record audit/1 cannot be read: no record is called so",
        ),
        (
            "api/1",
            "{}",
            "the record api/1 cannot be read: its key is malformed: an id is 32 lower-case hex digits",
        ),
        (
            "environment/PRE",
            "",
            "the record environment/PRE cannot be read: its value is not what such a record holds: EOF",
        ),
        (
            "environment/PRE",
            "[1]",
            "the record environment/PRE cannot be read: its value is not what such a record holds: ",
        ),
        (
            "access-key/X",
            "{}",
            "the record access-key/X cannot be read: its value is not what such a record holds: missing field",
        ),
    ] {
        let mut records = golden();
        records.insert(key.to_owned(), value.to_owned());
        let refused = refusal(&records).await;
        assert!(refused.starts_with(why), "{refused}");
    }
    let (_, group) = GOLDEN[5];
    let mut records = golden();
    let altered = records[group].replace("g97.gw.localhost", "g97 gw");
    records.insert(group.to_owned(), altered);
    let refused = refusal(&records).await;
    assert!(
        refused.starts_with(&format!(
            "the record {group} cannot be read: its field host is malformed: "
        )),
        "{refused}"
    );
}

#[tokio::test]
async fn another_master_key_is_refused_and_changes_nothing() {
    let backend = backend(&golden());
    let before = backend.load().await.unwrap();
    let other = countersign_store::MasterKey::from_bytes([8; 32]);
    let error = Store::open(Arc::clone(&backend), &other).await.unwrap_err();
    assert!(matches!(error, OpenError::Load(_)));
    let said = chain(&error);
    assert!(
        said.contains("it is not the master key of this store"),
        "{said}"
    );
    assert_eq!(backend.load().await.unwrap(), before);
    open(&backend).await;
}
