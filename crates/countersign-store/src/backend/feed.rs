//! The watch of a backend whose commits are all made in this process: a short
//! memory of recent batches, which every watcher reads at its own pace.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use countersign_core::Revision;
use tokio::sync::watch;

use super::{Batch, CommittedBatch, Operation, Watch, WatchError, WatchSource};

/// How many batches are remembered. Who falls further behind loads everything
/// again.
const BATCHES_REMEMBERED_MAX: usize = 1024;

/// How many bytes they may hold together: an import must not stay in memory.
const BYTES_REMEMBERED_MAX: usize = 1024 * 1024;

/// Recent batches, with consecutive revisions.
pub(crate) struct Feed {
    recent: Mutex<Recent>,
    newest: watch::Sender<Revision>,
}

#[derive(Default)]
struct Recent {
    batches: VecDeque<CommittedBatch>,
    bytes: usize,
}

impl Recent {
    fn push(&mut self, committed: CommittedBatch) {
        self.bytes += bytes(&committed.batch);
        self.batches.push_back(committed);
        while self.batches.len() > BATCHES_REMEMBERED_MAX || self.bytes > BYTES_REMEMBERED_MAX {
            let Some(oldest) = self.batches.pop_front() else {
                return;
            };
            self.bytes -= bytes(&oldest.batch);
        }
    }
}

fn bytes(batch: &Batch) -> usize {
    let of = |operation: &Operation| match operation {
        Operation::Put { key, value } => key.len() + value.len(),
        Operation::Delete { key } => key.len(),
    };
    batch.operations.iter().map(of).sum()
}

impl Feed {
    /// A feed that goes on after `revision`.
    pub(crate) fn new(revision: Revision) -> Arc<Self> {
        Arc::new(Self {
            recent: Mutex::default(),
            newest: watch::Sender::new(revision),
        })
    }

    /// Tells watchers of batches that took the revisions after `expected`.
    /// Calls come in the order of the commits.
    pub(crate) fn publish(&self, expected: Revision, batches: &[Batch]) {
        let mut revision = expected;
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        for batch in batches {
            revision = revision.next();
            recent.push(CommittedBatch {
                revision,
                batch: Arc::new(batch.clone()),
            });
        }
        drop(recent);
        self.newest.send_replace(revision);
    }

    /// Starts to watch.
    pub(crate) fn watch(self: &Arc<Self>) -> Watch {
        Watch::new(Cursor {
            feed: Arc::clone(self),
            newest: self.newest.subscribe(),
        })
    }

    fn first_after(&self, after: Revision) -> Result<Option<CommittedBatch>, WatchError> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = *self.newest.borrow();
        let at = recent
            .batches
            .partition_point(|committed| committed.revision <= after);
        let found = recent.batches.get(at);
        match found {
            Some(found) if found.revision == after.next() => Ok(Some(found.clone())),
            Some(_) => Err(WatchError::Lagged { after }),
            None if newest > after => Err(WatchError::Lagged { after }),
            None => Ok(None),
        }
    }
}

struct Cursor {
    feed: Arc<Feed>,
    newest: watch::Receiver<Revision>,
}

#[async_trait]
impl WatchSource for Cursor {
    async fn next(&mut self, after: Revision) -> Result<CommittedBatch, WatchError> {
        loop {
            self.newest.borrow_and_update();
            if let Some(found) = self.feed.first_after(after)? {
                return Ok(found);
            }
            // The sender lives in the feed that this holds: it cannot be gone.
            let _ = self.newest.changed().await;
        }
    }
}
