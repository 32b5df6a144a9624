//! Binding signature keys to APIs, and unbinding them.

use crate::common::*;
use countersign_core::{
    ApiId, BindingId, EnvironmentName, GroupId, PublicationKey, SignatureKeyId, Timestamp,
    command::{Bind, PlanError, Unbind, UnbindOne, signature_key::DeleteSignatureKey},
};

fn unbind(key: SignatureKeyId, group: GroupId, apis: Option<&[ApiId]>) -> Unbind {
    Unbind {
        account: account(),
        signature_key: key,
        group,
        apis: apis.map(|apis| apis.iter().copied().collect()),
        environment: environment("RELEASE"),
    }
}

fn unbind_one(id: BindingId) -> UnbindOne {
    UnbindOne {
        account: account(),
        id,
    }
}

struct Case {
    state: State,
    group: GroupId,
    a: ApiId,
    b: ApiId,
    first: SignatureKeyId,
    second: SignatureKeyId,
}

/// Two APIs live in RELEASE, and two signature keys.
fn case() -> Case {
    let mut state = State::new();
    let group = state.group(1);
    let (a, b) = (
        state.live_api(group, 1, "/a"),
        state.live_api(group, 2, "/b"),
    );
    let (first, second) = (state.key(1), state.key(2));
    Case {
        state,
        group,
        a,
        b,
        first,
        second,
    }
}

impl Case {
    fn id_of(&self, publication: &PublicationKey) -> Option<BindingId> {
        self.state.snapshot.binding(publication).map(|own| own.id)
    }
}

#[test]
fn binding_replaces_keeps_and_is_all_or_nothing() {
    let Case {
        mut state,
        group,
        a,
        b,
        first,
        second,
    } = case();
    let unknown = ApiId::from_random([99; 16]);
    assert_eq!(
        state.refused(&bind(first, &[a, unknown])),
        PlanError::ApiNotFound
    );
    assert!(state.snapshot.binding(&released(a)).is_none());

    state.run(&bind(first, &[a, b])).unwrap();
    let bound = state.snapshot.binding(&released(a)).unwrap().bound;
    state.now = Timestamp::from_millis(9_000);
    let before = state.revision();
    state.run(&bind(first, &[a])).unwrap();
    assert_eq!(state.snapshot.binding(&released(a)).unwrap().bound, bound);
    assert_eq!(
        state.revision(),
        before,
        "nothing to change, nothing written"
    );

    state.run(&bind(second, &[a])).unwrap();
    assert_eq!(state.snapshot.bound_key(&released(a)).unwrap().id, second);
    assert_eq!(state.snapshot.bindings_of_key(first).count(), 1);
    assert_eq!(state.snapshot.bindings_of_key(second).count(), 1);

    state.run(&unbind(first, group, Some(&[a]))).unwrap();
    assert_eq!(
        state.snapshot.bound_key(&released(a)).unwrap().id,
        second,
        "never unbinds a different key"
    );
    state.run(&unbind(second, group, None)).unwrap();
    assert!(state.snapshot.signing_version(&released(a)).is_none());
    assert_eq!(state.snapshot.bound_key(&released(b)).unwrap().id, first);
}

#[test]
fn a_binding_has_an_id_until_another_key_is_bound() {
    let mut case = case();
    let (a, b) = (case.a, case.b);
    let made = case.state.run(&bind(case.first, &[b, a])).unwrap();
    let ids: Vec<_> = made.iter().map(|own| own.id).collect();
    assert_eq!(ids, [binding_id(1), binding_id(1).after(1)]);
    assert_eq!(
        made.iter()
            .map(|own| own.publication.api)
            .collect::<Vec<_>>(),
        [b, a],
        "in the order named"
    );
    for own in &made {
        assert_eq!(case.state.snapshot.binding_by_id(own.id), Some(own));
    }

    let again = Bind {
        first_id: binding_id(2),
        ..bind(case.first, &[a, b])
    };
    let kept = case.state.run(&again).unwrap();
    assert_eq!([kept[0].id, kept[1].id], [ids[1], ids[0]]);

    let other = Bind {
        first_id: binding_id(3),
        ..bind(case.second, &[a])
    };
    case.state.run(&other).unwrap();
    assert_eq!(case.id_of(&released(a)), Some(binding_id(3)));
    assert_eq!(case.id_of(&released(b)), Some(ids[0]));
    assert!(
        case.state.snapshot.binding_by_id(ids[1]).is_none(),
        "the former id names nothing"
    );
}

#[test]
fn one_that_is_bound_already_takes_no_id() {
    let mut case = case();
    let (a, b) = (case.a, case.b);
    case.state.run(&bind(case.first, &[a])).unwrap();
    let both = Bind {
        first_id: binding_id(2),
        ..bind(case.first, &[a, b])
    };
    let ids = case.state.run(&both).unwrap();
    assert_eq!([ids[0].id, ids[1].id], [binding_id(1), binding_id(2)]);
}

#[test]
fn a_publication_named_twice_counts_once() {
    let mut case = case();
    let (a, b) = (case.a, case.b);
    let made = case.state.run(&bind(case.first, &[a, b, a, a])).unwrap();
    assert_eq!(made.len(), 2);
    assert_eq!(case.state.snapshot.bindings_of_key(case.first).count(), 2);
    let again = case.state.run(&bind(case.first, &[a, a])).unwrap();
    assert_eq!(again.len(), 1);
}

#[test]
fn what_is_not_published_is_refused_where_the_dialect_says_so() {
    let mut case = case();
    let off = case.state.run(&create_api(case.group, 3, "/c")).unwrap().id;
    let both = Bind {
        published_only: true,
        ..bind(case.first, &[case.a, off])
    };
    assert_eq!(case.state.refused(&both), PlanError::PublicationNotFound);
    assert_eq!(case.id_of(&released(case.a)), None);
    let elsewhere = Bind {
        published_only: true,
        publications: vec![place(case.a, "PRE")],
        ..bind(case.first, &[])
    };
    assert_eq!(
        case.state.refused(&elsewhere),
        PlanError::PublicationNotFound
    );
    let anyway = Bind {
        published_only: false,
        ..both
    };
    case.state.run(&anyway).unwrap();
    case.state.run(&publish(off, "RELEASE")).unwrap();
    assert!(
        case.state
            .snapshot
            .signing_version(&released(off))
            .is_some()
    );
}

#[test]
fn environments_and_groups_are_checked() {
    let mut case = case();
    let (a, other) = (case.a, case.state.group(2));
    let nowhere = Bind {
        publications: vec![place(a, "NOWHERE")],
        ..bind(case.first, &[])
    };
    assert_eq!(case.state.refused(&nowhere), PlanError::EnvironmentNotFound);
    let in_group = |group| Bind {
        group: Some(group),
        ..bind(case.first, &[a])
    };
    let unknown = GroupId::from_random([99; 16]);
    assert_eq!(
        case.state.refused(&in_group(unknown)),
        PlanError::GroupNotFound
    );
    assert_eq!(case.state.refused(&in_group(other)), PlanError::ApiNotFound);
    case.state.run(&in_group(case.group)).unwrap();
}

#[test]
fn a_key_is_bound_in_several_environments_at_once() {
    let mut case = case();
    let names: Vec<EnvironmentName> = ["RELEASE", "PRE", "TEST"].map(environment).into();
    let everywhere = Bind {
        publications: names
            .iter()
            .map(|name| place(case.a, name.as_str()))
            .collect(),
        ..bind(case.first, &[])
    };
    case.state.run(&everywhere).unwrap();
    assert_eq!(case.state.snapshot.bindings_of_api(case.a).count(), 3);
    case.state
        .run(&unbind(case.first, case.group, None))
        .unwrap();
    assert_eq!(case.id_of(&released(case.a)), None);
    assert_eq!(case.state.snapshot.bindings_of_api(case.a).count(), 2);
}

#[test]
fn one_binding_is_removed_by_its_id() {
    let mut case = case();
    let (a, b) = (case.a, case.b);
    let made = case.state.run(&bind(case.first, &[a, b])).unwrap();
    case.state.run(&unbind_one(made[0].id)).unwrap();
    assert_eq!(case.id_of(&released(a)), None);
    assert_eq!(case.id_of(&released(b)), Some(made[1].id));
    assert_eq!(
        case.state.refused(&unbind_one(made[0].id)),
        PlanError::BindingNotFound
    );
    let foreign = UnbindOne {
        account: stranger(),
        id: made[1].id,
    };
    assert_eq!(case.state.refused(&foreign), PlanError::BindingNotFound);
}

#[test]
fn a_key_goes_with_its_bindings_where_the_dialect_says_so() {
    let mut case = case();
    let made = case
        .state
        .run(&bind(case.first, &[case.a, case.b]))
        .unwrap();
    let change = |unbind| DeleteSignatureKey {
        account: account(),
        id: case.first,
        unbind,
    };
    assert_eq!(
        case.state.refused(&change(false)),
        PlanError::SignatureKeyBound { publications: 2 }
    );
    let new_pair = countersign_core::command::signature_key::ModifySignatureKey {
        sign_secret: Some(secret("another-secret")),
        ..modify_key(case.first)
    };
    case.state.run(&new_pair).unwrap();
    case.state.run(&change(true)).unwrap();
    let snapshot = &case.state.snapshot;
    assert!(snapshot.signature_key(case.first).is_none());
    assert_eq!(snapshot.retired_versions(case.first).count(), 0);
    assert_eq!(snapshot.bindings_of_key(case.first).count(), 0);
    for own in made {
        assert!(snapshot.binding(&own.publication).is_none());
        assert!(snapshot.binding_by_id(own.id).is_none());
    }
    assert!(
        snapshot.publication(&released(case.a)).is_some(),
        "what is live stays so, unsigned"
    );
}

/// A store from before bindings had ids gives each the same id at every start.
#[test]
fn an_id_can_be_made_from_the_publication() {
    let api = ApiId::parse("0d05f1c54d6749eda95f9fa6d491449a").unwrap();
    let id = BindingId::made_from(&released(api));
    // printf binding/0d05f1c54d6749eda95f9fa6d491449a/RELEASE | sha256sum
    assert_eq!(id.to_string(), "c7f1f6733d65e1519c739f1e7667c46a");
    assert_ne!(id, BindingId::made_from(&place(api, "PRE")));
}
