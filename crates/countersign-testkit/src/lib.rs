//! For tests only: a whole gateway on port 0 with a clock and an entropy that
//! the test owns, callers of its management plane, a client, a backend that
//! records what reaches it, and the vendors' vectors.
//!
//! Everything here speaks to loopback only and panics where a test should fail.
#![expect(
    clippy::missing_panics_doc,
    reason = "a panic is how a helper of a test fails"
)]

pub mod backend;
pub mod gateway;
pub mod management;
pub mod program;
pub mod sources;
pub mod vectors;
pub mod wire;

pub use backend::RecordingBackend;
pub use gateway::TestGateway;
pub use management::Management;
pub use program::Program;
pub use sources::FixedSources;
pub use wire::{Connection, Message};
