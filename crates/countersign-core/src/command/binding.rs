//! Commands that bind a signature key to APIs and unbind it.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Command, Plan, PlanError, api, group, publication_key, signature_key,
    signature_key::check_signs,
};
use crate::{
    account::AccountId,
    binding::Binding,
    change::Change,
    environment::EnvironmentName,
    id::{ApiId, BindingId, GroupId, SignatureKeyId},
    publication::PublicationKey,
    snapshot::Snapshot,
    time::Timestamp,
};

/// Binds a signature key to APIs, all or none of them. Another key bound there
/// is replaced; the same key stays as it is, its time of binding too. A key
/// that cannot sign is refused.
#[derive(Clone, Debug)]
pub struct Bind {
    /// Whose they are.
    pub account: AccountId,
    /// Which signature key.
    pub signature_key: SignatureKeyId,
    /// The group that all APIs have to be of, where the caller named one.
    pub group: Option<GroupId>,
    /// Which APIs, and where. One that stands twice counts once.
    pub publications: Vec<PublicationKey>,
    /// Whether an API that is not published there is refused.
    pub published_only: bool,
    /// The id of the first binding that is made; the next ones follow it.
    pub first_id: BindingId,
}

impl Command for Bind {
    /// The bindings in the order of the publications named.
    type Outcome = Vec<Arc<Binding>>;

    fn plan(&self, snapshot: &Snapshot, now: Timestamp) -> Result<Plan<Self::Outcome>, PlanError> {
        let key = signature_key(snapshot, &self.account, self.signature_key)?;
        check_signs(&key.active)?;
        if let Some(id) = self.group {
            group(snapshot, &self.account, id)?;
        }
        let (mut changes, mut outcome) = (Vec::new(), Vec::new());
        let (mut seen, mut id) = (BTreeSet::new(), self.first_id);
        for wanted in &self.publications {
            if !seen.insert(wanted) {
                continue;
            }
            let api = api(snapshot, &self.account, self.group, wanted.api)?;
            let publication = publication_key(snapshot, api, &wanted.environment)?;
            if self.published_only && snapshot.publication(&publication).is_none() {
                return Err(PlanError::PublicationNotFound);
            }
            match snapshot.binding(&publication) {
                Some(same) if same.signature_key == key.id => outcome.push(Arc::clone(same)),
                _ => {
                    let binding = Arc::new(Binding {
                        id,
                        publication,
                        signature_key: key.id,
                        bound: now,
                    });
                    id = id.after(1);
                    changes.push(Change::PutBinding(Arc::clone(&binding)));
                    outcome.push(binding);
                }
            }
        }
        Ok(Plan { changes, outcome })
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
            Some(ids) => ids.clone(),
        };
        let mut changes = Vec::new();
        for id in apis {
            let api = api(snapshot, &self.account, Some(group.id), id)?;
            let publication = publication_key(snapshot, api, &self.environment)?;
            let binding = snapshot.binding(&publication);
            if binding.is_some_and(|binding| binding.signature_key == key.id) {
                changes.push(Change::RemoveBinding(publication));
            }
        }
        Ok(Plan {
            changes,
            outcome: (),
        })
    }
}

/// Removes one binding.
#[derive(Clone, Debug)]
pub struct UnbindOne {
    /// Whose it is.
    pub account: AccountId,
    /// Which.
    pub id: BindingId,
}

impl Command for UnbindOne {
    type Outcome = ();

    fn plan(&self, snapshot: &Snapshot, _now: Timestamp) -> Result<Plan<()>, PlanError> {
        let binding = snapshot
            .binding_by_id(self.id)
            .ok_or(PlanError::BindingNotFound)?;
        signature_key(snapshot, &self.account, binding.signature_key)
            .map_err(|_| PlanError::BindingNotFound)?;
        Ok(Plan {
            changes: vec![Change::RemoveBinding(binding.publication.clone())],
            outcome: (),
        })
    }
}
