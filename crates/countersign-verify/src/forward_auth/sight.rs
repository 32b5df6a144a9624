//! What a question shows of the original request's body.

use bytes::Bytes;
use http::request::Parts;
use hyper::body::Incoming;

use super::original::{CONTENT_LENGTH, TRANSFER_ENCODING};
use crate::{
    config::BodySight,
    reverse_proxy::hold::{Held, hold},
};

/// Envoy says with it that the question carries the beginning of a body only.
const PARTIAL: &str = "x-envoy-auth-partial-body";

pub(super) enum Sight {
    /// All of it.
    Whole(Bytes),
    /// It is beyond the limit.
    TooLarge,
    /// There is one.
    Present,
    /// Nothing.
    Unknown,
}

/// Why a question cannot be read.
pub(super) enum Broken {
    /// A header about the body occurs more than once.
    Lengths(&'static str),
    /// The body broke off, or came too slowly.
    Body,
}

impl Sight {
    pub(super) async fn of(
        known: BodySight,
        parts: &Parts,
        body: Incoming,
        bytes_max: usize,
    ) -> Result<Self, Broken> {
        match known {
            BodySight::Unseen => Ok(Self::Unknown),
            BodySight::Length => {
                let length = unique(parts, CONTENT_LENGTH)?;
                let coding = unique(parts, TRANSFER_ENCODING)?;
                Ok(match (length, coding) {
                    (None | Some(b"0"), None) => Self::Whole(Bytes::new()),
                    _ => Self::Present,
                })
            }
            BodySight::Forwarded => {
                let partial = unique(parts, PARTIAL)?;
                match hold(body, bytes_max).await {
                    Ok(_) if partial == Some(b"true") => Ok(Self::Present),
                    Ok(Held::Whole(bytes)) => Ok(Self::Whole(bytes)),
                    Ok(Held::TooLarge { .. }) => Ok(Self::TooLarge),
                    Err(_) => Err(Broken::Body),
                }
            }
        }
    }

    /// Whether there is no body, where that is known.
    pub(super) fn is_empty(&self) -> Option<bool> {
        match self {
            Self::Whole(bytes) => Some(bytes.is_empty()),
            Self::TooLarge | Self::Present => Some(false),
            Self::Unknown => None,
        }
    }
}

/// The value of a header that may be there once; an empty one is none.
fn unique<'a>(parts: &'a Parts, name: &'static str) -> Result<Option<&'a [u8]>, Broken> {
    let mut values = parts.headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(Some(value.as_bytes()).filter(|value| !value.is_empty())),
        (None, _) => Ok(None),
        (Some(_), Some(_)) => Err(Broken::Lengths(name)),
    }
}
