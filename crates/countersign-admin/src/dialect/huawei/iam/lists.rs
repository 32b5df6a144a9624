//! `GET /v3/projects` and `GET /v3/auth/domains`: the ids of whoever asks.

use serde_json::json;

use super::{
    super::{self as huawei, answer::Answer, errors::Fault},
    Call, domain,
};
use crate::auth::Caller;

/// The caller's one project, unless another name is asked for. SDKs want
/// exactly one entry for their region's name.
pub(super) fn projects(call: &Call<'_>, caller: &Caller) -> Result<Answer, Fault> {
    let query = huawei::query(&call.parts.uri)?;
    let wanted = |name: &str, value: &str| {
        let mut given = query.iter().filter(|(own, _)| own == name);
        given.all(|(_, given)| given.is_empty() || given == value)
    };
    let project = call.snapshot.project_of(&caller.account).to_string();
    let domain = domain::id_of(&caller.account);
    let region = &call.plane.region;
    let mut projects = Vec::new();
    if wanted("name", region) && wanted("domain_id", &domain) && wanted("enabled", "true") {
        projects.push(json!({
            "id": project,
            "name": region,
            "domain_id": domain,
            "enabled": true,
        }));
    }
    Ok(Answer::of(json!({ "projects": projects, "links": {} })))
}

/// The caller's one domain.
pub(super) fn domains(call: &Call<'_>, caller: &Caller) -> Result<Answer, Fault> {
    huawei::query(&call.parts.uri)?;
    let mut domain = domain::show(&caller.account);
    domain["enabled"] = json!(true);
    Ok(Answer::of(json!({ "domains": [domain], "links": {} })))
}
