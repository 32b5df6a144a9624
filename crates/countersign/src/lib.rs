//! The whole gateway, wired: configuration, start and end, and the commands.
//! Almost no logic of its own stands here.

pub mod cli;
pub mod config;
pub mod gateway;
pub mod logging;
pub mod quickstart;

/// This build's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
