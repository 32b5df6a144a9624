//! Every operation that is spoken: its path in each of the vendor's two APIs.
//! `docs/huawei.md` shows the table.

use countersign_core::{ProjectId, Snapshot};
use http::Method;
use percent_encoding::percent_decode_str;

use super::{
    Version,
    errors::Fault,
    operations::{Operation, instances::instance_id},
};
use crate::{admin::Plane, auth::Caller};

/// An operation, its method, and its paths after the base; `{}` is an id. What
/// a version does not have is `None`.
pub(super) struct Row {
    pub(super) operation: Operation,
    pub(super) method: Method,
    pub(super) v1: Option<&'static str>,
    pub(super) v2: Option<&'static str>,
}

const fn row(
    operation: Operation,
    method: Method,
    v1: Option<&'static str>,
    v2: Option<&'static str>,
) -> Row {
    Row {
        operation,
        method,
        v1,
        v2,
    }
}

const fn both(operation: Operation, method: Method, path: &'static str) -> Row {
    row(operation, method, Some(path), Some(path))
}

/// Paths in v1.0 follow `/v1.0/apigw/`; in v2 those of [`ROWS`] follow
/// `/v2/{project_id}/apigw/instances/{instance_id}/`. Paths with more literal
/// parts come before those with fewer.
pub(super) const ROWS: &[Row] = &[
    // Signature keys (spec 2.3, 2.4).
    both(Operation::CreateSignatureKey, Method::POST, "signs"),
    both(Operation::UpdateSignatureKey, Method::PUT, "signs/{}"),
    both(Operation::DeleteSignatureKey, Method::DELETE, "signs/{}"),
    both(Operation::ListSignatureKeys, Method::GET, "signs"),
    both(Operation::BindSignatureKey, Method::POST, "sign-bindings"),
    both(
        Operation::UnbindSignatureKey,
        Method::DELETE,
        "sign-bindings/{}",
    ),
    both(
        Operation::ListBoundApis,
        Method::GET,
        "sign-bindings/binded-apis",
    ),
    both(
        Operation::ListUnboundApis,
        Method::GET,
        "sign-bindings/unbinded-apis",
    ),
    both(
        Operation::ListBoundSignatureKeys,
        Method::GET,
        "sign-bindings/binded-signs",
    ),
    // Environments (spec 4.1).
    both(Operation::CreateEnvironment, Method::POST, "envs"),
    both(Operation::UpdateEnvironment, Method::PUT, "envs/{}"),
    both(Operation::DeleteEnvironment, Method::DELETE, "envs/{}"),
    both(Operation::ListEnvironments, Method::GET, "envs"),
    // Groups (spec 4.2).
    both(Operation::CreateGroup, Method::POST, "api-groups"),
    both(Operation::ShowGroup, Method::GET, "api-groups/{}"),
    both(Operation::UpdateGroup, Method::PUT, "api-groups/{}"),
    both(Operation::DeleteGroup, Method::DELETE, "api-groups/{}"),
    both(Operation::ListGroups, Method::GET, "api-groups"),
    // Publishing (spec 4.4), before APIs for the sake of its literal parts.
    both(Operation::BatchPublish, Method::POST, "apis/publish"),
    row(
        Operation::Publish,
        Method::POST,
        Some("apis/publish/{}"),
        None,
    ),
    row(
        Operation::TakeOffline,
        Method::DELETE,
        Some("apis/publish/{}"),
        None,
    ),
    row(
        Operation::PublishOrTakeOffline,
        Method::POST,
        None,
        Some("apis/action"),
    ),
    both(Operation::ListVersions, Method::GET, "apis/publish/{}"),
    row(
        Operation::SwitchVersion,
        Method::PUT,
        None,
        Some("apis/publish/{}"),
    ),
    // APIs (spec 4.3).
    both(Operation::CreateApi, Method::POST, "apis"),
    both(Operation::ShowApi, Method::GET, "apis/{}"),
    both(Operation::UpdateApi, Method::PUT, "apis/{}"),
    both(Operation::DeleteApi, Method::DELETE, "apis/{}"),
    both(Operation::ListApis, Method::GET, "apis"),
];

/// Those of v2 that stand above instances, after `/v2/{project_id}/apigw/`:
/// where a client looks for its instance and what it can do.
pub(super) const INSTANCE_ROWS: &[Row] = &[
    row(
        Operation::ListInstances,
        Method::GET,
        None,
        Some("instances"),
    ),
    row(
        Operation::ShowInstance,
        Method::GET,
        None,
        Some("instances/{}"),
    ),
    row(
        Operation::ListFeatures,
        Method::GET,
        None,
        Some("instances/{}/features"),
    ),
    row(
        Operation::ListFeatureNames,
        Method::GET,
        None,
        Some("instances/{}/instance-features"),
    ),
];

/// What of IAM is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IamEndpoint {
    CreateToken,
    ListProjects,
    ListDomains,
}

/// What a call calls.
pub(super) enum Target {
    Apig(Found),
    Iam(IamEndpoint),
}

/// An operation of the gateway's API, as called.
pub(super) struct Found {
    pub(super) operation: Operation,
    pub(super) version: Version,
    /// The last id in the path.
    pub(super) id: String,
    project: Option<String>,
    instance: Option<String>,
}

impl Target {
    /// Finds what a path and method call. The path is cut as it was sent, so an
    /// encoded slash stays inside its part; parts are decoded afterwards.
    pub(super) fn find(method: &Method, path: &str) -> Result<Self, Fault> {
        let path = path.strip_prefix('/').unwrap_or(path);
        let path = path.strip_suffix('/').unwrap_or(path);
        let parts: Vec<&str> = path.split('/').collect();
        let found = match *parts {
            ["v1.0", "apigw", ref rest @ ..] => {
                find(ROWS, method, rest, |row| row.v1).map(|(operation, id)| Found {
                    operation,
                    version: Version::V1,
                    id,
                    project: None,
                    instance: None,
                })
            }
            ["v2", project, "apigw", ref rest @ ..] => in_project(method, project, rest),
            ["v3", "auth", "tokens"] if *method == Method::POST => {
                return Ok(Self::Iam(IamEndpoint::CreateToken));
            }
            ["v3", "projects"] if *method == Method::GET => {
                return Ok(Self::Iam(IamEndpoint::ListProjects));
            }
            ["v3", "auth", "domains"] if *method == Method::GET => {
                return Ok(Self::Iam(IamEndpoint::ListDomains));
            }
            _ => None,
        };
        found.map(Self::Apig).ok_or(Fault::NotFound)
    }
}

fn in_project(method: &Method, project: &str, rest: &[&str]) -> Option<Found> {
    let found = |(operation, id), instance| Found {
        operation,
        version: Version::V2,
        id,
        project: Some(decoded(project)),
        instance,
    };
    if let Some((operation, id)) = find(INSTANCE_ROWS, method, rest, |row| row.v2) {
        let instance = (!id.is_empty()).then(|| id.clone());
        return Some(found((operation, id), instance));
    }
    let ["instances", instance, rest @ ..] = rest else {
        return None;
    };
    let operation = find(ROWS, method, rest, |row| row.v2)?;
    Some(found(operation, Some(decoded(instance))))
}

fn find(
    rows: &[Row],
    method: &Method,
    parts: &[&str],
    path: impl Fn(&Row) -> Option<&'static str>,
) -> Option<(Operation, String)> {
    let of_method = rows.iter().filter(|row| row.method == *method);
    of_method
        .filter_map(|row| Some((row.operation, id_in(path(row)?, parts)?)))
        .next()
}

/// The id in the path, if the path has this form; empty where the form has none.
fn id_in(form: &str, parts: &[&str]) -> Option<String> {
    let form: Vec<&str> = form.split('/').collect();
    if form.len() != parts.len() {
        return None;
    }
    let mut id = String::new();
    for (expected, part) in form.iter().zip(parts) {
        if *expected == "{}" {
            if part.is_empty() {
                return None;
            }
            id = decoded(part);
        } else if expected != part {
            return None;
        }
    }
    Some(id)
}

fn decoded(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
}

impl Found {
    /// Whether the project and the instance in the path are the caller's. A
    /// project that is another's answers as one that nobody has.
    pub(super) fn check_place(
        &self,
        plane: &Plane,
        caller: &Caller,
        snapshot: &Snapshot,
    ) -> Result<(), Fault> {
        let own = snapshot.project_of(&caller.account);
        if let Some(project) = &self.project
            && ProjectId::parse(project) != Ok(own)
        {
            return Err(Fault::OtherProject);
        }
        match &self.instance {
            Some(instance) if *instance != instance_id(plane, own) => {
                Err(Fault::NoSuchInstance(instance.chars().take(64).collect()))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: Method, path: &str) -> Option<(Operation, Version, String)> {
        match Target::find(&method, path) {
            Ok(Target::Apig(found)) => Some((found.operation, found.version, found.id)),
            _ => None,
        }
    }

    #[test]
    fn paths_lead_to_operations() {
        let v2 = |rest: &str| format!("/v2/p/apigw/instances/i/{rest}");
        for (method, path, operation, version, id) in [
            (
                Method::POST,
                "/v1.0/apigw/signs".to_owned(),
                Operation::CreateSignatureKey,
                Version::V1,
                "",
            ),
            (
                Method::PUT,
                "/v1.0/apigw/signs/a%2Fb".to_owned(),
                Operation::UpdateSignatureKey,
                Version::V1,
                "a/b",
            ),
            (
                Method::GET,
                v2("sign-bindings/binded-apis"),
                Operation::ListBoundApis,
                Version::V2,
                "",
            ),
            (
                Method::POST,
                v2("apis/publish"),
                Operation::BatchPublish,
                Version::V2,
                "",
            ),
            (
                Method::POST,
                v2("apis/action"),
                Operation::PublishOrTakeOffline,
                Version::V2,
                "",
            ),
            (
                Method::GET,
                v2("apis/x/"),
                Operation::ShowApi,
                Version::V2,
                "x",
            ),
            (
                Method::GET,
                "/v2/p/apigw/instances".to_owned(),
                Operation::ListInstances,
                Version::V2,
                "",
            ),
            (
                Method::GET,
                "/v2/p/apigw/instances/i".to_owned(),
                Operation::ShowInstance,
                Version::V2,
                "i",
            ),
        ] {
            assert_eq!(
                found(method, &path),
                Some((operation, version, id.to_owned())),
                "{path}"
            );
        }
        for (method, path) in [
            (Method::PATCH, "/v1.0/apigw/signs".to_owned()),
            (Method::PUT, "/v1.0/apigw/apis/publish/x".to_owned()),
            (Method::POST, v2("apis/publish/x")),
            (Method::GET, "/v1.0/apigw/signs/a/b".to_owned()),
            (Method::PUT, "/v1.0/apigw/signs//".to_owned()),
            (Method::GET, "/v1/p/apigw/instances/i/signs".to_owned()),
            (Method::GET, "/v3/auth/tokens".to_owned()),
        ] {
            assert_eq!(found(method, &path), None, "{path}");
        }
    }

    #[test]
    fn no_two_rows_are_called_alike() {
        for rows in [ROWS, INSTANCE_ROWS] {
            for (at, row) in rows.iter().enumerate() {
                for other in &rows[..at] {
                    let same =
                        |own: Option<&str>, other: Option<&str>| own.is_some() && own == other;
                    let clash = row.method == other.method
                        && (same(row.v1, other.v1) || same(row.v2, other.v2));
                    assert!(!clash, "{:?}", row.operation);
                }
            }
        }
    }
}
