//! Countersign's store: it takes commands, commits what they come to through a
//! [`Backend`], and publishes the resulting [`Snapshot`] for everyone who reads.
//!
//! A backend is narrow and not trusted: an ordered set of small records with a
//! revision, a conditional commit and a watch ([`memory`], [`embedded`]). The
//! encryption barrier sits above it, so that no sign secret and no access key
//! secret reaches a backend in plain text. `docs/store-format.md` describes
//! what is written.
//!
//! Nothing here reads the time of day. Randomness is drawn for data keys,
//! nonces and new master keys only, from an injectable [`RandomSource`].
//!
//! [`Snapshot`]: countersign_core::Snapshot
#![warn(missing_docs)]

pub mod backend;
pub mod embedded;
pub mod memory;

mod barrier;
mod error;
mod job;
mod load;
mod master_key;
mod random;
mod record;
mod store;
mod writer;

pub use backend::{
    Backend, BackendError, Batch, CommitError, CommittedBatch, Loaded, Operation, Record, Watch,
    WatchError, WatchSource,
};
pub use barrier::{KeyringError, OpenSealedError, SealError};
pub use error::{ExecuteError, Fault, OpenError, StoreStatus, Unavailable};
pub use load::{FormatError, LoadError};
pub use master_key::{MasterKey, MasterKeyError};
pub use random::{RandomError, RandomSource};
pub use record::RecordError;
pub use store::{Committed, SnapshotReader, Store};
