//! The access log: lines gathered by each worker, written by a thread of its
//! own. A worker never waits for it; when the writer is behind, lines are
//! dropped and counted.

use std::{
    fmt,
    io::Write,
    sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    thread::{self, JoinHandle},
};

use metrics::Counter;

/// Buffers that may wait for the writer.
const QUEUE_BUFFERS_MAX: usize = 64;
/// How full a worker's buffer is when it is handed over.
const HAND_OVER_BYTES: usize = 32 * 1024;

/// Where the access log goes.
pub struct AccessLog {
    sender: Option<SyncSender<Vec<u8>>>,
    writer: Option<JoinHandle<()>>,
}

impl AccessLog {
    /// No access log.
    pub fn off() -> Self {
        Self {
            sender: None,
            writer: None,
        }
    }

    /// One JSON object a line to `writer`, from a thread of its own.
    pub fn to(mut writer: Box<dyn Write + Send>) -> Self {
        let (sender, receiver): (_, Receiver<Vec<u8>>) = sync_channel(QUEUE_BUFFERS_MAX);
        let write = move || {
            let mut has_failed = false;
            for buffer in receiver {
                let written = writer.write_all(&buffer).and_then(|()| writer.flush());
                if let Err(error) = written
                    && !std::mem::replace(&mut has_failed, true)
                {
                    tracing::error!(%error, "the access log cannot be written");
                }
            }
        };
        match thread::Builder::new()
            .name("access-log".to_owned())
            .spawn(write)
        {
            Ok(writer) => Self {
                sender: Some(sender),
                writer: Some(writer),
            },
            Err(error) => {
                tracing::error!(%error, "the access log has no thread and stays off");
                Self::off()
            }
        }
    }

    /// A worker's end of the log.
    pub(crate) fn buffer(&self, dropped: Counter) -> LogBuffer {
        LogBuffer {
            sender: self.sender.clone(),
            lines: Vec::new(),
            count: 0,
            dropped,
        }
    }

    /// Takes the thread that writes; it ends when all buffers are dropped.
    pub(crate) fn into_writer(self) -> Option<JoinHandle<()>> {
        self.writer
    }
}

impl fmt::Debug for AccessLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessLog")
            .field("is_on", &self.sender.is_some())
            .finish()
    }
}

/// The lines that one worker has gathered.
pub(crate) struct LogBuffer {
    sender: Option<SyncSender<Vec<u8>>>,
    lines: Vec<u8>,
    count: u64,
    dropped: Counter,
}

impl LogBuffer {
    pub(crate) fn is_on(&self) -> bool {
        self.sender.is_some()
    }

    /// Adds a line, which ends in a line feed.
    pub(crate) fn push(&mut self, line: &[u8]) {
        self.lines.extend_from_slice(line);
        self.count += 1;
        if self.lines.len() > HAND_OVER_BYTES {
            self.hand_over();
        }
    }

    /// Gives the writer what there is.
    pub(crate) fn hand_over(&mut self) {
        let Some(sender) = &self.sender else { return };
        if self.lines.is_empty() {
            return;
        }
        let lines = std::mem::replace(&mut self.lines, Vec::with_capacity(HAND_OVER_BYTES + 1024));
        let count = std::mem::take(&mut self.count);
        if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) = sender.try_send(lines) {
            self.dropped.increment(count);
        }
    }
}
