//! Users, who ask for tokens with a password. A password is set, never shown.

use std::sync::Arc;

use countersign_core::{
    Description, FieldRule, PasswordHash, Snapshot, User, UserName, rule::CharSet,
};
use countersign_sign::Secret;
use http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Call, Refusal, body::Fields, keys::time};
use crate::{ops::NewUser, password::NewPassword};

/// What a user may be called.
const NAME: FieldRule = FieldRule {
    min: 1,
    max: 64,
    first: Some(characters("")),
    rest: Some(characters("_-.@")),
};

const DESCRIPTION: FieldRule = FieldRule {
    min: 0,
    max: 255,
    first: None,
    rest: None,
};

const fn characters(others: &'static str) -> CharSet {
    CharSet {
        letters: true,
        digits: true,
        ideographs: true,
        others,
    }
}

/// `GET /api/v1/users`: by name.
pub(super) async fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&["page", "page_size"])?;
    let page = call.page()?;
    let snapshot = call.plane.ops.snapshot();
    let users = call.plane.ops.users(call.caller, &snapshot)?;
    let paged = page.of(users.iter());
    let users = paged
        .items
        .iter()
        .map(|user| summary(call, &snapshot, user));
    Ok(Answer::of(json!({
        "users": users.collect::<Vec<_>>(),
        "total": paged.total,
        "page": page.number,
        "page_size": page.size,
        "revision": snapshot.revision().number(),
    })))
}

/// `GET /api/v1/users/{user}`.
pub(super) async fn show(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&[])?;
    let snapshot = call.plane.ops.snapshot();
    let user = named(call, &snapshot)?;
    Ok(Answer::of(summary(call, &snapshot, &user)))
}

/// `POST /api/v1/users`: without a password, nobody signs in as that user yet.
pub(super) async fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&[])?;
    let mut fields = Fields::read(call.headers, call.body)?;
    let (name, description) = (fields.text("name")?, fields.text("description")?);
    let password = fields.text("password")?;
    fields.end()?;
    let name = name.ok_or_else(|| Refusal::field("name", "it is mandatory"))?;
    let name = UserName::parse(&name, &NAME);
    let description = Description::parse(&description.unwrap_or_default(), &DESCRIPTION);
    let new = NewUser {
        name: name.map_err(|violation| Refusal::field("name", violation))?,
        description: description.map_err(|violation| Refusal::field("description", violation))?,
        password: match password {
            Some(password) => Some(hash(call, password).await?),
            None => None,
        },
    };
    let done = call.plane.ops.create_user(call.caller, new).await?;
    let body = summary(call, &call.plane.ops.snapshot(), &done.outcome);
    Ok(Answer {
        status: StatusCode::CREATED,
        ..Answer::changed(call, &done, body)
    })
}

/// `PATCH /api/v1/users/{user}`: another password, or with null none. The
/// user's tokens are revoked either way.
pub(super) async fn change(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&[])?;
    let mut fields = Fields::read(call.headers, call.body)?;
    let password = fields.text_or_null("password")?;
    fields.end()?;
    let password = password.ok_or_else(|| Refusal::field("password", "it is mandatory"))?;
    let user = named(call, &call.plane.ops.snapshot())?;
    let password = match password {
        Some(password) => Some(hash(call, password).await?),
        None => None,
    };
    let done = call.plane.ops.set_password(call.caller, user.id, password);
    let done = done.await?;
    let body = summary(call, &call.plane.ops.snapshot(), &done.outcome);
    Ok(Answer::changed(call, &done, body))
}

/// `DELETE /api/v1/users/{user}`, with its tokens.
pub(super) async fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&[])?;
    let user = named(call, &call.plane.ops.snapshot())?;
    let done = call.plane.ops.delete_user(call.caller, user.id).await?;
    let body = json!({ "id": user.id.to_string() });
    Ok(Answer::changed(call, &done, body))
}

fn named(call: &Call<'_>, snapshot: &Snapshot) -> Result<Arc<User>, Refusal> {
    Ok(call.plane.ops.user(call.caller, snapshot, call.named)?)
}

async fn hash(call: &Call<'_>, password: String) -> Result<PasswordHash, Refusal> {
    let password = NewPassword::parse(Secret::new(password));
    let password = password.map_err(|violation| Refusal::field("password", violation))?;
    let turn = call.plane.passwords.turn().await;
    let turn = turn.map_err(Refusal::Password)?;
    let hash = turn.hash(password, call.plane.random()).await;
    hash.map_err(Refusal::Password)
}

fn summary(call: &Call<'_>, snapshot: &Snapshot, user: &User) -> Value {
    let now = call.plane.now();
    let tokens = snapshot.tokens_of_user(user.id);
    json!({
        "id": user.id.to_string(),
        "name": user.name.as_str(),
        "description": user.description.as_str(),
        "has_password": user.password.is_some(),
        "tokens_in_force": tokens.filter(|token| now < token.expires).count(),
        "created": time(user.created),
        "modified": time(user.modified),
    })
}
