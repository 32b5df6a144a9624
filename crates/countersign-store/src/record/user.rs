//! `user/<id>`.

use countersign_core::{AccountId, Description, PasswordHash, Revision, User, UserId, UserName};
use countersign_sign::Secret;
use serde::{Deserialize, Serialize};

use super::{RecordError, field, from_json, moment, to_json};
use crate::barrier::{Barrier, Place, SealError};

const PASSWORD: &str = "password";

#[derive(Serialize, Deserialize)]
struct UserRecord {
    account: String,
    name: String,
    description: String,
    /// Its hash, sealed beside the account and the name; left out where no
    /// password is let in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    created_ms: i64,
    modified_ms: i64,
    created_revision: u64,
}

pub(super) fn encode(record: &str, user: &User, barrier: &Barrier) -> Result<Vec<u8>, SealError> {
    let place = Place {
        record,
        field: PASSWORD,
        beside: &[user.account.as_str(), user.name.as_str()],
    };
    let seal = |hash: &PasswordHash| barrier.seal(place, &Secret::new(hash.as_phc().to_owned()));
    let password = user.password.as_ref().map(seal).transpose();
    let password = password.map_err(|source| SealError {
        field: PASSWORD,
        kind: "a user",
        source,
    })?;
    Ok(to_json(&UserRecord {
        account: user.account.to_string(),
        name: user.name.to_string(),
        description: user.description.to_string(),
        password,
        created_ms: user.created.millis(),
        modified_ms: user.modified.millis(),
        created_revision: user.created_revision.number(),
    }))
}

pub(super) fn decode(
    record: &str,
    id: UserId,
    value: &[u8],
    barrier: &Barrier,
) -> Result<User, RecordError> {
    let wire: UserRecord = from_json(value)?;
    let place = Place {
        record,
        field: PASSWORD,
        beside: &[&wire.account, &wire.name],
    };
    let password = wire
        .password
        .as_deref()
        .map(|text| barrier.open(place, text));
    let password = password.transpose().map_err(|source| RecordError::Sealed {
        field: PASSWORD,
        source,
    })?;
    Ok(User {
        id,
        account: field("account", AccountId::parse(&wire.account))?,
        name: UserName::from_stored(&wire.name),
        description: Description::from_stored(&wire.description),
        password: password.map(|hash| PasswordHash::from_phc(hash.expose())),
        created: moment(wire.created_ms),
        modified: moment(wire.modified_ms),
        created_revision: Revision::new(wire.created_revision),
    })
}
