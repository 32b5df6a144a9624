//! `account/<account>`.

use countersign_core::{Account, AccountId, ProjectId};
use serde::{Deserialize, Serialize};

use super::{RecordError, field, from_json, moment, to_json};

#[derive(Serialize, Deserialize)]
struct AccountRecord {
    project: String,
    created_ms: i64,
}

pub(super) fn encode(account: &Account) -> Vec<u8> {
    to_json(&AccountRecord {
        project: account.project.to_string(),
        created_ms: account.created.millis(),
    })
}

pub(super) fn decode(id: AccountId, value: &[u8]) -> Result<Account, RecordError> {
    let wire: AccountRecord = from_json(value)?;
    Ok(Account {
        id,
        project: field("project", ProjectId::parse(&wire.project))?,
        created: moment(wire.created_ms),
    })
}
