//! The client of the gateway's key feed; `verifiers/README.md` has its rules.
//!
//! One task asks with a long wait and applies what it hears (`listen`). Another asks at
//! once when a request may be signed with a key that the feed has not told yet
//! (`demand`), one question at a time and few in a second, for all requests together.

mod client;
mod source;

use std::{sync::Arc, time::Duration};

use countersign_sign::verifier::{KeyList, Verifier};
use tokio::{
    sync::{Mutex, Notify, watch},
    time::{Instant, sleep, sleep_until, timeout_at},
};

use crate::{
    Clock,
    meters::{FeedFailure, Meters},
};
use client::{Answer, Client};

pub use source::{BadFeedUrl, FeedUrl, TokenSource};

/// How long a listening question waits at the gateway.
const WAIT_SECS: u64 = 25;
/// How long it may take in all.
const LISTEN_TIMEOUT: Duration = Duration::from_secs(WAIT_SECS + 10);
/// How long a question on demand may take, as long as a request waits for one.
const DEMAND_TIMEOUT: Duration = Duration::from_secs(2);
/// The least time between the beginnings of two questions on demand.
const DEMAND_SPACING: Duration = Duration::from_millis(100);
/// The first wait after an error; each one after doubles it.
const BACK_OFF_MIN: Duration = Duration::from_millis(100);
const BACK_OFF_MAX: Duration = Duration::from_secs(5);
/// For how long keys that go are accepted where nobody says.
pub(crate) const GRACE_SECS_DEFAULT: u64 = 60;

/// How far the feed has come, for requests that wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// How many times the keys were replaced.
    changes: u64,
    /// The last question on demand that has ended, from 1.
    ended: u64,
}

/// A feed and what it has told.
pub(crate) struct Feed {
    client: Client,
    verifier: Arc<Verifier>,
    clock: Clock,
    meters: Arc<Meters>,
    progress: watch::Sender<Progress>,
    told: Mutex<Told>,
    /// When the feed last answered.
    answered: std::sync::Mutex<Option<Instant>>,
    demand: std::sync::Mutex<Demand>,
    demanded: Notify,
}

/// What the present keys came with.
#[derive(Default)]
struct Told {
    tag: Option<String>,
    revision: u64,
    changes: u64,
}

#[derive(Default)]
struct Demand {
    /// How many questions on demand have begun.
    begun: u64,
    is_wanted: bool,
}

/// A question on demand that began after a request came, or the next one after that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticket {
    question: u64,
    until: Instant,
}

impl Feed {
    pub(crate) fn new(
        url: &FeedUrl,
        token: TokenSource,
        verifier: Arc<Verifier>,
        clock: Clock,
        meters: Arc<Meters>,
    ) -> Arc<Self> {
        Arc::new(Self {
            client: Client::new(url, token),
            verifier,
            clock,
            meters,
            progress: watch::Sender::new(Progress::default()),
            told: Mutex::default(),
            answered: std::sync::Mutex::default(),
            demand: std::sync::Mutex::default(),
            demanded: Notify::new(),
        })
    }

    /// Seconds since the feed last answered.
    pub(crate) fn age(&self) -> Option<Duration> {
        lock(&self.answered).map(|at| at.elapsed())
    }

    /// Asks for ever, waiting for changes.
    pub(crate) async fn listen(self: Arc<Self>) {
        let mut back_off = BACK_OFF_MIN;
        loop {
            match self.ask(WAIT_SECS, LISTEN_TIMEOUT).await {
                Ok(()) => back_off = BACK_OFF_MIN,
                Err(failure) => {
                    tracing::warn!(
                        kind = failure.as_str(),
                        again_in_ms = back_off.as_millis() as u64,
                        "the key feed did not tell keys; the last ones serve"
                    );
                    sleep(back_off).await;
                    back_off = (back_off * 2).min(BACK_OFF_MAX);
                }
            }
        }
    }

    /// Asks at once whenever a request wants it, for ever.
    pub(crate) async fn answer_demand(self: Arc<Self>) {
        let mut not_before = Instant::now();
        loop {
            self.demanded.notified().await;
            sleep_until(not_before).await;
            let question = {
                let mut demand = lock(&self.demand);
                if !std::mem::take(&mut demand.is_wanted) {
                    continue;
                }
                demand.begun += 1;
                demand.begun
            };
            not_before = Instant::now() + DEMAND_SPACING;
            if let Err(failure) = self.ask(0, DEMAND_TIMEOUT).await {
                tracing::debug!(kind = failure.as_str(), "the key feed was asked in vain");
            }
            self.progress
                .send_modify(|progress| progress.ended = question);
        }
    }

    /// Where the feed stands, to be taken before a request is checked.
    pub(crate) fn progress(&self) -> Progress {
        *self.progress.borrow()
    }

    /// Wants a question that begins from now on.
    pub(crate) fn want(&self) -> Ticket {
        let mut demand = lock(&self.demand);
        demand.is_wanted = true;
        let question = demand.begun + 1;
        drop(demand);
        self.demanded.notify_one();
        Ticket {
            question,
            until: Instant::now() + DEMAND_TIMEOUT,
        }
    }

    /// Waits until the keys are others than at `seen`, or the ticket's question has
    /// ended; says whether it makes sense to check again.
    pub(crate) async fn news(&self, seen: Progress, ticket: Ticket) -> bool {
        if seen.ended >= ticket.question {
            // What was checked with is what that question brought.
            return false;
        }
        let mut progress = self.progress.subscribe();
        let is_news = |now: &Progress| now.changes > seen.changes || now.ended >= ticket.question;
        let waited = timeout_at(ticket.until, progress.wait_for(is_news)).await;
        matches!(waited, Ok(Ok(now)) if now.changes > seen.changes)
    }

    /// One question, counted.
    async fn ask(&self, wait_secs: u64, patience: Duration) -> Result<(), FeedFailure> {
        let (tag, changes) = {
            let told = self.told.lock().await;
            (told.tag.clone(), told.changes)
        };
        let asked = self.client.ask(tag.as_deref(), wait_secs, patience).await;
        let done = match asked {
            Ok(Answer::Unchanged) => Ok(()),
            Ok(Answer::Keys { tag, body }) => match KeyList::from_json(&body) {
                Ok(list) => {
                    self.apply(list, tag, changes).await;
                    Ok(())
                }
                Err(error) => {
                    tracing::error!(%error, "the key feed's answer cannot be read");
                    Err(FeedFailure::Unreadable)
                }
            },
            Err(failure) => Err(failure),
        };
        match done {
            Ok(()) => {
                *lock(&self.answered) = Some(Instant::now());
                self.meters.feed_answers.increment(1);
            }
            Err(failure) => self.meters.feed_failure(failure),
        }
        done
    }

    /// Takes new keys. `changes` is how often they had changed when they were asked
    /// for: an older answer that was overtaken is dropped.
    async fn apply(&self, list: KeyList, tag: Option<String>, changes: u64) {
        let mut told = self.told.lock().await;
        let revision = list.revision.unwrap_or_default();
        if revision < told.revision && changes != told.changes {
            return;
        }
        if tag.is_some() && tag == told.tag {
            told.revision = revision;
            return;
        }
        for skipped in &list.skipped {
            tracing::warn!(
                index = skipped.index,
                why = skipped.why,
                "a key of the feed is not taken"
            );
        }
        let grace_secs = list.grace_secs.unwrap_or(GRACE_SECS_DEFAULT);
        self.verifier
            .merge_keys(list.keys, grace_secs, (self.clock)());
        told.changes += 1;
        told.revision = revision;
        told.tag = tag;
        tracing::info!(
            revision,
            keys = self.verifier.keys().len(),
            "the key feed told keys"
        );
        let changes = told.changes;
        self.progress
            .send_modify(|progress| progress.changes = changes);
    }
}

fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
