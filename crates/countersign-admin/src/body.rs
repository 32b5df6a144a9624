//! Reading a request's body, with a limit.

use axum::body::Body;
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};

/// The largest body that a management call may have. The largest real one, an
/// API's definition with all its tables, has some tens of kilobytes.
pub(crate) const BODY_BYTES_MAX: usize = 1024 * 1024;

/// Why a body could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the request's body has more than {BODY_BYTES_MAX} bytes")]
    TooLarge,
    #[error("the request's body could not be read")]
    Unreadable,
}

impl BodyError {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "body_too_large",
            Self::Unreadable => "body_unreadable",
        }
    }
}

/// The whole body, chunked or not.
pub(crate) async fn read(body: Body) -> Result<Bytes, BodyError> {
    match Limited::new(body, BODY_BYTES_MAX).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge),
        Err(_) => Err(BodyError::Unreadable),
    }
}
