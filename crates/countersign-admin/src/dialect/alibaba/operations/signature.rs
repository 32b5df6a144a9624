//! Signature keys, which the vendor calls signatures (spec 2.3 to 2.6).

use std::sync::Arc;

use countersign_core::{
    Description, FieldRule, RuleViolation, Scheme, SignKey, SignSecret, SignatureKey,
    SignatureKeyName, command::signature_key::BesideOthers,
};

use super::{
    Call,
    ids::signature_id,
    list::{exact, page_fields},
    made_by,
};
use crate::{
    dialect::alibaba::{
        Answer, Fault,
        params::{ruled, secret},
        render::Fields,
        rules,
    },
    ops::{Done, NewSignatureKey, OpError, Paged, SignatureKeyPatch},
};

const NAME: &str = "SignatureName";
const KEY: &str = "SignatureKey";
const SECRET: &str = "SignatureSecret";
const PAGE_SIZE_MAX: usize = 100;

/// `CreateSignature`.
pub(super) async fn create(call: &Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    let (name, key, secret) = (
        params.required(NAME)?,
        params.required(KEY)?,
        params.required(SECRET)?,
    );
    let new = NewSignatureKey {
        scheme: Scheme::Alibaba,
        beside: BesideOthers::default(),
        description: Description::from_stored(""),
        name: ruled(NAME, name, &rules::SIGNATURE_NAME, SignatureKeyName::parse)?,
        sign_key: ruled(KEY, key, &rules::SIGNATURE_KEY, SignKey::parse)?,
        sign_secret: ruled(SECRET, secret, &rules::SIGNATURE_SECRET, sign_secret)?,
        made_by: made_by(),
    };
    let done = call
        .plane
        .ops
        .create_signature_key(call.caller, new)
        .await?;
    Ok(id_and_name(&done))
}

/// `ModifySignature`. What is absent stays as it is, and so does what is empty.
pub(super) async fn modify(call: &Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    let id = params.required("SignatureId")?;
    let name = params
        .optional(NAME)
        .map(|text| ruled(NAME, text, &rules::SIGNATURE_NAME, SignatureKeyName::parse));
    let key = params
        .optional(KEY)
        .map(|text| ruled(KEY, text, &rules::SIGNATURE_KEY, SignKey::parse));
    let secret = params
        .optional(SECRET)
        .map(|text| ruled(SECRET, text, &rules::SIGNATURE_SECRET, sign_secret));
    let patch = SignatureKeyPatch {
        scheme: None,
        unique_name: false,
        description: None,
        name: name.transpose()?,
        sign_key: key.transpose()?,
        sign_secret: secret.transpose()?,
    };
    let done = call
        .plane
        .ops
        .modify_signature_key(call.caller, signature_id(id)?, patch)
        .await?;
    Ok(id_and_name(&done))
}

/// `DeleteSignature`.
pub(super) async fn delete(call: &Call<'_>) -> Result<Answer, Fault> {
    let id = signature_id(call.params.required("SignatureId")?)?;
    let done = call
        .plane
        .ops
        .delete_signature_key(call.caller, id, false)
        .await?;
    Ok(Answer::changed(&done, Fields::new()))
}

/// `DescribeSignatures`. The secret is shown in clear: the vendor documents
/// it so, and the caller is the owner. Both filters want the very text; one
/// that nothing passes gives an empty list.
pub(super) async fn describe(call: &Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    let page = params.page(PAGE_SIZE_MAX)?;
    let (id, name) = (params.optional("SignatureId"), params.optional(NAME));
    let keep =
        |key: &SignatureKey| exact(id, &key.id.to_string()) && exact(name, key.name.as_str());
    let ops = &call.plane.ops;
    let paged = ops.signature_keys(call.caller, &ops.snapshot(), keep, page)?;
    let reveal = |key: Arc<SignatureKey>| Ok((ops.reveal(call.caller, &key)?, key));
    let items = paged
        .items
        .into_iter()
        .map(reveal)
        .collect::<Result<_, OpError>>()?;
    let paged = Paged {
        total: paged.total,
        items,
    };
    let fields = page_fields(
        page,
        paged,
        "SignatureInfos",
        "SignatureInfo",
        |(secret, key)| {
            Fields::new()
                .with("RegionId", call.plane.region.as_str())
                .with("SignatureId", key.id.to_string())
                .with("SignatureName", key.name.as_str())
                .with("SignatureKey", key.active.sign_key.as_str())
                .with("SignatureSecret", secret.clone())
                .with("CreatedTime", key.created)
                .with("ModifiedTime", key.modified)
        },
    );
    Ok(Answer::of(fields))
}

fn sign_secret(text: &str, rule: &FieldRule) -> Result<SignSecret, RuleViolation> {
    SignSecret::parse(secret(text), rule)
}

fn id_and_name(done: &Done<Arc<SignatureKey>>) -> Answer {
    let key = &done.outcome;
    let fields = Fields::new()
        .with("SignatureId", key.id.to_string())
        .with("SignatureName", key.name.as_str());
    Answer::changed(done, fields)
}
