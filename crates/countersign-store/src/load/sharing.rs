//! What many records say alike is kept once. In a hundred thousand APIs that
//! is much memory, and taking memory is much of what loading costs.

use std::sync::Arc;

use countersign_core::{
    AccountId, Change, Description, DialectName, EnvironmentName, Publication, Snapshot,
};

/// The value of each kind that came last: records in the order of their keys
/// mostly say what the one before said.
#[derive(Default)]
pub(super) struct Sharing {
    account: Last<AccountId>,
    dialect: Last<DialectName>,
    description: Last<Description>,
    environment: Last<EnvironmentName>,
}

struct Last<T>(Option<T>);

impl<T> Default for Last<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Clone + PartialEq> Last<T> {
    fn share(&mut self, value: &mut T) {
        match &self.0 {
            Some(last) if last == value => *value = last.clone(),
            _ => self.0 = Some(value.clone()),
        }
    }
}

impl Sharing {
    /// Makes a change that was just read hold what others hold already.
    pub(super) fn share(&mut self, change: &mut Change, snapshot: &Snapshot) {
        match change {
            Change::PutApi(api) => {
                let api = Arc::make_mut(api);
                self.account.share(&mut api.account);
                self.dialect.share(&mut api.made_by);
                self.description.share(&mut api.description);
            }
            Change::PutPublication(publication) | Change::PutFormerPublication(publication) => {
                let publication = Arc::make_mut(publication);
                self.environment.share(&mut publication.key.environment);
                self.description.share(&mut publication.description);
                share_definition(publication, snapshot);
            }
            Change::PutEnvironment(environment) => {
                if let Some(account) = &mut environment.account {
                    self.account.share(account);
                }
                self.description.share(&mut environment.description);
            }
            Change::PutAccount(account) => self.account.share(&mut Arc::make_mut(account).id),
            Change::PutUser(user) => {
                let user = Arc::make_mut(user);
                self.account.share(&mut user.account);
                self.description.share(&mut user.description);
            }
            Change::PutToken(token) => self.account.share(&mut Arc::make_mut(token).account),
            Change::PutSignatureKey(key) => {
                let key = Arc::make_mut(key);
                self.account.share(&mut key.account);
                self.dialect.share(&mut key.made_by);
            }
            Change::PutBinding(binding) => {
                self.environment
                    .share(&mut Arc::make_mut(binding).publication.environment);
            }
            _ => {}
        }
    }
}

/// As when it was published. In the order of keys, APIs come first, what was
/// live before them after that, and what is live last.
fn share_definition(publication: &mut Publication, snapshot: &Snapshot) {
    let api = publication.key.api;
    let of_api = snapshot.api(api).map(|api| &api.definition);
    let former = snapshot.former_publications_of_api(api);
    let mut held = of_api
        .into_iter()
        .chain(former.map(|former| &former.definition));
    if let Some(same) = held.find(|held| **held == publication.definition) {
        publication.definition = Arc::clone(same);
    }
}
