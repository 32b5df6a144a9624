//! Signature keys.

use countersign_core::{
    Description, DialectName, FieldRule, RuleViolation, Scheme, SignKey, SignSecret, SignatureKey,
    SignatureKeyName, Snapshot, Timestamp, command::signature_key::BesideOthers,
};
use countersign_sign::{Secret, alibaba::request_auth::clock};
use http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Call, Refusal, body::Fields, pair_rules};
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
        .signature_key(call.caller, &snapshot, call.named)?;
    let mut body = summary(&snapshot, &key);
    let retired = snapshot.retired_versions(key.id).map(|version| {
        json!({
            "version": version.number.number(),
            "scheme": version.scheme.as_str(),
            "sign_key": version.sign_key.as_str(),
            "created": time(version.created),
            "retired": time(version.retired),
        })
    });
    body["retired_versions"] = retired.collect();
    if reveal && let Some(next) = &key.next {
        call.plane.ops.reveal(call.caller, &key)?;
        body["next"]["sign_secret"] = json!(next.sign_secret.secret().expose());
    }
    if reveal {
        let secret = call.plane.ops.reveal(call.caller, &key)?;
        body["sign_secret"] = json!(secret.secret().expose());
    }
    Ok(Answer::of(body))
}

/// `POST /api/v1/keys`: both halves given, or both made here.
pub(super) async fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&[])?;
    let given = Given::read(call)?;
    let scheme = given.scheme.unwrap_or(Scheme::Alibaba);
    let Pair {
        sign_key,
        sign_secret,
    } = given.pair(call, scheme)?;
    let missing = |field: &'static str| Refusal::field(field, "it is mandatory");
    let new = NewSignatureKey {
        scheme,
        beside: BesideOthers::default(),
        description: Description::from_stored(""),
        name: given.name.ok_or_else(|| missing("name"))?,
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

/// `PATCH /api/v1/keys/{key}`: what is not given stays as it is. A half that
/// stays has to be one that the scheme, if that changes, takes as well.
pub(super) async fn change(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&[])?;
    let given = Given::read(call)?;
    let key = call
        .plane
        .ops
        .signature_key(call.caller, &call.plane.ops.snapshot(), call.named)?;
    let pair = given.pair_after(call, &key)?;
    let patch = SignatureKeyPatch {
        scheme: given.scheme,
        unique_name: false,
        description: None,
        name: given.name,
        sign_key: pair.sign_key,
        sign_secret: pair.sign_secret,
    };
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
        .signature_key(call.caller, &call.plane.ops.snapshot(), call.named)?;
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

pub(super) fn summary(snapshot: &Snapshot, key: &SignatureKey) -> Value {
    let mut told = json!({
        "id": key.id.to_string(),
        "name": key.name.as_str(),
        "version": key.active.number.number(),
        "scheme": key.active.scheme.as_str(),
        "sign_key": key.active.sign_key.as_str(),
        "bindings": snapshot.bindings_of_key(key.id).count(),
        "made_by": key.made_by.as_str(),
        "created": time(key.created),
        "modified": time(key.modified),
    });
    if let Some(next) = &key.next {
        told["next"] = json!({
            "version": next.number.number(),
            "scheme": next.scheme.as_str(),
            "sign_key": next.sign_key.as_str(),
            "created": time(next.created),
        });
    }
    told
}

pub(super) fn time(time: Timestamp) -> String {
    clock::format(time.seconds())
}

/// What a body says of a key, the pair not yet read: its rules are the
/// scheme's.
pub(super) struct Given {
    name: Option<SignatureKeyName>,
    pub(super) scheme: Option<Scheme>,
    sign_key: Option<String>,
    sign_secret: Option<Secret>,
    generate: bool,
}

/// The halves that are new.
pub(super) struct Pair {
    pub(super) sign_key: Option<SignKey>,
    pub(super) sign_secret: Option<SignSecret>,
}

impl Given {
    /// The rule of names is the Alibaba dialect's, which is the narrowest: a
    /// key made here can be changed anywhere.
    pub(super) fn read(call: &Call<'_>) -> Result<Self, Refusal> {
        let mut fields = Fields::read(call.headers, call.body)?;
        let (name, sign_key) = (fields.text("name")?, fields.text("sign_key")?);
        let sign_secret = fields.text("sign_secret")?.map(Secret::new);
        let scheme = fields.text("scheme")?;
        let generate = fields.flag("generate")?;
        fields.end()?;
        let name = ruled("name", name, &rules::SIGNATURE_NAME, |text, rule| {
            SignatureKeyName::parse(&text, rule)
        })?;
        let scheme = scheme.map(|text| Scheme::parse(&text)).transpose();
        Ok(Self {
            name,
            scheme: scheme.map_err(|unknown| Refusal::field("scheme", unknown))?,
            sign_key,
            sign_secret,
            generate,
        })
    }

    /// Refuses a name, where there is none to give.
    pub(super) fn has_no_name(&self) -> Result<(), Refusal> {
        match self.name {
            Some(_) => Err(Refusal::field("name", "there is no such field here")),
            None => Ok(()),
        }
    }

    /// The halves that are to follow those of a key. One that stays has to be
    /// such that the scheme, if that changes, takes it as well.
    pub(super) fn pair_after(&self, call: &Call<'_>, key: &SignatureKey) -> Result<Pair, Refusal> {
        let active = &key.active;
        let pair = self.pair(call, self.scheme.unwrap_or(active.scheme))?;
        if let Some(scheme) = self.scheme.filter(|scheme| *scheme != active.scheme) {
            let rules = pair_rules::of(scheme);
            let key_fits =
                pair.sign_key.is_some() || rules.sign_key.check(active.sign_key.as_str()).is_ok();
            let secret = active.sign_secret.secret();
            let secret_fits =
                pair.sign_secret.is_some() || rules.sign_secret.check(secret.expose()).is_ok();
            if !(key_fits && secret_fits) {
                let why = "the scheme does not take the present sign key and sign secret; \
                           give others, or have them generated";
                return Err(Refusal::field("scheme", why));
            }
        }
        Ok(pair)
    }

    fn pair(&self, call: &Call<'_>, scheme: Scheme) -> Result<Pair, Refusal> {
        let (sign_key, sign_secret) = match (self.generate, &self.sign_key, &self.sign_secret) {
            (false, sign_key, sign_secret) => (sign_key.clone(), sign_secret.clone()),
            (true, None, None) => {
                let (sign_key, sign_secret) = pair_rules::generate(scheme, &|| call.plane.random());
                (Some(sign_key), Some(sign_secret))
            }
            (true, ..) => {
                return Err(Refusal::field(
                    "generate",
                    "give the sign key and the sign secret, or have both generated",
                ));
            }
        };
        let rules = pair_rules::of(scheme);
        Ok(Pair {
            sign_key: ruled("sign_key", sign_key, &rules.sign_key, |text, rule| {
                SignKey::parse(&text, rule)
            })?,
            sign_secret: ruled(
                "sign_secret",
                sign_secret,
                &rules.sign_secret,
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
