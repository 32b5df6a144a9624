//! An account's own environments.

use crate::common::*;
use countersign_core::{
    ApiId, Description, EnvironmentId, PublicationId, RouteMiss, SignatureKeyId,
    command::{
        Bind, PlanError,
        api::DeleteApi,
        environment::{CreateEnvironment, DeleteEnvironment, ModifyEnvironment},
        publication::SwitchVersion,
    },
    environment::INITIAL,
};

fn modify(id: EnvironmentId, name: Option<&str>, description: Option<&str>) -> ModifyEnvironment {
    ModifyEnvironment {
        account: account(),
        id,
        name: name.map(environment),
        description: description.map(Description::from_stored),
    }
}

fn delete(id: EnvironmentId) -> DeleteEnvironment {
    DeleteEnvironment {
        account: account(),
        id,
    }
}

fn bind_in(key: SignatureKeyId, api: ApiId, environment_name: &str) -> Bind {
    Bind {
        publications: vec![place(api, environment_name)],
        ..bind(key, &[])
    }
}

fn names(state: &State) -> Vec<String> {
    let account = account();
    let all = state.snapshot.environments(&account);
    all.map(|own| own.name.to_string()).collect()
}

#[test]
fn an_environment_is_made_and_found() {
    let mut state = State::new();
    let made = state.run(&create_environment(2)).unwrap();
    state.environment(1);
    assert_eq!(
        names(&state),
        ["PRE", "RELEASE", "TEST", "env1", "env2"],
        "those of every account first"
    );
    assert_eq!(made.account, Some(account()));
    assert_eq!(
        (made.created, made.created_revision.number()),
        (state.now, 2)
    );
    let by_name = state.snapshot.environment(&account(), &made.name).unwrap();
    let by_id = state
        .snapshot
        .environment_by_id(&account(), made.id)
        .unwrap();
    assert_eq!((&**by_name, &**by_id), (&made, &made));
}

#[test]
fn names_are_unique_and_the_number_is_limited() {
    let mut state = State::new();
    state.environment(1);
    for taken in ["env1", "RELEASE"] {
        let again = CreateEnvironment {
            name: environment(taken),
            ..create_environment(2)
        };
        assert_eq!(state.refused(&again), PlanError::EnvironmentNameTaken);
    }
    let limited = CreateEnvironment {
        environments_max: 1,
        ..create_environment(2)
    };
    assert_eq!(
        state.refused(&limited),
        PlanError::TooManyEnvironments { max: 1 },
        "those of every account do not count"
    );
    let second = CreateEnvironment {
        environments_max: 2,
        ..limited
    };
    state.run(&second).unwrap();
}

#[test]
fn nobody_changes_those_of_every_account() {
    let mut state = State::new();
    for id in INITIAL.map(initial) {
        assert_eq!(
            state.refused(&modify(id, Some("other"), None)),
            PlanError::EnvironmentInitial
        );
        assert_eq!(
            state.refused(&modify(id, None, Some("text"))),
            PlanError::EnvironmentInitial
        );
        assert_eq!(state.refused(&delete(id)), PlanError::EnvironmentInitial);
    }
    let unknown = EnvironmentId::from_random([99; 16]);
    assert_eq!(
        state.refused(&modify(unknown, None, None)),
        PlanError::EnvironmentNotFound
    );
    assert_eq!(
        state.refused(&delete(unknown)),
        PlanError::EnvironmentNotFound
    );
}

#[test]
fn a_new_description_moves_nothing() {
    let mut state = State::new();
    let id = state.environment(1);
    let changed = state.run(&modify(id, None, Some("text"))).unwrap();
    assert_eq!(
        (changed.name.as_str(), changed.description.as_str()),
        ("env1", "text")
    );
    let same_name = state.run(&modify(id, Some("env1"), None)).unwrap();
    assert_eq!(same_name, changed);
    assert_eq!(names(&state).len(), 4);
}

#[test]
fn a_new_name_takes_along_what_is_there() {
    let mut state = State::new();
    let group = state.group(1);
    let live = state.live_api(group, 1, "/a");
    let off = state.live_api(group, 2, "/b");
    let key = state.key(1);
    let id = state.environment(1);
    let twin = state.environment(2);
    state.run(&publish(live, "env1")).unwrap();
    state.run(&publish(live, "env1")).unwrap();
    state.run(&publish(off, "env1")).unwrap();
    state.run(&unpublish(off, "env1")).unwrap();
    state.run(&bind_in(key, live, "env1")).unwrap();
    let before = state.snapshot.clone();
    let versions = |state: &State, name: &str, api| {
        let place = place(api, name);
        let former = state.snapshot.former_publications(&place);
        let versions = former.map(|former| former.version(id));
        versions.collect::<Vec<_>>()
    };
    let [former_live, former_off] = [live, off].map(|api| versions(&state, "env1", api));
    assert_eq!((former_live.len(), former_off.len()), (1, 1));

    for taken in ["env2", "PRE"] {
        assert_eq!(
            state.refused(&modify(id, Some(taken), None)),
            PlanError::EnvironmentNameTaken
        );
    }
    state.run(&modify(id, Some("moved"), None)).unwrap();

    let snapshot = &state.snapshot;
    let (from, to) = (place(live, "env1"), place(live, "moved"));
    assert!(snapshot.publication(&from).is_none());
    assert!(snapshot.binding(&from).is_none());
    assert_eq!(snapshot.former_publications(&from).count(), 0);
    let (old, new) = (
        before.publication(&from).unwrap(),
        snapshot.publication(&to).unwrap(),
    );
    assert_eq!(
        (new.published_revision, new.version(id)),
        (old.published_revision, old.version(id)),
        "the version is the same"
    );
    assert_eq!(versions(&state, "moved", live), former_live);
    assert_eq!(versions(&state, "moved", off), former_off);
    let binding = before.binding(&from).unwrap();
    let moved = snapshot.binding(&to).unwrap();
    assert_eq!((moved.id, moved.bound), (binding.id, binding.bound));
    assert_eq!(snapshot.binding_by_id(binding.id), Some(moved));
    assert_eq!(snapshot.bindings_of_key(key).count(), 1);
    assert_eq!(snapshot.bound_key(&to).unwrap().id, key);

    let publication = PublicationId::of(live, id);
    let find =
        |state: &countersign_core::Snapshot| state.publication_by_id(&account(), publication);
    assert_eq!(
        (find(&before), find(snapshot)),
        (Some(from), Some(to)),
        "the publication's id is the same"
    );
    assert_eq!(find(snapshot).unwrap().api, live);
    assert_ne!(publication, PublicationId::of(live, twin));

    let group = snapshot.group_at(&host(1)).unwrap();
    let route = |name| snapshot.route(group, name, "GET", "/a").map(|_| ());
    assert_eq!(route("env1"), Err(RouteMiss::Environment));
    assert_eq!((route("moved"), route("RELEASE")), (Ok(()), Ok(())));

    let switch = SwitchVersion {
        account: account(),
        api: off,
        version: former_off[0],
    };
    state.run(&switch).unwrap();
    assert!(state.snapshot.publication(&place(off, "moved")).is_some());
    // The old name is free again, and nothing is left behind under it.
    state
        .run(&create_environment(1))
        .unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn an_environment_in_use_is_not_deleted() {
    let mut state = State::new();
    let group = state.group(1);
    let (a, b) = (
        state.live_api(group, 1, "/a"),
        state.live_api(group, 2, "/b"),
    );
    let key = state.key(1);
    let id = state.environment(1);
    for api in [a, b] {
        state.run(&publish(api, "env1")).unwrap();
    }
    let made = state.run(&bind_in(key, a, "env1")).unwrap();
    assert_eq!(
        state.refused(&delete(id)),
        PlanError::EnvironmentInUse { publications: 2 }
    );
    state.run(&unpublish(a, "env1")).unwrap();
    assert_eq!(
        state.refused(&delete(id)),
        PlanError::EnvironmentInUse { publications: 1 }
    );
    state.run(&unpublish(b, "env1")).unwrap();
    state.run(&delete(id)).unwrap();
    let left = &state.snapshot;
    assert!(
        left.binding_by_id(made[0].id).is_none(),
        "a left-over binding"
    );
    assert_eq!(left.bindings_of_key(key).count(), 0);
    for api in [a, b] {
        assert_eq!(left.former_publications_of_api(api).count(), 0);
    }
    assert_eq!(
        left.publications_of_group(group).count(),
        2,
        "those in RELEASE"
    );
    assert_eq!(names(&state).len(), 3);

    // One of that name that is made later begins empty.
    state.environment(1);
    assert!(state.snapshot.binding(&place(a, "env1")).is_none());
}

#[test]
fn an_api_is_published_there_until_it_is_gone() {
    let mut state = State::new();
    let group = state.group(1);
    let api = state.live_api(group, 1, "/a");
    let key = state.key(1);
    state.environment(1);
    state.run(&unpublish(api, "RELEASE")).unwrap();
    state.run(&publish(api, "env1")).unwrap();
    state.run(&bind_in(key, api, "env1")).unwrap();
    let gone = DeleteApi {
        account: account(),
        group: None,
        id: api,
    };
    assert_eq!(
        state.refused(&gone),
        PlanError::ApiPublished { environments: 1 }
    );
    state.run(&unpublish(api, "env1")).unwrap();
    state.run(&gone).unwrap();
    assert_eq!(state.snapshot.bindings_of_key(key).count(), 0);
    assert_eq!(state.snapshot.former_publications_of_api(api).count(), 0);
}
