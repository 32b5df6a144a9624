//! One record by its id, in one account: another account's is as absent.

use std::sync::Arc;

use countersign_core::{AccountId, Api, ApiId, Group, GroupId, Snapshot, command::PlanError};

pub(super) fn group<'a>(
    snapshot: &'a Snapshot,
    account: &AccountId,
    id: GroupId,
) -> Result<&'a Arc<Group>, PlanError> {
    snapshot
        .group(id)
        .filter(|group| group.account == *account)
        .ok_or(PlanError::GroupNotFound)
}

/// `within` is the group that the caller named beside it.
pub(super) fn api<'a>(
    snapshot: &'a Snapshot,
    account: &AccountId,
    within: Option<GroupId>,
    id: ApiId,
) -> Result<&'a Arc<Api>, PlanError> {
    snapshot
        .api(id)
        .filter(|api| api.account == *account && within.is_none_or(|group| api.group == group))
        .ok_or(PlanError::ApiNotFound)
}
