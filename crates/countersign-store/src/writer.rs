//! The writer: one thread that plans, commits and publishes every change.
//!
//! It takes all the commands that wait, plans each against what the ones
//! before it made, commits them in one transaction of the backend, publishes
//! the outcome, and only then answers. Between commands it follows what others
//! commit to the same backend.

use std::{collections::VecDeque, io, mem, sync::Arc, thread, time::Duration};

use countersign_core::{Change, Revision, Snapshot};
use tokio::{
    runtime,
    sync::{mpsc, oneshot, watch},
};

use crate::{
    backend::{Backend, Batch, CommitError, CommittedBatch, Watch, WatchError},
    error::{Fault, OpenError, StoreStatus, Unavailable},
    job::Job,
    load::{self, LoadError, Meta, StoredBarrier, Unsealing},
    record,
    store::Published,
};

/// Most commands in one transaction: what a caller waits for besides its own.
const JOBS_GROUPED_MAX: usize = 256;

/// How often a group is planned when other writers keep coming first.
const TRIES_MAX: usize = 16;

/// How long a backend that failed is left alone when no command asks for it.
const RESYNC_PAUSE: Duration = Duration::from_secs(1);

/// What the writer is sent.
pub(crate) enum Message {
    /// Carry this out.
    Job(Box<dyn Job>),
    /// Carry out what came before, and end.
    Close,
}

/// A writer that was started.
pub(crate) struct Started {
    /// Whether it could load the store.
    pub(crate) ready: oneshot::Receiver<Result<(), OpenError>>,
    /// Closed when it has ended.
    pub(crate) ended: watch::Receiver<()>,
    pub(crate) thread: thread::JoinHandle<()>,
}

/// Starts the writer on a thread of its own.
pub(crate) fn start(
    backend: Arc<dyn Backend>,
    unsealing: Unsealing,
    published: Arc<Published>,
    waiting: mpsc::Receiver<Message>,
) -> Result<Started, OpenError> {
    let (ready_sender, ready) = oneshot::channel();
    let (ended_sender, ended) = watch::channel(());
    let run = move || {
        // Dropped last, when the backend is no longer in use here.
        let _ended = ended_sender;
        let runtime = match runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                let _ = ready_sender.send(Err(OpenError::Writer(error)));
                return;
            }
        };
        runtime.block_on(async move {
            match Writer::open(backend, unsealing, published, waiting).await {
                Err(error) => {
                    let _ = ready_sender.send(Err(error.into()));
                }
                // Nobody waits for the store any more if this fails.
                Ok(writer) => {
                    if ready_sender.send(Ok(())).is_ok() {
                        writer.run().await;
                    }
                }
            }
        });
    };
    let thread = thread::Builder::new()
        .name("countersign-store".to_owned())
        .spawn(run);
    let thread = thread.map_err(|error: io::Error| OpenError::Writer(error))?;
    Ok(Started {
        ready,
        ended,
        thread,
    })
}

struct Writer {
    backend: Arc<dyn Backend>,
    unsealing: Unsealing,
    published: StatusGuard,
    waiting: mpsc::Receiver<Message>,
    barrier: StoredBarrier,
    /// What is published.
    current: Arc<Snapshot>,
    /// `None` while the backend cannot be followed; then the status says so.
    watch: Option<Watch>,
}

/// Commands that were planned together, and what they write.
struct Group {
    jobs: Vec<Planned>,
    batches: Vec<Batch>,
    snapshot: Snapshot,
}

struct Planned {
    job: Box<dyn Job>,
    /// The revision that holds what the command came to.
    revision: Revision,
}

/// A group that cannot be committed, nothing of it.
struct Unplanned {
    jobs: Vec<Box<dyn Job>>,
    fault: Fault,
}

enum Event {
    Message(Option<Message>),
    Watched(Result<CommittedBatch, WatchError>),
    ResyncDue,
}

impl Writer {
    async fn open(
        backend: Arc<dyn Backend>,
        unsealing: Unsealing,
        published: Arc<Published>,
        waiting: mpsc::Receiver<Message>,
    ) -> Result<Self, LoadError> {
        let (snapshot, barrier) = load::read(backend.load().await?, &unsealing)?;
        let current = Arc::new(snapshot);
        let watch = Some(backend.watch(current.revision()));
        published.publish(Arc::clone(&current));
        Ok(Self {
            backend,
            unsealing,
            published: StatusGuard(published),
            waiting,
            barrier,
            current,
            watch,
        })
    }

    async fn run(mut self) {
        loop {
            let after = self.current.revision();
            let event = tokio::select! {
                message = self.waiting.recv() => Event::Message(message),
                event = follow(self.watch.as_mut(), after) => event,
            };
            match event {
                Event::Message(None) => break,
                Event::Message(Some(Message::Close)) => self.waiting.close(),
                Event::Message(Some(Message::Job(first))) => {
                    let jobs = self.take_waiting(first);
                    self.carry_out(jobs).await;
                }
                Event::Watched(Ok(committed)) if committed.revision == after.next() => {
                    if let Err(error) = self.apply(&[committed]) {
                        self.lose(Fault::Load(error));
                    }
                }
                Event::Watched(_) | Event::ResyncDue => {
                    let _ = self.resync().await;
                }
            }
        }
        self.published.0.set_status(StoreStatus::Closed);
    }

    /// The commands that wait at this moment, up to a limit.
    fn take_waiting(&mut self, first: Box<dyn Job>) -> Vec<Box<dyn Job>> {
        let mut jobs = vec![first];
        while jobs.len() < JOBS_GROUPED_MAX {
            match self.waiting.try_recv() {
                Ok(Message::Job(job)) => jobs.push(job),
                Ok(Message::Close) => self.waiting.close(),
                Err(_) => break,
            }
        }
        jobs
    }

    async fn carry_out(&mut self, jobs: Vec<Box<dyn Job>>) {
        let mut groups = VecDeque::from([jobs]);
        while let Some(jobs) = groups.pop_front() {
            if let Err(Unplanned { jobs, fault }) = self.carry_out_group(jobs).await {
                if jobs.len() > 1 {
                    // One of them is to blame: each for itself.
                    groups.extend(jobs.into_iter().map(|job| vec![job]));
                } else {
                    fail(jobs, &Unavailable::NotStored(Arc::new(fault)));
                }
            }
        }
    }

    async fn carry_out_group(&mut self, mut jobs: Vec<Box<dyn Job>>) -> Result<(), Unplanned> {
        if self.watch.is_none()
            && let Err(fault) = self.resync().await
        {
            fail(jobs, &Unavailable::NotStored(fault));
            return Ok(());
        }
        for _ in 0..TRIES_MAX {
            let group = self.plan(mem::take(&mut jobs))?;
            if group.batches.is_empty() {
                answer(group.jobs);
                return Ok(());
            }
            match self
                .backend
                .commit(self.current.revision(), &group.batches)
                .await
            {
                Ok(()) => {
                    self.barrier.meta = Meta::Current;
                    self.publish(group.snapshot);
                    answer(group.jobs);
                    return Ok(());
                }
                Err(CommitError::Conflict { current }) => {
                    jobs = group.jobs.into_iter().map(|planned| planned.job).collect();
                    if let Err(fault) = self.catch_up(current).await {
                        fail(jobs, &Unavailable::NotStored(fault));
                        return Ok(());
                    }
                }
                Err(CommitError::Failed(error)) => {
                    let why = self.after_failure(Fault::Commit(error)).await;
                    fail(
                        group.jobs.into_iter().map(|planned| planned.job).collect(),
                        &why,
                    );
                    return Ok(());
                }
            }
        }
        fail(jobs, &Unavailable::Contended { tries: TRIES_MAX });
        Ok(())
    }

    /// Plans each command against what those before it made. A command that
    /// neither writes nor was planned behind one that does is answered at once.
    fn plan(&self, jobs: Vec<Box<dyn Job>>) -> Result<Group, Unplanned> {
        let mut draft = self.current.draft();
        let mut planned = Vec::with_capacity(jobs.len());
        let mut written = Vec::new();
        for mut job in jobs {
            let changes = job.plan(draft.snapshot()).unwrap_or_default();
            if !changes.is_empty() {
                draft.apply(draft.snapshot().revision().next(), &changes);
                written.push(changes);
            }
            let revision = draft.snapshot().revision();
            if written.is_empty() {
                job.answer(revision);
            } else {
                planned.push(Planned { job, revision });
            }
        }
        let encoded = self.encode(&written).and_then(|batches| {
            let snapshot = draft.finish().map_err(Fault::Routes)?;
            Ok((batches, snapshot))
        });
        match encoded {
            Ok((batches, snapshot)) => Ok(Group {
                jobs: planned,
                batches,
                snapshot,
            }),
            Err(fault) => Err(Unplanned {
                jobs: planned.into_iter().map(|planned| planned.job).collect(),
                fault,
            }),
        }
    }

    fn encode(&self, written: &[Vec<Change>]) -> Result<Vec<Batch>, Fault> {
        let mut batches = Vec::with_capacity(written.len());
        for changes in written {
            let mut operations = Vec::with_capacity(changes.len());
            if batches.is_empty() {
                let first = load::first_operations(&self.barrier, &self.unsealing.master_key);
                operations.extend(first.map_err(Fault::Wrap)?);
            }
            for change in changes {
                operations
                    .push(record::encode(change, &self.barrier.barrier).map_err(Fault::Seal)?);
            }
            batches.push(Batch { operations });
        }
        Ok(batches)
    }

    fn publish(&mut self, snapshot: Snapshot) {
        self.current = Arc::new(snapshot);
        self.published.0.publish(Arc::clone(&self.current));
    }

    /// Applies and publishes what others committed. Each batch follows the
    /// one before it.
    fn apply(&mut self, committed: &[CommittedBatch]) -> Result<(), LoadError> {
        let mut draft = self.current.draft();
        for CommittedBatch { revision, batch } in committed {
            let changes = load::read_batch(batch, &mut self.barrier, &self.unsealing)?;
            draft.apply(*revision, &changes);
        }
        let snapshot = draft.finish()?;
        self.publish(snapshot);
        Ok(())
    }

    /// Follows the backend up to `revision`, which another writer reached.
    async fn catch_up(&mut self, revision: Revision) -> Result<(), Arc<Fault>> {
        let mut committed: Vec<CommittedBatch> = Vec::new();
        let mut after = self.current.revision();
        while after < revision {
            match self.watch.as_mut() {
                Some(watch) => match watch.next(after).await {
                    Ok(next) if next.revision == after.next() => {
                        after = next.revision;
                        committed.push(next);
                    }
                    _ => return self.resync().await,
                },
                None => return self.resync().await,
            }
        }
        if committed.is_empty() {
            // The backend is behind what is published: only a load tells more.
            return self.resync().await;
        }
        self.apply(&committed)
            .map_err(|error| self.lose(Fault::Load(error)))
    }

    /// Loads what the backend holds and follows it from there.
    async fn resync(&mut self) -> Result<(), Arc<Fault>> {
        match self.reload().await {
            Ok(()) => {
                self.watch = Some(self.backend.watch(self.current.revision()));
                if !matches!(*self.published.0.status(), StoreStatus::Healthy) {
                    tracing::info!(
                        revision = self.current.revision().number(),
                        "the store can be written again"
                    );
                    self.published.0.set_status(StoreStatus::Healthy);
                }
                Ok(())
            }
            Err(error) => Err(self.lose(Fault::Load(error))),
        }
    }

    async fn reload(&mut self) -> Result<(), LoadError> {
        let loaded = self.backend.load().await?;
        let published = self.current.revision();
        if loaded.revision < published {
            return Err(LoadError::WentBack {
                published,
                found: loaded.revision,
            });
        }
        if loaded.revision > published {
            let (snapshot, barrier) = load::read(loaded, &self.unsealing)?;
            self.barrier = barrier;
            self.publish(snapshot);
        }
        Ok(())
    }

    /// The backend cannot be followed: nothing is written until it is loaded
    /// again.
    fn lose(&mut self, fault: Fault) -> Arc<Fault> {
        let fault = Arc::new(fault);
        self.watch = None;
        if matches!(*self.published.0.status(), StoreStatus::Healthy) {
            let error: &(dyn std::error::Error + 'static) = &*fault;
            tracing::error!(error, "the store cannot be written");
        }
        self.published
            .0
            .set_status(StoreStatus::Failing(Arc::clone(&fault)));
        fault
    }

    /// Learns what a failed commit came to.
    async fn after_failure(&mut self, fault: Fault) -> Unavailable {
        let before = self.current.revision();
        let fault = Arc::new(fault);
        match self.resync().await {
            Ok(()) if self.current.revision() == before => Unavailable::NotStored(fault),
            _ => Unavailable::Unknown(fault),
        }
    }
}

/// Waits for the next commit of another writer; where the backend cannot be
/// followed, for the moment to try again.
async fn follow(watch: Option<&mut Watch>, after: Revision) -> Event {
    match watch {
        Some(watch) => Event::Watched(watch.next(after).await),
        None => {
            tokio::time::sleep(RESYNC_PAUSE).await;
            Event::ResyncDue
        }
    }
}

fn answer(jobs: Vec<Planned>) {
    for Planned { job, revision } in jobs {
        job.answer(revision);
    }
}

fn fail(jobs: Vec<Box<dyn Job>>, why: &Unavailable) {
    for job in jobs {
        job.fail(why.clone());
    }
}

/// Says that the writer stopped if it ends by a panic.
struct StatusGuard(Arc<Published>);

impl Drop for StatusGuard {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.set_status(StoreStatus::Stopped);
        }
    }
}
