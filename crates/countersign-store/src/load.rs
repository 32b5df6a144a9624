//! From a backend's records to a snapshot.

mod parallel;
mod sharing;

use countersign_core::{Change, Revision, Snapshot, route::RouteConflict};
use serde::{Deserialize, Serialize};

use self::sharing::Sharing;
use crate::{
    backend::{BackendError, Batch, Loaded, Operation},
    barrier::{Barrier, KEYRING_KEY, KeyringError},
    master_key::MasterKey,
    random::{RandomError, RandomSource},
    record::{self, RecordError},
};

/// The record that says in which format all others are.
pub(crate) const FORMAT_KEY: &str = "meta/format";

/// The format version that this build writes. It reads those before it too.
const FORMAT_VERSION: u64 = 2;

#[derive(Serialize, Deserialize)]
struct FormatRecord {
    version: u64,
}

/// Why what a backend holds cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The backend failed.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// It is not in a format that this build reads.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// The data keys cannot be had: most often, the master key is wrong.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// One record cannot be read.
    #[error("the record {key} cannot be read")]
    Record {
        /// Which.
        key: String,
        /// Why.
        source: RecordError,
    },
    /// The publications cannot be told apart.
    #[error("the publications in the store cannot all be routed")]
    Routes(#[from] RouteConflict),
    /// The backend's revision is lower than one that was published already,
    /// as after restoring a backup underneath a running gateway.
    #[error("the store went back from revision {published} to {found}")]
    WentBack {
        /// What is published here.
        published: Revision,
        /// What the backend says.
        found: Revision,
    },
    /// A data key for an empty store cannot be drawn.
    #[error("cannot make a data key")]
    Random(#[from] RandomError),
}

/// Why a store's format is not one that this build reads.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// There are records, but none that says which format they are in.
    #[error("the record {FORMAT_KEY} is missing")]
    Missing,
    /// That record cannot be read.
    #[error("the record {FORMAT_KEY} cannot be read")]
    Json(#[source] serde_json::Error),
    /// A later build wrote the store.
    #[error("the store is in format version {found}; this build reads versions 1 to {supported}")]
    Unsupported {
        /// The store's version.
        found: u64,
        /// The newest that this build reads.
        supported: u64,
    },
}

/// The barrier, and what the next batch has to write of the meta records.
pub(crate) struct StoredBarrier {
    pub(crate) barrier: Barrier,
    pub(crate) meta: Meta,
}

/// How far the meta records in a backend are what this build writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meta {
    /// There are none: an empty store gets them with its first batch.
    Missing,
    /// The store is in a format before this build's, and becomes this one's
    /// with the next batch.
    Older,
    /// Nothing is to be written.
    Current,
}

/// What opening a store's sealed fields takes.
#[derive(Clone, Debug)]
pub(crate) struct Unsealing {
    pub(crate) master_key: MasterKey,
    pub(crate) random: RandomSource,
}

/// Reads all records into a snapshot.
pub(crate) fn read(
    loaded: Loaded,
    unsealing: &Unsealing,
) -> Result<(Snapshot, StoredBarrier), LoadError> {
    let Loaded { revision, records } = loaded;
    if revision == Revision::ZERO && records.is_empty() {
        let barrier = Barrier::generate(&unsealing.random)?;
        return Ok((
            Snapshot::default(),
            StoredBarrier {
                barrier,
                meta: Meta::Missing,
            },
        ));
    }
    let meta = |key: &str| {
        records
            .iter()
            .find(|record| record.key == key)
            .map(|record| record.value.as_slice())
    };
    let format = check_format(meta(FORMAT_KEY).ok_or(FormatError::Missing)?)?;
    let barrier = StoredBarrier {
        barrier: unwrap(meta(KEYRING_KEY).ok_or(KeyringError::Missing)?, unsealing)?,
        meta: format,
    };

    let mut draft = Snapshot::default().draft();
    let mut sharing = Sharing::default();
    parallel::decode_all(records, &barrier.barrier, |mut change| {
        sharing.share(&mut change, draft.snapshot());
        draft.apply(revision, &[change]);
    })?;
    draft.apply(revision, &[]);
    Ok((draft.finish()?, barrier))
}

/// Reads what another writer committed; a new key ring replaces `barrier`.
pub(crate) fn read_batch(
    batch: &Batch,
    barrier: &mut StoredBarrier,
    unsealing: &Unsealing,
) -> Result<Vec<Change>, LoadError> {
    let mut changes = Vec::with_capacity(batch.operations.len());
    for operation in &batch.operations {
        match operation {
            Operation::Put { key, value } if key == FORMAT_KEY => {
                barrier.meta = check_format(value)?;
            }
            Operation::Put { key, value } if key == KEYRING_KEY => {
                barrier.barrier = unwrap(value, unsealing)?;
            }
            Operation::Put { key, value } => changes.push(decode(key, value, &barrier.barrier)?),
            Operation::Delete { key } => {
                let deletion = record::decode_deletion(key);
                changes.push(deletion.map_err(|source| LoadError::Record {
                    key: key.clone(),
                    source,
                })?);
            }
        }
    }
    Ok(changes)
}

/// What the next batch begins with: the meta records that are not in the
/// backend as this build writes them.
pub(crate) fn first_operations(
    stored: &StoredBarrier,
    master_key: &MasterKey,
) -> Result<Vec<Operation>, RandomError> {
    let mut operations = Vec::new();
    if stored.meta != Meta::Current {
        let value = serde_json::to_vec(&FormatRecord {
            version: FORMAT_VERSION,
        })
        .expect("a number always becomes JSON");
        operations.push(put(FORMAT_KEY, value));
    }
    if stored.meta == Meta::Missing {
        operations.push(put(KEYRING_KEY, stored.barrier.wrap(master_key)?));
    }
    Ok(operations)
}

fn put(key: &str, value: Vec<u8>) -> Operation {
    Operation::Put {
        key: key.to_owned(),
        value,
    }
}

fn is_meta(key: &str) -> bool {
    key == FORMAT_KEY || key == KEYRING_KEY
}

fn check_format(value: &[u8]) -> Result<Meta, FormatError> {
    let FormatRecord { version } = serde_json::from_slice(value).map_err(FormatError::Json)?;
    match version {
        FORMAT_VERSION => Ok(Meta::Current),
        1..FORMAT_VERSION => Ok(Meta::Older),
        _ => Err(FormatError::Unsupported {
            found: version,
            supported: FORMAT_VERSION,
        }),
    }
}

fn unwrap(value: &[u8], unsealing: &Unsealing) -> Result<Barrier, KeyringError> {
    Barrier::unwrap(value, &unsealing.master_key, &unsealing.random)
}

fn decode(key: &str, value: &[u8], barrier: &Barrier) -> Result<Change, LoadError> {
    record::decode(key, value, barrier).map_err(|source| LoadError::Record {
        key: key.to_owned(),
        source,
    })
}
