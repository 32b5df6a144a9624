//! `serve` and `check-config`.

use std::{
    env,
    io::{self, Write},
    path::Path,
};

use tokio::signal::unix::{SignalKind, signal};

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
    let line = format!("{}\n", gateway.ready_line());
    io::stdout()
        .write_all(line.as_bytes())
        .and_then(|()| io::stdout().flush())
        .map_err(|error| Failure::of(&error))?;
    run_until_signal(gateway).map_err(|error| Failure::of(&error))
}

/// Waits for SIGTERM or SIGINT and ends the gateway; a second signal ends the
/// process at once.
///
/// # Errors
/// The signals cannot be listened for.
pub fn run_until_signal(gateway: Gateway) -> io::Result<()> {
    let (mut terminate, mut interrupt) = {
        let _in_runtime = gateway.runtime().enter();
        (
            signal(SignalKind::terminate())?,
            signal(SignalKind::interrupt())?,
        )
    };
    gateway.runtime().block_on(async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    });
    tracing::info!("ending: requests in flight may finish");
    gateway.runtime().spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::warn!("a second signal: ending at once");
        std::process::exit(1);
    });
    let drained = gateway.shut_down();
    tracing::info!(requests_cut = drained.requests_cut, "ended");
    Ok(())
}

fn load(file: &Path) -> Result<Config, Failure> {
    Ok(Config::load(file, &|name| env::var(name).ok())?)
}
