//! What was published before, and making it live again.

use countersign_core::{ApiVersionId, EnvironmentName, PublicationKey, command::PlanError};
use serde_json::{Value, json};

use super::{Answer, Call, Fault, Place, api_id};
use crate::{
    dialect::huawei::{Version, fields::Body, ids, listing, time},
    ops::{ApiVersion, Page},
};

/// The publishings of an API that are kept, the newest first. v1.0 has no
/// pages here.
pub(in super::super) fn versions(call: &Call<'_>) -> Result<Answer, Fault> {
    let page = match call.version {
        Version::V1 => Page::ALL,
        Version::V2 => call.page()?,
    };
    let (env_id, env_name) = (call.query("env_id"), call.exact("env_name"));
    let wanted = env_id.map(ids::read_environment);
    let api = api_id(call.id)?;
    let versions = call.plane.ops.versions(call.caller, &call.snapshot, api);
    let mut versions = versions.map_err(Fault::of(call.id))?;
    versions.retain(|own| {
        wanted.is_none_or(|id| id == Some(own.environment.id))
            && env_name.keeps(own.environment.name.as_str())
    });
    let page = page.of(versions.iter());
    let list = listing::wrapped("api_versions", page, |own| shown(&own));
    Ok(Answer::of(list))
}

fn shown(version: &ApiVersion) -> Value {
    let publication = &version.publication;
    json!({
        "version_id": version.id().to_string(),
        "version_no": time::digits(publication.published),
        "api_id": publication.key.api.to_string(),
        "env_id": ids::show_environment(version.environment.id),
        "env_name": version.environment.name.as_str(),
        "remark": publication.description.as_str(),
        "publish_time": time::seconds(publication.published),
        "status": if version.is_live { 1 } else { 2 },
    })
}

/// v2: makes a version that is kept live again.
pub(in super::super) async fn switch(call: &Call<'_>) -> Result<Answer, Fault> {
    let body = Body::read(call.body)?;
    let version = body.fields().required("version_id")?.to_owned();
    let api = api_id(call.id)?;
    let absent = |_| Fault::plan(PlanError::ApiVersionNotFound, &version);
    let id = ApiVersionId::parse(&version).map_err(absent)?;
    let done = call.plane.ops.switch_version(call.caller, api, id).await;
    let done = done.map_err(Fault::of(call.id))?;
    let publication = &done.outcome;
    let PublicationKey { environment, .. } = &publication.key;
    let shown = at(call, environment, |place| place.shown(call, publication))?;
    Ok(Answer::changed(&done, shown))
}

/// Tells of the call's API in an environment that it is known to be in.
fn at(
    call: &Call<'_>,
    name: &EnvironmentName,
    tell: impl FnOnce(&Place<'_>) -> Value,
) -> Result<Value, Fault> {
    let snapshot = call.plane.ops.snapshot();
    let environment = snapshot.environment(&call.caller.account, name);
    let environment =
        environment.ok_or_else(|| Fault::plan(PlanError::EnvironmentNotFound, name.as_str()))?;
    Ok(tell(&Place {
        api: call.id,
        environment,
    }))
}
