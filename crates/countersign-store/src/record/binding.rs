//! `binding/<api>/<environment>`.

use countersign_core::{Binding, PublicationKey, SignatureKeyId};
use serde::{Deserialize, Serialize};

use super::{RecordError, field, from_json, moment, to_json};

#[derive(Serialize, Deserialize)]
struct BindingRecord {
    signature_key: String,
    bound_ms: i64,
}

pub(super) fn encode(binding: &Binding) -> Vec<u8> {
    to_json(&BindingRecord {
        signature_key: binding.signature_key.to_string(),
        bound_ms: binding.bound.millis(),
    })
}

pub(super) fn decode(publication: PublicationKey, value: &[u8]) -> Result<Binding, RecordError> {
    let wire: BindingRecord = from_json(value)?;
    Ok(Binding {
        publication,
        signature_key: field("signature_key", SignatureKeyId::parse(&wire.signature_key))?,
        bound: moment(wire.bound_ms),
    })
}
