//! Commands on an account's own environments.

use std::sync::Arc;

use super::{Command, Plan, PlanError};
use crate::{
    account::AccountId,
    binding::Binding,
    change::Change,
    environment::{Environment, EnvironmentName},
    id::EnvironmentId,
    publication::{Publication, PublicationKey},
    snapshot::Snapshot,
    text::Description,
    time::Timestamp,
};

/// Makes an environment for one account.
#[derive(Clone, Debug)]
pub struct CreateEnvironment {
    /// The new id.
    pub id: EnvironmentId,
    /// Whose it will be.
    pub account: AccountId,
    /// Its name, not taken in the account.
    pub name: EnvironmentName,
    /// Free text.
    pub description: Description,
    /// How many environments of its own an account may have.
    pub environments_max: usize,
}

impl Command for CreateEnvironment {
    type Outcome = Environment;

    fn plan(&self, snapshot: &Snapshot, now: Timestamp) -> Result<Plan<Environment>, PlanError> {
        if snapshot.environment(&self.account, &self.name).is_some() {
            return Err(PlanError::EnvironmentNameTaken);
        }
        let own = snapshot.environments(&self.account);
        if own.filter(|own| own.account.is_some()).count() >= self.environments_max {
            return Err(PlanError::TooManyEnvironments {
                max: self.environments_max,
            });
        }
        let environment = Environment {
            id: self.id,
            account: Some(self.account.clone()),
            name: self.name.clone(),
            description: self.description.clone(),
            created: now,
            created_revision: snapshot.revision().next(),
        };
        Ok(Plan {
            changes: vec![Change::PutEnvironment(environment.clone())],
            outcome: environment,
        })
    }
}

/// Changes an account's own environment; what is `None` stays as it is. What is
/// published and bound there moves along with a new name.
#[derive(Clone, Debug)]
pub struct ModifyEnvironment {
    /// Whose it is.
    pub account: AccountId,
    /// Which.
    pub id: EnvironmentId,
    /// Its new name, not taken in the account.
    pub name: Option<EnvironmentName>,
    /// Free text.
    pub description: Option<Description>,
}

impl Command for ModifyEnvironment {
    type Outcome = Environment;

    fn plan(&self, snapshot: &Snapshot, _now: Timestamp) -> Result<Plan<Environment>, PlanError> {
        let former = own_environment(snapshot, &self.account, self.id)?;
        let name = self.name.as_ref().unwrap_or(&former.name);
        let description = self.description.as_ref().unwrap_or(&former.description);
        let environment = Environment {
            name: name.clone(),
            description: description.clone(),
            ..Environment::clone(former)
        };
        let mut changes = Vec::new();
        if *name != former.name {
            if snapshot.environment(&self.account, name).is_some() {
                return Err(PlanError::EnvironmentNameTaken);
            }
            let gone = (self.account.clone(), former.name.clone());
            changes.push(Change::RemoveEnvironment(gone.0, gone.1));
        }
        changes.push(Change::PutEnvironment(environment.clone()));
        if *name != former.name {
            for key in places(snapshot, &self.account, &former.name) {
                changes.extend(moved(snapshot, &key, name));
            }
        }
        Ok(Plan {
            changes,
            outcome: environment,
        })
    }
}

/// Removes an account's own environment in which nothing is published, with
/// the bindings and the history that are left there.
#[derive(Clone, Debug)]
pub struct DeleteEnvironment {
    /// Whose it is.
    pub account: AccountId,
    /// Which.
    pub id: EnvironmentId,
}

impl Command for DeleteEnvironment {
    type Outcome = ();

    fn plan(&self, snapshot: &Snapshot, _now: Timestamp) -> Result<Plan<()>, PlanError> {
        let environment = own_environment(snapshot, &self.account, self.id)?;
        let (mut changes, mut publications) = (Vec::new(), 0);
        for key in places(snapshot, &self.account, &environment.name) {
            publications += usize::from(snapshot.publication(&key).is_some());
            changes.extend(cleared(snapshot, &key));
        }
        if publications > 0 {
            return Err(PlanError::EnvironmentInUse { publications });
        }
        let gone = (self.account.clone(), environment.name.clone());
        changes.push(Change::RemoveEnvironment(gone.0, gone.1));
        Ok(Plan {
            changes,
            outcome: (),
        })
    }
}

fn own_environment<'a>(
    snapshot: &'a Snapshot,
    account: &AccountId,
    id: EnvironmentId,
) -> Result<&'a Arc<Environment>, PlanError> {
    let environment = snapshot
        .environment_by_id(account, id)
        .ok_or(PlanError::EnvironmentNotFound)?;
    match environment.account {
        Some(_) => Ok(environment),
        None => Err(PlanError::EnvironmentInitial),
    }
}

/// Every API of the account, in this environment.
fn places(
    snapshot: &Snapshot,
    account: &AccountId,
    environment: &EnvironmentName,
) -> impl Iterator<Item = PublicationKey> {
    snapshot.apis(account).map(|api| PublicationKey {
        api: api.id,
        environment: environment.clone(),
    })
}

/// Removes all that is kept of an API in an environment.
fn cleared(snapshot: &Snapshot, key: &PublicationKey) -> Vec<Change> {
    let live = snapshot
        .publication(key)
        .map(|_| Change::RemovePublication(key.clone()));
    let former = snapshot
        .former_publications(key)
        .map(|former| Change::RemoveFormerPublication(key.clone(), former.published_revision));
    let bound = snapshot
        .binding(key)
        .map(|_| Change::RemoveBinding(key.clone()));
    live.into_iter().chain(former).chain(bound).collect()
}

/// Moves all that is kept of an API in an environment to another name.
fn moved(snapshot: &Snapshot, from: &PublicationKey, to: &EnvironmentName) -> Vec<Change> {
    let key = PublicationKey {
        api: from.api,
        environment: to.clone(),
    };
    let renamed = |publication: &Arc<Publication>| {
        Arc::new(Publication {
            key: key.clone(),
            ..Publication::clone(publication)
        })
    };
    let mut changes = cleared(snapshot, from);
    let live = snapshot.publication(from).map(renamed);
    changes.extend(live.map(Change::PutPublication));
    let former = snapshot.former_publications(from).map(renamed);
    changes.extend(former.map(Change::PutFormerPublication));
    let binding = snapshot.binding(from).map(|binding| {
        Arc::new(Binding {
            publication: key.clone(),
            ..Binding::clone(binding)
        })
    });
    changes.extend(binding.map(Change::PutBinding));
    changes
}
