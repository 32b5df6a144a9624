//! `environment/<name>`.

use countersign_core::{Environment, EnvironmentName};
use serde::{Deserialize, Serialize};

use super::{RecordError, from_json, to_json};

/// Its name, in the key, says all there is.
#[derive(Serialize, Deserialize)]
struct EnvironmentRecord {}

pub(super) fn encode() -> Vec<u8> {
    to_json(&EnvironmentRecord {})
}

pub(super) fn decode(name: EnvironmentName, value: &[u8]) -> Result<Environment, RecordError> {
    let EnvironmentRecord {} = from_json(value)?;
    Ok(Environment { name })
}
