//! Why a store does not open, or a change is not made.

use std::{io, sync::Arc};

use countersign_core::{command::PlanError, route::RouteConflict};

use crate::{backend::BackendError, barrier::SealError, load::LoadError, random::RandomError};

/// Why a store does not open. Nothing was changed in its backend.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// What the backend holds cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The thread that writes cannot be started.
    #[error("cannot start the store's writer")]
    Writer(#[source] io::Error),
    /// The thread that writes ended before it was ready: a defect.
    #[error("the store's writer stopped while it loaded the store")]
    Stopped,
}

/// Why a command was not carried out.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ExecuteError {
    /// It cannot be, as things stand.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// No change can be made now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why no change can be made now. What is published stays so.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Unavailable {
    /// The change was not stored. After a failed commit, that is what a load
    /// told.
    #[error("the change was not stored")]
    NotStored(#[source] Arc<Fault>),
    /// Whether the change was stored is not known: the commit failed, and a
    /// load then failed too, or showed that something was committed.
    #[error("it is not known whether the change was stored")]
    Unknown(#[source] Arc<Fault>),
    /// Another writer came first, again and again.
    #[error("other writers came first {tries} times")]
    Contended {
        /// How often it was tried.
        tries: usize,
    },
    /// Planning the command panicked: a defect. Nothing was stored.
    #[error("the command panicked while it was planned")]
    Panicked,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The thread that writes ended: a defect.
    #[error("the store's writer stopped")]
    Stopped,
}

/// What went wrong beneath.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The backend did not commit.
    #[error(transparent)]
    Commit(BackendError),
    /// What the backend holds cannot be loaded.
    #[error(transparent)]
    Load(LoadError),
    /// A secret could not be sealed.
    #[error(transparent)]
    Seal(SealError),
    /// The key ring could not be wrapped.
    #[error("the key ring cannot be wrapped")]
    Wrap(#[source] RandomError),
    /// The change would make two publications compete, which planning should
    /// have refused.
    #[error("the change cannot be published")]
    Routes(#[source] RouteConflict),
}

/// Whether changes can be made. What is published stays so in any case.
#[derive(Clone, Debug)]
pub enum StoreStatus {
    /// They can.
    Healthy,
    /// They cannot, and where others write to the same backend, what is
    /// published here may be stale. The store tries again by itself, and with
    /// every command.
    Failing(Arc<Fault>),
    /// The store was closed.
    Closed,
    /// The thread that writes ended: a defect.
    Stopped,
}
