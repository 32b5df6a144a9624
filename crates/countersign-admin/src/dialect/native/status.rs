//! What this node is and has.

use serde_json::json;

use super::{Answer, Call, Refusal};

/// `GET /api/v1/status`.
pub(super) async fn show(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&[])?;
    Ok(Answer::of(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "region": call.plane.region,
        "revision": call.plane.ops.snapshot().revision().number(),
        "account": call.caller.account.as_str(),
        "not_ready": call.plane.status.not_ready(),
    })))
}
