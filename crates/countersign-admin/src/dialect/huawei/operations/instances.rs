//! The one instance that this gateway is. Clients look here for its id and for
//! what it can do; what an instance costs and which network it is in, they are
//! not told.

use countersign_core::ProjectId;
use serde_json::{Value, json};

use super::{Answer, Call, Fault};
use crate::{admin::Plane, dialect::huawei::listing};

/// The id that an account's calls name: the configured one, or the project's id
/// written as a UUID.
pub(in crate::dialect::huawei) fn instance_id(plane: &Plane, project: ProjectId) -> String {
    if let Some(id) = &plane.huawei.instance_id {
        return id.clone();
    }
    let hex = project.to_string();
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

/// What clients ask for before they make a key of another type than hmac, with
/// their configuration.
const FEATURES: [(&str, &str); 3] = [
    (
        "public_key",
        r#"{"enable":"on","public_key_uri_prefix":"/apigw/authadv/v2/public-key/"}"#,
    ),
    ("sign_aes", "on"),
    ("sign_basic", "on"),
];

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Fault> {
    let (id, name) = (call.exact("instance_id"), call.filter("instance_name"));
    let status = call.exact("status");
    let all = [instance(call)];
    let kept = all.iter().filter(|own| {
        let text = |field: &str| own[field].as_str().unwrap_or_default();
        id.keeps(text("id")) && name.keeps(text("instance_name")) && status.keeps(text("status"))
    });
    let page = call.page()?.of(kept);
    Ok(Answer::of(listing::wrapped("instances", page, |own| own)))
}

/// The place was checked before: the id is that of the caller's instance.
pub(super) fn show(call: &Call<'_>) -> Result<Answer, Fault> {
    let mut shown = instance(call);
    let features = FEATURES.iter().map(|(name, _)| *name);
    shown["supported_features"] = features.collect::<Vec<_>>().into();
    Ok(Answer::of(shown))
}

/// The features with their configuration.
pub(super) fn features(call: &Call<'_>) -> Result<Answer, Fault> {
    let instance = own_id(call);
    let page = call.page()?.of(FEATURES.iter());
    let shown = listing::wrapped("features", page, |(name, config)| {
        json!({
            "id": name,
            "name": name,
            "enable": true,
            "config": config,
            "instance_id": instance,
        })
    });
    Ok(Answer::of(shown))
}

/// The names of the features.
pub(super) fn feature_names(call: &Call<'_>) -> Result<Answer, Fault> {
    let page = call.page()?.of(FEATURES.iter());
    let shown = listing::wrapped("features", page, |(name, _)| Value::from(name));
    Ok(Answer::of(shown))
}

fn own_id(call: &Call<'_>) -> String {
    let project = call.snapshot.project_of(&call.caller.account);
    instance_id(call.plane, project)
}

fn instance(call: &Call<'_>) -> Value {
    let account = &call.caller.account;
    let created = call.snapshot.account(account).map(|own| own.created);
    json!({
        "id": own_id(call),
        "project_id": call.snapshot.project_of(account).to_string(),
        "instance_name": "countersign",
        "status": "Running",
        // The vendor's number for it.
        "instance_status": 6,
        "type": "apig",
        "spec": "BASIC",
        "create_time": created.map(|time| time.millis()),
    })
}
