//! A flat copy of an outgoing head. The HTTP library uses up the head that it
//! sends; this costs no allocation and lets it be sent once more.

use http::{HeaderName, HeaderValue, Method, Request, Uri};

use crate::body::OutBody;

/// Buffers for one copy, to be used again and again.
#[derive(Default)]
pub(crate) struct HeadCopy {
    text: Vec<u8>,
    /// The lengths of each name and value in the text.
    fields: Vec<(usize, usize)>,
    start: Option<(Method, Uri)>,
}

impl HeadCopy {
    /// Copies the head of `request`.
    pub(crate) fn take(&mut self, request: &Request<OutBody>) {
        self.clear();
        self.start = Some((request.method().clone(), request.uri().clone()));
        for (name, value) in request.headers() {
            self.text.extend_from_slice(name.as_str().as_bytes());
            self.text.extend_from_slice(value.as_bytes());
            self.fields.push((name.as_str().len(), value.len()));
        }
    }

    /// The request again, without a body. `None` when nothing was taken.
    pub(crate) fn restore(&mut self) -> Option<Request<OutBody>> {
        let (method, uri) = self.start.take()?;
        let mut request = Request::new(OutBody::Empty);
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        let mut rest = &self.text[..];
        for (name_length, value_length) in &self.fields {
            let (name, after) = rest.split_at(*name_length);
            let (value, after) = after.split_at(*value_length);
            rest = after;
            let name = HeaderName::from_bytes(name).ok()?;
            let value = HeaderValue::from_bytes(value).ok()?;
            request.headers_mut().append(name, value);
        }
        Some(request)
    }

    /// Forgets the copy, and lets go of what it shares with the request.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.fields.clear();
        self.start = None;
    }
}
