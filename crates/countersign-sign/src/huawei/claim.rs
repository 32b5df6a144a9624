//! What a received request says of itself, before any secret is looked up.

use super::authorization::{Authorization, MalformedAuthorization};
use super::date::SdkDate;
use super::payload::PayloadHash;
use super::request::{Repeated, Request};
use super::{HOST, UNSIGNED_PAYLOAD, X_SDK_CONTENT_SHA256, X_SDK_DATE};

/// A request with its signature and date, both well-formed.
#[derive(Clone, Copy)]
pub(super) struct Claim<'a> {
    pub(super) request: Request<'a>,
    pub(super) authorization: Authorization<'a>,
    pub(super) date: SdkDate,
    pub(super) payload: Payload<'a>,
}

/// What [`X_SDK_CONTENT_SHA256`] says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Payload<'a> {
    /// It is absent: the digest of the body is signed.
    Absent,
    /// The body is not covered.
    Unsigned,
    /// A digest, signed as it stands.
    Stated(&'a str),
}

/// Why a request can not be read. Each end has its own words for these.
pub(super) enum Unreadable {
    NoAuthorization,
    Authorization(MalformedAuthorization),
    Repeated { name: String },
    DateMissing,
    BadDate,
    SignedHeaderMissing { name: String },
}

impl<'a> Claim<'a> {
    /// Reads a request whose signature is in the header `authorization`.
    pub(super) fn read(request: &Request<'a>, authorization: &str) -> Result<Self, Unreadable> {
        let unique = |name: &str| {
            request
                .value(name)
                .map_err(|Repeated| Unreadable::Repeated {
                    name: name.to_owned(),
                })
        };
        let header = unique(authorization)?.ok_or(Unreadable::NoAuthorization)?;
        let authorization = Authorization::parse(header).map_err(Unreadable::Authorization)?;
        let date = unique(X_SDK_DATE)?.ok_or(Unreadable::DateMissing)?;
        let date = SdkDate::parse(date).map_err(|_| Unreadable::BadDate)?;
        unique(HOST)?;
        let payload = match unique(X_SDK_CONTENT_SHA256)? {
            None => Payload::Absent,
            Some(UNSIGNED_PAYLOAD) => Payload::Unsigned,
            Some(digest) => Payload::Stated(digest),
        };
        if let Some(name) = authorization
            .names()
            .find(|name| request.values(name).next().is_none())
        {
            let name = name.to_owned();
            return Err(Unreadable::SignedHeaderMissing { name });
        }
        Ok(Self {
            request: *request,
            authorization,
            date,
            payload,
        })
    }

    /// Whether a stated digest is that of the body, in either case of the letters.
    pub(super) fn digest_fits(&self) -> bool {
        match self.payload {
            Payload::Absent | Payload::Unsigned => true,
            Payload::Stated(digest) => PayloadHash::of(self.request.body)
                .as_str()
                .eq_ignore_ascii_case(digest),
        }
    }
}
