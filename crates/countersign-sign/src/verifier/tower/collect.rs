//! Reading a body up to a limit.

use std::future::poll_fn;

use bytes::{BufMut, Bytes, BytesMut};
use http_body::Body;

use super::body::{Replayed, in_bytes};

/// What became of reading a body.
pub(super) enum Collected<B> {
    /// All of it was read.
    Whole(Replayed<B>),
    /// It is longer than the limit.
    TooLarge(Replayed<B>),
}

/// Reads `body` until it ends or is longer than `bytes_max`. One that is known to be
/// longer is not touched.
///
/// # Errors
/// What reading fails with.
pub(super) async fn collect<B: Body>(body: B, bytes_max: usize) -> Result<Collected<B>, B::Error> {
    if is_known_longer(&body, bytes_max) {
        return Ok(Collected::TooLarge(Replayed::untouched(body)));
    }
    let mut replayed = Replayed {
        read: Bytes::new(),
        trailers: None,
        rest: None,
    };
    if body.is_end_stream() {
        return Ok(Collected::Whole(replayed));
    }
    let mut body = Box::pin(body);
    let mut more = BytesMut::new();
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        match in_bytes(frame?).into_data() {
            // Most bodies are one piece, which is not copied.
            Ok(data) if replayed.read.is_empty() && more.is_empty() => replayed.read = data,
            Ok(data) => {
                if more.is_empty() {
                    more.put(std::mem::take(&mut replayed.read));
                }
                more.put(data);
            }
            Err(frame) => replayed.trailers = frame.into_trailers().ok(),
        }
        if replayed.read.len().max(more.len()) > bytes_max {
            if !more.is_empty() {
                replayed.read = more.freeze();
            }
            replayed.rest = Some(body);
            return Ok(Collected::TooLarge(replayed));
        }
    }
    if !more.is_empty() {
        replayed.read = more.freeze();
    }
    Ok(Collected::Whole(replayed))
}

pub(super) fn is_known_longer(body: &impl Body, bytes_max: usize) -> bool {
    body.size_hint().lower() > bytes_max as u64
}
