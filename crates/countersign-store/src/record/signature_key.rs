//! `signature-key/<id>` and `retired-version/<signature key>/<number>`.

use std::sync::Arc;

use countersign_core::{
    AccountId, Description, DialectName, KeyVersion, RetiredVersion, Revision, SignKey, SignSecret,
    SignatureKey, SignatureKeyId, SignatureKeyName, VersionNumber,
};
use serde::{Deserialize, Serialize};

use super::{NotAValue, RecordError, field, from_json, moment, to_json};
use crate::barrier::{Barrier, Place, SealError};

const SIGN_SECRET: &str = "active.sign_secret";

#[derive(Serialize, Deserialize)]
struct SignatureKeyRecord {
    account: String,
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    description: String,
    active: ActivePart,
    made_by: String,
    created_ms: i64,
    modified_ms: i64,
    created_revision: u64,
}

#[derive(Serialize, Deserialize)]
struct ActivePart {
    number: u64,
    sign_key: String,
    /// Sealed, beside the account, the number and the sign key.
    sign_secret: String,
    created_ms: i64,
}

#[derive(Serialize, Deserialize)]
struct RetiredVersionRecord {
    sign_key: String,
    created_ms: i64,
    retired_ms: i64,
}

pub(super) fn encode(
    record: &str,
    key: &SignatureKey,
    barrier: &Barrier,
) -> Result<Vec<u8>, SealError> {
    let active = &key.active;
    let number = active.number.to_string();
    let beside = [key.account.as_str(), &number, active.sign_key.as_str()];
    let place = Place {
        record,
        field: SIGN_SECRET,
        beside: &beside,
    };
    let sign_secret = barrier.seal(place, active.sign_secret.secret());
    let sign_secret = sign_secret.map_err(|source| SealError {
        field: SIGN_SECRET,
        kind: "a signature key",
        source,
    })?;
    Ok(to_json(&SignatureKeyRecord {
        account: key.account.to_string(),
        name: key.name.to_string(),
        description: key.description.to_string(),
        active: ActivePart {
            number: active.number.number(),
            sign_key: active.sign_key.to_string(),
            sign_secret,
            created_ms: active.created.millis(),
        },
        made_by: key.made_by.to_string(),
        created_ms: key.created.millis(),
        modified_ms: key.modified.millis(),
        created_revision: key.created_revision.number(),
    }))
}

pub(super) fn decode(
    record: &str,
    id: SignatureKeyId,
    value: &[u8],
    barrier: &Barrier,
) -> Result<SignatureKey, RecordError> {
    let wire: SignatureKeyRecord = from_json(value)?;
    let active = &wire.active;
    let number = active.number.to_string();
    let beside = [wire.account.as_str(), &number, &active.sign_key];
    let place = Place {
        record,
        field: SIGN_SECRET,
        beside: &beside,
    };
    let sign_secret = barrier.open(place, &active.sign_secret);
    let sign_secret = sign_secret.map_err(|source| RecordError::Sealed {
        field: SIGN_SECRET,
        source,
    })?;
    Ok(SignatureKey {
        id,
        account: field("account", AccountId::parse(&wire.account))?,
        name: SignatureKeyName::from_stored(&wire.name),
        description: Description::from_stored(&wire.description),
        active: Arc::new(KeyVersion::new(
            field(
                "active.number",
                VersionNumber::new(active.number).ok_or(NotAValue),
            )?,
            SignKey::from_stored(&active.sign_key),
            SignSecret::from_stored(sign_secret),
            moment(active.created_ms),
        )),
        made_by: DialectName::from_stored(&wire.made_by),
        created: moment(wire.created_ms),
        modified: moment(wire.modified_ms),
        created_revision: Revision::new(wire.created_revision),
    })
}

pub(super) fn encode_retired(version: &RetiredVersion) -> Vec<u8> {
    to_json(&RetiredVersionRecord {
        sign_key: version.sign_key.to_string(),
        created_ms: version.created.millis(),
        retired_ms: version.retired.millis(),
    })
}

pub(super) fn decode_retired(
    id: SignatureKeyId,
    number: VersionNumber,
    value: &[u8],
) -> Result<RetiredVersion, RecordError> {
    let wire: RetiredVersionRecord = from_json(value)?;
    Ok(RetiredVersion {
        signature_key: id,
        number,
        sign_key: SignKey::from_stored(&wire.sign_key),
        created: moment(wire.created_ms),
        retired: moment(wire.retired_ms),
    })
}
