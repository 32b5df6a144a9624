//! Verifiers: what may read the keys of some APIs, with a token that is told
//! once.

use std::{collections::BTreeSet, fmt::Display};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use countersign_core::{
    ApiId, FieldRule, GroupId, Verifier, VerifierName, VerifierScope, rule::CharSet,
};
use http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Call, Refusal, body::Fields, feed, keys::time};
use crate::ops::NewVerifier;

const CHARACTERS: CharSet = CharSet {
    letters: true,
    digits: true,
    ideographs: true,
    others: "_-. ",
};

/// What a verifier may be called.
const NAME: FieldRule = FieldRule {
    min: 1,
    max: 64,
    first: Some(CharSet {
        others: "_",
        ..CHARACTERS
    }),
    rest: Some(CHARACTERS),
};

/// How a token begins: it is seen where it should not be.
const TOKEN_PREFIX: &str = "csv_";

/// `GET /api/v1/verifiers`: newest first.
pub(super) async fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&["page", "page_size"])?;
    let page = call.page()?;
    let snapshot = call.plane.ops.snapshot();
    let verifiers = call.plane.ops.verifiers(call.caller, &snapshot)?;
    let paged = page.of(verifiers.iter());
    let verifiers: Vec<Value> = paged.items.iter().map(|own| summary(own)).collect();
    Ok(Answer::of(json!({
        "verifiers": verifiers,
        "total": paged.total,
        "page": page.number,
        "page_size": page.size,
        "revision": snapshot.revision().number(),
    })))
}

/// `GET /api/v1/verifiers/{verifier}`.
pub(super) async fn show(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&[])?;
    let ops = &call.plane.ops;
    let verifier = ops.verifier(call.caller, &ops.snapshot(), call.named)?;
    Ok(Answer::of(summary(&verifier)))
}

/// `POST /api/v1/verifiers`: a name, and the groups or APIs whose keys it may
/// read. The answer has the token, which no other answer has.
pub(super) async fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&[])?;
    let mut fields = Fields::read(call.headers, call.body)?;
    let name = fields.text("name")?;
    let (groups, apis) = (fields.texts("groups")?, fields.texts("apis")?);
    fields.end()?;
    let name = name.ok_or_else(|| Refusal::field("name", "it is mandatory"))?;
    let name = VerifierName::parse(&name, &NAME);
    let scope = VerifierScope {
        groups: ids("groups", groups, GroupId::parse)?,
        apis: ids("apis", apis, ApiId::parse)?,
    };
    if scope.groups.is_empty() && scope.apis.is_empty() {
        let why = "give groups or APIs: a verifier without any could read nothing";
        return Err(Refusal::field("apis", why));
    }
    let token = new_token(call);
    let new = NewVerifier {
        name: name.map_err(|violation| Refusal::field("name", violation))?,
        token: feed::token_hash(&token),
        scope,
    };
    let done = call.plane.ops.create_verifier(call.caller, new).await?;
    let mut body = summary(&done.outcome);
    body["token"] = json!(token);
    Ok(Answer {
        status: StatusCode::CREATED,
        ..Answer::changed(call, &done, body)
    })
}

/// `DELETE /api/v1/verifiers/{verifier}`: its token is refused from then on.
pub(super) async fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&[])?;
    let ops = &call.plane.ops;
    let verifier = ops.verifier(call.caller, &ops.snapshot(), call.named)?;
    let done = ops.delete_verifier(call.caller, verifier.id).await?;
    let body = json!({ "id": verifier.id.to_string() });
    Ok(Answer::changed(call, &done, body))
}

fn ids<T: Ord, E: Display>(
    field: &'static str,
    texts: Option<Vec<String>>,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<BTreeSet<T>, Refusal> {
    let read = texts.unwrap_or_default();
    let read = read
        .iter()
        .map(|text| parse(text))
        .collect::<Result<_, _>>();
    read.map_err(|malformed| Refusal::field(field, malformed))
}

/// 256 random bits.
fn new_token(call: &Call<'_>) -> String {
    let random = [call.plane.random(), call.plane.random()].concat();
    format!("{TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode(random))
}

fn summary(verifier: &Verifier) -> Value {
    let texts = |ids: Vec<String>| json!(ids);
    json!({
        "id": verifier.id.to_string(),
        "name": verifier.name.as_str(),
        "groups": texts(verifier.scope.groups.iter().map(ToString::to_string).collect()),
        "apis": texts(verifier.scope.apis.iter().map(ToString::to_string).collect()),
        "created": time(verifier.created),
    })
}
