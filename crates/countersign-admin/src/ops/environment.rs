//! Use cases on environments.

use std::sync::Arc;

use countersign_core::{
    Description, Environment, EnvironmentId, EnvironmentName, Snapshot,
    command::{
        PlanError,
        environment::{CreateEnvironment, DeleteEnvironment, ModifyEnvironment},
    },
};

use super::{
    Done, OpError, Ops,
    authorise::{Action, authorise},
};
use crate::auth::Caller;

/// An environment that is to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewEnvironment {
    pub(crate) name: EnvironmentName,
    pub(crate) description: Description,
    /// How many of its own the account may have.
    pub(crate) environments_max: usize,
}

impl Ops {
    /// Makes an environment for the caller's account.
    pub(crate) async fn create_environment(
        &self,
        caller: &Caller,
        new: NewEnvironment,
    ) -> Result<Done<Environment>, OpError> {
        let account = authorise(caller, Action::Create)?.clone();
        let id = EnvironmentId::from_random(self.random());
        let NewEnvironment {
            name,
            description,
            environments_max,
        } = new;
        self.execute(CreateEnvironment {
            id,
            account,
            name,
            description,
            environments_max,
        })
        .await
    }

    /// Changes one of the account's own environments; what is `None` stays.
    pub(crate) async fn modify_environment(
        &self,
        caller: &Caller,
        id: EnvironmentId,
        name: Option<EnvironmentName>,
        description: Option<Description>,
    ) -> Result<Done<Environment>, OpError> {
        let account = authorise(caller, Action::Change)?.clone();
        self.execute(ModifyEnvironment {
            account,
            id,
            name,
            description,
        })
        .await
    }

    /// Removes one of the account's own environments.
    pub(crate) async fn delete_environment(
        &self,
        caller: &Caller,
        id: EnvironmentId,
    ) -> Result<Done<()>, OpError> {
        let account = authorise(caller, Action::Delete)?.clone();
        self.execute(DeleteEnvironment { account, id }).await
    }

    /// The environments of the caller: its own, newest first, then those that
    /// every account has.
    pub(crate) fn environments(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
    ) -> Result<Vec<Arc<Environment>>, OpError> {
        let account = authorise(caller, Action::Read)?;
        let mut all: Vec<_> = snapshot.environments(account).cloned().collect();
        // Stable: those that every account has stay in the order of their names.
        all.sort_by_key(|own| std::cmp::Reverse(own.created_revision));
        Ok(all)
    }

    /// One environment of the caller.
    pub(crate) fn environment(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
        id: EnvironmentId,
    ) -> Result<Arc<Environment>, OpError> {
        let account = authorise(caller, Action::Read)?;
        let found = snapshot.environment_by_id(account, id).cloned();
        found.ok_or(PlanError::EnvironmentNotFound.into())
    }
}
