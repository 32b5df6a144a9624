//! Commands on groups.

use std::sync::Arc;

use super::{Command, Plan, PlanError, group};
use crate::{
    account::AccountId,
    change::Change,
    group::{Group, Host},
    id::GroupId,
    snapshot::Snapshot,
    text::{Description, DialectName, GroupName},
    time::Timestamp,
};

/// Makes a group.
#[derive(Clone, Debug)]
pub struct CreateGroup {
    /// The new id.
    pub id: GroupId,
    /// Whose it will be.
    pub account: AccountId,
    /// Its name, not taken in the account.
    pub name: GroupName,
    /// Where its APIs will be called, not taken by any group.
    pub host: Host,
    /// Free text.
    pub description: Description,
    /// Which dialect makes it.
    pub made_by: DialectName,
    /// How many groups an account may have.
    pub groups_max: usize,
}

impl Command for CreateGroup {
    type Outcome = Arc<Group>;

    fn plan(&self, snapshot: &Snapshot, now: Timestamp) -> Result<Plan<Arc<Group>>, PlanError> {
        if snapshot.group_named(&self.account, &self.name).is_some() {
            return Err(PlanError::GroupNameTaken);
        }
        if snapshot.host_is_taken(&self.host) {
            return Err(PlanError::HostTaken);
        }
        if snapshot.groups(&self.account).count() >= self.groups_max {
            return Err(PlanError::TooManyGroups {
                max: self.groups_max,
            });
        }
        let group = Arc::new(Group {
            id: self.id,
            account: self.account.clone(),
            name: self.name.clone(),
            host: self.host.clone(),
            description: self.description.clone(),
            made_by: self.made_by.clone(),
            created: now,
            modified: now,
            created_revision: snapshot.revision().next(),
        });
        Ok(Plan {
            changes: vec![Change::PutGroup(Arc::clone(&group))],
            outcome: group,
        })
    }
}

/// Changes a group; what is `None` stays as it is.
#[derive(Clone, Debug)]
pub struct ModifyGroup {
    /// Whose it is.
    pub account: AccountId,
    /// Which.
    pub id: GroupId,
    /// Its new name, not taken in the account.
    pub name: Option<GroupName>,
    /// Free text.
    pub description: Option<Description>,
}

impl Command for ModifyGroup {
    type Outcome = Arc<Group>;

    fn plan(&self, snapshot: &Snapshot, now: Timestamp) -> Result<Plan<Arc<Group>>, PlanError> {
        let group = group(snapshot, &self.account, self.id)?;
        let name = self.name.as_ref().unwrap_or(&group.name);
        let named = snapshot.group_named(&self.account, name);
        if named.is_some_and(|other| other.id != group.id) {
            return Err(PlanError::GroupNameTaken);
        }
        let description = self.description.as_ref().unwrap_or(&group.description);
        let modified = Arc::new(Group {
            name: name.clone(),
            description: description.clone(),
            modified: now,
            ..Group::clone(group)
        });
        Ok(Plan {
            changes: vec![Change::PutGroup(Arc::clone(&modified))],
            outcome: modified,
        })
    }
}

/// Removes a group that holds no APIs.
#[derive(Clone, Debug)]
pub struct DeleteGroup {
    /// Whose it is.
    pub account: AccountId,
    /// Which.
    pub id: GroupId,
}

impl Command for DeleteGroup {
    type Outcome = ();

    fn plan(&self, snapshot: &Snapshot, _now: Timestamp) -> Result<Plan<()>, PlanError> {
        let group = group(snapshot, &self.account, self.id)?;
        let apis = snapshot.apis_of_group(group.id).count();
        if apis > 0 {
            return Err(PlanError::GroupNotEmpty { apis });
        }
        Ok(Plan {
            changes: vec![Change::RemoveGroup(group.id)],
            outcome: (),
        })
    }
}
