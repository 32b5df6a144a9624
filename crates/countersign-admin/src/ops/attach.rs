//! Binding and unbinding APIs of any group at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use countersign_core::{
    AccountId, ApiId, Binding, BindingId, EnvironmentName, GroupId, PublicationKey, SignatureKeyId,
    Snapshot, Timestamp,
    command::{Bind, Command, Plan, PlanError, Unbind, UnbindOne},
};

use super::{
    Done, OpError, Ops,
    authorise::{Action, authorise},
    find,
};
use crate::auth::Caller;

impl Ops {
    /// Binds a signature key to published APIs, all or none of them; `group`
    /// is theirs where the caller named one.
    pub(crate) async fn bind_published(
        &self,
        caller: &Caller,
        signature_key: SignatureKeyId,
        group: Option<GroupId>,
        apis: BTreeSet<ApiId>,
        environment: EnvironmentName,
    ) -> Result<Done<()>, OpError> {
        let places = apis.into_iter().map(|api| PublicationKey {
            api,
            environment: environment.clone(),
        });
        let done = self.bind_publications(caller, signature_key, group, places.collect());
        Ok(done.await?.without_outcome())
    }

    /// Binds a signature key to published APIs, all or none of them, and tells
    /// the bindings in the order of the places.
    pub(crate) async fn bind_publications(
        &self,
        caller: &Caller,
        signature_key: SignatureKeyId,
        group: Option<GroupId>,
        publications: Vec<PublicationKey>,
    ) -> Result<Done<Vec<Arc<Binding>>>, OpError> {
        let account = authorise(caller, Action::Bind)?.clone();
        self.execute(Bind {
            account,
            signature_key,
            group,
            publications,
            published_only: true,
            first_id: BindingId::from_random(self.random()),
        })
        .await
    }

    /// Removes one binding.
    pub(crate) async fn unbind_one(
        &self,
        caller: &Caller,
        id: BindingId,
    ) -> Result<Done<()>, OpError> {
        let account = authorise(caller, Action::Bind)?.clone();
        self.execute(UnbindOne { account, id }).await
    }

    /// Unbinds a signature key from APIs. One that has another key, or none, is
    /// passed over.
    pub(crate) async fn unbind_anywhere(
        &self,
        caller: &Caller,
        signature_key: SignatureKeyId,
        group: Option<GroupId>,
        apis: BTreeSet<ApiId>,
        environment: EnvironmentName,
    ) -> Result<Done<()>, OpError> {
        let account = authorise(caller, Action::Bind)?.clone();
        self.execute(UnbindAnywhere(Target {
            account,
            signature_key,
            group,
            apis,
            environment,
        }))
        .await
    }
}

#[derive(Debug)]
struct Target {
    account: AccountId,
    signature_key: SignatureKeyId,
    group: Option<GroupId>,
    apis: BTreeSet<ApiId>,
    environment: EnvironmentName,
}

impl Target {
    /// The APIs, group by group.
    fn by_group(
        &self,
        snapshot: &Snapshot,
    ) -> Result<BTreeMap<GroupId, BTreeSet<ApiId>>, PlanError> {
        snapshot
            .signature_key(self.signature_key)
            .filter(|key| key.account == self.account)
            .ok_or(PlanError::SignatureKeyNotFound)?;
        if let Some(group) = self.group {
            find::group(snapshot, &self.account, group)?;
        }
        let mut groups: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for id in &self.apis {
            let api = find::api(snapshot, &self.account, self.group, *id)?;
            groups.entry(api.group).or_default().insert(api.id);
        }
        Ok(groups)
    }
}

#[derive(Debug)]
struct UnbindAnywhere(Target);

impl Command for UnbindAnywhere {
    type Outcome = ();

    fn plan(&self, snapshot: &Snapshot, now: Timestamp) -> Result<Plan<()>, PlanError> {
        let target = &self.0;
        each_group(target.by_group(snapshot)?, |group, apis| {
            let unbind = Unbind {
                account: target.account.clone(),
                signature_key: target.signature_key,
                group,
                apis: Some(apis),
                environment: target.environment.clone(),
            };
            unbind.plan(snapshot, now)
        })
    }
}

/// The changes of all groups as one plan. They touch different APIs, so that
/// each can be planned against the same snapshot.
fn each_group(
    groups: BTreeMap<GroupId, BTreeSet<ApiId>>,
    plan: impl Fn(GroupId, BTreeSet<ApiId>) -> Result<Plan<()>, PlanError>,
) -> Result<Plan<()>, PlanError> {
    let mut changes = Vec::new();
    for (group, apis) in groups {
        changes.extend(plan(group, apis)?.changes);
    }
    let outcome = ();
    Ok(Plan { changes, outcome })
}
