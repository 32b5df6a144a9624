//! The domain from outside: commands, and what the snapshot then answers.

mod commands;
mod common;
mod routing;
