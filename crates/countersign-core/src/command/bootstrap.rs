//! Setting up an empty store.

use std::sync::Arc;

use super::{Command, Plan, PlanError};
use crate::{
    account::AccessKey,
    change::Change,
    environment::{self, Environment, EnvironmentName},
    id::Revision,
    snapshot::Snapshot,
    time::Timestamp,
};

/// Puts the owner's access key and the initial environments into a store that
/// holds nothing.
#[derive(Clone, Debug)]
pub struct Bootstrap {
    /// The owner's access key.
    pub access_key: AccessKey,
}

impl Command for Bootstrap {
    type Outcome = ();

    fn plan(&self, snapshot: &Snapshot, _now: Timestamp) -> Result<Plan<()>, PlanError> {
        if snapshot.revision() != Revision::ZERO {
            return Err(PlanError::AlreadyBootstrapped);
        }
        let environments = environment::INITIAL.map(|name| {
            let name = EnvironmentName::parse(name).expect("the initial names are plain constants");
            Change::PutEnvironment(Environment { name })
        });
        let mut changes = vec![Change::PutAccessKey(Arc::new(self.access_key.clone()))];
        changes.extend(environments);
        Ok(Plan {
            changes,
            outcome: (),
        })
    }
}
