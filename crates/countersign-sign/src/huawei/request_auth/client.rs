//! Signing as a client does.

use super::super::canonical::canonical_query;
use super::super::check::{Frame, TO_THE_LETTER};
use super::super::date::SdkDate;
use super::super::key::SigningKey;
use super::super::payload::PayloadHash;
use super::super::{ALGORITHM, X_SDK_CONTENT_SHA256, X_SDK_DATE};
use super::Request;
use crate::secret::Secret;

/// The value of the `Authorization` header for `request`, dated `date`, which has
/// to be sent as `X-Sdk-Date`.
///
/// `signed_headers` names the headers to sign, in any case and order; a server
/// demands [`X_SDK_DATE`] among them. A name that the request does not carry is
/// left out; the date counts as carried. A first [`X_SDK_CONTENT_SHA256`] header
/// stands for the digest of the body.
pub fn sign(
    request: &Request<'_>,
    access: &str,
    secret: &Secret,
    date: &SdkDate,
    signed_headers: &[&str],
) -> String {
    let dated: Vec<_> = request
        .headers
        .iter()
        .copied()
        .filter(|(name, _)| !name.eq_ignore_ascii_case(X_SDK_DATE))
        .chain([(X_SDK_DATE, date.as_str())])
        .collect();
    let request = Request {
        headers: &dated,
        ..*request
    };
    let mut names: Vec<_> = signed_headers
        .iter()
        .filter(|name| request.values(name).next().is_some())
        .map(|name| name.to_ascii_lowercase())
        .collect();
    names.sort_unstable();
    names.dedup();
    let list = names.join(";");

    let mut query = String::new();
    canonical_query(request.query.unwrap_or_default(), TO_THE_LETTER, &mut query);
    let digest = PayloadHash::of(request.body);
    let stated = request.values(X_SDK_CONTENT_SHA256).next();
    let payload = stated.unwrap_or(digest.as_str());
    let canonical = Frame::of(&request, &list).around(&query, payload);
    let signature = SigningKey::new(secret).sign(date, &canonical);
    let signature = signature.as_str();
    format!("{ALGORITHM} Access={access}, SignedHeaders={list}, Signature={signature}")
}
