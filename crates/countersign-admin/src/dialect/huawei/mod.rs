//! The dialect of Huawei Cloud APIG: JSON over `/v1.0/apigw/...` and
//! `/v2/{project_id}/apigw/instances/{instance_id}/...`, and as much of IAM
//! under `/v3/` as clients need who show a token. "Spec" means the wire
//! reference of that dialect.
//!
//! Vendor's words and ours: *sign* is a signature key, *env* an environment,
//! *online* and *offline* are published and not, *publish id* names an API in
//! an environment, *project* an account.
//!
//! This gateway is one instance of the vendor's dedicated gateway, and every
//! account sees it as its own.

mod answer;
mod auth;
mod config;
pub(in crate::dialect) mod errors;
mod fields;
mod iam;
mod ids;
mod json;
mod listing;
mod operations;
#[cfg(test)]
mod page;
mod rules;
mod table;
mod time;

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::Response,
};
use countersign_core::Snapshot;

pub(in crate::dialect) use self::operations::sign_type::{generate_for, rules_of};
use self::{
    answer::{Answer, Service},
    errors::Fault,
    table::Target,
};
pub use self::{
    config::{BindAnswer, HuaweiConfig},
    table::{SpokenOperation, operations},
};
use crate::{admin::Plane, auth::Caller, body, request_id::RequestId};

/// Which of the vendor's two APIs is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    /// `/v1.0`, the shared gateway.
    V1,
    /// `/v2`, the dedicated gateway.
    V2,
}

/// An authenticated call of one operation.
struct Call<'a> {
    plane: &'a Plane,
    caller: &'a Caller,
    version: Version,
    /// The last id in the path, decoded; empty where the path has none.
    id: &'a str,
    query: &'a [(String, String)],
    body: &'a [u8],
    /// The state that the call was let in with; reads look at this one.
    snapshot: Arc<Snapshot>,
}

/// One call, from its head to its answer.
pub(crate) async fn handle(State(plane): State<Arc<Plane>>, request: Request) -> Response {
    let id = plane.request_id();
    let service = match request.uri().path().starts_with("/v3/") {
        true => Service::Iam,
        false => Service::Apig,
    };
    let outcome = serve(&plane, request, &id).await;
    match outcome {
        Ok(answer) => answer::success(&id, answer),
        Err(fault) => {
            errors::log(&fault, &id);
            answer::failure(&id, &fault, service)
        }
    }
}

/// The vendor's order of checks: what is called, who calls, whose project and
/// instance it is, how often, and then the operation's own.
async fn serve(plane: &Plane, request: Request, id: &RequestId) -> Result<Answer, Fault> {
    let (parts, body) = request.into_parts();
    let target = Target::find(&parts.method, parts.uri.path())?;
    let body = body::read(body).await.map_err(Fault::Body)?;
    let snapshot = plane.ops.snapshot();
    let operation = match target {
        Target::Iam(endpoint) => {
            return iam::serve(plane, endpoint, &parts, &body, &snapshot, id).await;
        }
        Target::Apig(operation) => operation,
    };
    let caller = auth::authenticate(plane, &parts, &body, &snapshot)?;
    operation.check_place(plane, &caller, &snapshot)?;
    let name = operation.operation.name();
    plane
        .throttle
        .check(&caller, name)
        .map_err(Fault::Throttled)?;
    let query = query(&parts.uri)?;
    let call = Call {
        plane,
        caller: &caller,
        version: operation.version,
        id: &operation.id,
        query: &query,
        body: &body,
        snapshot,
    };
    let answered = operation.operation.run(&call).await;
    let answer = answered.map_err(|fault| fault.in_version(operation.version))?;
    if let Some(revision) = answer.revision {
        // Names only: the values may hold a sign secret.
        tracing::info!(
            request.id = %id.to_hex(),
            operation = name,
            account = %caller.account,
            caller = %caller.identity,
            revision = revision.number(),
            "changed through the Huawei dialect",
        );
    }
    Ok(answer)
}

/// The query, decoded. A name that stands twice is refused: clients and servers
/// disagree on which of two counts.
fn query(uri: &http::Uri) -> Result<Vec<(String, String)>, Fault> {
    let mut query: Vec<(String, String)> = Vec::new();
    let decoded = countersign_sign::params::decode(uri.query().unwrap_or_default().as_bytes());
    for (name, value) in decoded {
        if query.iter().any(|(other, _)| *other == name) {
            return Err(Fault::invalid_query(&name));
        }
        query.push((name.into_owned(), value.into_owned()));
    }
    Ok(query)
}
