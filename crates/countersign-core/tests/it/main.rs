//! The domain from outside: commands, and what the snapshot then answers.

mod accounts;
mod bindings;
mod commands;
mod common;
mod environments;
mod isolation;
mod next_versions;
mod rebuild;
mod routing;
mod schemes;
mod users;
mod verifiers;
mod versions;
