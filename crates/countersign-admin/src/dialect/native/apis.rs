//! APIs, and what signs for them where.

use countersign_core::{Api, Environment, PublicationKey, Snapshot, Visibility};
use serde_json::{Value, json};

use super::{Answer, Call, Refusal, keys::time};

/// `GET /api/v1/apis`: newest first.
pub(super) async fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&["page", "page_size"])?;
    let page = call.page()?;
    let snapshot = call.plane.ops.snapshot();
    let paged = call
        .plane
        .ops
        .apis(call.caller, &snapshot, |_| true, page)?;
    let apis: Vec<Value> = paged
        .items
        .iter()
        .map(|api| summary(&snapshot, api))
        .collect();
    Ok(Answer::of(json!({
        "apis": apis,
        "total": paged.total,
        "page": page.number,
        "page_size": page.size,
        "revision": snapshot.revision().number(),
    })))
}

fn summary(snapshot: &Snapshot, api: &Api) -> Value {
    let definition = &api.definition;
    let group = snapshot.group(api.group);
    let environments = snapshot
        .environments(&api.account)
        .filter_map(|environment| in_environment(snapshot, api, environment));
    json!({
        "id": api.id.to_string(),
        "name": api.name.as_str(),
        "group": {
            "id": api.group.to_string(),
            "name": group.map(|group| group.name.as_str()),
            "host": group.map(|group| group.host.as_str()),
        },
        "visibility": match api.visibility {
            Visibility::Public => "public",
            Visibility::Private => "private",
        },
        "method": definition.method.as_str(),
        "path": definition.path.to_string(),
        "backend": {
            "address": definition.backend.address.to_string(),
            "path": definition.backend.path.as_ref().map(ToString::to_string),
            "method": definition.backend.method.as_deref(),
            "timeout_ms": definition.backend.timeout_ms,
        },
        "environments": environments.collect::<Vec<_>>(),
        "made_by": api.made_by.as_str(),
        "created": time(api.created),
        "modified": time(api.modified),
    })
}

/// `None` where the API is neither published nor has a key.
fn in_environment(snapshot: &Snapshot, api: &Api, environment: &Environment) -> Option<Value> {
    let at = PublicationKey {
        api: api.id,
        environment: environment.name.clone(),
    };
    let (publication, key) = (snapshot.publication(&at), snapshot.bound_key(&at));
    (publication.is_some() || key.is_some()).then(|| {
        json!({
            "name": environment.name.as_str(),
            "published": publication.is_some(),
            "published_revision": publication.map(|publication| publication.published_revision.number()),
            "key": key.map(|key| json!({
                "id": key.id.to_string(),
                "name": key.name.as_str(),
                "version": key.active.number.number(),
            })),
        })
    })
}
