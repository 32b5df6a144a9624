//! `binding/<api>/<environment>`.

use countersign_core::{Binding, BindingId, PublicationKey, SignatureKeyId};
use serde::{Deserialize, Serialize};

use super::{RecordError, field, from_json, moment, to_json};

#[derive(Serialize, Deserialize)]
struct BindingRecord {
    /// Left out by builds that gave bindings no ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    signature_key: String,
    bound_ms: i64,
}

pub(super) fn encode(binding: &Binding) -> Vec<u8> {
    to_json(&BindingRecord {
        id: Some(binding.id.to_string()),
        signature_key: binding.signature_key.to_string(),
        bound_ms: binding.bound.millis(),
    })
}

pub(super) fn decode(publication: PublicationKey, value: &[u8]) -> Result<Binding, RecordError> {
    let wire: BindingRecord = from_json(value)?;
    let id = match wire.id {
        Some(id) => field("id", BindingId::parse(&id))?,
        None => BindingId::made_from(&publication),
    };
    Ok(Binding {
        id,
        publication,
        signature_key: field("signature_key", SignatureKeyId::parse(&wire.signature_key))?,
        bound: moment(wire.bound_ms),
    })
}
