//! `token/<hash>`.

use countersign_core::{AccountId, Token, TokenHash, UserId};
use countersign_sign::Secret;
use serde::{Deserialize, Serialize};

use super::{RecordError, field, from_json, moment, to_json};
use crate::barrier::{Barrier, Place, SealError};

const SEAL: &str = "seal";

/// All of it is public. The seal holds no text: it shows that a gateway wrote
/// the record, since whoever could make one up could sign in.
#[derive(Serialize, Deserialize)]
struct TokenRecord {
    user: String,
    account: String,
    issued_ms: i64,
    expires_ms: i64,
    /// Nothing, sealed beside all the other fields.
    seal: String,
}

impl TokenRecord {
    fn beside(&self) -> [String; 4] {
        [
            self.user.clone(),
            self.account.clone(),
            self.issued_ms.to_string(),
            self.expires_ms.to_string(),
        ]
    }
}

pub(super) fn encode(record: &str, token: &Token, barrier: &Barrier) -> Result<Vec<u8>, SealError> {
    let mut wire = TokenRecord {
        user: token.user.to_string(),
        account: token.account.to_string(),
        issued_ms: token.issued.millis(),
        expires_ms: token.expires.millis(),
        seal: String::new(),
    };
    let beside = wire.beside();
    let place = Place {
        record,
        field: SEAL,
        beside: &beside.each_ref().map(String::as_str),
    };
    let seal = barrier.seal(place, &Secret::new(String::new()));
    wire.seal = seal.map_err(|source| SealError {
        field: SEAL,
        kind: "a token",
        source,
    })?;
    Ok(to_json(&wire))
}

pub(super) fn decode(
    record: &str,
    hash: TokenHash,
    value: &[u8],
    barrier: &Barrier,
) -> Result<Token, RecordError> {
    let wire: TokenRecord = from_json(value)?;
    let beside = wire.beside();
    let place = Place {
        record,
        field: SEAL,
        beside: &beside.each_ref().map(String::as_str),
    };
    barrier
        .open(place, &wire.seal)
        .map_err(|source| RecordError::Sealed {
            field: SEAL,
            source,
        })?;
    Ok(Token {
        hash,
        user: field("user", UserId::parse(&wire.user))?,
        account: field("account", AccountId::parse(&wire.account))?,
        issued: moment(wire.issued_ms),
        expires: moment(wire.expires_ms),
    })
}
