//! APIs, and what signs for them where.

use countersign_core::{
    Api, ApiDefinition, ApiId, Environment, MatchMode, PayloadPolicy, PublicationKey, Snapshot,
    Visibility, command::PlanError,
};
use serde_json::{Value, json};

use super::{Answer, Call, Refusal, body::Fields, keys::time};
use crate::ops::{ApiPatch, OpError};

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

/// `GET /api/v1/apis/{api}`.
pub(super) async fn show(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&[])?;
    let snapshot = call.plane.ops.snapshot();
    let api = call
        .plane
        .ops
        .api(call.caller, &snapshot, None, id(call)?)?;
    Ok(Answer::of(summary(&snapshot, &api)))
}

/// `PATCH /api/v1/apis/{api}`: a new definition, which the next publication
/// makes live, as a change through any dialect.
pub(super) async fn change(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&[])?;
    let mut fields = Fields::read(call.headers, call.body)?;
    let unsigned = fields.text("unsigned_payload")?;
    fields.end()?;
    let unsigned = unsigned.ok_or_else(|| Refusal::field("unsigned_payload", "it is mandatory"))?;
    let payload = read_payload(&unsigned).ok_or_else(|| {
        let why = "it has to be not-text, never or always";
        Refusal::field("unsigned_payload", why)
    })?;
    let id = id(call)?;
    let redefine = |api: &Api| {
        let definition = ApiDefinition::clone(&api.definition);
        Ok::<_, Refusal>(Some(ApiDefinition {
            payload,
            ..definition
        }))
    };
    let done = call
        .plane
        .ops
        .modify_api(call.caller, None, id, ApiPatch::default(), redefine)
        .await?;
    let body = summary(&call.plane.ops.snapshot(), &done.outcome);
    Ok(Answer::changed(call, &done, body))
}

/// The id in the path; one that is none is no API's.
fn id(call: &Call<'_>) -> Result<ApiId, Refusal> {
    let id = ApiId::parse(call.named);
    id.map_err(|_| OpError::from(PlanError::ApiNotFound).into())
}

/// For which bodies a Huawei-signed request says `UNSIGNED-PAYLOAD`, in words.
fn show_payload(payload: PayloadPolicy) -> &'static str {
    match payload {
        PayloadPolicy::Text => "not-text",
        PayloadPolicy::Covered => "never",
        PayloadPolicy::Unsigned => "always",
    }
}

fn read_payload(text: &str) -> Option<PayloadPolicy> {
    let all = [
        PayloadPolicy::Text,
        PayloadPolicy::Covered,
        PayloadPolicy::Unsigned,
    ];
    all.into_iter().find(|own| show_payload(*own) == text)
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
        "match": match definition.match_mode {
            MatchMode::Exact => "exact",
            MatchMode::Prefix => "prefix",
        },
        "backend": {
            "address": definition.backend.address.to_string(),
            "path": definition.backend.path.as_ref().map(ToString::to_string),
            "method": definition.backend.method.as_deref(),
            "timeout_ms": definition.backend.timeout_ms,
        },
        "mock": definition.mock.is_some(),
        "unsigned_payload": show_payload(definition.payload),
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
            "unsigned_payload": publication.map(|publication| show_payload(publication.definition.payload)),
            "key": key.map(|key| json!({
                "id": key.id.to_string(),
                "name": key.name.as_str(),
                "version": key.active.number.number(),
                "scheme": key.active.scheme.as_str(),
            })),
        })
    })
}
