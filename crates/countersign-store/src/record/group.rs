//! `group/<id>`.

use countersign_core::{
    AccountId, Description, DialectName, Group, GroupId, GroupName, Host, Revision,
};
use serde::{Deserialize, Serialize};

use super::{RecordError, field, from_json, moment, to_json};

#[derive(Serialize, Deserialize)]
struct GroupRecord {
    account: String,
    name: String,
    host: String,
    description: String,
    made_by: String,
    created_ms: i64,
    modified_ms: i64,
    created_revision: u64,
}

pub(super) fn encode(group: &Group) -> Vec<u8> {
    to_json(&GroupRecord {
        account: group.account.to_string(),
        name: group.name.to_string(),
        host: group.host.to_string(),
        description: group.description.to_string(),
        made_by: group.made_by.to_string(),
        created_ms: group.created.millis(),
        modified_ms: group.modified.millis(),
        created_revision: group.created_revision.number(),
    })
}

pub(super) fn decode(id: GroupId, value: &[u8]) -> Result<Group, RecordError> {
    let wire: GroupRecord = from_json(value)?;
    Ok(Group {
        id,
        account: field("account", AccountId::parse(&wire.account))?,
        name: GroupName::from_stored(&wire.name),
        host: field("host", Host::parse(&wire.host))?,
        description: Description::from_stored(&wire.description),
        made_by: DialectName::from_stored(&wire.made_by),
        created: moment(wire.created_ms),
        modified: moment(wire.modified_ms),
        created_revision: Revision::new(wire.created_revision),
    })
}
