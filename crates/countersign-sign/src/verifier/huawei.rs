//! Huawei Cloud's SDK-HMAC-SHA256. See `verifiers/README.md` for the rules.

use super::keys::Keys;
use super::options::Options;
use super::refusal::Refusal;
use super::request::{Body, View, first_word, is_text, raw_values};
use super::scheme::Scheme;
use super::verified::{BodyCheck, Verified};
use crate::huawei::authorization::Authorization;
use crate::huawei::backend::{
    ALGORITHM, PayloadHash, Received, UNSIGNED_PAYLOAD, X_SDK_CONTENT_SHA256, X_SDK_DATE,
};
use crate::huawei::canonical::{Order, Plus, Reading, canonical_query};
use crate::huawei::check::Frame;
use crate::huawei::date::SdkDate;

/// The most names in the list of signed headers.
const NAMES_MAX: usize = 100;
const HOST: &str = "host";

pub(super) fn is_told(headers: &[(&str, &[u8])], options: &Options) -> bool {
    raw_values(headers, &options.header).any(|value| first_word(value) == ALGORITHM.as_bytes())
}

pub(super) fn verify(
    view: &View<'_>,
    keys: &Keys,
    options: &Options,
    now_unix: i64,
) -> Result<Verified, Refusal> {
    let header = view.unique(&options.header)?.ok_or(Refusal::NoSignature)?;
    let authorization =
        Authorization::parse(header).map_err(|why| Refusal::malformed(why.to_string()))?;
    let date = view.unique(X_SDK_DATE)?;
    let date = date
        .and_then(|date| SdkDate::parse(date).ok())
        .ok_or_else(|| {
            Refusal::malformed("X-Sdk-Date is missing or not of the form YYYYMMDDTHHMMSSZ")
        })?;
    view.unique(HOST)?;
    let stated = view.unique(X_SDK_CONTENT_SHA256)?;
    check_list(view, &authorization)?;

    let candidates = keys.named(&[Scheme::Huawei], authorization.access, now_unix);
    candidates.demand(authorization.access)?;
    let off_secs = date.off_secs(now_unix);
    if off_secs > options.window_secs {
        return Err(Refusal::expired(format!(
            "the date is {off_secs} seconds off"
        )));
    }
    let (payload, check) = payload(view.body, stated, options)?;

    let frame = Frame::of(&received(view), authorization.signed_headers);
    let mut first = None;
    for plus in [Plus::Space, Plus::Sign] {
        let query = view.query.unwrap_or_default();
        if first.is_some() && !query.contains('+') {
            break;
        }
        let mut written = String::new();
        let order = Order::Decoded;
        canonical_query(query, Reading { plus, order }, &mut written);
        let canonical = frame.around(&written, payload.as_str());
        let fitting = candidates.usable.iter().find(|key| {
            key.huawei()
                .is_some_and(|key| key.sign(&date, &canonical).ct_eq(authorization.signature))
        });
        if let Some(key) = fitting {
            return Ok(Verified::new(key, check));
        }
        first.get_or_insert(canonical);
    }
    Err(Refusal::differs(first.unwrap_or_default()))
}

/// Refuses a list that is too long, or names what is no text or not there, or lacks
/// host or date.
fn check_list(view: &View<'_>, authorization: &Authorization<'_>) -> Result<(), Refusal> {
    if authorization.names().nth(NAMES_MAX).is_some() {
        return Err(Refusal::malformed("more than 100 names are listed"));
    }
    let mut missing = None;
    for name in authorization.names() {
        let mut values = view.values(name).peekable();
        if values.peek().is_none() {
            missing = missing.or(Some(name));
        }
        if !values.all(is_text) {
            return Err(Refusal::unreadable(name));
        }
    }
    if let Some(name) = missing {
        return Err(Refusal::missing(name));
    }
    match [HOST, X_SDK_DATE]
        .into_iter()
        .find(|name| !authorization.lists(name))
    {
        Some(name) => Err(Refusal::not_signed(name)),
        None => Ok(()),
    }
}

/// The payload line.
enum Payload<'a> {
    Stated(&'a str),
    Computed(PayloadHash),
}

impl Payload<'_> {
    fn as_str(&self) -> &str {
        match self {
            Self::Stated(text) => text,
            Self::Computed(hash) => hash.as_str(),
        }
    }
}

fn payload<'a>(
    body: Body<'_>,
    stated: Option<&'a str>,
    options: &Options,
) -> Result<(Payload<'a>, BodyCheck), Refusal> {
    match (stated, body) {
        (Some(UNSIGNED_PAYLOAD), _) if options.accept_unsigned_payload => {
            Ok((Payload::Stated(UNSIGNED_PAYLOAD), BodyCheck::NotCovered))
        }
        (Some(UNSIGNED_PAYLOAD), _) => Err(Refusal::body("the body is not signed")),
        (Some(digest), Body::Whole(body)) => {
            if PayloadHash::of(body).as_str().eq_ignore_ascii_case(digest) {
                Ok((Payload::Stated(digest), BodyCheck::Fits))
            } else {
                Err(Refusal::body(
                    "X-Sdk-Content-Sha256 is not that of the body",
                ))
            }
        }
        (Some(digest), _) => Ok((Payload::Stated(digest), BodyCheck::Stated)),
        (None, Body::Whole(body)) => {
            Ok((Payload::Computed(PayloadHash::of(body)), BodyCheck::Fits))
        }
        (None, _) => Err(Refusal::body(
            "the body is not at hand, and no X-Sdk-Content-Sha256 states its digest",
        )),
    }
}

fn received<'v>(view: &'v View<'_>) -> Received<'v> {
    Received {
        method: view.method,
        path: view.path,
        query: view.query,
        headers: &view.headers,
        body: &[],
    }
}
