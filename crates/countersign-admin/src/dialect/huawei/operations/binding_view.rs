//! How bindings, and publications without one, are told (spec 2.3, 2.4).

use countersign_core::{PublicationId, path::ParameterStyle};
use serde_json::{Value, json};

use super::{
    Call, Fault,
    api_words::{Words, kind},
    sign_type::SignType,
};
use crate::{
    dialect::huawei::{Version, ids},
    ops::{BoundApi, UnboundApi},
};

/// A binding without the key's pair, as v2 lists the APIs of a key.
pub(super) fn without_pair(call: &Call<'_>, bound: &BoundApi, time: String) -> Value {
    let BoundApi {
        group,
        api,
        key,
        binding,
        environment,
    } = bound;
    let mut shown = json!({
        "id": binding.id.to_string(),
        "publish_id": PublicationId::of(api.id, environment.id).to_string(),
        "api_id": api.id.to_string(),
        "api_name": api.name.as_str(),
        "api_type": kind(api),
        "api_remark": api.description.as_str(),
        "group_name": group.name.as_str(),
        "env_id": ids::show_environment(environment.id),
        "env_name": environment.name.as_str(),
        "sign_id": key.id.to_string(),
        "sign_name": key.name.as_str(),
        "binding_time": time,
    });
    if call.version == Version::V2 {
        // What clients get; of an API that is offline, what they would get.
        let live = call.snapshot.publication(&binding.publication);
        let definition = live.map_or(&api.definition, |live| &live.definition);
        shown["req_method"] = definition.method.as_str().into();
        shown["tags"] = Words::of(&api.definition).tags.into();
    }
    shown
}

/// A binding with the key's pair.
pub(super) fn with_pair(call: &Call<'_>, bound: &BoundApi, time: String) -> Result<Value, Fault> {
    let key = &bound.key;
    let secret = call.plane.ops.reveal(call.caller, key)?;
    let mut shown = without_pair(call, bound, time);
    shown["sign_key"] = key.active.sign_key.as_str().into();
    shown["sign_secret"] = secret.secret().expose().into();
    if call.version == Version::V2 {
        shown["sign_type"] = SignType::of(key.active.scheme).as_str().into();
    }
    Ok(shown)
}

/// A publication that a key is not bound to. What is empty is left out.
pub(super) fn unbound(call: &Call<'_>, unbound: &UnboundApi) -> Value {
    let UnboundApi {
        group,
        api,
        publication,
        environment,
        bound_to,
    } = unbound;
    let definition = &publication.definition;
    let words = Words::of(definition);
    let mut shown = json!({
        "id": api.id.to_string(),
        "name": api.name.as_str(),
        "type": kind(api),
        "group_id": group.id.to_string(),
        "group_name": group.name.as_str(),
        "run_env_id": ids::show_environment(environment.id),
        "run_env_name": environment.name.as_str(),
        "publish_id": PublicationId::of(api.id, environment.id).to_string(),
        "auth_type": words.auth_type,
        "req_uri": definition.path.to_text(ParameterStyle::BRACES),
    });
    if !api.description.as_str().is_empty() {
        shown["remark"] = api.description.as_str().into();
    }
    if let Some(other) = bound_to {
        shown["signature_name"] = other.name.as_str().into();
    }
    if call.version == Version::V2 {
        shown["req_method"] = definition.method.as_str().into();
        shown["tags"] = Words::of(&api.definition).tags.into();
    }
    shown
}
