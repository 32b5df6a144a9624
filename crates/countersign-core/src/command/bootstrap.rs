//! Setting up an empty store.

use std::sync::Arc;

use super::{Command, Plan, PlanError};
use crate::{
    account::{AccessKey, Account},
    change::Change,
    environment::{self, Environment, EnvironmentName},
    id::{ProjectId, Revision},
    snapshot::Snapshot,
    time::Timestamp,
};

/// Puts the account, its owner's access key and the initial environments into
/// a store that holds nothing.
#[derive(Clone, Debug)]
pub struct Bootstrap {
    /// The owner's access key.
    pub access_key: AccessKey,
    /// What the account is called as a project.
    pub project: ProjectId,
}

impl Command for Bootstrap {
    type Outcome = ();

    fn plan(&self, snapshot: &Snapshot, now: Timestamp) -> Result<Plan<()>, PlanError> {
        if snapshot.revision() != Revision::ZERO {
            return Err(PlanError::AlreadyBootstrapped);
        }
        let environments = environment::INITIAL.into_iter().filter_map(|name| {
            let name = EnvironmentName::parse(name).ok()?;
            Environment::initial(&name).map(Change::PutEnvironment)
        });
        let account = Account {
            id: self.access_key.account.clone(),
            project: self.project,
            created: now,
        };
        let mut changes = vec![
            Change::PutAccount(Arc::new(account)),
            Change::PutAccessKey(Arc::new(self.access_key.clone())),
        ];
        changes.extend(environments);
        Ok(Plan {
            changes,
            outcome: (),
        })
    }
}
