//! The next version of a signature key: known before it signs.

use crate::common::*;
use countersign_core::{
    Scheme, SignKey, SignatureKey, SignatureKeyId, VersionNumber,
    command::{
        PlanError,
        signature_key::{ActivateVersion, DropNextVersion, ModifySignatureKey, StageVersion},
    },
};

fn stage(id: SignatureKeyId, sign_key: &str) -> StageVersion {
    StageVersion {
        account: account(),
        id,
        scheme: None,
        sign_key: Some(SignKey::from_stored(sign_key)),
        sign_secret: Some(secret("planted-next-secret")),
    }
}

fn activate(id: SignatureKeyId) -> ActivateVersion {
    ActivateVersion {
        account: account(),
        id,
    }
}

fn drop_next(id: SignatureKeyId) -> DropNextVersion {
    DropNextVersion {
        account: account(),
        id,
    }
}

fn next_key(key: &SignatureKey) -> Option<&str> {
    key.next.as_deref().map(|next| next.sign_key.as_str())
}

#[test]
fn a_staged_version_signs_only_once_it_is_activated() {
    let mut state = State::new();
    let group = state.group(1);
    let api = state.live_api(group, 1, "/a");
    let id = state.key(1);
    state.run(&bind(id, &[api])).unwrap();

    let staged = state.run(&stage(id, "NextKey")).unwrap();
    assert_eq!(next_key(&staged), Some("NextKey"));
    let signs = |state: &State| {
        let version = state.snapshot.signing_version(&released(api)).unwrap();
        (version.number.number(), version.sign_key.to_string())
    };
    assert_eq!(signs(&state), (1, "SignKey1".to_owned()));
    assert_eq!(state.snapshot.retired_versions(id).count(), 0);

    let active = state.run(&activate(id)).unwrap();
    assert_eq!(next_key(&active), None);
    assert_eq!(signs(&state), (2, "NextKey".to_owned()));
    assert_eq!(active.active.created, state.now, "since when it signs");
    let retired = state.snapshot.retired_versions(id);
    let retired: Vec<_> = retired.map(|own| own.sign_key.to_string()).collect();
    assert_eq!(retired, ["SignKey1"]);
}

#[test]
fn staging_again_replaces_and_can_be_taken_back() {
    let mut state = State::new();
    let id = state.key(1);
    state.run(&stage(id, "One")).unwrap();
    let again = state.run(&stage(id, "Two")).unwrap();
    assert_eq!(next_key(&again), Some("Two"));
    assert_eq!(
        again.next.as_ref().unwrap().number,
        VersionNumber::new(2).unwrap()
    );
    let dropped = state.run(&drop_next(id)).unwrap();
    assert_eq!(next_key(&dropped), None);
    assert_eq!(state.refused(&drop_next(id)), PlanError::NoNextVersion);
    assert_eq!(state.refused(&activate(id)), PlanError::NoNextVersion);
}

#[test]
fn what_is_staged_like_the_active_one_is_nothing() {
    let mut state = State::new();
    let id = state.key(1);
    let same = StageVersion {
        sign_key: None,
        sign_secret: None,
        ..stage(id, "")
    };
    assert_eq!(next_key(&state.run(&same).unwrap()), None);
}

#[test]
fn a_change_at_once_takes_the_next_version_back() {
    let mut state = State::new();
    let id = state.key(1);
    state.run(&stage(id, "NextKey")).unwrap();
    let rename = ModifySignatureKey {
        name: Some(countersign_core::SignatureKeyName::from_stored("renamed")),
        ..modify_key(id)
    };
    assert_eq!(next_key(&state.run(&rename).unwrap()), Some("NextKey"));
    let change = ModifySignatureKey {
        sign_key: Some(SignKey::from_stored("Other")),
        ..modify_key(id)
    };
    let changed = state.run(&change).unwrap();
    assert_eq!(next_key(&changed), None);
    assert_eq!(changed.active.number, VersionNumber::new(2).unwrap());
}

#[test]
fn what_cannot_sign_is_not_staged() {
    let mut state = State::new();
    let id = state.key(1);
    let aes = StageVersion {
        scheme: Some(Scheme::Aes128Cfb),
        ..stage(id, "NextKey")
    };
    assert!(matches!(
        state.refused(&aes),
        PlanError::SignatureKeyUnusable(_)
    ));
}

#[test]
fn another_accounts_key_is_absent() {
    let mut state = State::new();
    let id = state.key(1);
    state.run(&stage(id, "NextKey")).unwrap();
    let account = stranger();
    let not_found = PlanError::SignatureKeyNotFound;
    let foreign = StageVersion {
        account: account.clone(),
        ..stage(id, "Other")
    };
    assert_eq!(state.refused(&foreign), not_found);
    let foreign = ActivateVersion {
        account: account.clone(),
        id,
    };
    assert_eq!(state.refused(&foreign), not_found);
    assert_eq!(state.refused(&DropNextVersion { account, id }), not_found);
}
