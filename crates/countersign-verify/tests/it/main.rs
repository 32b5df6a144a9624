//! Verifiers from outside: real sockets, real keys.

mod bodies;
mod feed;
mod forward_auth;
mod front;
mod key_file;
mod reverse_proxy;
#[allow(dead_code, reason = "other tests use all of it")]
#[path = "../../../countersign-sign/tests/verifier/signed.rs"]
mod signed;
mod support;
mod vectors;
