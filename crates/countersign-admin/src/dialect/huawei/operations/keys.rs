//! Signature keys (spec 2.3, 2.4).

use std::sync::Arc;

use countersign_core::{
    Description, RuleViolation, SignKey, SignSecret, SignatureKey, SignatureKeyId,
    SignatureKeyName,
    command::{PlanError, signature_key::BesideOthers},
};
use countersign_sign::Secret;
use serde_json::{Value, json};

use super::{Answer, Call, Fault, made_by, sign_type::SignType};
use crate::{
    dialect::huawei::{
        Version,
        fields::{Body, Fields},
        listing, rules, time,
    },
    ops::{NewSignatureKey, SignatureKeyPatch},
};

/// What a body says of a key; what it leaves out of the pair is generated.
struct Given {
    name: SignatureKeyName,
    sign_type: SignType,
    sign_key: SignKey,
    sign_secret: SignSecret,
}

pub(super) async fn create(call: &Call<'_>) -> Result<Answer, Fault> {
    let given = read(call)?;
    let new = NewSignatureKey {
        name: given.name,
        description: Description::from_stored(""),
        scheme: given.sign_type.scheme(),
        sign_key: given.sign_key,
        sign_secret: given.sign_secret,
        made_by: made_by(),
        beside: BesideOthers {
            unique_name: true,
            keys_max: Some(call.plane.huawei.signature_keys_max),
        },
    };
    let done = call.plane.ops.create_signature_key(call.caller, new).await;
    let done = done?;
    let times = Times {
        created: time::nanoseconds(done.outcome.created),
        updated: time::nanoseconds(done.outcome.modified),
    };
    let body = show(call, &done.outcome, times)?;
    Ok(Answer::created(&done, body))
}

/// Everything is set anew: what of the pair is left out is generated again, and
/// a key without `sign_type` becomes one of hmac.
pub(super) async fn update(call: &Call<'_>) -> Result<Answer, Fault> {
    let given = read(call)?;
    let key = find(call, call.id)?;
    let patch = SignatureKeyPatch {
        name: Some(given.name),
        description: None,
        scheme: Some(given.sign_type.scheme_after(key.active.scheme)),
        sign_key: Some(given.sign_key),
        sign_secret: Some(given.sign_secret),
        unique_name: true,
    };
    let done = call
        .plane
        .ops
        .modify_signature_key(call.caller, key.id, patch);
    let done = done.await.map_err(Fault::of(call.id))?;
    let created = match call.version {
        Version::V1 => time::nanoseconds(done.outcome.created),
        Version::V2 => time::seconds(done.outcome.created),
    };
    let times = Times {
        created,
        updated: time::nanoseconds(done.outcome.modified),
    };
    let body = show(call, &done.outcome, times)?;
    Ok(Answer::changed(&done, body))
}

pub(super) async fn delete(call: &Call<'_>) -> Result<Answer, Fault> {
    let id = parse(call.id)?;
    let unbind = !call.plane.huawei.refuse_delete_of_bound;
    let done = call.plane.ops.delete_signature_key(call.caller, id, unbind);
    let done = done.await.map_err(Fault::of(call.id))?;
    Ok(Answer::deleted(&done))
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Fault> {
    let (id, name) = (call.exact("id"), call.filter("name"));
    let keep = |key: &SignatureKey| id.keeps(&key.id.to_string()) && name.keeps(key.name.as_str());
    let page = call.page()?;
    let ops = &call.plane.ops;
    let keys = ops.signature_keys(call.caller, &call.snapshot, keep, page)?;
    let shown = keys.try_map(|key| listed(call, &key))?;
    Ok(Answer::of(listing::wrapped("signs", shown, |key| key)))
}

/// The caller's key with this id.
pub(super) fn find(call: &Call<'_>, id: &str) -> Result<Arc<SignatureKey>, Fault> {
    let ops = &call.plane.ops;
    let found = ops.signature_key_by_id(call.caller, &call.snapshot, parse(id)?);
    found.map_err(Fault::of(id))
}

/// An id that is none names nothing.
fn parse(id: &str) -> Result<SignatureKeyId, Fault> {
    let absent = |_| Fault::plan(PlanError::SignatureKeyNotFound, id);
    SignatureKeyId::parse(id).map_err(absent)
}

fn read(call: &Call<'_>) -> Result<Given, Fault> {
    let body = Body::read(call.body)?;
    let fields = body.fields();
    let name = name(call, &fields)?;
    let sign_type = SignType::read(call.version, &fields)?;
    let (sign_key, sign_secret) = pair(call, &fields, sign_type)?;
    Ok(Given {
        name,
        sign_type,
        sign_key,
        sign_secret,
    })
}

fn name(call: &Call<'_>, fields: &Fields<'_>) -> Result<SignatureKeyName, Fault> {
    let text = fields.required("name")?;
    let rule = match call.version == Version::V2 || call.plane.huawei.ideographs_in_names {
        true => &rules::NAME,
        false => &rules::NAME_ASCII,
    };
    rules::check(text, rule)
        .and_then(|()| SignatureKeyName::parse(text, rule))
        .map_err(|why| fields.invalid_because("name", &sentence(&why)))
}

fn pair(
    call: &Call<'_>,
    fields: &Fields<'_>,
    sign_type: SignType,
) -> Result<(SignKey, SignSecret), Fault> {
    let (key, secret) = (fields.text("sign_key")?, fields.text("sign_secret")?);
    if sign_type == SignType::PublicKey {
        // Of two halves, one can only be made with the other.
        match (key, secret) {
            (Some(_), None) => return Err(fields.missing("sign_secret")),
            (None, Some(_)) => return Err(fields.missing("sign_key")),
            _ => {}
        }
    }
    let (new_key, new_secret) = sign_type.generate(&|| call.plane.random());
    let key = key.unwrap_or(&new_key);
    let secret = secret.map_or(new_secret, |own| Secret::new(own.to_owned()));
    let rules = sign_type.rules();
    let key = SignKey::parse(key, &rules.sign_key)
        .map_err(|why| fields.invalid_because("sign_key", &sentence(&why)))?;
    let secret = SignSecret::parse(secret, &rules.sign_secret)
        .map_err(|why| fields.invalid_because("sign_secret", &sentence(&why)))?;
    Ok((key, secret))
}

/// How a text broke its rule, which never repeats the text.
fn sentence(why: &RuleViolation) -> String {
    let text = why.to_string();
    match text.strip_prefix("it ") {
        Some(rest) => format!("It {rest}"),
        None => text,
    }
}

/// The two times of a key, as told in one place.
struct Times {
    created: String,
    updated: String,
}

fn show(call: &Call<'_>, key: &SignatureKey, times: Times) -> Result<Value, Fault> {
    let secret = call.plane.ops.reveal(call.caller, key)?;
    let mut shown = json!({
        "id": key.id.to_string(),
        "name": key.name.as_str(),
        "sign_key": key.active.sign_key.as_str(),
        "sign_secret": secret.secret().expose(),
        "create_time": times.created,
        "update_time": times.updated,
    });
    if call.version == Version::V2 {
        let sign_type = SignType::of(key.active.scheme);
        shown["sign_type"] = sign_type.as_str().into();
        if let Some(algorithm) = sign_type.algorithm() {
            shown["sign_algorithm"] = algorithm.into();
        }
    }
    Ok(shown)
}

fn listed(call: &Call<'_>, key: &SignatureKey) -> Result<Value, Fault> {
    let updated = match key.modified == key.created {
        true => time::seconds(key.modified),
        false => time::microseconds(key.modified),
    };
    let times = Times {
        created: time::seconds(key.created),
        updated,
    };
    let mut shown = show(call, key, times)?;
    shown["bind_num"] = call.snapshot.bindings_of_key(key.id).count().into();
    if call.version == Version::V2 {
        // Backends of the vendor's functions, which there are none of here.
        shown["ldapi_bind_num"] = 0.into();
    }
    Ok(shown)
}
