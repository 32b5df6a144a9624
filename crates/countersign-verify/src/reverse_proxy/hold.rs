//! Holding a body up to a limit.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use tokio::time::timeout;

/// How long nothing of a body may come.
const PIECE_TIMEOUT: Duration = Duration::from_secs(30);

/// What became of reading a body. Trailers are dropped.
pub(crate) enum Held {
    /// All of it was read.
    Whole(Bytes),
    /// It is longer than the limit.
    TooLarge {
        /// What was read.
        read: Bytes,
        /// What was not.
        rest: Incoming,
    },
}

/// Why a body cannot be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HoldError {
    Broken,
    TooSlow,
}

/// Reads `body` until it ends or is longer than `bytes_max`. One that says so itself is
/// not touched.
pub(crate) async fn hold(mut body: Incoming, bytes_max: usize) -> Result<Held, HoldError> {
    if body.size_hint().lower() > bytes_max as u64 {
        return Ok(Held::TooLarge {
            read: Bytes::new(),
            rest: body,
        });
    }
    let mut read = BytesMut::new();
    loop {
        let frame = timeout(PIECE_TIMEOUT, body.frame()).await;
        let frame = match frame.map_err(|_| HoldError::TooSlow)? {
            None => return Ok(Held::Whole(read.freeze())),
            Some(frame) => frame.map_err(|_| HoldError::Broken)?,
        };
        if let Ok(data) = frame.into_data() {
            read.extend_from_slice(&data);
        }
        if read.len() > bytes_max {
            return Ok(Held::TooLarge {
                read: read.freeze(),
                rest: body,
            });
        }
    }
}
