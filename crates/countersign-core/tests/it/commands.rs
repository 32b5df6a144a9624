//! Commands, planned and applied one after another.

use std::collections::BTreeSet;

use crate::common::*;
use countersign_core::{
    Description, GroupName, MatchMode, Revision, SignKey, SignatureKeyName, Timestamp,
    VersionNumber,
    command::{
        PlanError,
        api::{DeleteApi, ModifyApi},
        bootstrap::Bootstrap,
        group::{CreateGroup, DeleteGroup, ModifyGroup},
        signature_key::{DeleteSignatureKey, ModifySignatureKey},
    },
    signature_key::RETIRED_VERSIONS_MAX,
};

#[test]
fn bootstrap_happens_once() {
    let mut state = State::new();
    assert_eq!(state.revision(), Revision::new(1));
    assert_eq!(state.snapshot.environments(&account()).count(), 3);
    let again = Bootstrap {
        access_key: access_key("other", stranger(), 0),
        project: project(8),
    };
    assert_eq!(state.refused(&again), PlanError::AlreadyBootstrapped);
}

#[test]
fn names_hosts_and_paths_are_unique() {
    let mut state = State::new();
    let group = state.group(1);
    assert_eq!(
        state.run(&create_group(1)).unwrap_err(),
        PlanError::GroupNameTaken
    );
    let mut same_host = create_group(2);
    same_host.host = host(1);
    assert_eq!(state.run(&same_host).unwrap_err(), PlanError::HostTaken);

    state.run(&create_api(group, 1, "/a/[x]")).unwrap();
    let mut same_name = create_api(group, 2, "/b");
    same_name.name = create_api(group, 1, "/b").name;
    assert_eq!(state.run(&same_name).unwrap_err(), PlanError::ApiNameTaken);
    assert_eq!(
        state.run(&create_api(group, 2, "/a/[other]")).unwrap_err(),
        PlanError::ApiPathTaken
    );

    let other = state.group(2);
    state.run(&create_api(other, 3, "/a/[x]")).unwrap();
}

#[test]
fn limits_are_kept() {
    let mut state = State::new();
    state.group(1);
    let mut second = create_group(2);
    second.groups_max = 1;
    assert_eq!(
        state.run(&second).unwrap_err(),
        PlanError::TooManyGroups { max: 1 }
    );
}

#[test]
fn what_is_in_use_is_not_deleted() {
    let mut state = State::new();
    let group = state.group(1);
    let api = state.live_api(group, 1, "/a");
    let key = state.key(1);
    state.run(&bind(key, &[api])).unwrap();

    let delete_key = DeleteSignatureKey {
        account: account(),
        id: key,
        unbind: false,
    };
    let delete_api = DeleteApi {
        account: account(),
        group: None,
        id: api,
    };
    let delete_group = DeleteGroup {
        account: account(),
        id: group,
    };
    assert_eq!(
        state.run(&delete_key).unwrap_err(),
        PlanError::SignatureKeyBound { publications: 1 }
    );
    assert_eq!(
        state.run(&delete_api).unwrap_err(),
        PlanError::ApiPublished { environments: 1 }
    );
    assert_eq!(
        state.run(&delete_group).unwrap_err(),
        PlanError::GroupNotEmpty { apis: 1 }
    );

    let off = unpublish(api, "RELEASE");
    state.run(&off).unwrap();
    assert_eq!(state.run(&off).unwrap_err(), PlanError::PublicationNotFound);
    assert!(
        state.snapshot.binding(&released(api)).is_some(),
        "a binding outlives the publication"
    );
    state.run(&delete_api).unwrap();
    assert!(
        state.snapshot.binding(&released(api)).is_none(),
        "but not the API"
    );
    state.run(&delete_key).unwrap();
    state.run(&delete_group).unwrap();
    assert_eq!(
        state.run(&delete_group).unwrap_err(),
        PlanError::GroupNotFound
    );
}

#[test]
fn a_change_makes_a_version_and_erases_the_old_secret() {
    let mut state = State::new();
    let key = state.key(1);
    state.now = Timestamp::from_millis(5_000);
    let change = ModifySignatureKey {
        sign_secret: Some(secret("another-secret")),
        ..modify_key(key)
    };
    let changed = state.run(&change).unwrap();
    assert_eq!(changed.active.number, VersionNumber::new(2).unwrap());
    assert_eq!(
        changed.active.sign_key.as_str(),
        "SignKey1",
        "what is absent stays"
    );
    assert_eq!(
        changed.active.sign_secret.secret().expose(),
        "another-secret"
    );
    assert_eq!(
        (changed.name.as_str(), changed.modified),
        ("key1", state.now)
    );

    let retired: Vec<_> = state.snapshot.retired_versions(key).collect();
    assert_eq!(retired.len(), 1);
    assert_eq!(
        (retired[0].number, retired[0].retired),
        (VersionNumber::FIRST, state.now)
    );
    assert!(!format!("{:?}", state.snapshot).contains("planted-secret"));
}

#[test]
fn a_new_name_or_the_same_pair_makes_no_version() {
    let mut state = State::new();
    let key = state.key(1);
    let rename = ModifySignatureKey {
        name: Some(SignatureKeyName::from_stored("renamed")),
        ..modify_key(key)
    };
    assert_eq!(
        state.run(&rename).unwrap().active.number,
        VersionNumber::FIRST
    );
    let same = ModifySignatureKey {
        sign_key: Some(SignKey::from_stored("SignKey1")),
        sign_secret: Some(secret("planted-secret-1")),
        ..modify_key(key)
    };
    assert_eq!(
        state.run(&same).unwrap().active.number,
        VersionNumber::FIRST
    );
}

#[test]
fn retired_versions_are_bounded() {
    let mut state = State::new();
    let key = state.key(1);
    for number in 0..RETIRED_VERSIONS_MAX + 10 {
        let sign_key = Some(SignKey::from_stored(&format!("k{number}")));
        state
            .run(&ModifySignatureKey {
                sign_key,
                ..modify_key(key)
            })
            .unwrap();
    }
    let numbers: Vec<u64> = state
        .snapshot
        .retired_versions(key)
        .map(|version| version.number.number())
        .collect();
    assert_eq!(numbers.len() as u64, RETIRED_VERSIONS_MAX);
    assert_eq!(numbers[0], 11, "the oldest made room");
    state
        .run(&DeleteSignatureKey {
            account: account(),
            id: key,
            unbind: false,
        })
        .unwrap();
    assert_eq!(state.snapshot.retired_versions(key).count(), 0);
}

#[test]
fn a_group_changes_its_name_and_keeps_its_host() {
    let mut state = State::new();
    let (group, _) = (state.group(1), state.group(2));
    state.live_api(group, 1, "/a");
    let change = |name: Option<&str>, description: Option<&str>| ModifyGroup {
        account: account(),
        id: group,
        name: name.map(GroupName::from_stored),
        description: description.map(Description::from_stored),
    };
    assert_eq!(
        state.refused(&change(Some("group2"), None)),
        PlanError::GroupNameTaken
    );
    state.now = Timestamp::from_millis(2_000);
    state.run(&change(None, Some("text"))).unwrap();
    let changed = state.run(&change(Some("renamed"), None)).unwrap();
    assert_eq!(
        (
            changed.name.as_str(),
            changed.description.as_str(),
            changed.modified
        ),
        ("renamed", "text", state.now)
    );
    let old = GroupName::from_stored("group1");
    assert!(state.snapshot.group_named(&account(), &old).is_none());
    let found = state.snapshot.group_at(&host(1)).unwrap();
    assert_eq!((found.id, &found.name), (group, &changed.name));
    assert!(state.snapshot.route(found, "RELEASE", "GET", "/a").is_ok());
    let old_name = CreateGroup {
        name: old,
        ..create_group(3)
    };
    state.run(&old_name).unwrap();
}

#[test]
fn unknown_environment_and_group_are_told_apart() {
    let mut state = State::new();
    let group = state.group(1);
    let api = state.live_api(group, 1, "/a");
    assert_eq!(
        state.refused(&publish(api, "NOWHERE")),
        PlanError::EnvironmentNotFound
    );
    let other = state.group(2);
    let wrong_group = DeleteApi {
        account: account(),
        group: Some(other),
        id: api,
    };
    assert_eq!(state.refused(&wrong_group), PlanError::ApiNotFound);
}

/// Found in review: A is published, changes its path, B takes the old path; B
/// cannot go live beside what is live of A.
#[test]
fn a_path_left_behind_in_what_is_live_is_still_taken() {
    let mut state = State::new();
    let group = state.group(1);
    let a = state.live_api(group, 1, "/a/[x]");
    let moved = definition("GET", "/moved", MatchMode::Exact).into();
    let change = ModifyApi {
        account: account(),
        group: None,
        id: a,
        name: None,
        description: None,
        visibility: None,
        definition: Some(moved),
    };
    state.run(&change).unwrap();
    let b = state.run(&create_api(group, 2, "/a/[y]")).unwrap().id;
    assert_eq!(
        state.run(&publish(b, "RELEASE")).unwrap_err(),
        PlanError::RouteConflict
    );
    state.run(&publish(b, "PRE")).unwrap();
    state.run(&publish(a, "RELEASE")).unwrap();
    state.run(&publish(b, "RELEASE")).unwrap();
    assert_eq!(state.snapshot.publications_of_group(group).count(), 3);
}

#[test]
fn what_is_live_stays_until_published_again() {
    let mut state = State::new();
    let group = state.group(1);
    let (a, b) = (
        state.live_api(group, 1, "/a"),
        state.live_api(group, 2, "/b"),
    );
    let modify = |path: &str, name: Option<&str>| ModifyApi {
        account: account(),
        group: Some(group),
        id: a,
        name: name.map(countersign_core::ApiName::from_stored),
        description: None,
        visibility: None,
        definition: Some(definition("GET", path, MatchMode::Exact).into()),
    };
    assert_eq!(
        state.run(&modify("/b", None)).unwrap_err(),
        PlanError::ApiPathTaken
    );
    assert_eq!(
        state.run(&modify("/c", Some("api2"))).unwrap_err(),
        PlanError::ApiNameTaken
    );
    let changed = state.run(&modify("/c", Some("renamed"))).unwrap();
    assert_eq!((changed.id, changed.name.as_str()), (a, "renamed"));
    let live = |state: &State| {
        state
            .snapshot
            .publication(&released(a))
            .unwrap()
            .definition
            .path
            .to_string()
    };
    assert_eq!(live(&state), "/a");
    state.run(&publish(a, "RELEASE")).unwrap();
    assert_eq!(live(&state), "/c");
    assert_eq!(
        state
            .snapshot
            .api_at(group, "/a", &changed.definition.method),
        None
    );
    assert!(state.snapshot.publication(&released(b)).is_some());
}

#[test]
fn lists_show_the_newest_first() {
    let mut state = State::new();
    let ids: BTreeSet<u8> = [3, 1, 2].into();
    for number in [3, 1, 2] {
        state.key(number);
    }
    let names: Vec<String> = state
        .snapshot
        .signature_keys(&account())
        .map(|key| key.name.to_string())
        .collect();
    assert_eq!(names, ["key2", "key1", "key3"]);
    assert_eq!(names.len(), ids.len());
}

#[test]
fn a_backend_path_knows_only_the_requests_parameters() {
    let mut state = State::new();
    let group = state.group(1);
    let mut command = create_api(group, 1, "/a/[x]");
    let mut definition = definition("GET", "/a/[x]", MatchMode::Exact);
    let pattern = |text| {
        countersign_core::PathPattern::parse(text, countersign_core::path::ParameterStyle::BRACKETS)
            .unwrap()
    };
    definition.backend.path = Some(pattern("/b/[y]"));
    command.definition = definition.clone().into();
    assert_eq!(
        state.run(&command).unwrap_err(),
        PlanError::UnknownPathParameter
    );
    definition.backend.path = Some(pattern("/b/[x]"));
    command.definition = definition.into();
    state.run(&command).unwrap();
}
