//! What the tests are made of.

pub mod backend;
pub mod client;
pub mod gateway;
pub mod huawei;
pub mod keys;
pub mod message;
pub mod signature;

pub use backend::{Action, Backend, Received};
pub use client::Client;
pub use gateway::{Gateway, Options, definition};

use std::time::Duration;

/// No test waits this long unless it fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The body as a list of `name: value` lines, for comparing.
pub fn lines(head: &str) -> Vec<&str> {
    head.split("\r\n")
        .skip(1)
        .filter(|line| !line.is_empty())
        .collect()
}
