//! Accounts, and what they are called as projects.

use crate::common::*;
use countersign_core::{Account, AccountId, Change, ProjectId, Timestamp};

fn put(account: AccountId, number: u8) -> Change {
    Change::PutAccount(
        Account {
            id: account,
            project: project(number),
            created: Timestamp::from_millis(500),
        }
        .into(),
    )
}

#[test]
fn bootstrap_makes_the_account_with_its_project() {
    let state = State::new();
    let made = state.snapshot.account(&account()).unwrap();
    assert_eq!((made.project, made.created), (project(7), state.now));
    assert_eq!(
        state.snapshot.account_of_project(project(7)),
        Some(&account())
    );
    let implied = ProjectId::made_from(&account());
    assert_eq!(state.snapshot.account_of_project(implied), None);
    assert_eq!(state.snapshot.project_of(&account()), project(7));
}

#[test]
fn an_access_key_implies_its_account() {
    let mut state = State::new();
    let implied = ProjectId::made_from(&stranger());
    assert_ne!(implied, ProjectId::made_from(&account()));
    assert_eq!(state.snapshot.project_of(&stranger()), implied);
    assert_eq!(state.snapshot.account_of_project(implied), None);

    let key = |id, created| Change::PutAccessKey(access_key(id, stranger(), created).into());
    state.run(&Apply(vec![key("new", 300)])).unwrap();
    state.run(&Apply(vec![key("old", 200)])).unwrap();
    let account = state.snapshot.account(&stranger()).unwrap();
    assert_eq!(account.created, Timestamp::from_millis(200), "the oldest");
    assert_eq!(
        state.snapshot.account_of_project(implied),
        Some(&stranger())
    );
    assert_eq!(state.snapshot.accounts().count(), 2);

    let gone = |id: &str| Change::RemoveAccessKey(access_key(id, stranger(), 0).id);
    state.run(&Apply(vec![gone("old")])).unwrap();
    let account = state.snapshot.account(&stranger()).unwrap();
    assert_eq!(account.created, Timestamp::from_millis(300));
    state.run(&Apply(vec![gone("new")])).unwrap();
    assert!(state.snapshot.account(&stranger()).is_none());
    assert_eq!(state.snapshot.account_of_project(implied), None);
}

#[test]
fn a_record_replaces_what_was_implied() {
    let implied = ProjectId::made_from(&stranger());
    let key = Change::PutAccessKey(access_key("other", stranger(), 300).into());
    for changes in [[key.clone(), put(stranger(), 9)], [put(stranger(), 9), key]] {
        let mut state = State::new();
        for change in changes {
            state.run(&Apply(vec![change])).unwrap();
        }
        let account = state.snapshot.account(&stranger()).unwrap();
        assert_eq!(
            (account.project, account.created),
            (project(9), Timestamp::from_millis(500))
        );
        let find = |project| state.snapshot.account_of_project(project);
        assert_eq!(find(project(9)), Some(&stranger()));
        assert_eq!(find(implied), None);

        let gone = Change::RemoveAccessKey(access_key("other", stranger(), 0).id);
        state.run(&Apply(vec![gone])).unwrap();
        let kept = state.snapshot.account(&stranger()).unwrap();
        assert_eq!(kept.project, project(9), "a record needs no access key");
        state.run(&Apply(vec![put(stranger(), 10)])).unwrap();
        let find = |project| state.snapshot.account_of_project(project);
        assert_eq!(
            (find(project(9)), find(project(10))),
            (None, Some(&stranger()))
        );
    }
}
