//! The backend in one file on this machine: `redb`, ACID and crash-safe.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use countersign_core::Revision;
use redb::{
    Database, DatabaseError, Durability, ReadableDatabase, ReadableTable, TableDefinition,
    TableError, backends::FileBackend,
};

use crate::backend::{
    Backend, BackendError, Batch, CommitError, Loaded, Operation, Record, Watch, feed::Feed,
};

/// The name of the file in the store's directory.
pub const FILE_NAME: &str = "countersign.redb";

/// Everything is read once, at the start; what a cache saves afterwards are
/// the upper pages of a tree.
const CACHE_BYTES: usize = 16 * 1024 * 1024;

const RECORDS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("records");
const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
const REVISION: &str = "revision";

/// Keeps records in `<directory>/countersign.redb`. One process at a time has
/// it open.
///
/// Its calls block the thread while the disk works; a [`Store`] makes them on a
/// thread of its own.
///
/// [`Store`]: crate::Store
pub struct EmbeddedBackend {
    path: PathBuf,
    /// `None` after the file failed and until it opens again.
    database: Mutex<Option<Database>>,
    feed: Arc<Feed>,
}

impl EmbeddedBackend {
    /// Opens the store in `directory`, and makes both when they are missing.
    ///
    /// # Errors
    /// The file cannot be made, read or understood, or another process has it
    /// open.
    pub fn open(directory: &Path) -> Result<Self, BackendError> {
        let made = DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory);
        made.map_err(|cause| {
            BackendError::because(
                format!("cannot make the directory {}", directory.display()),
                cause,
            )
        })?;
        let path = directory.join(FILE_NAME);
        let is_new = !path.exists();
        let database = open_file(&path)?;
        if is_new {
            // The file's own name must survive a power cut, not its content only.
            let synced = File::open(directory).and_then(|directory| directory.sync_all());
            synced.map_err(|cause| {
                BackendError::because(format!("cannot sync {}", directory.display()), cause)
            })?;
        }
        let revision = revision(&database).map_err(|cause| failed("read", &path, cause))?;
        Ok(Self {
            path,
            database: Mutex::new(Some(database)),
            feed: Feed::new(revision),
        })
    }

    /// Does `work`. After a failure the file is closed, and the next call
    /// opens it again: `redb` does nothing more with a file that failed once.
    fn with_database<T>(
        &self,
        verb: &str,
        work: impl FnOnce(&Database) -> Result<T, redb::Error>,
    ) -> Result<T, BackendError> {
        let mut slot = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let database = match slot.take() {
            Some(database) => database,
            None => open_file(&self.path)?,
        };
        let result = work(&database);
        if result.is_ok() {
            *slot = Some(database);
        }
        result.map_err(|cause| failed(verb, &self.path, cause))
    }
}

#[async_trait]
impl Backend for EmbeddedBackend {
    async fn load(&self) -> Result<Loaded, BackendError> {
        self.with_database("read", |database| {
            let reading = database.begin_read()?;
            let records = match reading.open_table(RECORDS) {
                Ok(table) => table,
                Err(TableError::TableDoesNotExist(_)) => return Ok(Loaded::default()),
                Err(other) => return Err(other.into()),
            };
            let mut loaded = Loaded {
                revision: Revision::ZERO,
                records: Vec::new(),
            };
            for entry in records.iter()? {
                let (key, value) = entry?;
                loaded.records.push(Record {
                    key: key.value().to_owned(),
                    value: value.value().to_owned(),
                });
            }
            let meta = reading.open_table(META)?;
            loaded.revision = Revision::new(meta.get(REVISION)?.map_or(0, |number| number.value()));
            Ok(loaded)
        })
    }

    async fn commit(&self, expected: Revision, batches: &[Batch]) -> Result<(), CommitError> {
        let current = self.with_database("write", |database| {
            let mut writing = database.begin_write()?;
            writing.set_durability(Durability::Immediate)?;
            let current = {
                let mut meta = writing.open_table(META)?;
                let current = Revision::new(meta.get(REVISION)?.map_or(0, |number| number.value()));
                if current == expected {
                    let mut records = writing.open_table(RECORDS)?;
                    for operation in batches.iter().flat_map(|batch| &batch.operations) {
                        match operation {
                            Operation::Put { key, value } => {
                                records.insert(key.as_str(), value.as_slice())?
                            }
                            Operation::Delete { key } => records.remove(key.as_str())?,
                        };
                    }
                    meta.insert(REVISION, expected.number() + batches.len() as u64)?;
                }
                current
            };
            if current == expected {
                writing.commit()?;
                // Still under the lock: watchers see commits in their order.
                self.feed.publish(expected, batches);
            } else {
                writing.abort()?;
            }
            Ok(current)
        })?;
        if current == expected {
            Ok(())
        } else {
            Err(CommitError::Conflict { current })
        }
    }

    fn watch(&self, _after: Revision) -> Watch {
        self.feed.watch()
    }
}

fn open_file(path: &Path) -> Result<Database, BackendError> {
    let cannot = |cause: redb::Error| failed("open", path, cause);
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path);
    let file = file.map_err(|cause: io::Error| cannot(cause.into()))?;
    let opened = FileBackend::new(file).and_then(|file| {
        Database::builder()
            .set_cache_size(CACHE_BYTES)
            .create_with_backend(file)
    });
    opened.map_err(|cause| match cause {
        DatabaseError::DatabaseAlreadyOpen => BackendError::because(
            format!("{} is in use by another process", path.display()),
            cause,
        ),
        other => cannot(other.into()),
    })
}

fn revision(database: &Database) -> Result<Revision, redb::Error> {
    let reading = database.begin_read()?;
    match reading.open_table(META) {
        Ok(meta) => Ok(Revision::new(
            meta.get(REVISION)?.map_or(0, |number| number.value()),
        )),
        Err(TableError::TableDoesNotExist(_)) => Ok(Revision::ZERO),
        Err(other) => Err(other.into()),
    }
}

fn failed(verb: &str, path: &Path, cause: redb::Error) -> BackendError {
    BackendError::because(format!("cannot {verb} {}", path.display()), cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_that_failed_is_opened_again() {
        let directory = tempfile::tempdir().unwrap();
        let backend = EmbeddedBackend::open(directory.path()).unwrap();
        backend
            .commit(Revision::ZERO, &[Batch::default()])
            .await
            .unwrap();
        let failed: Result<(), _> = backend.with_database("read", |_| Err(redb::Error::PreviousIo));
        let file = directory.path().join(FILE_NAME);
        assert_eq!(
            failed.unwrap_err().to_string(),
            format!("cannot read {}", file.display())
        );
        backend
            .commit(Revision::new(1), &[Batch::default()])
            .await
            .unwrap();
        assert_eq!(backend.load().await.unwrap().revision, Revision::new(2));
    }
}
