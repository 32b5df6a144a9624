//! `verifier/<id>`.

use std::{collections::BTreeSet, sync::Arc};

use countersign_core::{
    AccountId, ApiId, GroupId, Revision, TokenHash, Verifier, VerifierId, VerifierName,
    VerifierScope,
};
use countersign_sign::Secret;
use serde::{Deserialize, Serialize};

use super::{NotAValue, RecordError, field, from_json, moment, to_json};
use crate::barrier::{Barrier, Place, SealError};

const SEAL: &str = "seal";

/// All of it is public. The seal holds no text: it shows that a gateway wrote
/// the record, since whoever could make one up, or widen one, could read
/// secrets.
#[derive(Serialize, Deserialize)]
struct VerifierRecord {
    account: String,
    name: String,
    /// The token's SHA-256, in hexadecimal.
    token: String,
    groups: BTreeSet<String>,
    apis: BTreeSet<String>,
    created_ms: i64,
    created_revision: u64,
    /// Nothing, sealed beside the account, the token, and how many and which
    /// groups and APIs.
    seal: String,
}

impl VerifierRecord {
    fn beside(&self) -> Vec<String> {
        let mut beside = vec![self.account.clone(), self.token.clone()];
        for list in [&self.groups, &self.apis] {
            beside.push(list.len().to_string());
            beside.extend(list.iter().cloned());
        }
        beside
    }
}

fn place<'a>(record: &'a str, beside: &'a [&'a str]) -> Place<'a> {
    Place {
        record,
        field: SEAL,
        beside,
    }
}

pub(super) fn encode(
    record: &str,
    verifier: &Verifier,
    barrier: &Barrier,
) -> Result<Vec<u8>, SealError> {
    let scope = &verifier.scope;
    let mut wire = VerifierRecord {
        account: verifier.account.to_string(),
        name: verifier.name.to_string(),
        token: hex::encode(verifier.token.0),
        groups: scope.groups.iter().map(ToString::to_string).collect(),
        apis: scope.apis.iter().map(ToString::to_string).collect(),
        created_ms: verifier.created.millis(),
        created_revision: verifier.created_revision.number(),
        seal: String::new(),
    };
    let beside = wire.beside();
    let beside: Vec<&str> = beside.iter().map(String::as_str).collect();
    let seal = barrier.seal(place(record, &beside), &Secret::new(String::new()));
    wire.seal = seal.map_err(|source| SealError {
        field: SEAL,
        kind: "a verifier",
        source,
    })?;
    Ok(to_json(&wire))
}

pub(super) fn decode(
    record: &str,
    id: VerifierId,
    value: &[u8],
    barrier: &Barrier,
) -> Result<Verifier, RecordError> {
    let wire: VerifierRecord = from_json(value)?;
    let beside = wire.beside();
    let beside: Vec<&str> = beside.iter().map(String::as_str).collect();
    let opened = barrier.open(place(record, &beside), &wire.seal);
    opened.map_err(|source| RecordError::Sealed {
        field: SEAL,
        source,
    })?;
    let mut token = [0; 32];
    let read = hex::decode_to_slice(&wire.token, &mut token).map_err(|_| NotAValue);
    field("token", read)?;
    let groups = wire.groups.iter().map(|text| GroupId::parse(text));
    let apis = wire.apis.iter().map(|text| ApiId::parse(text));
    Ok(Verifier {
        id,
        account: field("account", AccountId::parse(&wire.account))?,
        name: VerifierName::from_stored(&wire.name),
        token: TokenHash(token),
        scope: Arc::new(VerifierScope {
            groups: field("groups", groups.collect())?,
            apis: field("apis", apis.collect())?,
        }),
        created: moment(wire.created_ms),
        created_revision: Revision::new(wire.created_revision),
    })
}
