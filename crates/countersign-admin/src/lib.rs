//! Countersign's management plane: what a provider calls to make groups, APIs
//! and signature keys, and what an operator asks about a node's health.
//!
//! A request goes through a dialect (`dialect::alibaba`, `dialect::native`),
//! which reads it, has the caller authenticated (`auth`), calls one use case
//! (`ops`) and renders its answer. Use cases know no HTTP and no vendor; a
//! vendor's quirk lives in its dialect only. Time and randomness are handed in.
#![warn(missing_docs)]

mod admin;
mod auth;
mod body;
mod console;
mod dialect;
mod health;
mod locks;
mod ops;
mod password;
mod request_id;
mod throttle;

pub use admin::{Admin, AdminConfig, StatusSource};
pub use dialect::{
    alibaba::{OPERATION_NAMES as ALIBABA_OPERATIONS, table as alibaba_table},
    huawei::{BindAnswer, HuaweiConfig},
    native::ENDPOINTS as NATIVE_ENDPOINTS,
};

pub use password::PasswordCosts;

/// For `fuzz/` only: what no request can bring in, as any text in an answer.
#[cfg(feature = "fuzzing")]
pub use dialect::alibaba::xml_document_of;
