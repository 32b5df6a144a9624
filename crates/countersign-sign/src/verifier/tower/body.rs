//! A body of which some was read already.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};

/// A body as it was received: first what was read of it to check the signature, then
/// the rest.
pub struct Replayed<B> {
    pub(super) read: Bytes,
    pub(super) trailers: Option<HeaderMap>,
    /// What was not read, if it did not end.
    pub(super) rest: Option<Pin<Box<B>>>,
}

impl<B> Replayed<B> {
    /// A body that was not touched.
    pub(super) fn untouched(body: B) -> Self {
        Self {
            read: Bytes::new(),
            trailers: None,
            rest: Some(Box::pin(body)),
        }
    }
}

impl<B: Body> Body for Replayed<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        if !self.read.is_empty() {
            let read = std::mem::take(&mut self.read);
            return Poll::Ready(Some(Ok(Frame::data(read))));
        }
        if let Some(rest) = &mut self.rest {
            return rest.as_mut().poll_frame(context).map_ok(in_bytes);
        }
        let trailers = self.trailers.take();
        Poll::Ready(trailers.map(|trailers| Ok(Frame::trailers(trailers))))
    }

    fn is_end_stream(&self) -> bool {
        self.read.is_empty()
            && self.trailers.is_none()
            && self.rest.as_ref().is_none_or(|rest| rest.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        let read = self.read.len() as u64;
        let Some(rest) = &self.rest else {
            return SizeHint::with_exact(read);
        };
        let rest = rest.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(read));
        if let Some(upper) = rest.upper().and_then(|upper| upper.checked_add(read)) {
            hint.set_upper(upper);
        }
        hint
    }
}

/// The same frame; data that are `Bytes` already are not copied.
pub(super) fn in_bytes<D: Buf>(frame: Frame<D>) -> Frame<Bytes> {
    frame.map_data(|mut data| data.copy_to_bytes(data.remaining()))
}

impl<B> fmt::Debug for Replayed<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replayed")
            .field("bytes_read", &self.read.len())
            .field("has_rest", &self.rest.is_some())
            .finish_non_exhaustive()
    }
}
