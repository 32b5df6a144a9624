//! Use cases on groups.

use std::sync::Arc;

use countersign_core::{
    Description, DialectName, Group, GroupId, GroupName, Host,
    command::group::{CreateGroup, DeleteGroup, ModifyGroup},
};

use super::{
    Done, OpError, Ops,
    authorise::{Action, authorise},
    find,
};
use crate::auth::Caller;

/// A group that is to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewGroup {
    pub(crate) name: GroupName,
    pub(crate) description: Description,
    pub(crate) made_by: DialectName,
}

impl Ops {
    /// Makes a group, called at a host of its own under the configured domain.
    pub(crate) async fn create_group(
        &self,
        caller: &Caller,
        new: NewGroup,
    ) -> Result<Done<Arc<Group>>, OpError> {
        let account = authorise(caller, Action::Create)?.clone();
        let id = GroupId::from_random(self.random());
        let host = Host::parse(&format!("{id}.{}", self.domain_suffix))
            .map_err(|_| OpError::BadDomainSuffix)?;
        let NewGroup {
            name,
            description,
            made_by,
        } = new;
        let groups_max = self.groups_per_account_max;
        self.execute(CreateGroup {
            id,
            account,
            name,
            host,
            description,
            made_by,
            groups_max,
        })
        .await
    }

    /// Changes a group; what is `None` stays as it is.
    pub(crate) async fn modify_group(
        &self,
        caller: &Caller,
        id: GroupId,
        name: Option<GroupName>,
        description: Option<Description>,
    ) -> Result<Done<Arc<Group>>, OpError> {
        let account = authorise(caller, Action::Change)?.clone();
        self.execute(ModifyGroup {
            account,
            id,
            name,
            description,
        })
        .await
    }

    /// One group of the caller.
    pub(crate) fn group(&self, caller: &Caller, id: GroupId) -> Result<Arc<Group>, OpError> {
        let account = authorise(caller, Action::Read)?;
        Ok(Arc::clone(find::group(&self.snapshot(), account, id)?))
    }

    /// The groups of the caller that `keep` says yes to, newest first.
    pub(crate) fn groups(
        &self,
        caller: &Caller,
        keep: impl Fn(&Group) -> bool,
    ) -> Result<Vec<Arc<Group>>, OpError> {
        let account = authorise(caller, Action::Read)?;
        let snapshot = self.snapshot();
        Ok(snapshot
            .groups(account)
            .filter(|group| keep(group))
            .cloned()
            .collect())
    }

    /// Removes a group that holds no APIs.
    pub(crate) async fn delete_group(
        &self,
        caller: &Caller,
        id: GroupId,
    ) -> Result<Done<()>, OpError> {
        let account = authorise(caller, Action::Delete)?.clone();
        self.execute(DeleteGroup { account, id }).await
    }
}
