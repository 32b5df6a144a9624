//! The schemes of the CloudAPI 2016-07-14 dialect.

pub mod backend;
pub mod request_auth;
