//! What a backend needs: one verifier for every scheme that the gateway signs in.
//!
//! ```
//! use countersign_sign::Secret;
//! use countersign_sign::verifier::{Body, Key, Keys, Options, Request, Scheme, Verifier};
//!
//! let secret = Secret::new("DemoSecret1".to_owned());
//! let key = Key::shared(Scheme::Basic, "DemoKey1", secret)?.named("orders", 3);
//! let verifier = Verifier::new(Keys::new([key]), Options::default());
//!
//! let mut request = Request {
//!     method: "GET",
//!     target: b"/v1/orders?b=2&a=1",
//!     headers: &[("Authorization", b"Basic RGVtb0tleTE6RGVtb1NlY3JldDE=")],
//!     body: Body::Whole(b""),
//! };
//! let now_unix = 1_767_323_045;
//! let verified = verifier.verify(&request, now_unix)?;
//! assert_eq!((verified.name(), verified.version()), ("orders", 3));
//!
//! request.headers = &[];
//! let refusal = verifier.verify(&request, now_unix).expect_err("not signed");
//! assert_eq!(refusal.as_str(), "no_signature");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The rules are those of `verifiers/README.md` in the repository, which verifiers in
//! other languages keep to as well; `verifiers/vectors.json` checks all of them. The
//! modules of the single schemes ([`crate::alibaba::backend`], [`crate::huawei::backend`],
//! [`crate::rfc9421`]) follow the vendors more closely and accept more.
//!
//! With the feature `serde`, [`KeyList`] reads keys as a file or the gateway's feed
//! lists them. With the feature `tower`, `tower::VerifyLayer` does all of it for axum and
//! other services.

mod alibaba;
mod basic;
mod counts;
mod huawei;
mod key;
#[cfg(feature = "serde")]
mod key_list;
mod keys;
mod options;
mod refusal;
mod request;
mod rfc9421;
mod scheme;
mod service;
#[cfg(feature = "tower")]
pub mod tower;
mod verified;

pub use counts::Counts;
pub use key::{BadKey, Key, KeyState};
#[cfg(feature = "serde")]
pub use key_list::{BadKeyList, KeyList, Skipped};
pub use keys::Keys;
pub use options::Options;
pub use refusal::{Detail, Refusal};
pub use request::{Body, Request};
pub use scheme::{Scheme, UnknownScheme};
pub use service::{Outlook, Verifier};
pub use verified::{BodyCheck, Verified};

/// The header that names the refusal: of the answer, and in observe mode of the
/// request as the application sees it.
pub const REFUSAL_HEADER: &str = "x-countersign-refusal";
