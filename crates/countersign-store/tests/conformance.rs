//! What every backend promises, and what a store makes of any of them: one
//! suite, run against each.

mod support;

use std::sync::Arc;

use countersign_core::{ApiId, Change, PublicationKey, Revision, Timestamp, command::PlanError};
use countersign_store::{
    Backend, Batch, CommitError, ExecuteError, Operation, Store, StoreStatus, Unavailable,
    WatchError, embedded::EmbeddedBackend, memory::MemoryBackend,
};
use support::*;
use tempfile::TempDir;

/// A backend that can be opened again, once what used it is gone.
enum Subject {
    Memory(Arc<MemoryBackend>),
    Embedded(TempDir),
}

impl Subject {
    fn memory() -> Self {
        Self::Memory(Arc::default())
    }

    fn embedded() -> Self {
        Self::Embedded(tempfile::tempdir().unwrap())
    }

    fn open(&self) -> Arc<dyn Backend> {
        match self {
            Self::Memory(backend) => Arc::<MemoryBackend>::clone(backend),
            Self::Embedded(directory) => Arc::new(EmbeddedBackend::open(directory.path()).unwrap()),
        }
    }
}

macro_rules! conformance {
    ($($test:ident,)*) => {
        mod memory {
            $(#[tokio::test]
            async fn $test() {
                super::$test(super::Subject::memory()).await;
            })*
        }

        mod embedded {
            $(#[tokio::test]
            async fn $test() {
                super::$test(super::Subject::embedded()).await;
            })*
        }
    };
}

conformance! {
    an_empty_backend_holds_nothing,
    a_commit_is_loaded_in_the_order_of_keys,
    each_batch_takes_a_revision,
    operations_apply_in_order,
    a_conflict_writes_nothing,
    large_batches_are_kept,
    a_backend_opens_again,
    a_watch_tells_of_each_commit,
    a_watch_starts_where_it_is_told,
    a_watch_that_missed_commits_says_so,
    opening_writes_nothing,
    a_command_is_published_before_it_is_answered,
    callers_share_a_commit,
    a_refused_command_is_told_alone,
    no_change_writes_nothing,
    a_failed_commit_publishes_nothing,
    a_refusal_is_not_told_on_the_word_of_a_failed_commit,
    a_commit_that_failed_too_late_is_found,
    a_broken_backend_is_reported_and_tried_again,
    a_conflict_is_planned_again,
    two_stores_see_each_others_changes,
    a_store_far_behind_loads_again,
    a_panic_fails_its_own_caller,
    closing_finishes_what_was_accepted,
    a_store_opens_again_as_it_was,
    many_records_are_read_in_order,
}

// ---- Backends ----

fn put(key: &str, value: &str) -> Operation {
    Operation::Put {
        key: key.to_owned(),
        value: value.into(),
    }
}

fn delete(key: &str) -> Operation {
    Operation::Delete {
        key: key.to_owned(),
    }
}

fn batch(operations: impl IntoIterator<Item = Operation>) -> Batch {
    Batch {
        operations: operations.into_iter().collect(),
    }
}

async fn held(backend: &dyn Backend) -> (u64, String) {
    let loaded = backend.load().await.unwrap();
    let records = loaded
        .records
        .iter()
        .map(|record| format!("{}={}", record.key, String::from_utf8_lossy(&record.value)));
    (
        loaded.revision.number(),
        records.collect::<Vec<_>>().join(" "),
    )
}

async fn an_empty_backend_holds_nothing(subject: Subject) {
    assert_eq!(held(&*subject.open()).await, (0, String::new()));
}

async fn a_commit_is_loaded_in_the_order_of_keys(subject: Subject) {
    let backend = subject.open();
    backend
        .commit(
            Revision::ZERO,
            &[batch([put("b", "2"), put("c", "3"), put("a", "1")])],
        )
        .await
        .unwrap();
    assert_eq!(held(&*backend).await, (1, "a=1 b=2 c=3".to_owned()));
}

async fn each_batch_takes_a_revision(subject: Subject) {
    let backend = subject.open();
    backend
        .commit(
            Revision::ZERO,
            &[batch([put("a", "1")]), batch([]), batch([put("b", "1")])],
        )
        .await
        .unwrap();
    assert_eq!(held(&*backend).await, (3, "a=1 b=1".to_owned()));
    backend
        .commit(Revision::new(3), &[batch([delete("a")])])
        .await
        .unwrap();
    assert_eq!(held(&*backend).await, (4, "b=1".to_owned()));
}

async fn operations_apply_in_order(subject: Subject) {
    let backend = subject.open();
    let first = batch([
        put("a", "1"),
        put("a", "2"),
        delete("b"),
        put("b", "1"),
        put("c", "1"),
        delete("c"),
    ]);
    backend
        .commit(Revision::ZERO, &[first, batch([put("b", "2")])])
        .await
        .unwrap();
    assert_eq!(held(&*backend).await, (2, "a=2 b=2".to_owned()));
}

async fn a_conflict_writes_nothing(subject: Subject) {
    let backend = subject.open();
    backend
        .commit(Revision::ZERO, &[batch([put("a", "1")])])
        .await
        .unwrap();
    for expected in [0, 2, u64::MAX - 1] {
        let refused = backend
            .commit(
                Revision::new(expected),
                &[batch([put("a", "2")]), batch([put("b", "2")])],
            )
            .await;
        assert!(
            matches!(refused, Err(CommitError::Conflict { current }) if current == Revision::new(1)),
            "{refused:?}"
        );
    }
    assert_eq!(held(&*backend).await, (1, "a=1".to_owned()));
}

async fn large_batches_are_kept(subject: Subject) {
    let backend = subject.open();
    let value = "x".repeat(100_000);
    let large = batch((0..200).map(|number| put(&format!("{number:03}"), &value)));
    backend
        .commit(Revision::ZERO, &[large.clone(), large])
        .await
        .unwrap();
    let loaded = backend.load().await.unwrap();
    assert_eq!(
        (loaded.revision, loaded.records.len()),
        (Revision::new(2), 200)
    );
    assert!(
        loaded
            .records
            .iter()
            .all(|record| record.value == value.as_bytes())
    );
}

async fn a_backend_opens_again(subject: Subject) {
    let backend = subject.open();
    backend
        .commit(
            Revision::ZERO,
            &[batch([put("a", "1")]), batch([put("b", "1")])],
        )
        .await
        .unwrap();
    drop(backend);
    let backend = subject.open();
    assert_eq!(held(&*backend).await, (2, "a=1 b=1".to_owned()));
    backend
        .commit(Revision::new(2), &[batch([put("c", "1")])])
        .await
        .unwrap();
    assert_eq!(held(&*backend).await, (3, "a=1 b=1 c=1".to_owned()));
}

async fn a_watch_tells_of_each_commit(subject: Subject) {
    let backend = subject.open();
    let mut watch = backend.watch(Revision::ZERO);
    let waiting = start(watch.next(Revision::ZERO)).await;
    let batches = [batch([put("a", "1")]), batch([delete("a")])];
    backend.commit(Revision::ZERO, &batches).await.unwrap();
    let _ = backend
        .commit(Revision::ZERO, &[batch([put("lost", "")])])
        .await
        .unwrap_err();
    let third = batch([put("c", "1")]);
    backend
        .commit(Revision::new(2), std::slice::from_ref(&third))
        .await
        .unwrap();
    let first = waiting.await.unwrap();
    assert_eq!(
        (first.revision, &*first.batch),
        (Revision::new(1), &batches[0])
    );
    let second = watch.next(Revision::new(1)).await.unwrap();
    assert_eq!(
        (second.revision, &*second.batch),
        (Revision::new(2), &batches[1])
    );
    let last = watch.next(Revision::new(2)).await.unwrap();
    assert_eq!((last.revision, &*last.batch), (Revision::new(3), &third));
}

async fn a_watch_starts_where_it_is_told(subject: Subject) {
    let backend = subject.open();
    for number in 0..3 {
        backend
            .commit(
                Revision::new(number),
                &[batch([put("a", &number.to_string())])],
            )
            .await
            .unwrap();
    }
    let next = backend
        .watch(Revision::new(1))
        .next(Revision::new(1))
        .await
        .unwrap();
    assert_eq!(next.revision, Revision::new(2));
    // What the watcher says it has meanwhile is passed over.
    let next = backend
        .watch(Revision::new(1))
        .next(Revision::new(2))
        .await
        .unwrap();
    assert_eq!(next.revision, Revision::new(3));
}

async fn a_watch_that_missed_commits_says_so(subject: Subject) {
    let backend = subject.open();
    let mut watch = backend.watch(Revision::ZERO);
    let batches: Vec<Batch> = (0..5000)
        .map(|number| batch([put("a", &number.to_string())]))
        .collect();
    backend.commit(Revision::ZERO, &batches).await.unwrap();
    match watch.next(Revision::ZERO).await {
        Ok(first) => assert_eq!(first.revision, Revision::new(1)),
        Err(WatchError::Lagged { after }) => assert_eq!(after, Revision::ZERO),
        Err(other) => panic!("{other}"),
    }
    assert_eq!(
        watch.next(Revision::new(4999)).await.unwrap().revision,
        Revision::new(5000)
    );
}

// ---- Stores ----

async fn make_group(store: &Store, number: u8, name: &str) -> Result<Revision, ExecuteError> {
    store
        .execute(create_group(number, name), NOW)
        .await
        .map(|committed| committed.revision)
}

fn group_names(store: &Store) -> Vec<String> {
    let mut names: Vec<String> = store
        .snapshot()
        .groups(&account())
        .map(|group| group.name.to_string())
        .collect();
    names.sort();
    names
}

async fn opening_writes_nothing(subject: Subject) {
    let backend = subject.open();
    let store = open(&backend).await;
    assert_eq!(store.snapshot().revision(), Revision::ZERO);
    assert_eq!(held(&*backend).await, (0, String::new()));
    assert!(matches!(store.status(), StoreStatus::Healthy));
}

async fn a_command_is_published_before_it_is_answered(subject: Subject) {
    let store = open(&subject.open()).await;
    let mut reader = store.reader();
    let revisions = store.revisions();
    assert_eq!(reader.current().revision(), Revision::ZERO);
    for number in 1..=3 {
        let revision = make_group(&store, number, &format!("group{number}"))
            .await
            .unwrap();
        assert_eq!(revision, Revision::new(number.into()));
        assert_eq!(reader.current().revision(), revision);
        assert_eq!(store.snapshot().revision(), revision);
        assert_eq!(*revisions.borrow(), revision);
        assert_eq!(group_names(&store).len(), usize::from(number));
    }
}

async fn callers_share_a_commit(subject: Subject) {
    const CALLERS: u8 = 64;
    let probe = Probe::new(subject.open());
    let store = open(&(Arc::clone(&probe) as Arc<dyn Backend>)).await;
    let mut held = probe.hold();
    let first = start(make_group(&store, 0, "first")).await;
    held.arrived().await;
    let names: Vec<String> = (1..=CALLERS)
        .map(|number| format!("group{number}"))
        .collect();
    let mut others = Vec::new();
    for (name, number) in names.iter().zip(1..) {
        others.push(start(make_group(&store, number, name)).await);
    }
    assert_eq!(store.snapshot().revision(), Revision::ZERO);
    held.release();
    assert_eq!(first.await.unwrap(), Revision::new(1));
    for (other, number) in others.into_iter().zip(2..) {
        assert_eq!(other.await.unwrap(), Revision::new(number));
    }
    assert_eq!(probe.commits(), 2);
    assert_eq!(group_names(&store).len(), usize::from(CALLERS) + 1);
}

async fn a_refused_command_is_told_alone(subject: Subject) {
    let probe = Probe::new(subject.open());
    let store = open(&(Arc::clone(&probe) as Arc<dyn Backend>)).await;
    let mut held = probe.hold();
    let first = start(make_group(&store, 0, "first")).await;
    held.arrived().await;
    let good = start(make_group(&store, 1, "same")).await;
    let refused = start(make_group(&store, 2, "same")).await;
    let same = start(store.execute(Apply(Vec::new()), NOW)).await;
    let last = start(make_group(&store, 3, "other")).await;
    held.release();
    assert_eq!(first.await.unwrap(), Revision::new(1));
    assert_eq!(good.await.unwrap(), Revision::new(2));
    assert!(matches!(
        refused.await,
        Err(ExecuteError::Plan(PlanError::GroupNameTaken))
    ));
    assert_eq!(same.await.unwrap().revision, Revision::new(2));
    assert_eq!(last.await.unwrap(), Revision::new(3));
    assert_eq!(probe.commits(), 2);
}

async fn no_change_writes_nothing(subject: Subject) {
    let probe = Probe::new(subject.open());
    let store = open(&(Arc::clone(&probe) as Arc<dyn Backend>)).await;
    assert_eq!(
        store
            .execute(Apply(Vec::new()), NOW)
            .await
            .unwrap()
            .revision,
        Revision::ZERO
    );
    make_group(&store, 1, "one").await.unwrap();
    let before = held(&*probe).await;
    assert_eq!(
        store
            .execute(Apply(Vec::new()), NOW)
            .await
            .unwrap()
            .revision,
        Revision::new(1)
    );
    assert_eq!(held(&*probe).await, before);
    assert_eq!(probe.commits(), 1);
}

async fn a_failed_commit_publishes_nothing(subject: Subject) {
    let probe = Probe::new(subject.open());
    let store = open(&(Arc::clone(&probe) as Arc<dyn Backend>)).await;
    make_group(&store, 1, "one").await.unwrap();
    probe.set_faults(Faults {
        commit: true,
        ..Faults::default()
    });
    let error = make_group(&store, 2, "two").await.unwrap_err();
    assert!(
        matches!(error, ExecuteError::Unavailable(Unavailable::NotStored(_))),
        "{error:?}"
    );
    assert_eq!(
        chain(&error),
        "the change was not stored: cannot commit, on purpose"
    );
    assert_eq!(
        (store.snapshot().revision(), group_names(&store)),
        (Revision::new(1), vec!["one".to_owned()])
    );
    probe.set_faults(Faults::default());
    assert_eq!(
        make_group(&store, 2, "two").await.unwrap(),
        Revision::new(2)
    );
    assert_eq!(group_names(&store), ["one", "two"]);
}

async fn a_refusal_is_not_told_on_the_word_of_a_failed_commit(subject: Subject) {
    let probe = Probe::new(subject.open());
    let store = open(&(Arc::clone(&probe) as Arc<dyn Backend>)).await;
    let mut held = probe.hold();
    let first = start(make_group(&store, 0, "first")).await;
    held.arrived().await;
    let lost = start(make_group(&store, 1, "same")).await;
    let refused_for_now = start(make_group(&store, 2, "same")).await;
    probe.set_faults(Faults {
        commit: true,
        ..Faults::default()
    });
    held.release();
    for failed in [first.await, lost.await, refused_for_now.await] {
        assert!(
            matches!(
                failed,
                Err(ExecuteError::Unavailable(Unavailable::NotStored(_)))
            ),
            "{failed:?}"
        );
    }
}

async fn a_commit_that_failed_too_late_is_found(subject: Subject) {
    let probe = Probe::new(subject.open());
    let store = open(&(Arc::clone(&probe) as Arc<dyn Backend>)).await;
    probe.set_faults(Faults {
        after_commit: true,
        ..Faults::default()
    });
    let error = make_group(&store, 1, "one").await.unwrap_err();
    assert!(
        matches!(error, ExecuteError::Unavailable(Unavailable::Unknown(_))),
        "{error:?}"
    );
    assert_eq!(
        (store.snapshot().revision(), group_names(&store)),
        (Revision::new(1), vec!["one".to_owned()])
    );
    assert!(matches!(store.status(), StoreStatus::Healthy));
    probe.set_faults(Faults::default());
    assert_eq!(
        make_group(&store, 2, "two").await.unwrap(),
        Revision::new(2)
    );
}

async fn a_broken_backend_is_reported_and_tried_again(subject: Subject) {
    let probe = Probe::new(subject.open());
    let store = open(&(Arc::clone(&probe) as Arc<dyn Backend>)).await;
    make_group(&store, 1, "one").await.unwrap();
    probe.set_faults(Faults {
        commit: true,
        load: true,
        ..Faults::default()
    });
    let error = make_group(&store, 2, "two").await.unwrap_err();
    assert!(
        matches!(error, ExecuteError::Unavailable(Unavailable::Unknown(_))),
        "{error:?}"
    );
    let StoreStatus::Failing(fault) = store.status() else {
        panic!("{:?}", store.status())
    };
    assert_eq!(chain(&*fault), "cannot load, on purpose");

    let tried = probe.commits();
    let error = make_group(&store, 2, "two").await.unwrap_err();
    assert_eq!(
        chain(&error),
        "the change was not stored: cannot load, on purpose"
    );
    assert_eq!(
        (probe.commits(), store.snapshot().revision()),
        (tried, Revision::new(1))
    );

    probe.set_faults(Faults::default());
    assert_eq!(
        make_group(&store, 2, "two").await.unwrap(),
        Revision::new(2)
    );
    assert!(matches!(store.status(), StoreStatus::Healthy));
}

async fn a_conflict_is_planned_again(subject: Subject) {
    let backend = subject.open();
    let probe = Probe::new(Arc::clone(&backend));
    let store = open(&(Arc::clone(&probe) as Arc<dyn Backend>)).await;
    let other = open(&backend).await;
    let mut held = probe.hold();
    let first = start(make_group(&store, 1, "mine")).await;
    held.arrived().await;
    // Both stores began empty, each with a data key of its own: the key ring
    // that is committed first holds for both.
    let key = Change::PutSignatureKey(signature_key(1, SIGN_SECRET).into());
    other.execute(Apply(vec![key]), NOW).await.unwrap();
    make_group(&other, 2, "taken").await.unwrap();
    let taken = start(make_group(&store, 3, "taken")).await;
    held.release();
    assert_eq!(first.await.unwrap(), Revision::new(3));
    assert!(matches!(
        taken.await,
        Err(ExecuteError::Plan(PlanError::GroupNameTaken))
    ));
    let key = Change::PutSignatureKey(signature_key(2, SIGN_SECRET).into());
    let newest = store.execute(Apply(vec![key]), NOW).await.unwrap().revision;
    other
        .revisions()
        .wait_for(|revision| *revision >= newest)
        .await
        .unwrap();
    assert_eq!(describe(&store.snapshot()), describe(&other.snapshot()));
}

async fn two_stores_see_each_others_changes(subject: Subject) {
    let backend = subject.open();
    let (left, right) = (open(&backend).await, open(&backend).await);
    for (number, (writer, reader)) in (1..).zip([
        (&left, &right),
        (&right, &left),
        (&right, &left),
        (&left, &right),
    ]) {
        let revision = make_group(writer, number, &format!("group{number}"))
            .await
            .unwrap();
        reader
            .revisions()
            .wait_for(|seen| *seen >= revision)
            .await
            .unwrap();
        assert_eq!(describe(&left.snapshot()), describe(&right.snapshot()));
    }
    let revision = left
        .execute(Apply(one_of_each()), NOW)
        .await
        .unwrap()
        .revision;
    right
        .revisions()
        .wait_for(|seen| *seen >= revision)
        .await
        .unwrap();
    let api = api(0xa1, 0x61, definition("/users/{id}/"));
    let former = PublicationKey {
        api: ApiId::from_random([0xa3; 16]),
        environment: environment("prod"),
    };
    let gone = vec![
        Change::RemoveToken(token(0x7c, 0x75).hash),
        Change::RemoveUser(user(0x75, "alice", None).id),
        Change::RemoveBinding(former.clone()),
        Change::RemoveFormerPublication(former, Revision::new(7)),
        Change::RemoveEnvironment(account(), environment("prod")),
        Change::RemoveBinding(binding(&api, "RELEASE", 0x51).publication),
        Change::RemovePublication(publication(&api, "RELEASE").key),
        Change::RemoveApi(api.id),
        Change::RemoveRetiredVersion(
            retired_version(0x51).signature_key,
            retired_version(0x51).number,
        ),
        Change::RemoveSignatureKey(signature_key(0x51, "").id),
        Change::RemoveAccessKey(access_key("AKID-owner_1", "").id),
        Change::RemoveGroup(group(1).id),
    ];
    let revision = right.execute(Apply(gone), NOW).await.unwrap().revision;
    left.revisions()
        .wait_for(|seen| *seen >= revision)
        .await
        .unwrap();
    let seen = left.snapshot();
    assert_eq!(describe(&seen), describe(&right.snapshot()));
    for (name, there) in [("prod", false), ("RELEASE", true)] {
        let found = seen.environment(&account(), &environment(name));
        assert_eq!(found.is_some(), there, "{name}");
    }
    let account = account();
    let users = seen.users(&account).map(|user| user.name.as_str());
    assert_eq!(users.collect::<Vec<_>>(), ["bob"]);
    // What is deleted is deleted in the backend too.
    let again = open(&backend).await;
    assert_eq!(describe(&again.snapshot()), describe(&seen));
}

async fn a_store_far_behind_loads_again(subject: Subject) {
    let backend = subject.open();
    let probe = Probe::new(Arc::clone(&backend));
    let store = open(&(Arc::clone(&probe) as Arc<dyn Backend>)).await;
    make_group(&store, 1, "one").await.unwrap();
    let mut held = probe.hold();
    let behind = start(make_group(&store, 2, "two")).await;
    held.arrived().await;
    let batches = vec![Batch::default(); 5000];
    backend.commit(Revision::new(1), &batches).await.unwrap();
    held.release();
    assert_eq!(behind.await.unwrap(), Revision::new(5002));
}

async fn a_panic_fails_its_own_caller(subject: Subject) {
    let probe = Probe::new(subject.open());
    let store = open(&(Arc::clone(&probe) as Arc<dyn Backend>)).await;
    let mut held = probe.hold();
    let first = start(make_group(&store, 1, "one")).await;
    held.arrived().await;
    let panicking = start(store.execute(Panic, NOW)).await;
    let last = start(make_group(&store, 2, "two")).await;
    held.release();
    assert_eq!(first.await.unwrap(), Revision::new(1));
    assert!(matches!(
        panicking.await,
        Err(ExecuteError::Unavailable(Unavailable::Panicked))
    ));
    assert_eq!(last.await.unwrap(), Revision::new(2));
    assert!(matches!(
        store.execute(Panic, NOW).await,
        Err(ExecuteError::Unavailable(Unavailable::Panicked))
    ));
}

async fn closing_finishes_what_was_accepted(subject: Subject) {
    let probe = Probe::new(subject.open());
    let store = open(&(Arc::clone(&probe) as Arc<dyn Backend>)).await;
    let mut held = probe.hold();
    let first = start(make_group(&store, 1, "one")).await;
    held.arrived().await;
    let accepted = start(make_group(&store, 2, "two")).await;
    let closing = start(store.close()).await;
    let also_closing = start(store.close()).await;
    held.release();
    closing.await;
    also_closing.await;
    assert_eq!(first.await.unwrap(), Revision::new(1));
    assert_eq!(accepted.await.unwrap(), Revision::new(2));
    let late = make_group(&store, 3, "three").await;
    assert!(
        matches!(late, Err(ExecuteError::Unavailable(Unavailable::Closed))),
        "{late:?}"
    );
    assert!(matches!(store.status(), StoreStatus::Closed));
    assert_eq!(group_names(&store), ["one", "two"]);
    store.close().await;
}

async fn a_store_opens_again_as_it_was(subject: Subject) {
    let backend = subject.open();
    let store = open(&backend).await;
    make_group(&store, 1, "one").await.unwrap();
    store.execute(Apply(one_of_each()), NOW).await.unwrap();
    let before = describe(&store.snapshot());
    store.close().await;
    drop((store, backend));

    let backend = subject.open();
    let store = open(&backend).await;
    assert_eq!(describe(&store.snapshot()), before);
    assert_eq!(
        make_group(&store, 2, "two").await.unwrap(),
        Revision::new(3)
    );
    let later = store
        .execute(create_group(3, "three"), Timestamp::from_millis(1))
        .await
        .unwrap();
    assert_eq!(later.outcome.created, Timestamp::from_millis(1));
}

/// More records than one thread reads at once.
async fn many_records_are_read_in_order(subject: Subject) {
    let backend = subject.open();
    let store = open(&backend).await;
    let names: Vec<String> = (0..9000).map(|number| format!("e{number:04}")).collect();
    let change = |name: &String| Change::PutEnvironment(own_environment(0xe2, name));
    store
        .execute(Apply(names.iter().map(change).collect()), NOW)
        .await
        .unwrap();
    store.execute(Apply(one_of_each()), NOW).await.unwrap();
    let before = describe(&store.snapshot());
    store.close().await;
    let store = open(&backend).await;
    assert_eq!(describe(&store.snapshot()), before);
    store.close().await;

    // Of several that cannot be read, the first is named.
    let broken = batch(
        ["e2000", "e7000", "e8999"]
            .map(|name| put(&format!("environment/{}/{name}", account()), "-")),
    );
    backend.commit(Revision::new(2), &[broken]).await.unwrap();
    let error = Store::open(backend, &MASTER_KEY).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the record environment/1000000000000001/e2000 cannot be read"
    );
}
