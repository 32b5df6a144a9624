//! Signature keys.

use countersign_core::{
    Description, DialectName, FieldRule, RuleViolation, Scheme, SignKey, SignSecret, SignatureKey,
    SignatureKeyName, Snapshot, Timestamp, command::signature_key::BesideOthers,
};
use countersign_sign::{Secret, alibaba::request_auth::clock};
use http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Call, Refusal, body::Fields};
use crate::{
    dialect::alibaba::rules,
    ops::{NewSignatureKey, SignatureKeyPatch},
};

/// `GET /api/v1/keys`: newest first, never a secret.
pub(super) async fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&["name", "page", "page_size"])?;
    let (page, name) = (call.page()?, call.query("name"));
    let snapshot = call.plane.ops.snapshot();
    let keep = |key: &SignatureKey| name.is_none_or(|name| name == key.name.as_str());
    let paged = call
        .plane
        .ops
        .signature_keys(call.caller, &snapshot, keep, page)?;
    let keys: Vec<Value> = paged
        .items
        .iter()
        .map(|key| summary(&snapshot, key))
        .collect();
    Ok(Answer::of(json!({
        "keys": keys,
        "total": paged.total,
        "page": page.number,
        "page_size": page.size,
        "revision": snapshot.revision().number(),
    })))
}

/// `GET /api/v1/keys/{key}`: with the versions before; with `reveal=true` the
/// sign secret, for a caller who may read it.
pub(super) async fn show(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&["reveal"])?;
    let reveal = match call.query("reveal") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(Refusal::field("reveal", "it has to be true or false")),
    };
    let snapshot = call.plane.ops.snapshot();
    let key = call
        .plane
        .ops
        .signature_key(call.caller, &snapshot, call.key)?;
    let mut body = summary(&snapshot, &key);
    let retired = snapshot.retired_versions(key.id).map(|version| {
        json!({
            "version": version.number.number(),
            "sign_key": version.sign_key.as_str(),
            "created": time(version.created),
            "retired": time(version.retired),
        })
    });
    body["retired_versions"] = retired.collect();
    if reveal {
        let secret = call.plane.ops.reveal(call.caller, &key)?;
        body["sign_secret"] = json!(secret.secret().expose());
    }
    Ok(Answer::of(body))
}

/// `POST /api/v1/keys`: both halves given, or both made here.
pub(super) async fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&[])?;
    let Given {
        name,
        sign_key,
        sign_secret,
    } = Given::read(call)?;
    let missing = |field: &'static str| Refusal::field(field, "it is mandatory");
    let new = NewSignatureKey {
        scheme: Scheme::Alibaba,
        beside: BesideOthers::default(),
        description: Description::from_stored(""),
        name: name.ok_or_else(|| missing("name"))?,
        sign_key: sign_key.ok_or_else(|| missing("sign_key"))?,
        sign_secret: sign_secret.ok_or_else(|| missing("sign_secret"))?,
        made_by: DialectName::from_stored("native"),
    };
    let done = call
        .plane
        .ops
        .create_signature_key(call.caller, new)
        .await?;
    let body = summary(&call.plane.ops.snapshot(), &done.outcome);
    Ok(Answer {
        status: StatusCode::CREATED,
        ..Answer::changed(call, &done, body)
    })
}

/// `PATCH /api/v1/keys/{key}`: what is not given stays as it is.
pub(super) async fn change(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&[])?;
    let Given {
        name,
        sign_key,
        sign_secret,
    } = Given::read(call)?;
    let patch = SignatureKeyPatch {
        scheme: None,
        unique_name: false,
        description: None,
        name,
        sign_key,
        sign_secret,
    };
    let key = call
        .plane
        .ops
        .signature_key(call.caller, &call.plane.ops.snapshot(), call.key)?;
    let done = call
        .plane
        .ops
        .modify_signature_key(call.caller, key.id, patch)
        .await?;
    let body = summary(&call.plane.ops.snapshot(), &done.outcome);
    Ok(Answer::changed(call, &done, body))
}

/// `DELETE /api/v1/keys/{key}`.
pub(super) async fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&[])?;
    let key = call
        .plane
        .ops
        .signature_key(call.caller, &call.plane.ops.snapshot(), call.key)?;
    let done = call
        .plane
        .ops
        .delete_signature_key(call.caller, key.id, false)
        .await?;
    Ok(Answer::changed(
        call,
        &done,
        json!({ "id": key.id.to_string() }),
    ))
}

fn summary(snapshot: &Snapshot, key: &SignatureKey) -> Value {
    json!({
        "id": key.id.to_string(),
        "name": key.name.as_str(),
        "version": key.active.number.number(),
        "sign_key": key.active.sign_key.as_str(),
        "bindings": snapshot.bindings_of_key(key.id).count(),
        "made_by": key.made_by.as_str(),
        "created": time(key.created),
        "modified": time(key.modified),
    })
}

pub(super) fn time(time: Timestamp) -> String {
    clock::format(time.seconds())
}

/// What a body says of a key.
struct Given {
    name: Option<SignatureKeyName>,
    sign_key: Option<SignKey>,
    sign_secret: Option<SignSecret>,
}

impl Given {
    /// The rules are those of the Alibaba dialect, so that a key made here can
    /// be changed there.
    fn read(call: &Call<'_>) -> Result<Self, Refusal> {
        let mut fields = Fields::read(call.headers, call.body)?;
        let (name, sign_key) = (fields.text("name")?, fields.text("sign_key")?);
        let sign_secret = fields.text("sign_secret")?.map(Secret::new);
        let generate = fields.flag("generate")?;
        fields.end()?;
        let name = ruled("name", name, &rules::SIGNATURE_NAME, |text, rule| {
            SignatureKeyName::parse(&text, rule)
        })?;
        let (sign_key, sign_secret) = match (generate, sign_key, sign_secret) {
            (false, sign_key, sign_secret) => (sign_key, sign_secret),
            (true, None, None) => (Some(random_sign_key(call)), Some(random_sign_secret(call))),
            (true, ..) => {
                return Err(Refusal::field(
                    "generate",
                    "give the sign key and the sign secret, or have both generated",
                ));
            }
        };
        Ok(Self {
            name,
            sign_key: ruled("sign_key", sign_key, &rules::SIGNATURE_KEY, |text, rule| {
                SignKey::parse(&text, rule)
            })?,
            sign_secret: ruled(
                "sign_secret",
                sign_secret,
                &rules::SIGNATURE_SECRET,
                SignSecret::parse,
            )?,
        })
    }
}

/// The message says how the rule is broken and never repeats the text.
fn ruled<I, T>(
    field: &'static str,
    given: Option<I>,
    rule: &FieldRule,
    parse: impl FnOnce(I, &FieldRule) -> Result<T, RuleViolation>,
) -> Result<Option<T>, Refusal> {
    given
        .map(|text| parse(text, rule))
        .transpose()
        .map_err(|violation| Refusal::field(field, violation))
}

/// Capitals and digits that nobody confuses: five bits each.
const KEY_LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Six bits each, all within the rule.
const SECRET_LETTERS: &[u8; 64] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@";

/// 20 characters, the longest there may be: a fixed first letter and 95 bits.
/// It is public; it only has to be one of its kind.
fn random_sign_key(call: &Call<'_>) -> String {
    let mut text = String::from("K");
    text.extend(random_letters(call, KEY_LETTERS).take(19));
    text
}

/// 30 characters, the longest there may be: a fixed first letter and 174 bits.
fn random_sign_secret(call: &Call<'_>) -> Secret {
    // Room enough, so that the text never moves and leaves no copy behind.
    let mut text = String::with_capacity(30);
    text.push('S');
    text.extend(random_letters(call, SECRET_LETTERS).take(29));
    Secret::new(text)
}

/// Letters drawn alike: the alphabet's size divides 256.
fn random_letters<const N: usize>(
    call: &Call<'_>,
    letters: &'static [u8; N],
) -> impl Iterator<Item = char> {
    const { assert!(256 % N == 0) };
    let draw = || call.plane.random().into_iter();
    std::iter::repeat_with(draw)
        .flatten()
        .map(|byte| char::from(letters[usize::from(byte) % N]))
}
