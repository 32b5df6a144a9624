//! Following the commits of a backend.

use std::sync::Arc;

use async_trait::async_trait;
use countersign_core::Revision;

use super::{BackendError, Batch};

/// One batch, and the revision that it took.
#[derive(Clone, Debug)]
pub struct CommittedBatch {
    /// Which revision.
    pub revision: Revision,
    /// What it wrote.
    pub batch: Arc<Batch>,
}

/// Why a watch cannot go on. Whoever watches loads everything again and starts
/// another watch from there.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WatchError {
    /// Commits were missed: the backend no longer holds them.
    #[error("commits after revision {after} are no longer to be had one by one")]
    Lagged {
        /// The last revision that the watcher had.
        after: Revision,
    },
    /// The backend failed.
    #[error(transparent)]
    Failed(#[from] BackendError),
}

/// Follows the commits of a backend; see [`Backend::watch`].
///
/// [`Backend::watch`]: super::Backend::watch
pub struct Watch(Box<dyn WatchSource>);

/// What a backend implements to be watched.
#[async_trait]
pub trait WatchSource: Send + 'static {
    /// Waits for the first commit after `after`, passing over those up to it
    /// (the watcher has them already, most often because they were its own).
    ///
    /// It may be dropped while it waits and be called again, and then loses
    /// nothing. A source that can no longer tell of commits fails; it does not
    /// wait in silence.
    async fn next(&mut self, after: Revision) -> Result<CommittedBatch, WatchError>;
}

impl Watch {
    /// A watch that asks `source`.
    pub fn new(source: impl WatchSource) -> Self {
        Self(Box::new(source))
    }

    /// Waits for the first commit after `after`; see [`WatchSource::next`].
    pub async fn next(&mut self, after: Revision) -> Result<CommittedBatch, WatchError> {
        self.0.next(after).await
    }
}
