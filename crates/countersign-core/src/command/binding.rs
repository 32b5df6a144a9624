//! Commands that bind a signature key to APIs and unbind it.

use std::{collections::BTreeSet, sync::Arc};

use super::{Command, Plan, PlanError, api, group, publication_key, signature_key};
use crate::{
    account::AccountId,
    binding::Binding,
    change::Change,
    environment::EnvironmentName,
    id::{ApiId, GroupId, SignatureKeyId},
    publication::PublicationKey,
    snapshot::Snapshot,
    time::Timestamp,
};

/// Binds a signature key to APIs of a group in an environment, all or none of
/// them. Another key bound there is replaced; the same key stays as it is, its
/// time of binding too.
#[derive(Clone, Debug)]
pub struct Bind {
    /// Whose they are.
    pub account: AccountId,
    /// Which signature key.
    pub signature_key: SignatureKeyId,
    /// The group of the APIs.
    pub group: GroupId,
    /// Which APIs.
    pub apis: BTreeSet<ApiId>,
    /// Where.
    pub environment: EnvironmentName,
}

impl Command for Bind {
    type Outcome = ();

    fn plan(&self, snapshot: &Snapshot, now: Timestamp) -> Result<Plan<()>, PlanError> {
        let key = signature_key(snapshot, &self.account, self.signature_key)?;
        let group = group(snapshot, &self.account, self.group)?;
        let mut changes = Vec::new();
        for id in &self.apis {
            let api = api(snapshot, &self.account, Some(group.id), *id)?;
            let publication = publication_key(snapshot, api.id, &self.environment)?;
            if !is_bound_to(snapshot, &publication, key.id) {
                changes.push(Change::PutBinding(Arc::new(Binding {
                    publication,
                    signature_key: key.id,
                    bound: now,
                })));
            }
        }
        Ok(Plan {
            changes,
            outcome: (),
        })
    }
}

/// Unbinds a signature key from APIs of a group in an environment. An API that
/// has another key, or none, is passed over.
#[derive(Clone, Debug)]
pub struct Unbind {
    /// Whose they are.
    pub account: AccountId,
    /// Which signature key.
    pub signature_key: SignatureKeyId,
    /// The group of the APIs.
    pub group: GroupId,
    /// Which APIs; `None` means all of the group.
    pub apis: Option<BTreeSet<ApiId>>,
    /// Where.
    pub environment: EnvironmentName,
}

impl Command for Unbind {
    type Outcome = ();

    fn plan(&self, snapshot: &Snapshot, _now: Timestamp) -> Result<Plan<()>, PlanError> {
        let key = signature_key(snapshot, &self.account, self.signature_key)?;
        let group = group(snapshot, &self.account, self.group)?;
        let apis = match &self.apis {
            None => snapshot.apis_of_group(group.id).map(|api| api.id).collect(),
            Some(ids) => {
                for id in ids {
                    api(snapshot, &self.account, Some(group.id), *id)?;
                }
                ids.clone()
            }
        };
        let mut changes = Vec::new();
        for id in apis {
            let publication = publication_key(snapshot, id, &self.environment)?;
            if is_bound_to(snapshot, &publication, key.id) {
                changes.push(Change::RemoveBinding(publication));
            }
        }
        Ok(Plan {
            changes,
            outcome: (),
        })
    }
}

fn is_bound_to(snapshot: &Snapshot, publication: &PublicationKey, key: SignatureKeyId) -> bool {
    snapshot
        .binding(publication)
        .is_some_and(|binding| binding.signature_key == key)
}
