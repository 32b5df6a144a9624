//! What was live before, and switching back to it.

use std::sync::Arc;

use crate::common::*;
use countersign_core::{
    ApiId, ApiVersionId, GroupId, MatchMode, Publication,
    command::{PlanError, api::ModifyApi, publication::SwitchVersion},
    publication::VERSIONS_MAX,
};

fn switch(api: ApiId, version: ApiVersionId) -> SwitchVersion {
    SwitchVersion {
        account: account(),
        api,
        version,
    }
}

fn move_to(api: ApiId, path: &str) -> ModifyApi {
    ModifyApi {
        account: account(),
        group: None,
        id: api,
        name: None,
        description: None,
        visibility: None,
        definition: Some(definition("GET", path, MatchMode::Exact).into()),
    }
}

/// Publishes the API at each of the paths, one after another.
fn publish_at(state: &mut State, api: ApiId, paths: &[&str]) -> Vec<Arc<Publication>> {
    let mut made = Vec::new();
    for path in paths {
        state.run(&move_to(api, path)).unwrap();
        made.push(state.run(&publish(api, "RELEASE")).unwrap());
    }
    made
}

fn live(state: &State, api: ApiId) -> Option<String> {
    let live = state.snapshot.publication(&released(api))?;
    Some(live.definition.path.to_string())
}

fn former(state: &State, api: ApiId) -> Vec<String> {
    let place = released(api);
    let former = state.snapshot.former_publications(&place);
    former.map(|own| own.definition.path.to_string()).collect()
}

fn case() -> (State, GroupId, ApiId) {
    let mut state = State::new();
    let group = state.group(1);
    let api = state.run(&create_api(group, 1, "/first")).unwrap().id;
    (state, group, api)
}

#[test]
fn publishing_remembers_what_was_live() {
    let (mut state, _, api) = case();
    let made = publish_at(&mut state, api, &["/a", "/b", "/c"]);
    assert_eq!(live(&state, api).as_deref(), Some("/c"));
    assert_eq!(former(&state, api), ["/a", "/b"], "the oldest first");
    state.run(&publish(api, "PRE")).unwrap();
    assert_eq!(former(&state, api).len(), 2, "each environment for itself");
    let all = state.snapshot.former_publications_of_api(api);
    assert_eq!(all.cloned().collect::<Vec<_>>(), made[..2]);
}

#[test]
fn at_most_ten_are_kept() {
    let (mut state, _, api) = case();
    let paths: Vec<String> = (0..VERSIONS_MAX + 3).map(|n| format!("/v{n}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    publish_at(&mut state, api, &paths);
    assert_eq!(live(&state, api).as_deref(), Some("/v12"));
    let kept = former(&state, api);
    assert_eq!(
        kept.len(),
        VERSIONS_MAX - 1,
        "ten with the one that is live"
    );
    assert_eq!((&*kept[0], &*kept[8]), ("/v3", "/v11"));

    state.run(&unpublish(api, "RELEASE")).unwrap();
    let kept = former(&state, api);
    assert_eq!(kept.len(), VERSIONS_MAX, "none is live");
    assert_eq!((&*kept[0], &*kept[9]), ("/v3", "/v12"));

    publish_at(&mut state, api, &["/v13"]);
    let kept = former(&state, api);
    assert_eq!(kept.len(), VERSIONS_MAX - 1);
    assert_eq!((&*kept[0], &*kept[8]), ("/v4", "/v12"));
}

#[test]
fn what_was_taken_off_can_be_switched_to() {
    let (mut state, _, api) = case();
    let made = publish_at(&mut state, api, &["/a"]);
    let version = made[0].version(initial("RELEASE"));
    state.run(&unpublish(api, "RELEASE")).unwrap();
    assert_eq!(
        (live(&state, api), former(&state, api)),
        (None, vec!["/a".to_owned()])
    );
    let again = state.run(&switch(api, version)).unwrap();
    assert_eq!(again, made[0], "as it was, with its time and revision");
    assert_eq!(live(&state, api).as_deref(), Some("/a"));
    assert!(former(&state, api).is_empty());
}

#[test]
fn switching_changes_places() {
    let (mut state, _, api) = case();
    let made = publish_at(&mut state, api, &["/a", "/b", "/c"]);
    let versions: Vec<_> = made
        .iter()
        .map(|own| own.version(initial("RELEASE")))
        .collect();
    state.run(&switch(api, versions[0])).unwrap();
    assert_eq!(live(&state, api).as_deref(), Some("/a"));
    assert_eq!(former(&state, api), ["/b", "/c"]);
    let group = state.snapshot.group_at(&host(1)).unwrap();
    assert!(state.snapshot.route(group, "RELEASE", "GET", "/a").is_ok());
    assert!(state.snapshot.route(group, "RELEASE", "GET", "/c").is_err());

    state.run(&switch(api, versions[2])).unwrap();
    assert_eq!(
        former(&state, api),
        ["/a", "/b"],
        "in the order of publishing"
    );
    let kept = state.snapshot.publication(&released(api)).unwrap();
    assert_eq!(
        kept.version(initial("RELEASE")),
        versions[2],
        "an id names one publishing"
    );
}

/// Found when this test was written: a switch forgot the oldest, as if it made
/// one more.
#[test]
fn switching_forgets_nothing() {
    let (mut state, _, api) = case();
    let paths: Vec<String> = (0..VERSIONS_MAX).map(|n| format!("/v{n}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let made = publish_at(&mut state, api, &paths);
    for at in [5, 0, 9, 0] {
        let version = made[at].version(initial("RELEASE"));
        state.run(&switch(api, version)).unwrap();
        assert_eq!(live(&state, api).as_deref(), Some(paths[at]));
        assert_eq!(former(&state, api).len(), VERSIONS_MAX - 1, "{at}");
    }
    state.run(&unpublish(api, "RELEASE")).unwrap();
    assert_eq!(former(&state, api), paths);
    state
        .run(&switch(api, made[4].version(initial("RELEASE"))))
        .unwrap();
    assert_eq!(former(&state, api).len(), VERSIONS_MAX - 1);
}

#[test]
fn switching_to_what_is_live_is_no_change() {
    let (mut state, _, api) = case();
    let made = publish_at(&mut state, api, &["/a", "/b"]);
    let before = state.revision();
    let same = state
        .run(&switch(api, made[1].version(initial("RELEASE"))))
        .unwrap();
    assert_eq!((same, state.revision()), (Arc::clone(&made[1]), before));
}

#[test]
fn what_was_never_published_so_is_unknown() {
    let (mut state, group, api) = case();
    let made = publish_at(&mut state, api, &["/a", "/b"]);
    let other = state.live_api(group, 2, "/other");
    let unknown = ApiVersionId::from_random([99; 16]);
    let elsewhere = made[0].version(initial("PRE"));
    for (api, version) in [
        (api, unknown),
        (api, elsewhere),
        (other, made[0].version(initial("RELEASE"))),
    ] {
        assert_eq!(
            state.refused(&switch(api, version)),
            PlanError::ApiVersionNotFound
        );
    }
    let foreign = SwitchVersion {
        account: stranger(),
        ..switch(api, made[0].version(initial("RELEASE")))
    };
    assert_eq!(state.refused(&foreign), PlanError::ApiNotFound);
}

#[test]
fn a_version_whose_path_another_api_has_taken_is_refused() {
    let (mut state, group, api) = case();
    let made = publish_at(&mut state, api, &["/a", "/b"]);
    state.live_api(group, 2, "/a");
    assert_eq!(
        state.refused(&switch(api, made[0].version(initial("RELEASE")))),
        PlanError::RouteConflict
    );
    assert_eq!(live(&state, api).as_deref(), Some("/b"));
}

#[test]
fn a_prefix_that_competes_by_now_is_refused() {
    let (mut state, group, api) = case();
    let prefix = |path: &str| definition("GET", path, MatchMode::Prefix).into();
    let wide = ModifyApi {
        definition: Some(prefix("/a/[x]")),
        ..move_to(api, "/")
    };
    state.run(&wide).unwrap();
    let version = state
        .run(&publish(api, "RELEASE"))
        .unwrap()
        .version(initial("RELEASE"));
    publish_at(&mut state, api, &["/b"]);
    let mut other = create_api(group, 2, "/a");
    other.definition = prefix("/a");
    let other = state.run(&other).unwrap().id;
    state.run(&publish(other, "RELEASE")).unwrap();
    assert_eq!(
        state.refused(&switch(api, version)),
        PlanError::RouteConflict
    );
}

#[test]
fn a_binding_stays_through_every_switch() {
    let (mut state, _, api) = case();
    let made = publish_at(&mut state, api, &["/a", "/b"]);
    let key = state.key(1);
    let bound = state.run(&bind(key, &[api])).unwrap();
    state
        .run(&switch(api, made[0].version(initial("RELEASE"))))
        .unwrap();
    assert_eq!(state.snapshot.binding(&released(api)), Some(&bound[0]));
    assert_eq!(
        state
            .snapshot
            .signing_version(&released(api))
            .unwrap()
            .number
            .number(),
        1
    );
}
