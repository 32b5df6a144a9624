//! What is to become of a body: passed on as it comes, or held because a
//! signature covers it.

use std::borrow::Cow;

use bytes::Bytes;
use countersign_core::{PayloadPolicy, Signing};
use countersign_sign::alibaba::backend::{BodyKind, body_kind};
use http::{HeaderMap, Method, header};
use http_body::Body;
use hyper::body::Incoming;

use crate::{fault::Fault, text_body::is_text};

/// Where a body comes from.
pub(super) enum Source {
    /// The client, and it is passed on as it is.
    Clients(Incoming),
    /// The gateway.
    Made(Bytes),
}

impl Source {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Clients(incoming) => incoming.is_end_stream(),
            Self::Made(bytes) => bytes.is_empty(),
        }
    }

    /// Whether it is known to be longer than what is held.
    fn is_too_long(&self, bytes_max: usize) -> bool {
        match self {
            Self::Clients(incoming) => {
                let length = incoming.size_hint().exact();
                length.is_some_and(|length| length > bytes_max as u64)
            }
            Self::Made(_) => false,
        }
    }
}

/// What is done with a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    /// There is none.
    None,
    Stream,
    /// Read it whole, to sign what this says of it.
    Hold(Cover),
}

/// What a signature covers of a body that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cover {
    /// The fields of a form.
    Form,
    /// The MD5 of all of it.
    Md5,
    /// All of it.
    All,
    /// All of it if it is text and not too long, and nothing of it otherwise.
    Text,
}

/// The plan for a body. Alibaba's scheme has rules of its own; for the others
/// `policy` decides, where they can cover a body at all.
pub(super) fn plan(
    signing: Option<&Signing>,
    policy: PayloadPolicy,
    method: &Method,
    headers: &HeaderMap,
    source: &Source,
    bytes_max: usize,
) -> Result<Plan, Fault> {
    if source.is_empty() {
        return Ok(Plan::None);
    }
    Ok(match signing {
        None | Some(Signing::Basic(_) | Signing::Unusable(_)) => Plan::Stream,
        Some(Signing::Alibaba(_)) => {
            match body_kind(method.as_str(), content_type(headers).as_deref()) {
                BodyKind::Form => Plan::Hold(Cover::Form),
                BodyKind::Digest => Plan::Hold(Cover::Md5),
                BodyKind::FormOtherCharset => return Err(Fault::FormCharset),
                BodyKind::Unsigned => Plan::Stream,
            }
        }
        Some(Signing::Huawei(_) | Signing::Rfc9421(_)) => match policy {
            PayloadPolicy::Covered => Plan::Hold(Cover::All),
            PayloadPolicy::Text if is_text(headers) && !source.is_too_long(bytes_max) => {
                Plan::Hold(Cover::Text)
            }
            PayloadPolicy::Text | PayloadPolicy::Unsigned => Plan::Stream,
        },
    })
}

/// Whether a body is a form whose fields can be read.
pub(super) fn is_form(headers: &HeaderMap, body: &Incoming) -> Result<bool, Fault> {
    if body.is_end_stream() {
        return Ok(false);
    }
    // A method whose bodies are signed as forms only.
    match body_kind("GET", content_type(headers).as_deref()) {
        BodyKind::Form => {}
        BodyKind::FormOtherCharset => return Err(Fault::FormCharset),
        BodyKind::Digest | BodyKind::Unsigned => return Ok(false),
    }
    let mut codings = headers.get_all(header::CONTENT_ENCODING).iter();
    match codings.all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        true => Ok(true),
        false => Err(Fault::FormCoding),
    }
}

/// The media type of a body. Bytes beyond ASCII in a parameter of it do not
/// hide from us what a backend sees.
fn content_type(headers: &HeaderMap) -> Option<Cow<'_, str>> {
    let value = headers.get(header::CONTENT_TYPE)?;
    Some(String::from_utf8_lossy(value.as_bytes()))
}
