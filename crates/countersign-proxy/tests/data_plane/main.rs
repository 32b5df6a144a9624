//! The data plane over real sockets: a gateway, a backend that records, and
//! clients that send raw bytes.

#![allow(unreachable_pub, reason = "the support modules are this one test's")]

mod bodies;
mod connections;
mod failures;
mod framing;
mod headers;
mod huawei;
mod key_directory;
mod manners;
mod mapping;
mod mock;
mod observing;
mod payload;
mod property;
mod rfc9421;
mod routing;
mod signing;
mod stopping;
mod support;
