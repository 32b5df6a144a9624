//! What a storage backend is: an ordered set of small records with a revision,
//! a conditional commit and a watch. It is not trusted: everything secret in a
//! record is sealed before a backend sees it.

pub(crate) mod feed;
mod watch;

use std::{error::Error, fmt, sync::Arc};

use async_trait::async_trait;
use countersign_core::Revision;

pub use watch::{CommittedBatch, Watch, WatchError, WatchSource};

/// Keeps records durably.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    /// All records, in the order of their keys, as they are at one revision.
    /// A backend that never committed holds nothing, at [`Revision::ZERO`].
    async fn load(&self) -> Result<Loaded, BackendError>;

    /// Applies the batches in order, all or none, if the newest revision is
    /// `expected`; durable when it returns. Each batch takes the revision that
    /// follows the one before it, an empty batch too.
    async fn commit(&self, expected: Revision, batches: &[Batch]) -> Result<(), CommitError>;

    /// The commits of anybody after `after`, also those made through another
    /// node.
    fn watch(&self, after: Revision) -> Watch;
}

/// All records at one revision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// The newest revision in `records`.
    pub revision: Revision,
    /// In the order of their keys.
    pub records: Vec<Record>,
}

/// One record. `Debug` leaves the value out.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// Names it.
    pub key: String,
    /// What it says.
    pub value: Vec<u8>,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.key, self.value.len())
    }
}

/// What one revision writes: all of it or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Applied in order.
    pub operations: Vec<Operation>,
}

/// One record put or deleted. `Debug` leaves the value out.
#[derive(Clone, PartialEq, Eq)]
pub enum Operation {
    /// The record is added or replaced.
    Put {
        /// Names it.
        key: String,
        /// What it says from now on.
        value: Vec<u8>,
    },
    /// The record is deleted; it may be missing already.
    Delete {
        /// Names it.
        key: String,
    },
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Put { key, value } => write!(f, "Put {key} ({} bytes)", value.len()),
            Self::Delete { key } => write!(f, "Delete {key}"),
        }
    }
}

/// A backend could not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{task}")]
pub struct BackendError {
    task: String,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl BackendError {
    /// `task` says what could not be done, such as `cannot open /data/x`.
    pub fn new(task: impl Into<String>) -> Self {
        Self {
            task: task.into(),
            source: None,
        }
    }

    /// The same, with the cause.
    pub fn because(task: impl Into<String>, source: impl Error + Send + Sync + 'static) -> Self {
        Self {
            task: task.into(),
            source: Some(Arc::new(source)),
        }
    }
}

/// Why a commit was not made.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CommitError {
    /// Another commit came first; nothing was written.
    #[error("another commit came first: the newest revision is {current}")]
    Conflict {
        /// The newest revision.
        current: Revision,
    },
    /// The backend failed. Whether the batches were written, a later load
    /// tells.
    #[error(transparent)]
    Failed(#[from] BackendError),
}
