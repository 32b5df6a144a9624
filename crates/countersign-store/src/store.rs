//! The store: what the rest of the gateway holds.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

use arc_swap::{ArcSwap, Cache};
use countersign_core::{Revision, Snapshot, Timestamp, command::Command};
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    backend::Backend,
    error::{ExecuteError, OpenError, StoreStatus, Unavailable},
    job::CommandJob,
    load::Unsealing,
    master_key::MasterKey,
    random::RandomSource,
    writer::{self, Message},
};

/// How many commands wait at most; more callers wait for a place.
const JOBS_QUEUED_MAX: usize = 1024;

/// All state, in memory and in a backend. A clone is another handle on the
/// same store.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    published: Arc<Published>,
    jobs: mpsc::Sender<Message>,
    closing: AtomicBool,
    /// Its sender is dropped by the writer when it has ended.
    ended: watch::Receiver<()>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// What the writer tells everyone.
pub(crate) struct Published {
    snapshot: Arc<ArcSwap<Snapshot>>,
    revision: watch::Sender<Revision>,
    status: ArcSwap<StoreStatus>,
}

/// What a command came to, and the revision that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed<T> {
    /// The command's own revision; where nothing needed to be changed, the
    /// newest at that moment. It is published.
    pub revision: Revision,
    /// What the command tells its caller.
    pub outcome: T,
}

impl Store {
    /// Loads the store and starts its writer. An empty backend stays as it is
    /// until the first command is committed.
    ///
    /// # Errors
    /// The backend fails, holds something that this build cannot read, or was
    /// written with another master key. Then nothing was changed in it.
    pub async fn open(
        backend: Arc<dyn Backend>,
        master_key: &MasterKey,
    ) -> Result<Self, OpenError> {
        Self::open_with_random(backend, master_key, RandomSource::system()).await
    }

    /// The same, with a source of randomness for data keys and nonces.
    pub async fn open_with_random(
        backend: Arc<dyn Backend>,
        master_key: &MasterKey,
        random: RandomSource,
    ) -> Result<Self, OpenError> {
        let published = Arc::new(Published::new());
        let (jobs, waiting) = mpsc::channel(JOBS_QUEUED_MAX);
        let unsealing = Unsealing {
            master_key: master_key.clone(),
            random,
        };
        let writer::Started {
            ready,
            ended,
            thread,
        } = writer::start(backend, unsealing, Arc::clone(&published), waiting)?;
        ready
            .await
            .map_err(|_: oneshot::error::RecvError| OpenError::Stopped)??;
        let inner = Inner {
            published,
            jobs,
            closing: AtomicBool::new(false),
            ended,
            writer: Mutex::new(Some(thread)),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The newest published snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.inner.published.snapshot.load_full()
    }

    /// A reader for a thread that asks for the snapshot often.
    pub fn reader(&self) -> SnapshotReader {
        SnapshotReader {
            cache: Cache::new(Arc::clone(&self.inner.published.snapshot)),
        }
    }

    /// Carries a command out: plans it against the newest state, commits what
    /// it comes to, and publishes that. When this returns, the change is
    /// durable and every reader sees it.
    ///
    /// A command that was accepted is carried out even if the caller stops
    /// waiting.
    pub async fn execute<C>(
        &self,
        command: C,
        now: Timestamp,
    ) -> Result<Committed<C::Outcome>, ExecuteError>
    where
        C: Command + Send + 'static,
        C::Outcome: Send + 'static,
    {
        let (job, answer) = CommandJob::new(command, now);
        if self
            .inner
            .jobs
            .send(Message::Job(Box::new(job)))
            .await
            .is_err()
        {
            return Err(self.why_refused().into());
        }
        // A writer that ends in good order answers what it accepted.
        answer
            .await
            .unwrap_or_else(|_| Err(Unavailable::Stopped.into()))
    }

    /// The newest published revision, as it changes.
    pub fn revisions(&self) -> watch::Receiver<Revision> {
        self.inner.published.revision.subscribe()
    }

    /// Whether changes can be made, and if not, why.
    pub fn status(&self) -> StoreStatus {
        StoreStatus::clone(&self.inner.published.status.load())
    }

    /// Carries out what was accepted, refuses what comes later, and ends the
    /// writer. Reading goes on.
    pub async fn close(&self) {
        self.inner.closing.store(true, Ordering::Relaxed);
        // Refused only by a writer that has ended already.
        let _ = self.inner.jobs.send(Message::Close).await;
        let mut ended = self.inner.ended.clone();
        while ended.changed().await.is_ok() {}
        let writer = self
            .inner
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(writer) = writer {
            // It has nothing left to do but return; a panic was reported.
            let _ = writer.join();
        }
    }

    /// Why the writer takes nothing more.
    fn why_refused(&self) -> Unavailable {
        if self.inner.closing.load(Ordering::Relaxed) {
            Unavailable::Closed
        } else {
            Unavailable::Stopped
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let revision = *self.inner.published.revision.borrow();
        f.debug_struct("Store")
            .field("revision", &revision)
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

impl Published {
    fn new() -> Self {
        Self {
            snapshot: Arc::new(ArcSwap::default()),
            revision: watch::Sender::new(Revision::ZERO),
            status: ArcSwap::from_pointee(StoreStatus::Healthy),
        }
    }

    /// Whoever hears of a revision finds it in the snapshot.
    pub(crate) fn publish(&self, snapshot: Arc<Snapshot>) {
        let revision = snapshot.revision();
        self.snapshot.store(snapshot);
        self.revision.send_replace(revision);
    }

    pub(crate) fn set_status(&self, status: StoreStatus) {
        self.status.store(Arc::new(status));
    }

    pub(crate) fn status(&self) -> Arc<StoreStatus> {
        self.status.load_full()
    }
}

/// Gives one thread the newest snapshot without waiting: when nothing was
/// published since the last look, that look is all it costs.
#[derive(Clone)]
pub struct SnapshotReader {
    cache: Cache<Arc<ArcSwap<Snapshot>>, Arc<Snapshot>>,
}

impl SnapshotReader {
    /// The newest published snapshot.
    pub fn current(&mut self) -> &Arc<Snapshot> {
        self.cache.load()
    }
}

impl fmt::Debug for SnapshotReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SnapshotReader")
    }
}
