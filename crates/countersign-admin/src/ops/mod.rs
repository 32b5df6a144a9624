//! Use cases: what a caller of the management plane can do, free of HTTP and
//! of any vendor. Each authorises, then reads one snapshot, or plans a command
//! and has the store carry it out.

mod api;
mod attach;
mod authorise;
mod bound;
mod environment;
mod error;
mod find;
mod group;
mod next_version;
mod page;
mod published;
mod redefine;
mod signature_key;
mod unbound;
mod user;
mod verifier;
mod version;

use std::sync::Arc;

use countersign_core::{Clock, Entropy, Revision, Snapshot, command::Command};
use countersign_store::Store;

pub(crate) use api::NewApi;
pub(crate) use bound::BoundApi;
pub(crate) use environment::NewEnvironment;
pub(crate) use error::OpError;
#[cfg(test)]
pub(crate) use error::one_of_each;
pub(crate) use group::NewGroup;
pub(crate) use next_version::NextVersion;
pub(crate) use page::{Page, Paged};
pub(crate) use published::PublishedApi;
pub(crate) use redefine::ApiPatch;
pub(crate) use signature_key::{NewSignatureKey, SignatureKeyPatch};
pub(crate) use unbound::UnboundApi;
pub(crate) use user::NewUser;
pub(crate) use verifier::NewVerifier;
pub(crate) use version::ApiVersion;

use crate::admin::AdminConfig;

/// The use cases.
pub(crate) struct Ops {
    store: Store,
    clock: Clock,
    entropy: Entropy,
    domain_suffix: String,
    groups_per_account_max: usize,
}

/// A change that is in force.
#[derive(Debug)]
pub(crate) struct Done<T> {
    /// The change's number.
    pub(crate) revision: Revision,
    /// What the caller is told.
    pub(crate) outcome: T,
}

impl<T> Done<T> {
    /// The change alone.
    fn without_outcome(self) -> Done<()> {
        let (revision, outcome) = (self.revision, ());
        Done { revision, outcome }
    }
}

impl Ops {
    pub(crate) fn new(store: Store, config: AdminConfig, clock: Clock, entropy: Entropy) -> Self {
        let AdminConfig {
            domain_suffix,
            groups_per_account_max,
            ..
        } = config;
        Self {
            store,
            clock,
            entropy,
            domain_suffix,
            groups_per_account_max,
        }
    }

    /// The state of now.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.store.snapshot()
    }

    async fn execute<C>(&self, command: C) -> Result<Done<C::Outcome>, OpError>
    where
        C: Command + Send + 'static,
        C::Outcome: Send + 'static,
    {
        let committed = self.store.execute(command, (self.clock)()).await?;
        Ok(Done {
            revision: committed.revision,
            outcome: committed.outcome,
        })
    }

    fn random(&self) -> [u8; 16] {
        (self.entropy)()
    }
}
