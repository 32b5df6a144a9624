//! Records: how the domain is written, one JSON text for each thing.
//!
//! The wire structs are converted by hand, since the domain knows no format.
//! An unknown field is passed over, so that a later build of the same format
//! version may add one; an unknown key is refused. `docs/store-format.md`
//! describes every record.

mod access_key;
mod account;
mod api;
mod binding;
mod environment;
mod group;
mod key;
mod mapping;
mod signature_key;
mod token;
mod user;
mod verifier;

use std::error::Error;

use countersign_core::{Change, Timestamp};
use serde::{Serialize, de::DeserializeOwned};

use self::key::RecordKey;
use crate::{
    backend::Operation,
    barrier::{Barrier, OpenSealedError, SealError},
};

/// Why a record cannot be read. The caller adds which record it is.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// No record of this format version has such a key.
    #[error("no record is called so")]
    UnknownKey,
    /// A part of the key names nothing.
    #[error("its key is malformed")]
    Key(#[source] Box<dyn Error + Send + Sync>),
    /// The value is not JSON of the right shape.
    #[error("its value is not what such a record holds")]
    Json(#[source] serde_json::Error),
    /// A field holds no good value.
    #[error("its field {field} is malformed")]
    Field {
        /// Which.
        field: &'static str,
        /// Why.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A sealed field does not open.
    #[error("its sealed field {field} does not open")]
    Sealed {
        /// Which.
        field: &'static str,
        /// Why.
        source: OpenSealedError,
    },
}

/// What a change writes.
pub(crate) fn encode(change: &Change, barrier: &Barrier) -> Result<Operation, SealError> {
    let key = RecordKey::of(change).to_string();
    let value = match change {
        Change::PutAccessKey(access_key) => access_key::encode(&key, access_key, barrier)?,
        Change::PutAccount(account) => account::encode(account),
        Change::PutUser(user) => user::encode(&key, user, barrier)?,
        Change::PutToken(token) => token::encode(&key, token, barrier)?,
        Change::PutVerifier(verifier) => verifier::encode(&key, verifier, barrier)?,
        Change::PutEnvironment(environment) => environment::encode(environment),
        Change::PutGroup(group) => group::encode(group),
        Change::PutApi(api) => api::encode(api),
        Change::PutPublication(publication) | Change::PutFormerPublication(publication) => {
            api::encode_publication(publication)
        }
        Change::PutSignatureKey(signature_key) => {
            signature_key::encode(&key, signature_key, barrier)?
        }
        Change::PutRetiredVersion(version) => signature_key::encode_retired(version),
        Change::PutBinding(binding) => binding::encode(binding),
        Change::RemoveAccessKey(_)
        | Change::RemoveUser(_)
        | Change::RemoveToken(_)
        | Change::RemoveVerifier(_)
        | Change::RemoveEnvironment(..)
        | Change::RemoveFormerPublication(..)
        | Change::RemoveGroup(_)
        | Change::RemoveApi(_)
        | Change::RemovePublication(_)
        | Change::RemoveSignatureKey(_)
        | Change::RemoveRetiredVersion(..)
        | Change::RemoveBinding(_) => return Ok(Operation::Delete { key }),
    };
    Ok(Operation::Put { key, value })
}

/// The change that wrote this record.
pub(crate) fn decode(key: &str, value: &[u8], barrier: &Barrier) -> Result<Change, RecordError> {
    Ok(match RecordKey::parse(key)? {
        RecordKey::AccessKey(id) => {
            Change::PutAccessKey(access_key::decode(key, id, value, barrier)?.into())
        }
        RecordKey::Account(id) => Change::PutAccount(account::decode(id, value)?.into()),
        RecordKey::User(id) => Change::PutUser(user::decode(key, id, value, barrier)?.into()),
        RecordKey::Token(hash) => {
            Change::PutToken(token::decode(key, hash, value, barrier)?.into())
        }
        RecordKey::Verifier(id) => {
            Change::PutVerifier(verifier::decode(key, id, value, barrier)?.into())
        }
        RecordKey::InitialEnvironment(environment) => {
            Change::PutEnvironment(environment::decode_initial(environment, value)?)
        }
        RecordKey::OwnEnvironment(account, name) => {
            Change::PutEnvironment(environment::decode_own(account, name, value)?)
        }
        RecordKey::Group(id) => Change::PutGroup(group::decode(id, value)?.into()),
        RecordKey::Api(id) => Change::PutApi(api::decode(id, value)?.into()),
        RecordKey::Publication(at) => {
            Change::PutPublication(api::decode_publication(at, value)?.into())
        }
        RecordKey::FormerPublication(at, revision) => {
            Change::PutFormerPublication(api::decode_former(at, revision, value)?.into())
        }
        RecordKey::SignatureKey(id) => {
            Change::PutSignatureKey(signature_key::decode(key, id, value, barrier)?.into())
        }
        RecordKey::RetiredVersion(id, number) => {
            Change::PutRetiredVersion(signature_key::decode_retired(id, number, value)?.into())
        }
        RecordKey::Binding(at) => Change::PutBinding(binding::decode(at, value)?.into()),
    })
}

/// The change that deleted a record. Nothing deletes an account, or an
/// environment that every account has.
pub(crate) fn decode_deletion(key: &str) -> Result<Change, RecordError> {
    Ok(match RecordKey::parse(key)? {
        RecordKey::AccessKey(id) => Change::RemoveAccessKey(id),
        RecordKey::Account(_) | RecordKey::InitialEnvironment(_) => {
            return Err(RecordError::UnknownKey);
        }
        RecordKey::User(id) => Change::RemoveUser(id),
        RecordKey::Token(hash) => Change::RemoveToken(hash),
        RecordKey::Verifier(id) => Change::RemoveVerifier(id),
        RecordKey::OwnEnvironment(account, name) => Change::RemoveEnvironment(account, name),
        RecordKey::Group(id) => Change::RemoveGroup(id),
        RecordKey::Api(id) => Change::RemoveApi(id),
        RecordKey::Publication(at) => Change::RemovePublication(at),
        RecordKey::FormerPublication(at, revision) => Change::RemoveFormerPublication(at, revision),
        RecordKey::SignatureKey(id) => Change::RemoveSignatureKey(id),
        RecordKey::RetiredVersion(id, number) => Change::RemoveRetiredVersion(id, number),
        RecordKey::Binding(at) => Change::RemoveBinding(at),
    })
}

fn to_json(record: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(record).expect("structs of numbers and texts always become JSON")
}

fn from_json<T: DeserializeOwned>(value: &[u8]) -> Result<T, RecordError> {
    serde_json::from_slice(value).map_err(RecordError::Json)
}

/// Names the field that a parser refused.
fn field<T, E: Error + Send + Sync + 'static>(
    field: &'static str,
    parsed: Result<T, E>,
) -> Result<T, RecordError> {
    parsed.map_err(|cause| RecordError::Field {
        field,
        source: Box::new(cause),
    })
}

/// A field's number or word is none of those it may be.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("it is none of the values that it may have")]
struct NotAValue;

fn moment(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}
