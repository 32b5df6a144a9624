//! Huawei's dialect through the real router. Every call is signed as the
//! vendor's SDK signs.

mod bindings;
mod iam;
mod keys;
mod successes;
mod support;
