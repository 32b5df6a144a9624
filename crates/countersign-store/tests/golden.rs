//! Golden records: what the format looks like, byte for byte. A store that one
//! build wrote opens with the next as long as these tests pass. A file in
//! `golden/v1` or `golden/v2` never changes; another way of writing is another
//! version.

mod support;

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use countersign_core::{Change, Revision, Snapshot};
use countersign_store::{
    Backend, Loaded, OpenError, Operation, Record, Store, StoreStatus, memory::MemoryBackend,
};
use support::*;

/// Each file of version 1, and the key of the record whose value it holds.
const VERSION_1: [(&str, &str); 11] = [
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

/// What version 2 added to that, and two records that it writes otherwise.
const VERSION_2: [(&str, &str); 14] = [
    ("account", "account/1000000000000001"),
    ("api", "api/a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3"),
    (
        "binding",
        "binding/a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/RELEASE",
    ),
    (
        "former-publication",
        "former-publication/a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3/prod/00000000000000000007",
    ),
    ("meta-format", "meta/format"),
    (
        "own-binding",
        "binding/a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3/prod",
    ),
    ("own-environment", "environment/1000000000000001/prod"),
    (
        "retired-version",
        "retired-version/53535353535353535353535353535353/00000000000000000001",
    ),
    (
        "signature-key",
        "signature-key/53535353535353535353535353535353",
    ),
    (
        "signature-key-with-next",
        "signature-key/54545454545454545454545454545454",
    ),
    (
        "token",
        "token/7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c",
    ),
    ("user", "user/75757575757575757575757575757575"),
    (
        "user-without-password",
        "user/76767676767676767676767676767676",
    ),
    ("verifier", "verifier/77777777777777777777777777777777"),
];

fn read(version: &str, files: &[(&str, &str)]) -> BTreeMap<String, String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(version);
    let read =
        |name: &str| fs::read_to_string(directory.join(name).with_extension("json")).expect(name);
    files
        .iter()
        .map(|(name, key)| ((*key).to_owned(), read(name).trim_end().to_owned()))
        .collect()
}

fn golden_1() -> BTreeMap<String, String> {
    read("v1", &VERSION_1)
}

fn golden() -> BTreeMap<String, String> {
    let mut records = golden_1();
    records.extend(read("v2", &VERSION_2));
    records
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

fn snapshot_of(changes: &[Change]) -> Snapshot {
    let mut draft = Snapshot::default().draft();
    draft.apply(Revision::new(1), changes);
    draft.finish().unwrap()
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
    for (records, changes) in [
        (golden_1(), one_of_each_in_version_1()),
        (golden(), one_of_each()),
    ] {
        let store = open(&backend(&records)).await;
        assert_eq!(
            describe(&store.snapshot()),
            describe(&snapshot_of(&changes))
        );
    }
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
    for version in [0, 3] {
        let mut records = golden();
        records.insert(
            "meta/format".to_owned(),
            format!("{{\"version\":{version}}}"),
        );
        let expected =
            format!("the store is in format version {version}; this build reads versions 1 to 2");
        assert_eq!(refusal(&records).await, expected);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_named_and_never_passed_over() {
    const FORMER: &str = include_str!("golden/v2/former-publication.json");
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
            "environment/prod",
            "{}",
            "the record environment/prod cannot be read: its key is malformed: it is none of",
        ),
        (
            "former-publication/a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3/prod/00000000000000000008",
            FORMER,
            "the record former-publication/a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3/prod/00000000000000000008 \
             cannot be read: its field published_revision is malformed: it is none of",
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
    let (_, group) = VERSION_1[5];
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

async fn loaded(backend: &Arc<dyn Backend>) -> BTreeMap<String, String> {
    let records = backend.load().await.unwrap().records.into_iter();
    records
        .map(|record| (record.key, String::from_utf8(record.value).unwrap()))
        .collect()
}

const FORMAT: &str = "meta/format";

#[tokio::test]
async fn a_store_of_version_1_becomes_one_of_version_2_with_its_first_change() {
    let backend = backend(&golden_1());
    let store = open(&backend).await;
    assert_eq!(loaded(&backend).await, golden_1(), "opening writes nothing");
    store.execute(Apply(Vec::new()), NOW).await.unwrap();
    assert_eq!(loaded(&backend).await, golden_1(), "nor does no change");

    let mut watch = backend.watch(Revision::new(1));
    let changes = added_in_version_2();
    store.execute(Apply(changes.clone()), NOW).await.unwrap();
    let first = watch.next(Revision::new(1)).await.unwrap();
    let Operation::Put { key, value } = &first.batch.operations[0] else {
        panic!("{first:?}")
    };
    assert_eq!((&**key, &**value), (FORMAT, &b"{\"version\":2}"[..]));
    assert_eq!(first.batch.operations.len(), 1 + changes.len());

    store.execute(create_group(1, "later"), NOW).await.unwrap();
    let second = watch.next(Revision::new(2)).await.unwrap();
    assert_eq!(second.batch.operations.len(), 1, "it is said once");

    let mut expected = golden_1();
    let written = loaded(&backend).await;
    expected.insert(FORMAT.to_owned(), "{\"version\":2}".to_owned());
    for (key, value) in &expected {
        assert_eq!(&written[key], value, "{key} stays as it was written");
    }
    let before = describe(&store.snapshot());
    store.close().await;
    let again = open(&backend).await;
    assert_eq!(describe(&again.snapshot()), before);
    assert!(before.contains("later") && before.contains("alice"));
    again.execute(create_group(2, "last"), NOW).await.unwrap();
    let third = watch.next(Revision::new(3)).await.unwrap();
    assert_eq!(third.batch.operations.len(), 1);
}

#[tokio::test]
async fn a_change_that_is_not_stored_leaves_the_version() {
    let inner = backend(&golden_1());
    let probe = Probe::new(Arc::clone(&inner));
    let store = open(&(Arc::clone(&probe) as Arc<dyn Backend>)).await;
    probe.set_faults(Faults {
        commit: true,
        ..Faults::default()
    });
    store
        .execute(create_group(1, "lost"), NOW)
        .await
        .unwrap_err();
    assert_eq!(loaded(&inner).await, golden_1());
    probe.set_faults(Faults::default());
    store.execute(create_group(1, "kept"), NOW).await.unwrap();
    assert_eq!(loaded(&inner).await[FORMAT], "{\"version\":2}");
}

#[tokio::test]
async fn whoever_follows_hears_of_the_version() {
    let backend = backend(&golden_1());
    let (left, right) = (open(&backend).await, open(&backend).await);
    let mut watch = backend.watch(Revision::new(1));
    left.execute(create_group(1, "left"), NOW).await.unwrap();
    let mut revisions = right.revisions();
    revisions.wait_for(|now| now.number() == 2).await.unwrap();
    right.execute(create_group(2, "right"), NOW).await.unwrap();
    let lengths = [
        watch.next(Revision::new(1)).await.unwrap(),
        watch.next(Revision::new(2)).await.unwrap(),
    ]
    .map(|committed| committed.batch.operations.len());
    assert_eq!(lengths, [2, 1]);

    // A later build takes over: this one can no longer follow, and says so.
    let later = countersign_store::Batch {
        operations: vec![Operation::Put {
            key: FORMAT.to_owned(),
            value: b"{\"version\":3}".to_vec(),
        }],
    };
    backend.commit(Revision::new(3), &[later]).await.unwrap();
    let refused = left
        .execute(create_group(3, "three"), NOW)
        .await
        .unwrap_err();
    let said = chain(&refused);
    assert!(said.contains("the store is in format version 3"), "{said}");
    assert!(matches!(left.status(), StoreStatus::Failing(_)));
    assert_eq!(backend.load().await.unwrap().revision, Revision::new(4));
}
