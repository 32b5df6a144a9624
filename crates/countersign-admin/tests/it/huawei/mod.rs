//! Huawei's dialect through the real router. Every call is signed as the
//! vendor's SDK signs.

mod arbitrary;
mod auth;
mod bad_input;
mod bindings;
mod bound_lists;
mod catalogue;
mod cross_dialect;
mod iam;
mod isolation;
mod keys;
mod operations;
mod order;
mod successes;
mod support;
