//! Reading a request's body, with a limit of its size and of its time.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body::Body as _;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

/// The largest body that a management call may have. The largest real one, an
/// API's definition with all its tables, has some tens of kilobytes.
pub(crate) const BODY_BYTES_MAX: usize = 1024 * 1024;

/// How long a body may take to come. Enough
/// for the largest one over a line of 300 kbit/s; without an end, callers that
/// send a byte now and then could hold every connection that there is.
pub(crate) const BODY_TIME_MAX: Duration = Duration::from_secs(30);

/// Why a body could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the request's body has more than {BODY_BYTES_MAX} bytes")]
    TooLarge,
    #[error("the request's body could not be read")]
    Unreadable,
    #[error("the request's body took longer than {} seconds to come", BODY_TIME_MAX.as_secs())]
    TooSlow,
}

impl BodyError {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "body_too_large",
            Self::Unreadable => "body_unreadable",
            Self::TooSlow => "body_too_slow",
        }
    }
}

/// The whole body, chunked or not. One that says beforehand that it is too
/// large is not read at all.
pub(crate) async fn read(body: Body) -> Result<Bytes, BodyError> {
    if body.size_hint().lower() > BODY_BYTES_MAX as u64 {
        return Err(BodyError::TooLarge);
    }
    match timeout(BODY_TIME_MAX, Limited::new(body, BODY_BYTES_MAX).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge),
        Ok(Err(_)) => Err(BodyError::Unreadable),
        Err(_elapsed) => Err(BodyError::TooSlow),
    }
}
