//! Ids in parameters. To a caller an id that is none simply names nothing.

use std::collections::BTreeSet;

use countersign_core::{ApiId, GroupId, SignatureKeyId, command::PlanError};

use crate::dialect::alibaba::{Fault, Params, rules};

/// An id that is none names no signature key.
pub(super) fn signature_id(text: &str) -> Result<SignatureKeyId, Fault> {
    SignatureKeyId::parse(text).map_err(|_| PlanError::SignatureKeyNotFound.into())
}

/// An id that is none names no group.
pub(super) fn group_id(text: &str) -> Result<GroupId, Fault> {
    GroupId::parse(text).map_err(|_| PlanError::GroupNotFound.into())
}

/// An id that is none names no API.
pub(super) fn api_id(text: &str) -> Result<ApiId, Fault> {
    ApiId::parse(text).map_err(|_| PlanError::ApiNotFound.into())
}

/// `GroupId`, which may be left out, and `ApiId`. An API that is not in the
/// group named beside it is not found, nor is one whose id is none.
pub(super) fn group_and_api(params: &Params) -> Result<(Option<GroupId>, ApiId), Fault> {
    let api = params.required("ApiId")?;
    let group = params.optional("GroupId").map(GroupId::parse).transpose();
    let group = group.map_err(|_| PlanError::ApiNotFound)?;
    Ok((group, api_id(api)?))
}

/// The ids of a list, not yet looked at one by one. Blanks and repeated ones
/// are left out. A list that is there but names nothing is refused.
pub(super) fn split(list: &str) -> Result<BTreeSet<&str>, Fault> {
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

/// The APIs that a list names.
pub(super) fn api_ids(ids: BTreeSet<&str>) -> Result<BTreeSet<ApiId>, Fault> {
    ids.into_iter().map(api_id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_ids() {
        assert_eq!(split(" b ,a,, b").unwrap(), BTreeSet::from(["a", "b"]));
        for empty in ["", " ", ", ,"] {
            assert!(
                matches!(split(empty), Err(Fault::Missing("ApiIds"))),
                "{empty:?}"
            );
        }
        let many = |n: usize| (0..n).map(|i| i.to_string()).collect::<Vec<_>>().join(",");
        assert_eq!(split(&many(100)).unwrap().len(), 100);
        assert!(matches!(
            split(&many(101)),
            Err(Fault::Invalid {
                parameter: "ApiIds",
                ..
            })
        ));
    }
}
