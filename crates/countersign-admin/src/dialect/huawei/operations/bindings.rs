//! Binding signature keys to publications and unbinding them (spec 2.3, 2.4,
//! 3.1).

use countersign_core::{BindingId, PublicationId, PublicationKey, command::PlanError};
use serde_json::{Value, json};

use super::{Answer, Call, Fault, binding_view, keys};
use crate::{
    dialect::huawei::{BindAnswer, Version, fields::Body, time},
    ops::OpError,
};

/// Binds all of the publications or none of them.
pub(super) async fn bind(call: &Call<'_>) -> Result<Answer, Fault> {
    let body = Body::read(call.body)?;
    let fields = body.fields();
    let sign_id = fields.required("sign_id")?;
    let publish_ids = fields.texts("publish_ids")?;
    let publish_ids = publish_ids.ok_or_else(|| fields.missing("publish_ids"))?;
    if publish_ids.is_empty() {
        // The code that the vendor gives, though the list stands in the body.
        return Err(Fault::invalid_query("publish_ids"));
    }
    let key = keys::find(call, sign_id)?;
    let places = publish_ids.iter().map(|id| place(call, id));
    let places = places.collect::<Result<Vec<_>, _>>()?;
    let done = call
        .plane
        .ops
        .bind_publications(call.caller, key.id, None, places);
    let done = done.await.map_err(|error| match error {
        // Removed since the snapshot was looked at: the ids name nothing now.
        OpError::Refused(PlanError::ApiNotFound | PlanError::EnvironmentNotFound) => {
            Fault::plan(PlanError::PublicationNotFound, sign_id)
        }
        error => Fault::of(sign_id)(error),
    })?;
    // As it is now, with what was bound in it.
    let snapshot = call.plane.ops.snapshot();
    let bound = call
        .plane
        .ops
        .bound(call.caller, &snapshot, &done.outcome)
        .map_err(Fault::of(sign_id))?;
    let shown = bound.iter().map(|bound| {
        let time = time::nanoseconds(bound.binding.bound);
        binding_view::with_pair(call, bound, time)
    });
    let bindings = Value::Array(shown.collect::<Result<_, _>>()?);
    let body = match (call.version, call.plane.huawei.bind_answer) {
        (Version::V1, BindAnswer::Array) => bindings,
        _ => json!({ "bindings": bindings }),
    };
    Ok(Answer::created(&done, body))
}

fn place(call: &Call<'_>, publish_id: &str) -> Result<PublicationKey, Fault> {
    let absent = Fault::plan(PlanError::PublicationNotFound, publish_id);
    let id = PublicationId::parse(publish_id).map_err(|_| absent)?;
    let ops = &call.plane.ops;
    let place = ops.publication_place(call.caller, &call.snapshot, id);
    place.map_err(Fault::of(publish_id))
}

pub(super) async fn unbind(call: &Call<'_>) -> Result<Answer, Fault> {
    let absent = |_| Fault::plan(PlanError::BindingNotFound, call.id);
    let id = BindingId::parse(call.id).map_err(absent)?;
    let done = call.plane.ops.unbind_one(call.caller, id);
    let done = done.await.map_err(Fault::of(call.id))?;
    Ok(Answer::deleted(&done))
}
