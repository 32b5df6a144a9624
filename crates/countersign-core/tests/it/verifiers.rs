//! Verifiers, and the keys they may read.

use crate::common::*;
use countersign_core::{
    ApiId, GroupId, SignatureKeyId, TokenHash, VerifierId, VerifierName, VerifierScope,
    command::{
        PlanError, UnbindOne,
        verifier::{CreateVerifier, DeleteVerifier},
    },
};

fn create(number: u8, groups: &[GroupId], apis: &[ApiId]) -> CreateVerifier {
    CreateVerifier {
        id: VerifierId::from_random([number; 16]),
        account: account(),
        name: VerifierName::from_stored(&format!("verifier {number}")),
        token: TokenHash([number; 32]),
        scope: VerifierScope {
            groups: groups.iter().copied().collect(),
            apis: apis.iter().copied().collect(),
        },
        verifiers_max: 2,
    }
}

fn readable(state: &State, number: u8) -> Vec<SignatureKeyId> {
    let verifier = state
        .snapshot
        .verifier_with_token(&TokenHash([number; 32]))
        .unwrap();
    let keys = state.snapshot.keys_of_verifier(verifier);
    keys.into_iter().map(|key| key.id).collect()
}

#[test]
fn only_keys_of_its_own_apis_are_read() {
    let mut state = State::new();
    let (one, two) = (state.group(1), state.group(2));
    let mine = state.live_api(one, 1, "/a");
    let beside = state.live_api(one, 2, "/b");
    let far = state.live_api(two, 3, "/c");
    let keys = [1, 2, 3].map(|number| state.key(number));
    for (key, api) in keys.iter().zip([mine, beside, far]) {
        state.run(&bind(*key, &[api])).unwrap();
    }
    state.run(&create(1, &[], &[mine])).unwrap();
    assert_eq!(readable(&state, 1), [keys[0]]);
    state.run(&create(2, &[two], &[mine])).unwrap();
    assert_eq!(readable(&state, 2), [keys[0], keys[2]]);

    // What is bound later counts as well, and what is unbound no more.
    state.run(&bind(keys[1], &[mine])).unwrap();
    assert_eq!(readable(&state, 1), [keys[1]]);
    let bound = state.snapshot.binding(&released(mine)).unwrap().id;
    let unbind = UnbindOne {
        account: account(),
        id: bound,
    };
    state.run(&unbind).unwrap();
    assert_eq!(readable(&state, 1), []);
}

#[test]
fn what_cannot_be_made_says_why() {
    let mut state = State::new();
    let group = state.group(1);
    state.run(&create(1, &[group], &[])).unwrap();
    let taken = CreateVerifier {
        name: VerifierName::from_stored("verifier 1"),
        ..create(2, &[group], &[])
    };
    assert_eq!(state.refused(&taken), PlanError::VerifierNameTaken);
    let nowhere = create(2, &[GroupId::from_random([9; 16])], &[]);
    assert_eq!(state.refused(&nowhere), PlanError::GroupNotFound);
    let nothing = create(2, &[], &[ApiId::from_random([9; 16])]);
    assert_eq!(state.refused(&nothing), PlanError::ApiNotFound);
    let foreign = CreateVerifier {
        account: stranger(),
        ..create(2, &[group], &[])
    };
    assert_eq!(state.refused(&foreign), PlanError::GroupNotFound);
    state.run(&create(2, &[group], &[])).unwrap();
    let max = PlanError::TooManyVerifiers { max: 2 };
    assert_eq!(state.refused(&create(3, &[group], &[])), max);
}

#[test]
fn a_removed_verifiers_token_is_worth_nothing() {
    let mut state = State::new();
    let group = state.group(1);
    let id = state.run(&create(1, &[group], &[])).unwrap().id;
    let foreign = DeleteVerifier {
        account: stranger(),
        id,
    };
    assert_eq!(state.refused(&foreign), PlanError::VerifierNotFound);
    let delete = DeleteVerifier {
        account: account(),
        id,
    };
    state.run(&delete).unwrap();
    let hash = TokenHash([1; 32]);
    assert!(state.snapshot.verifier_with_token(&hash).is_none());
    assert_eq!(state.snapshot.verifiers(&account()).count(), 0);
    assert_eq!(state.refused(&delete), PlanError::VerifierNotFound);
}
