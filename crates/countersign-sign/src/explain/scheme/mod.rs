//! Strings to sign in slots, scheme by scheme.

pub(super) mod alibaba;
pub(super) mod basic;
pub(super) mod huawei;
pub(super) mod rfc9421;

use super::cause::Cause;
use super::search::Problem;

/// What a request carries of a signature.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Carried {
    /// The signature; never that of HTTP Basic, which is the secret.
    pub signature: Option<String>,
    /// The sign key.
    pub sign_key: Option<String>,
    /// The list of what is signed, as it stands.
    pub list: Option<String>,
    /// The date, as it stands.
    pub date: Option<String>,
    /// The digest of the body, as it stands.
    pub digest: Option<String>,
}

/// A request in one scheme.
pub(super) struct Case {
    pub(super) carried: Carried,
    pub(super) problem: Problem,
    /// What is known to be wrong where nothing fits.
    pub(super) seen: Vec<Cause>,
    /// When it was signed, in seconds since 1970.
    pub(super) signed_at: Option<i64>,
    /// The digest of the body as computed here.
    pub(super) digest: Option<String>,
}
