//! `signature-key/<id>` and `retired-version/<signature key>/<number>`.

use std::sync::Arc;

use countersign_core::{
    AccountId, Description, DialectName, KeyVersion, RetiredVersion, Revision, Scheme, SignKey,
    SignSecret, SignatureKey, SignatureKeyId, SignatureKeyName, Timestamp, VersionNumber,
    scheme::UnknownScheme,
};
use serde::{Deserialize, Serialize};

use super::{NotAValue, RecordError, field, from_json, moment, to_json};
use crate::barrier::{Barrier, Place, SealError};

const ACTIVE: Names = Names {
    number: "active.number",
    scheme: "active.scheme",
    sign_secret: "active.sign_secret",
};
const NEXT: Names = Names {
    number: "next.number",
    scheme: "next.scheme",
    sign_secret: "next.sign_secret",
};

/// What the fields of one version are called.
#[derive(Clone, Copy)]
struct Names {
    number: &'static str,
    scheme: &'static str,
    sign_secret: &'static str,
}

#[derive(Serialize, Deserialize)]
struct SignatureKeyRecord {
    account: String,
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    description: String,
    active: VersionPart,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<VersionPart>,
    made_by: String,
    created_ms: i64,
    /// Nanoseconds after the millisecond.
    #[serde(default, skip_serializing_if = "is_zero")]
    created_sub_ns: u32,
    modified_ms: i64,
    #[serde(default, skip_serializing_if = "is_zero")]
    modified_sub_ns: u32,
    created_revision: u64,
}

#[derive(Serialize, Deserialize)]
struct VersionPart {
    number: u64,
    /// Left out where it is Alibaba's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scheme: Option<String>,
    sign_key: String,
    /// Sealed, beside the account, the number, the sign key, and a scheme other
    /// than Alibaba's.
    sign_secret: String,
    created_ms: i64,
}

#[derive(Serialize, Deserialize)]
struct RetiredVersionRecord {
    /// Left out where it is Alibaba's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scheme: Option<String>,
    sign_key: String,
    created_ms: i64,
    retired_ms: i64,
}

pub(super) fn encode(
    record: &str,
    key: &SignatureKey,
    barrier: &Barrier,
) -> Result<Vec<u8>, SealError> {
    let seal = |names, version: &KeyVersion| {
        let account = key.account.as_str();
        VersionPart::seal(At { record, names }, account, version, barrier)
    };
    let next = key.next.as_deref();
    Ok(to_json(&SignatureKeyRecord {
        account: key.account.to_string(),
        name: key.name.to_string(),
        description: key.description.to_string(),
        active: seal(ACTIVE, &key.active)?,
        next: next.map(|next| seal(NEXT, next)).transpose()?,
        made_by: key.made_by.to_string(),
        created_ms: key.created.millis(),
        created_sub_ns: key.created.submilli_nanos(),
        modified_ms: key.modified.millis(),
        modified_sub_ns: key.modified.submilli_nanos(),
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
    let open = |names, part: &VersionPart| {
        let version = part.open(At { record, names }, &wire.account, barrier)?;
        Ok::<_, RecordError>(Arc::new(version))
    };
    let next = wire.next.as_ref();
    Ok(SignatureKey {
        id,
        account: field("account", AccountId::parse(&wire.account))?,
        name: SignatureKeyName::from_stored(&wire.name),
        description: Description::from_stored(&wire.description),
        active: open(ACTIVE, &wire.active)?,
        next: next.map(|part| open(NEXT, part)).transpose()?,
        made_by: DialectName::from_stored(&wire.made_by),
        created: field(
            "created_sub_ns",
            fine_moment(wire.created_ms, wire.created_sub_ns),
        )?,
        modified: field(
            "modified_sub_ns",
            fine_moment(wire.modified_ms, wire.modified_sub_ns),
        )?,
        created_revision: Revision::new(wire.created_revision),
    })
}

/// One version in one record.
#[derive(Clone, Copy)]
struct At<'a> {
    record: &'a str,
    names: Names,
}

impl VersionPart {
    fn seal(
        at: At<'_>,
        account: &str,
        version: &KeyVersion,
        barrier: &Barrier,
    ) -> Result<Self, SealError> {
        let number = version.number.to_string();
        let sign_key = version.sign_key.as_str();
        let place = Place {
            record: at.record,
            field: at.names.sign_secret,
            beside: &beside(account, &number, sign_key, version.scheme),
        };
        let sealed = barrier.seal(place, version.sign_secret.secret());
        Ok(Self {
            number: version.number.number(),
            scheme: scheme_word(version.scheme),
            sign_key: sign_key.to_owned(),
            sign_secret: sealed.map_err(|source| SealError {
                field: at.names.sign_secret,
                kind: "a signature key",
                source,
            })?,
            created_ms: version.created.millis(),
        })
    }

    fn open(
        &self,
        at: At<'_>,
        account: &str,
        barrier: &Barrier,
    ) -> Result<KeyVersion, RecordError> {
        let scheme = field(at.names.scheme, scheme(self.scheme.as_deref()))?;
        let number = self.number.to_string();
        let place = Place {
            record: at.record,
            field: at.names.sign_secret,
            beside: &beside(account, &number, &self.sign_key, scheme),
        };
        let secret = barrier.open(place, &self.sign_secret);
        let secret = secret.map_err(|source| RecordError::Sealed {
            field: at.names.sign_secret,
            source,
        })?;
        let number = VersionNumber::new(self.number).ok_or(NotAValue);
        Ok(KeyVersion::new(
            field(at.names.number, number)?,
            scheme,
            SignKey::from_stored(&self.sign_key),
            SignSecret::from_stored(secret),
            moment(self.created_ms),
        ))
    }
}

/// What the sign secret must not be parted from. Whoever can write to a
/// backend, and could make a scheme that shows the secret of one that proves
/// it, would be told it by the next request. Version 1 of the format knew
/// Alibaba's only, and is sealed without.
fn beside<'a>(
    account: &'a str,
    number: &'a str,
    sign_key: &'a str,
    scheme: Scheme,
) -> Vec<&'a str> {
    let mut beside = vec![account, number, sign_key];
    if scheme != Scheme::Alibaba {
        beside.push(scheme.as_str());
    }
    beside
}

fn scheme_word(scheme: Scheme) -> Option<String> {
    (scheme != Scheme::Alibaba).then(|| scheme.as_str().to_owned())
}

fn scheme(word: Option<&str>) -> Result<Scheme, UnknownScheme> {
    word.map_or(Ok(Scheme::Alibaba), Scheme::parse)
}

fn fine_moment(millis: i64, sub_nanos: u32) -> Result<Timestamp, NotAValue> {
    if sub_nanos >= 1_000_000 {
        return Err(NotAValue);
    }
    let nanos = moment(millis).nanos().saturating_add(sub_nanos.into());
    Ok(Timestamp::from_nanos(nanos))
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

pub(super) fn encode_retired(version: &RetiredVersion) -> Vec<u8> {
    to_json(&RetiredVersionRecord {
        scheme: scheme_word(version.scheme),
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
        scheme: field("scheme", scheme(wire.scheme.as_deref()))?,
        sign_key: SignKey::from_stored(&wire.sign_key),
        created: moment(wire.created_ms),
        retired: moment(wire.retired_ms),
    })
}
