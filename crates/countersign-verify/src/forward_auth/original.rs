//! The original request, as each proxy describes it.
//!
//! A header that describes it has to be there exactly once: one that is missing means
//! that the proxy is set up otherwise, one that occurs twice may be a client's own.

use http::{Method, request::Parts};

use crate::config::{From, HostFrom};

/// The request that a proxy asks about.
#[derive(Debug)]
pub(super) struct Original<'a> {
    pub(super) method: &'a str,
    pub(super) target: &'a [u8],
    /// `Host` is the original one, and what describes the request is left out.
    pub(super) headers: Vec<(&'a str, &'a [u8])>,
}

/// Why a question describes no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Malformed {
    #[error("{0} is missing: is `from` the proxy that asks, and does the proxy set it?")]
    Missing(&'static str),
    #[error("{0} occurs more than once: the proxy has to replace what a client sends")]
    Repeated(&'static str),
    #[error("{0} is not a method, a path or a host")]
    Unreadable(&'static str),
    #[error("the path does not begin with path_prefix")]
    Prefix,
}

const HOST: &str = "host";

const ORIGINAL_METHOD: &str = "x-original-method";
const ORIGINAL_URI: &str = "x-original-uri";
const ORIGINAL_HOST: &str = "x-original-host";
const FORWARDED_METHOD: &str = "x-forwarded-method";
const FORWARDED_URI: &str = "x-forwarded-uri";
const FORWARDED_HOST: &str = "x-forwarded-host";
const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// What describes a body (see `sight`).
pub(super) const CONTENT_LENGTH: &str = "x-original-content-length";
pub(super) const TRANSFER_ENCODING: &str = "x-original-transfer-encoding";

impl<'a> Original<'a> {
    pub(super) fn read(from: &From, parts: &'a Parts) -> Result<Self, Malformed> {
        let one = |name| one(parts, name);
        let (method, target, host, own) = match from {
            From::Nginx(host_from) => {
                let host = match host_from {
                    HostFrom::OriginalHost => ORIGINAL_HOST,
                    HostFrom::Host => HOST,
                };
                let own = [ORIGINAL_METHOD, ORIGINAL_URI, ORIGINAL_HOST];
                let target = (ORIGINAL_URI, one(ORIGINAL_URI)?);
                let method = (ORIGINAL_METHOD, one(ORIGINAL_METHOD)?);
                (method, target, (host, one(host)?), own)
            }
            From::Traefik | From::Caddy => {
                if *from == From::Traefik {
                    one(FORWARDED_PROTO)?;
                }
                let own = [FORWARDED_METHOD, FORWARDED_URI, FORWARDED_HOST];
                let target = (FORWARDED_URI, one(FORWARDED_URI)?);
                let method = (FORWARDED_METHOD, one(FORWARDED_METHOD)?);
                (method, target, (FORWARDED_HOST, one(FORWARDED_HOST)?), own)
            }
            From::Envoy { path_prefix } => {
                let path = parts.uri.path_and_query().map_or("", |path| path.as_str());
                let path = path.strip_prefix(path_prefix.as_str());
                let path = path.ok_or(Malformed::Prefix)?;
                let method = (":method", parts.method.as_str().as_bytes());
                let own = [HOST; 3];
                (method, (":path", path.as_bytes()), (HOST, one(HOST)?), own)
            }
        };
        let method = Method::from_bytes(method.1)
            .ok()
            .and_then(|_| std::str::from_utf8(method.1).ok())
            .ok_or(Malformed::Unreadable(method.0))?;
        let is_path = |byte: &u8| byte.is_ascii_graphic();
        if !target.1.starts_with(b"/") || !target.1.iter().all(is_path) {
            return Err(Malformed::Unreadable(target.0));
        }
        let is_host = |byte: &u8| byte.is_ascii_graphic() && !b",/?#@".contains(byte);
        if host.1.is_empty() || !host.1.iter().all(is_host) {
            return Err(Malformed::Unreadable(host.0));
        }
        let mut headers = Vec::with_capacity(parts.headers.len());
        headers.push((HOST, host.1));
        for (name, value) in &parts.headers {
            let name = name.as_str();
            let describes = name == HOST
                || own.contains(&name)
                || [CONTENT_LENGTH, TRANSFER_ENCODING].contains(&name);
            if !describes {
                headers.push((name, value.as_bytes()));
            }
        }
        Ok(Self {
            method,
            target: target.1,
            headers,
        })
    }

    /// The target without its query, for the log.
    pub(super) fn path(&self) -> &'a str {
        let path = self.target.split(|byte| *byte == b'?').next();
        path.and_then(|path| std::str::from_utf8(path).ok())
            .unwrap_or_default()
    }
}

/// The value of a header that a proxy sets once.
fn one<'a>(parts: &'a Parts, name: &'static str) -> Result<&'a [u8], Malformed> {
    let mut values = parts.headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value.as_bytes()),
        (None, _) => Err(Malformed::Missing(name)),
        (Some(_), Some(_)) => Err(Malformed::Repeated(name)),
    }
}

#[cfg(test)]
mod tests;
