//! The management APIs that are spoken: how each is read, authenticated and
//! answered. A dialect's words, rules and quirks stay in its own module.

pub(crate) mod alibaba;
pub(crate) mod huawei;
pub(crate) mod native;

mod header;
mod tables;

#[cfg(test)]
mod errors_page;
#[cfg(test)]
mod held_page;

use http::HeaderName;

/// The number of the change that an answer tells of.
pub(crate) const REVISION: HeaderName = HeaderName::from_static("x-countersign-revision");
/// Our own code of an error, the same in every dialect.
pub(crate) const ERROR: HeaderName = HeaderName::from_static("x-countersign-error");
/// Something in the request that has no effect here, though a caller may
/// believe that it has.
pub(crate) const WARNING: HeaderName = HeaderName::from_static("x-countersign-warning");
