//! The access log: one JSON object a line, written by a thread of its own. A request
//! never waits for it; when the writer is behind, lines are dropped and counted.

use std::{
    fs::OpenOptions,
    io::{self, BufWriter, Write},
    path::PathBuf,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
};

use metrics::Counter;

/// Lines that may wait for the writer.
const QUEUE_LINES_MAX: usize = 16 * 1024;

/// Where the access log goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessLogTarget {
    /// Nowhere.
    Off,
    /// Standard output.
    StandardOutput,
    /// Appended to a file.
    File(PathBuf),
}

pub(crate) struct AccessLog {
    sender: Option<SyncSender<String>>,
    dropped: Counter,
}

impl AccessLog {
    /// # Errors
    /// The file cannot be opened, or there is no thread.
    pub(crate) fn open(target: &AccessLogTarget, dropped: Counter) -> io::Result<Self> {
        let writer: Box<dyn Write + Send> = match target {
            AccessLogTarget::Off => {
                return Ok(Self {
                    sender: None,
                    dropped,
                });
            }
            AccessLogTarget::StandardOutput => Box::new(io::stdout()),
            AccessLogTarget::File(path) => {
                Box::new(OpenOptions::new().create(true).append(true).open(path)?)
            }
        };
        let (sender, lines) = sync_channel(QUEUE_LINES_MAX);
        let name = "access-log".to_owned();
        thread::Builder::new()
            .name(name)
            .spawn(move || write(lines, writer))?;
        Ok(Self {
            sender: Some(sender),
            dropped,
        })
    }

    /// Writes the line that `make` makes, if there is a log.
    pub(crate) fn line(&self, make: impl FnOnce() -> serde_json::Value) {
        if let Some(sender) = &self.sender
            && sender.try_send(make().to_string()).is_err()
        {
            self.dropped.increment(1);
        }
    }
}

/// Writes lines as they come, and flushes when none waits.
fn write(lines: Receiver<String>, writer: Box<dyn Write + Send>) {
    let mut writer = BufWriter::new(writer);
    let mut has_failed = false;
    while let Ok(first) = lines.recv() {
        let mut written = writeln!(writer, "{first}");
        for line in lines.try_iter() {
            written = written.and_then(|()| writeln!(writer, "{line}"));
        }
        if let Err(error) = written.and_then(|()| writer.flush())
            && !std::mem::replace(&mut has_failed, true)
        {
            tracing::error!(%error, "the access log cannot be written");
        }
    }
}
