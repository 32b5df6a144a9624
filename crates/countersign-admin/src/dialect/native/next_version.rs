//! The next version of a signature key: staged, so that verifiers know it, then
//! activated, so that it signs; or taken back.

use countersign_core::SignatureKey;
use std::sync::Arc;

use super::{
    Answer, Call, Refusal,
    keys::{self, Given, Pair},
};
use crate::ops::NextVersion;

/// `PUT /api/v1/keys/{key}/next`: what is not given is as in the active version.
pub(super) async fn stage(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&[])?;
    let given = Given::read(call)?;
    given.has_no_name()?;
    let key = named(call)?;
    let Pair {
        sign_key,
        sign_secret,
    } = given.pair_after(call, &key)?;
    let next = NextVersion {
        scheme: given.scheme,
        sign_key,
        sign_secret,
    };
    let done = call.plane.ops.stage_version(call.caller, key.id, next);
    let done = done.await?;
    let body = keys::summary(&call.plane.ops.snapshot(), &done.outcome);
    Ok(Answer::changed(call, &done, body))
}

/// `POST /api/v1/keys/{key}/activate`.
pub(super) async fn activate(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&[])?;
    let key = named(call)?;
    let done = call.plane.ops.activate_version(call.caller, key.id).await?;
    let body = keys::summary(&call.plane.ops.snapshot(), &done.outcome);
    Ok(Answer::changed(call, &done, body))
}

/// `DELETE /api/v1/keys/{key}/next`.
pub(super) async fn drop_next(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&[])?;
    let key = named(call)?;
    let done = call
        .plane
        .ops
        .drop_next_version(call.caller, key.id)
        .await?;
    let body = keys::summary(&call.plane.ops.snapshot(), &done.outcome);
    Ok(Answer::changed(call, &done, body))
}

fn named(call: &Call<'_>) -> Result<Arc<SignatureKey>, Refusal> {
    let ops = &call.plane.ops;
    Ok(ops.signature_key(call.caller, &ops.snapshot(), call.named)?)
}
