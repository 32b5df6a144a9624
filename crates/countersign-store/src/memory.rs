//! The backend that keeps everything in memory: for tests, and for a gateway
//! that is set up anew at each start.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use countersign_core::Revision;

use crate::backend::{
    Backend, BackendError, Batch, CommitError, Loaded, Operation, Record, Watch, feed::Feed,
};

/// Keeps records in memory. `Debug` prints no record.
pub struct MemoryBackend {
    state: Mutex<State>,
    feed: Arc<Feed>,
}

#[derive(Default)]
struct State {
    revision: Revision,
    records: BTreeMap<String, Vec<u8>>,
}

impl MemoryBackend {
    /// An empty one.
    pub fn new() -> Self {
        Self::holding(Loaded::default())
    }

    /// One that holds what another backend held.
    pub fn holding(loaded: Loaded) -> Self {
        let records = loaded
            .records
            .into_iter()
            .map(|record| (record.key, record.value))
            .collect();
        let feed = Feed::new(loaded.revision);
        Self {
            state: Mutex::new(State {
                revision: loaded.revision,
                records,
            }),
            feed,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryBackend {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        let mut shown = f.debug_struct("MemoryBackend");
        shown
            .field("revision", &state.revision)
            .field("records", &state.records.len());
        shown.finish_non_exhaustive()
    }
}

#[async_trait]
impl Backend for MemoryBackend {
    async fn load(&self) -> Result<Loaded, BackendError> {
        let state = self.state();
        let records = state.records.iter().map(|(key, value)| Record {
            key: key.clone(),
            value: value.clone(),
        });
        Ok(Loaded {
            revision: state.revision,
            records: records.collect(),
        })
    }

    async fn commit(&self, expected: Revision, batches: &[Batch]) -> Result<(), CommitError> {
        let mut state = self.state();
        if state.revision != expected {
            return Err(CommitError::Conflict {
                current: state.revision,
            });
        }
        for batch in batches {
            for operation in &batch.operations {
                match operation {
                    Operation::Put { key, value } => {
                        state.records.insert(key.clone(), value.clone())
                    }
                    Operation::Delete { key } => state.records.remove(key),
                };
            }
            state.revision = state.revision.next();
        }
        // Still under the lock: watchers see commits in their order.
        self.feed.publish(expected, batches);
        Ok(())
    }

    fn watch(&self, _after: Revision) -> Watch {
        self.feed.watch()
    }
}
