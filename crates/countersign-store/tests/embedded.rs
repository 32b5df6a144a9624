//! What is true of the embedded backend alone.

mod support;

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::Arc,
};

use async_trait::async_trait;
use countersign_core::Revision;
use countersign_store::{
    Backend, BackendError, Batch, CommitError, Loaded, Store, Watch, embedded::EmbeddedBackend,
};
use support::*;
use tokio::sync::oneshot;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_store_is_its_owners_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a/b");
    drop(EmbeddedBackend::open(&path).unwrap());
    assert_eq!(
        (mode(&path), mode(&path.join("countersign.redb"))),
        (0o700, 0o600)
    );
    // A directory that was there keeps its mode.
    fs::set_permissions(&path, Permissions::from_mode(0o750)).unwrap();
    drop(EmbeddedBackend::open(&path).unwrap());
    assert_eq!(mode(&path), 0o750);
}

#[test]
fn a_second_opener_is_told_who_has_it() {
    let directory = tempfile::tempdir().unwrap();
    let first = EmbeddedBackend::open(directory.path()).unwrap();
    let error = EmbeddedBackend::open(directory.path()).err().unwrap();
    let file = directory.path().join("countersign.redb");
    assert_eq!(
        error.to_string(),
        format!("{} is in use by another process", file.display())
    );
    drop(first);
    EmbeddedBackend::open(directory.path()).unwrap();
}

#[test]
fn a_file_that_is_no_store_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("countersign.redb");
    fs::write(&file, b"this is not a database, but long enough to look at").unwrap();
    let error = EmbeddedBackend::open(directory.path()).err().unwrap();
    assert_eq!(error.to_string(), format!("cannot open {}", file.display()));
    let in_the_way = EmbeddedBackend::open(&file).err().unwrap();
    assert_eq!(
        in_the_way.to_string(),
        format!("cannot make the directory {}", file.display())
    );
}

/// Tells when the last user of a backend is gone.
struct Farewell {
    inner: EmbeddedBackend,
    _gone: oneshot::Sender<()>,
}

#[async_trait]
impl Backend for Farewell {
    async fn load(&self) -> Result<Loaded, BackendError> {
        self.inner.load().await
    }

    async fn commit(&self, expected: Revision, batches: &[Batch]) -> Result<(), CommitError> {
        self.inner.commit(expected, batches).await
    }

    fn watch(&self, after: Revision) -> Watch {
        self.inner.watch(after)
    }
}

#[tokio::test]
async fn a_store_that_was_dropped_opens_with_all_that_was_answered() {
    let directory = tempfile::tempdir().unwrap();
    for round in 0..3_u8 {
        let (sender, gone) = oneshot::channel();
        let inner = EmbeddedBackend::open(directory.path()).unwrap();
        let store = Store::open(
            Arc::new(Farewell {
                inner,
                _gone: sender,
            }),
            &MASTER_KEY,
        )
        .await
        .unwrap();
        assert_eq!(
            store.snapshot().groups(&account()).count(),
            usize::from(round) * 8
        );
        for number in round * 8..round * 8 + 8 {
            store
                .execute(create_group(number, &format!("group{number}")), NOW)
                .await
                .unwrap();
        }
        drop(store);
        // The sender is dropped, after the file was closed.
        gone.await.unwrap_err();
    }
    let backend: Arc<dyn Backend> = Arc::new(EmbeddedBackend::open(directory.path()).unwrap());
    assert_eq!(
        open(&backend).await.snapshot().revision(),
        Revision::new(24)
    );
}
