//! Publishing or taking offline many APIs, each for itself: what fails does not
//! hold up the rest.

use std::collections::BTreeSet;

use countersign_core::{Api, command::PlanError};
use serde_json::{Value, json};

use super::{
    Action, Answer, Call, Fault, Place, api_id, environment, go_offline, go_online, remark,
};
use crate::{
    dialect::huawei::{
        errors,
        fields::{Body, Fields},
        operations::groups,
    },
    ops::{Done, OpError, Page},
};

/// Most APIs that one call names (v2's SDK).
const APIS_MAX: usize = 1000;

/// `apis` names them, or `group_id` all of a group.
pub(in super::super) async fn batch(call: &Call<'_>) -> Result<Answer, Fault> {
    let action = call.required_query("action")?;
    let action = Action::read(action).ok_or_else(|| Fault::invalid_field("action"))?;
    let body = Body::read(call.body)?;
    let fields = body.fields();
    let (env_id, remark) = (fields.required("env_id")?, remark(&fields)?);
    let apis = wanted(call, &fields)?;
    let environment = environment(call, env_id)?;

    let (mut success, mut failure) = (Vec::new(), Vec::new());
    let mut last = None;
    for api in &apis {
        let place = Place {
            api,
            environment: &environment,
        };
        let outcome = match action {
            Action::Online => go_online(call, &place, remark.clone()).await.map(|done| {
                success.push(place.shown(call, &done.outcome));
                done.revision
            }),
            Action::Offline => go_offline(call, &place).await.map(|done| {
                success.push(place.named(call));
                done.revision
            }),
        };
        match outcome {
            Ok(revision) => last = Some(revision),
            Err(fault) => failure.push(failed(call, api, &fault)),
        }
    }
    let shown = json!({ "success": success, "failure": failure });
    Ok(match last {
        None => Answer::of(shown),
        Some(revision) => {
            let outcome = ();
            Answer::changed(&Done { revision, outcome }, shown)
        }
    })
}

/// The ids, each once.
fn wanted(call: &Call<'_>, fields: &Fields<'_>) -> Result<Vec<String>, Fault> {
    let (apis, group) = (fields.texts("apis")?, fields.text("group_id")?);
    let group = group.filter(|text| !text.is_empty());
    if let Some(apis) = apis.filter(|apis| !apis.is_empty()) {
        if apis.len() > APIS_MAX {
            let why = format!("There are at most {APIS_MAX}");
            return Err(fields.invalid_because("apis", &why));
        }
        let mut seen = BTreeSet::new();
        let once = apis.into_iter().filter(|api| seen.insert(*api));
        return Ok(once.map(ToOwned::to_owned).collect());
    }
    let Some(text) = group else {
        return Err(fields.missing("apis"));
    };
    let (id, ops) = (groups::id(text)?, &call.plane.ops);
    ops.group(call.caller, id).map_err(Fault::of(text))?;
    let in_group = |api: &Api| api.group == id;
    let apis = ops.apis(call.caller, &call.snapshot, in_group, Page::ALL)?;
    Ok(apis.items.iter().map(|api| api.id.to_string()).collect())
}

fn failed(call: &Call<'_>, api: &str, fault: &Fault) -> Value {
    let row = errors::row(fault);
    let mut failed = json!({
        "api_id": api.chars().take(64).collect::<String>(),
        "error_code": row.code,
        "error_msg": row.message,
    });
    if let Fault::Op { error, id } = fault
        && matches!(error, OpError::Refused(PlanError::ApiNotFound))
    {
        // Here the vendor words it in its own way (spec 2.5).
        failed["error_msg"] = format!("Api {id} not found").into();
    }
    let own = api_id(api).ok();
    let snapshot = &call.snapshot;
    let own = own.and_then(|id| snapshot.api(id));
    if let Some(own) = own.filter(|own| own.account == call.caller.account) {
        failed["api_name"] = own.name.as_str().into();
    }
    failed
}
