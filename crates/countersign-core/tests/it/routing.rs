//! From host, environment, method and path to a publication.

use std::sync::Arc;

use crate::common::*;
use countersign_core::{ApiId, Host, MatchMode, Route, RouteMiss, command::PlanError};
use proptest::prelude::*;

/// As the data plane does: the group at the host, then its routes.
fn find<'s>(
    state: &'s State,
    host: &Host,
    environment: &str,
    method: &str,
    path: &str,
) -> Result<&'s Arc<Route>, RouteMiss> {
    let group = state.snapshot.group_at(host).ok_or(RouteMiss::Host)?;
    state.snapshot.route(group, environment, method, path)
}

struct Case {
    state: State,
    host: Host,
}

impl Case {
    /// A group with an API for each of `method path mode`, numbered from 1.
    fn new(apis: &[(&str, &str, MatchMode)]) -> Self {
        let mut state = State::new();
        let group = state.group(1);
        for (index, (method, path, mode)) in apis.iter().enumerate() {
            let mut command = create_api(group, index as u8 + 1, path);
            command.definition = definition(method, path, *mode).into();
            let id = state.run(&command).unwrap().id;
            state.run(&publish(id, "RELEASE")).unwrap();
        }
        Self {
            state,
            host: host(1),
        }
    }

    fn find(&self, method: &str, path: &str) -> Result<&Arc<Route>, RouteMiss> {
        find(&self.state, &self.host, "RELEASE", method, path)
    }

    fn number(&self, method: &str, path: &str) -> Option<u8> {
        let route = self.find(method, path).ok()?;
        (1..=u8::MAX).find(|number| ApiId::from_random([*number; 16]) == route.key.api)
    }
}

use MatchMode::{Exact, Prefix};

#[test]
fn the_most_precise_pattern_wins() {
    let case = Case::new(&[
        ("GET", "/a/[x]", Exact),
        ("GET", "/a/b", Exact),
        ("ANY", "/a/b", Exact),
        ("GET", "/a", Prefix),
        ("GET", "/a/b/c", Prefix),
        ("GET", "/", Exact),
    ]);
    for (method, path, number) in [
        ("GET", "/a/b", Some(2)),
        ("POST", "/a/b", Some(3)),
        ("GET", "/a/z", Some(1)),
        ("GET", "/a", Some(4)),
        ("GET", "/a/", Some(4)),
        ("GET", "/a/z/y", Some(4)),
        ("GET", "/a/b/c/d", Some(5)),
        ("GET", "/a/b/cd", Some(4)),
        ("GET", "/ab", None),
        ("GET", "/", Some(6)),
        ("GET", "//", None),
    ] {
        assert_eq!(case.number(method, path), number, "{method} {path}");
    }
}

#[test]
fn a_prefix_of_the_root_takes_all() {
    let case = Case::new(&[("GET", "/", Prefix)]);
    for path in ["/", "/a", "/a/b/"] {
        assert_eq!(case.number("GET", path), Some(1), "{path}");
        assert_eq!(case.find("GET", path).unwrap().captures(path).rest(), path);
    }
}

#[test]
fn misses_say_what_is_missing() {
    let mut case = Case::new(&[("GET", "/a", Exact)]);
    let nowhere = Host::parse("nowhere").unwrap();
    assert!(case.state.snapshot.group_at(&nowhere).is_none());
    case.state.environment(1);
    for (environment, miss) in [
        ("NOWHERE", RouteMiss::Environment),
        ("PRE", RouteMiss::Path),
        ("env1", RouteMiss::Path),
    ] {
        let found = find(&case.state, &case.host, environment, "GET", "/a");
        assert_eq!(found.unwrap_err(), miss, "{environment}");
    }
    assert_eq!(case.find("GET", "/b").unwrap_err(), RouteMiss::Path);
    assert_eq!(case.find("POST", "/a").unwrap_err(), RouteMiss::Method);

    let api = ApiId::from_random([1; 16]);
    case.state.run(&unpublish(api, "RELEASE")).unwrap();
    assert_eq!(case.find("GET", "/a").unwrap_err(), RouteMiss::Path);
}

#[test]
fn captures_are_what_was_sent() {
    let case = Case::new(&[("GET", "/u/[id]/[file]", Exact), ("GET", "/p/[id]", Prefix)]);
    let captures = case
        .find("GET", "/u/a%20b/c")
        .unwrap()
        .captures("/u/a%20b/c");
    assert_eq!(
        (captures.get("id"), captures.get("file"), captures.get("x")),
        (Some("a%20b"), Some("c"), None)
    );
    assert_eq!(captures.rest(), "");
    for (path, rest) in [("/p/1", ""), ("/p/1/", "/"), ("/p/1/x//y", "/x//y")] {
        assert_eq!(
            case.find("GET", path).unwrap().captures(path).rest(),
            rest,
            "{path}"
        );
    }
}

#[test]
fn competing_prefixes_are_refused_when_published() {
    let mut case = Case::new(&[("GET", "/a", Prefix)]);
    let group = case.state.snapshot.groups(&account()).next().unwrap().id;
    let mut command = create_api(group, 9, "/a/[x]");
    command.definition = definition("GET", "/a/[x]", Prefix).into();
    let id = case.state.run(&command).unwrap().id;
    assert_eq!(
        case.state.run(&publish(id, "RELEASE")).unwrap_err(),
        PlanError::RouteConflict
    );
}

#[test]
fn a_publication_keeps_the_definition_it_was_made_with() {
    let case = Case::new(&[("GET", "/a", Exact)]);
    let route = case.find("GET", "/a").unwrap();
    let publication = case.state.snapshot.publication(&route.key).unwrap();
    assert!(Arc::ptr_eq(&route.definition, &publication.definition));
}

proptest! {
    /// Whatever is matched has as many segments as its pattern, and its literal
    /// segments are those of the path.
    #[test]
    fn an_exact_match_really_matches(path in "(/[ab%x]{0,2}){1,4}") {
        let case = Case::new(&[("GET", "/[p]", Exact), ("GET", "/a/[p]", Exact), ("GET", "/a/b/[p]/b", Exact), ("GET", "/[p]/b", Exact)]);
        if let Ok(route) = case.find("GET", &path) {
            let rendered = route.definition.path.render(|name, text| text.push_str(route.captures(&path).get(name).unwrap()));
            prop_assert_eq!(rendered, path);
        }
    }
}
