//! Where time and randomness come from: always handed in, so that a test can
//! fix them.

use std::sync::Arc;

use crate::time::Timestamp;

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Fills 16 bytes from a secure random source.
pub type Entropy = Arc<dyn Fn() -> [u8; 16] + Send + Sync>;
