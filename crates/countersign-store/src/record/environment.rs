//! `environment/<name>` and `environment/<account>/<name>`.

use countersign_core::{
    AccountId, Description, Environment, EnvironmentId, EnvironmentName, Revision,
};
use serde::{Deserialize, Serialize};

use super::{RecordError, field, from_json, moment, to_json};

/// One that every account has: its name, in the key, says all there is.
#[derive(Serialize, Deserialize)]
struct InitialRecord {}

/// One of an account's own.
#[derive(Serialize, Deserialize)]
struct OwnRecord {
    id: String,
    description: String,
    created_ms: i64,
    created_revision: u64,
}

pub(super) fn encode(environment: &Environment) -> Vec<u8> {
    if environment.account.is_none() {
        return to_json(&InitialRecord {});
    }
    to_json(&OwnRecord {
        id: environment.id.to_string(),
        description: environment.description.to_string(),
        created_ms: environment.created.millis(),
        created_revision: environment.created_revision.number(),
    })
}

pub(super) fn decode_initial(
    environment: Environment,
    value: &[u8],
) -> Result<Environment, RecordError> {
    let InitialRecord {} = from_json(value)?;
    Ok(environment)
}

pub(super) fn decode_own(
    account: AccountId,
    name: EnvironmentName,
    value: &[u8],
) -> Result<Environment, RecordError> {
    let wire: OwnRecord = from_json(value)?;
    Ok(Environment {
        id: field("id", EnvironmentId::parse(&wire.id))?,
        account: Some(account),
        name,
        description: Description::from_stored(&wire.description),
        created: moment(wire.created_ms),
        created_revision: Revision::new(wire.created_revision),
    })
}
