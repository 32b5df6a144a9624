//! Which APIs a signature key signs for (spec 2.7 and 2.8).

use std::collections::BTreeSet;

use countersign_core::{ApiId, EnvironmentName, GroupId, SignatureKeyId};

use super::{
    Call,
    ids::{api_ids, group_id, signature_id, split},
};
use crate::dialect::alibaba::{Answer, Fault, Params, render::Fields};

/// `SetSignatureApis`: all of the APIs or none. Another key bound to one of
/// them is replaced.
pub(super) async fn set(call: &Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    params.required("ApiIds")?;
    let target = Target::read(params)?;
    let apis = target.apis.ok_or(Fault::Missing("ApiIds"))?;
    let done = call
        .plane
        .ops
        .bind(
            call.caller,
            target.signature_key,
            target.group,
            apis,
            target.environment,
        )
        .await?;
    Ok(Answer::changed(&done, Fields::new()))
}

/// `RemoveSignatureApis`: an API that has another key, or none, is passed over.
/// Without `ApiIds` all APIs of the group are meant.
pub(super) async fn remove(call: &Call<'_>) -> Result<Answer, Fault> {
    let Target {
        signature_key,
        group,
        apis,
        environment,
    } = Target::read(call.params)?;
    let done = call
        .plane
        .ops
        .unbind(call.caller, signature_key, group, apis, environment)
        .await?;
    Ok(Answer::changed(&done, Fields::new()))
}

struct Target {
    signature_key: SignatureKeyId,
    group: GroupId,
    apis: Option<BTreeSet<ApiId>>,
    environment: EnvironmentName,
}

impl Target {
    /// All parameters are looked at before any id is taken for unknown.
    fn read(params: &Params) -> Result<Self, Fault> {
        let (signature_key, group) = (params.required("SignatureId")?, params.required("GroupId")?);
        let environment = params.stage()?;
        // Refused where it is there and empty also by `RemoveSignatureApis`:
        // absent means all APIs of the group, and nobody means that by an
        // empty variable.
        let ids = params.given("ApiIds").map(split).transpose()?;
        Ok(Self {
            signature_key: signature_id(signature_key)?,
            group: group_id(group)?,
            apis: ids.map(api_ids).transpose()?,
            environment,
        })
    }
}
