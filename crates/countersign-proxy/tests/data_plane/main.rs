//! The data plane over real sockets: a gateway, a backend that records, and
//! clients that send raw bytes.

mod bodies;
mod connections;
mod failures;
mod framing;
mod headers;
mod observing;
mod routing;
mod signing;
mod stopping;
mod support;
