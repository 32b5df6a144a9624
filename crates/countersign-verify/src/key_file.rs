//! Keys from a file, `{"keys": [...]}`, read again when it changes and on SIGHUP.

use std::{
    fs::{self, Metadata},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use countersign_sign::verifier::{BadKeyList, Key, KeyList, Verifier};
use tokio::{
    signal::unix::{SignalKind, signal},
    time::{Instant, MissedTickBehavior, interval},
};

use crate::{
    Clock,
    feed::GRACE_SECS_DEFAULT,
    meters::{FeedFailure, Meters},
};

/// How often the file is looked at.
const LOOK_PERIOD: Duration = Duration::from_secs(1);

/// Why a file gives no keys. It repeats nothing of it.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(std::io::Error),
    /// It is no list.
    #[error(transparent)]
    NoList(BadKeyList),
    /// One entry is no key.
    #[error("keys[{index}]: {why}")]
    NoKey {
        /// Which, from 0.
        index: usize,
        /// Why not.
        why: &'static str,
    },
}

pub(crate) struct KeyFile {
    path: PathBuf,
    verifier: Arc<Verifier>,
    clock: Clock,
    meters: Arc<Meters>,
    /// When the file was last looked at and was good.
    good: Mutex<Instant>,
}

impl KeyFile {
    /// Reads the file for the first time.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub(crate) fn open(
        path: &Path,
        verifier: Arc<Verifier>,
        clock: Clock,
        meters: Arc<Meters>,
    ) -> Result<Arc<Self>, KeyFileError> {
        let file = Self {
            path: path.to_owned(),
            verifier,
            clock,
            meters,
            good: Mutex::new(Instant::now()),
        };
        file.read()?;
        if fs::metadata(path).is_ok_and(|metadata| metadata.mode() & 0o077 != 0) {
            tracing::warn!(path = %path.display(), "others than its owner may read the key file");
        }
        Ok(Arc::new(file))
    }

    /// Time since the file was last good.
    pub(crate) fn age(&self) -> Duration {
        let good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        good.elapsed()
    }

    /// Looks at the file for ever.
    pub(crate) async fn watch(self: Arc<Self>) {
        let (mut seen, mut is_good) = (None, true);
        let mut tick = interval(LOOK_PERIOD);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut hang_up = signal(SignalKind::hangup()).ok();
        loop {
            let is_asked = tokio::select! {
                _ = tick.tick() => false,
                Some(()) = async { hang_up.as_mut()?.recv().await } => true,
            };
            let now = self.stamp();
            let is_new = now != seen || is_asked;
            seen = now;
            // A bad one is read again even if it does not change.
            if is_good && !is_new {
                self.is_good();
                continue;
            }
            let read = self.read();
            let was_good = std::mem::replace(&mut is_good, read.is_ok());
            match read {
                Ok(()) => {
                    let keys = self.verifier.keys().len();
                    tracing::info!(keys, "the key file was read");
                }
                Err(error) => {
                    self.meters.feed_failure(match error {
                        KeyFileError::Unreadable(_) => FeedFailure::Unreachable,
                        KeyFileError::NoList(_) | KeyFileError::NoKey { .. } => {
                            FeedFailure::Unreadable
                        }
                    });
                    if is_new || was_good {
                        let path = self.path.display();
                        tracing::error!(%error, %path, "no new keys; the last ones serve");
                    }
                }
            }
        }
    }

    fn read(&self) -> Result<(), KeyFileError> {
        let text = fs::read(&self.path).map_err(KeyFileError::Unreadable)?;
        let (keys, grace_secs) = keys(&text)?;
        self.verifier.merge_keys(keys, grace_secs, (self.clock)());
        self.is_good();
        self.meters.feed_answers.increment(1);
        Ok(())
    }

    fn is_good(&self) {
        *self.good.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// What tells one state of the file from another.
    fn stamp(&self) -> Option<(u64, u64, i64, i64)> {
        let stamp = |own: Metadata| (own.ino(), own.size(), own.mtime(), own.mtime_nsec());
        fs::metadata(&self.path).ok().map(stamp)
    }
}

/// The keys of a list, and for how long those that go are accepted.
fn keys(text: &[u8]) -> Result<(Vec<Key>, u64), KeyFileError> {
    let list = KeyList::from_json(text).map_err(KeyFileError::NoList)?;
    match list.skipped.first() {
        Some(skipped) => Err(KeyFileError::NoKey {
            index: skipped.index,
            why: skipped.why,
        }),
        None => Ok((list.keys, list.grace_secs.unwrap_or(GRACE_SECS_DEFAULT))),
    }
}
