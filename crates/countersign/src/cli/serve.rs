//! `serve` and `check-config`.

use std::{
    env,
    io::{self, Write},
    path::Path,
};

use tokio::{
    runtime::Runtime,
    signal::unix::{Signal, SignalKind, signal},
};

use super::Failure;
use crate::{
    config::Config,
    gateway::{Gateway, Sources},
    logging,
};

/// Checks a file as [`serve`] would.
pub(super) fn check(file: &Path) -> Result<(), Failure> {
    load(file).map(drop)
}

/// Serves until told to end.
pub(super) fn serve(file: &Path) -> Result<(), Failure> {
    let config = load(file)?;
    logging::start();
    let gateway =
        Gateway::start(&config, &Sources::system()).map_err(|error| Failure::of(&error))?;
    run(gateway, |gateway| format!("{}\n", gateway.ready_line()))
}

/// Says that the gateway is ready, waits for SIGTERM or SIGINT and ends it; a
/// second signal ends the process at once.
///
/// # Errors
/// The signals cannot be listened for, or nobody can be told.
pub fn run(gateway: Gateway, say: impl FnOnce(&Gateway) -> String) -> Result<(), Failure> {
    // Before anybody is told: whoever is told may ask for the end at once.
    let mut signals = Signals::listen(gateway.runtime()).map_err(|error| Failure::of(&error))?;
    let mut output = io::stdout();
    output
        .write_all(say(&gateway).as_bytes())
        .and_then(|()| output.flush())
        .map_err(|error| Failure::of(&error))?;

    gateway.runtime().block_on(signals.next());
    tracing::info!("ending: requests in flight may finish");
    gateway.runtime().spawn(async move {
        signals.next().await;
        tracing::warn!("a second signal: ending at once");
        std::process::exit(1);
    });
    let drained = gateway.shut_down();
    tracing::info!(requests_cut = drained.requests_cut, "ended");
    Ok(())
}

/// What asks the process to end.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen(runtime: &Runtime) -> io::Result<Self> {
        let _in_runtime = runtime.enter();
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

fn load(file: &Path) -> Result<Config, Failure> {
    Ok(Config::load(file, &|name| env::var(name).ok())?)
}
