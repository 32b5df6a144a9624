//! Header values made by the gateway, cut from shared blocks: one allocation
//! for many requests.

use bytes::BytesMut;
use http::HeaderValue;

const BLOCK_BYTES: usize = 8192;

/// Makes header values.
#[derive(Debug, Default)]
pub(crate) struct HeaderValues(BytesMut);

impl HeaderValues {
    /// The value `text`. `None` when that is no value of a header.
    pub(crate) fn value(&mut self, text: &[u8]) -> Option<HeaderValue> {
        if self.0.capacity() < text.len() {
            self.0 = BytesMut::with_capacity(BLOCK_BYTES.max(text.len()));
        }
        self.0.extend_from_slice(text);
        let value = self.0.split_to(text.len()).freeze();
        HeaderValue::from_maybe_shared(value).ok()
    }
}
