//! A `tower` layer that lets through what the gateway signed.
//!
//! ```
//! use std::sync::Arc;
//!
//! use axum::{Extension, Router, routing::get};
//! use countersign_sign::Secret;
//! use countersign_sign::verifier::tower::{VerifyLayer, system_clock};
//! use countersign_sign::verifier::{Key, Keys, Options, Scheme, Verified, Verifier};
//!
//! async fn orders(Extension(verified): Extension<Verified>) -> String {
//!     format!("signed with {}", verified.sign_key())
//! }
//!
//! let secret = Secret::new("DemoSecret1".to_owned());
//! let key = Key::shared(Scheme::Alibaba, "DemoKey1", secret)?;
//! let verifier = Arc::new(Verifier::new(Keys::new([key]), Options::default()));
//! let app: Router = Router::new()
//!     .route("/v1/orders", get(orders))
//!     .layer(VerifyLayer::new(verifier, system_clock()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Put the layer on the outermost router: inside of `Router::nest` the path has lost
//! its beginning, which was signed.

mod answer;
mod body;
mod collect;
mod layer;
mod parts;
mod service;

pub use body::Replayed;
pub use layer::{Clock, Log, VerifyLayer, system_clock};
pub use service::Verify;
