//! The program's own log: JSON lines on standard error.

use tracing_subscriber::{EnvFilter, fmt};

/// Chooses what is logged, as in `info` or `countersign_store=debug`.
pub const FILTER_VARIABLE: &str = "COUNTERSIGN_LOG";

/// Starts logging for the rest of the process.
pub fn start() {
    start_at("info");
}

/// Starts logging what a person should look at only, for commands that speak to
/// a person themselves.
pub fn start_quiet() {
    start_at("error");
}

fn start_at(level: &str) {
    let filter = EnvFilter::try_from_env(FILTER_VARIABLE).unwrap_or_else(|_| EnvFilter::new(level));
    fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
