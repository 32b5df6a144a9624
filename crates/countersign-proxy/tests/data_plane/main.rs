//! The data plane over real sockets: a gateway, a backend that records, and
//! clients that send raw bytes.

#![allow(unreachable_pub, reason = "the support modules are this one test's")]

mod bodies;
mod connections;
mod failures;
mod framing;
mod headers;
mod mapping;
mod mock;
mod observing;
mod property;
mod routing;
mod signing;
mod stopping;
mod support;
