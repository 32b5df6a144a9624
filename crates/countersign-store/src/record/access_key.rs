//! `access-key/<access key id>`.

use countersign_core::{AccessKey, AccessKeyId, AccountId};
use serde::{Deserialize, Serialize};

use super::{RecordError, field, from_json, moment, to_json};
use crate::barrier::{Barrier, Place, SealError};

const SECRET: &str = "secret";

#[derive(Serialize, Deserialize)]
struct AccessKeyRecord {
    account: String,
    /// Sealed, beside the account.
    secret: String,
    created_ms: i64,
}

pub(super) fn encode(
    record: &str,
    key: &AccessKey,
    barrier: &Barrier,
) -> Result<Vec<u8>, SealError> {
    let place = Place {
        record,
        field: SECRET,
        beside: &[key.account.as_str()],
    };
    let secret = barrier.seal(place, &key.secret);
    let secret = secret.map_err(|source| SealError {
        field: SECRET,
        kind: "an access key",
        source,
    })?;
    Ok(to_json(&AccessKeyRecord {
        account: key.account.to_string(),
        secret,
        created_ms: key.created.millis(),
    }))
}

pub(super) fn decode(
    record: &str,
    id: AccessKeyId,
    value: &[u8],
    barrier: &Barrier,
) -> Result<AccessKey, RecordError> {
    let wire: AccessKeyRecord = from_json(value)?;
    let place = Place {
        record,
        field: SECRET,
        beside: &[&wire.account],
    };
    let secret = barrier.open(place, &wire.secret);
    Ok(AccessKey {
        id,
        secret: secret.map_err(|source| RecordError::Sealed {
            field: SECRET,
            source,
        })?,
        account: field("account", AccountId::parse(&wire.account))?,
        created: moment(wire.created_ms),
    })
}
