//! Which APIs a signature key signs for (spec 2.7 and 2.8).

use std::collections::BTreeSet;

use countersign_core::{ApiId, EnvironmentName, GroupId, SignatureKeyId, command::PlanError};

use super::{Call, signature::signature_id};
use crate::dialect::alibaba::{Answer, Fault, Params, render::Fields, rules};

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
        let ids = params.given("ApiIds").map(ids).transpose()?;
        let signature_key = signature_id(signature_key)?;
        let group = GroupId::parse(group).map_err(|_| PlanError::GroupNotFound)?;
        let apis = ids
            .map(|ids| ids.into_iter().map(ApiId::parse).collect::<Result<_, _>>())
            .transpose();
        Ok(Self {
            signature_key,
            group,
            apis: apis.map_err(|_| PlanError::ApiNotFound)?,
            environment,
        })
    }
}

/// The ids of a list, blanks and repeated ones left out. A list that is there
/// but names nothing is refused also where it may be absent: absent means all
/// APIs of the group, and nobody means that by an empty variable.
fn ids(list: &str) -> Result<BTreeSet<&str>, Fault> {
    let ids: BTreeSet<&str> = list
        .split(',')
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .collect();
    match ids.len() {
        0 => Err(Fault::Missing("ApiIds")),
        1..=rules::API_IDS_MAX => Ok(ids),
        _ => Err(Fault::invalid("ApiIds")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_ids() {
        assert_eq!(ids(" b ,a,, b").unwrap(), BTreeSet::from(["a", "b"]));
        for empty in ["", " ", ", ,"] {
            assert!(
                matches!(ids(empty), Err(Fault::Missing("ApiIds"))),
                "{empty:?}"
            );
        }
        let many = |n: usize| (0..n).map(|i| i.to_string()).collect::<Vec<_>>().join(",");
        assert_eq!(ids(&many(100)).unwrap().len(), 100);
        assert!(matches!(
            ids(&many(101)),
            Err(Fault::Invalid {
                parameter: "ApiIds",
                ..
            })
        ));
    }
}
