//! Whatever was done, in whatever order: the snapshot is the one that its
//! records alone would give. No index keeps what is gone or misses what is
//! there.

mod step;

use std::collections::BTreeMap;

use countersign_core::{
    Change, Revision, Signing, Snapshot, Timestamp, command::Command, publication::VERSIONS_MAX,
};
use proptest::prelude::*;

use self::step::Step;
use crate::common::*;

/// A state, and the records that a store would hold of it.
struct Recorded {
    state: State,
    records: BTreeMap<String, Change>,
}

impl Recorded {
    /// Carries a command out, if it can be.
    fn run<C: Command>(&mut self, command: &C) {
        let snapshot = &self.state.snapshot;
        if let Ok(plan) = command.plan(snapshot, self.state.now) {
            self.apply(plan.changes);
        }
    }

    fn apply(&mut self, changes: Vec<Change>) {
        for change in &changes {
            match record_of(change) {
                Record::Put(key) => self.records.insert(key, change.clone()),
                Record::Gone(key) => self.records.remove(&key),
            };
        }
        self.state.run(&Apply(changes)).unwrap();
    }
}

enum Record {
    Put(String),
    Gone(String),
}

/// What a change writes or deletes.
fn record_of(change: &Change) -> Record {
    use Record::{Gone, Put};
    match change {
        Change::PutAccessKey(key) => Put(format!("access-key {}", key.id)),
        Change::RemoveAccessKey(id) => Gone(format!("access-key {id}")),
        Change::PutAccount(account) => Put(format!("account {}", account.id)),
        Change::PutUser(user) => Put(format!("user {}", user.id)),
        Change::RemoveUser(id) => Gone(format!("user {id}")),
        Change::PutToken(token) => Put(format!("token {:?}", token.hash)),
        Change::RemoveToken(hash) => Gone(format!("token {hash:?}")),
        Change::PutVerifier(verifier) => Put(format!("verifier {}", verifier.id)),
        Change::RemoveVerifier(id) => Gone(format!("verifier {id}")),
        Change::PutEnvironment(own) => Put(format!("environment {:?} {}", own.account, own.name)),
        Change::RemoveEnvironment(account, name) => {
            Gone(format!("environment {:?} {name}", Some(account)))
        }
        Change::PutGroup(group) => Put(format!("group {}", group.id)),
        Change::RemoveGroup(id) => Gone(format!("group {id}")),
        Change::PutApi(api) => Put(format!("api {}", api.id)),
        Change::RemoveApi(id) => Gone(format!("api {id}")),
        Change::PutPublication(own) => Put(format!("publication {:?}", own.key)),
        Change::RemovePublication(key) => Gone(format!("publication {key:?}")),
        Change::PutFormerPublication(own) => {
            Put(format!("former {:?} {}", own.key, own.published_revision))
        }
        Change::RemoveFormerPublication(key, revision) => {
            Gone(format!("former {key:?} {revision}"))
        }
        Change::PutSignatureKey(key) => Put(format!("key {}", key.id)),
        Change::RemoveSignatureKey(id) => Gone(format!("key {id}")),
        Change::PutRetiredVersion(own) => {
            Put(format!("retired {} {}", own.signature_key, own.number))
        }
        Change::RemoveRetiredVersion(id, number) => Gone(format!("retired {id} {number}")),
        Change::PutBinding(own) => Put(format!("binding {:?}", own.publication)),
        Change::RemoveBinding(key) => Gone(format!("binding {key:?}")),
    }
}

/// All that a snapshot holds, its indexes too; maps that are in no order come
/// out in one.
fn all_of(snapshot: &Snapshot) -> Vec<String> {
    let shown = format!("{snapshot:#?}");
    let mut lines: Vec<String> = shown.lines().map(str::to_owned).collect();
    lines.sort_unstable();
    lines
}

fn built_from<'a>(records: impl Iterator<Item = &'a Change>, revision: Revision) -> Snapshot {
    let mut draft = Snapshot::default().draft();
    for change in records {
        draft.apply(revision, std::slice::from_ref(change));
    }
    draft.apply(revision, &[]);
    draft.finish().unwrap()
}

/// What holds whatever was done.
fn check_promises(snapshot: &Snapshot) {
    for account in [account(), stranger()] {
        for api in snapshot.apis(&account) {
            let here = snapshot.environments(&account);
            let here: Vec<_> = here.map(|own| own.name.clone()).collect();
            for live in snapshot.publications_of_api(api.id) {
                assert!(here.contains(&live.key.environment), "{live:?}");
            }
            for former in snapshot.former_publications_of_api(api.id) {
                assert!(here.contains(&former.key.environment), "{former:?}");
                let live = snapshot.publication(&former.key);
                let live = live.map(|live| live.published_revision);
                assert_ne!(live, Some(former.published_revision), "{former:?} is live");
            }
            for name in here {
                let at = place(api.id, name.as_str());
                let live = usize::from(snapshot.publication(&at).is_some());
                let kept = live + snapshot.former_publications(&at).count();
                assert!(kept <= VERSIONS_MAX, "{at:?} has {kept} versions");
            }
        }
        for key in snapshot.signature_keys(&account) {
            for binding in snapshot.bindings_of_key(key.id) {
                let signing = key.active.signing();
                assert!(!matches!(signing, Signing::Unusable(_)), "{key:?}");
                assert_eq!(snapshot.binding_by_id(binding.id), Some(binding));
                assert_eq!(snapshot.binding(&binding.publication), Some(binding));
                let api = snapshot.api(binding.publication.api).unwrap();
                assert_eq!(api.account, account);
                let name = &binding.publication.environment;
                assert!(snapshot.environment(&account, name).is_some());
            }
        }
        for user in snapshot.users(&account) {
            for token in snapshot.tokens_of_user(user.id) {
                assert_eq!(snapshot.token(&token.hash), Some(token));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(200)
    })]

    #[test]
    fn a_snapshot_is_what_its_records_give(steps in prop::collection::vec(any::<Step>(), 1..120)) {
        let mut recorded = Recorded {
            state: State { snapshot: Snapshot::default(), now: Timestamp::from_millis(1_000) },
            records: BTreeMap::new(),
        };
        for step in steps {
            step.take(&mut recorded);
            check_promises(&recorded.state.snapshot);
        }
        let snapshot = &recorded.state.snapshot;
        let revision = snapshot.revision();
        let kept = all_of(snapshot);
        let in_order = built_from(recorded.records.values(), revision);
        prop_assert_eq!(&kept, &all_of(&in_order));
        let backwards = built_from(recorded.records.values().rev(), revision);
        prop_assert_eq!(&kept, &all_of(&backwards));
    }
}
