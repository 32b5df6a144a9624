//! APIs: what a client may call, and which backend answers.

use std::{fmt, sync::Arc};

use crate::{
    account::AccountId,
    id::{ApiId, GroupId, Revision},
    mapping::ParameterMapping,
    path::PathPattern,
    text::{ApiName, Description, DialectName},
    time::Timestamp,
};

/// One API of a group. Clients reach it only where it is published.
#[derive(Clone, Debug, PartialEq)]
pub struct Api {
    /// Its id.
    pub id: ApiId,
    /// Its group.
    pub group: GroupId,
    /// Whose it is: the group's account.
    pub account: AccountId,
    /// Its name, unique in the group.
    pub name: ApiName,
    /// Free text.
    pub description: Description,
    /// Whether it is meant for everyone.
    pub visibility: Visibility,
    /// What the next publication makes live.
    pub definition: Arc<ApiDefinition>,
    /// Which dialect made it.
    pub made_by: DialectName,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub modified: Timestamp,
    /// The change that made it; lists are ordered by it.
    pub created_revision: Revision,
}

/// Whether an API is meant for everyone. It is shown in lists; it does not
/// decide who may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// For everyone.
    Public,
    /// For whom the provider chooses.
    Private,
}

/// How an API is matched and where it is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiDefinition {
    /// Which methods it answers to.
    pub method: MethodMatch,
    /// Which paths it answers to.
    pub path: PathPattern,
    /// Whether the path is the whole path or its beginning.
    pub match_mode: MatchMode,
    /// What answers.
    pub backend: BackendTarget,
    /// How the request becomes what the backend gets; `None` passes it through
    /// as it is.
    pub mapping: Option<Arc<ParameterMapping>>,
    /// An answer that the gateway gives itself, without any backend.
    pub mock: Option<Arc<MockAnswer>>,
    /// Whether a signature covers the body, where its scheme leaves the choice.
    pub payload: PayloadPolicy,
    /// What the dialect that made it wants to tell again, in that dialect's own
    /// words. Nobody else reads it.
    pub document: Option<Arc<str>>,
}

/// Whether a signature covers the body. A body that is covered is held in
/// memory until all of it is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PayloadPolicy {
    /// A body of text within the limit of held bodies is covered, others are
    /// passed on as they come.
    #[default]
    Text,
    /// Every body is covered; one beyond the limit is refused.
    Covered,
    /// No body is covered.
    Unsigned,
}

/// An answer without a backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MockAnswer {
    /// From 200 to 599.
    pub status: u16,
    /// Names and values, as checked when the API was made.
    pub headers: Vec<(Arc<str>, Arc<str>)>,
    /// The body.
    pub body: Arc<str>,
}

/// Which methods an API answers to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MethodMatch {
    /// Every method.
    Any,
    /// This one, spelled exactly so (methods are case-sensitive, RFC 9110 9.1).
    Only(Arc<str>),
}

/// The text is not an HTTP method that an API can be made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a method is one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, ANY")]
pub struct MalformedMethod;

impl MethodMatch {
    /// Reads a method, or `ANY`.
    pub fn parse(text: &str) -> Result<Self, MalformedMethod> {
        match text {
            "ANY" => Ok(Self::Any),
            "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" => {
                Ok(Self::Only(text.into()))
            }
            _ => Err(MalformedMethod),
        }
    }

    /// The method, or `ANY`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Any => "ANY",
            Self::Only(method) => method,
        }
    }

    /// Whether a request with `method` is meant.
    pub fn matches(&self, method: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Only(only) => **only == *method,
        }
    }
}

/// Whether an API's path is a whole path or the beginning of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchMode {
    /// The whole path.
    Exact,
    /// Whole leading segments; the rest is passed on.
    Prefix,
}

/// Where requests for an API are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackendTarget {
    /// The server.
    pub address: BackendAddress,
    /// The path there; `None` passes the client's own path on, byte for byte.
    pub path: Option<PathPattern>,
    /// The method there; `None` passes the client's own on.
    pub method: Option<Arc<str>>,
    /// Longest wait for the beginning of the answer.
    pub timeout_ms: u32,
}

/// The longest timeout that a backend can be given.
pub const TIMEOUT_MS_MAX: u32 = 600_000;

/// A backend's server: `http`, a host name or address, and a port.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BackendAddress {
    host: Arc<str>,
    port: u16,
}

/// Why a text is not a backend's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MalformedAddress {
    /// It begins with something other than `http://`.
    #[error("a backend's address begins with 'http://'")]
    BadScheme,
    /// The host is neither a name nor an address.
    #[error("a backend's host is a name, an IPv4 address, or an IPv6 address in brackets")]
    BadHost,
    /// The port is no number from 1 to 65535.
    #[error("a backend's port is a number from 1 to 65535")]
    BadPort,
    /// There is more than scheme, host and port.
    #[error("a backend's address has no path, query or user")]
    NotOnlyAddress,
}

impl BackendAddress {
    /// Reads `http://host[:port]`; the port is 80 where it is left out.
    pub fn parse(text: &str) -> Result<Self, MalformedAddress> {
        let rest = text
            .strip_prefix("http://")
            .ok_or(MalformedAddress::BadScheme)?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains(['/', '?', '#', '@']) {
            return Err(MalformedAddress::NotOnlyAddress);
        }
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (rest, None),
        };
        let port = match port {
            None => 80,
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => digits
                .parse()
                .ok()
                .filter(|port| *port != 0)
                .ok_or(MalformedAddress::BadPort)?,
            Some(_) => return Err(MalformedAddress::BadPort),
        };
        if !host_is_good(host) {
            return Err(MalformedAddress::BadHost);
        }
        Ok(Self {
            host: host.to_ascii_lowercase().into(),
            port,
        })
    }

    /// The host, an IPv6 address in its brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The host without the brackets of an IPv6 address, as a resolver takes it.
    pub fn bare_host(&self) -> &str {
        self.host
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .unwrap_or(&self.host)
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }
}

fn host_is_good(host: &str) -> bool {
    if let Some(address) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    crate::group::Host::parse(host).is_ok()
}

impl fmt::Display for BackendAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, printed) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://Backend.example/", "http://backend.example:80"),
            ("http://[::1]:9000", "http://[::1]:9000"),
            ("http://[::1]", "http://[::1]:80"),
        ] {
            assert_eq!(BackendAddress::parse(text).unwrap().to_string(), printed);
        }
        for (text, why) in [
            ("127.0.0.1:80", MalformedAddress::BadScheme),
            ("https://a", MalformedAddress::BadScheme),
            ("http://", MalformedAddress::BadHost),
            ("http://:80", MalformedAddress::BadHost),
            ("http://a b", MalformedAddress::BadHost),
            ("http://[zz]:1", MalformedAddress::BadHost),
            ("http://a:", MalformedAddress::BadPort),
            ("http://a:0", MalformedAddress::BadPort),
            ("http://a:+1", MalformedAddress::BadPort),
            ("http://a:65536", MalformedAddress::BadPort),
            ("http://a/b", MalformedAddress::NotOnlyAddress),
            ("http://u@a", MalformedAddress::NotOnlyAddress),
        ] {
            assert_eq!(BackendAddress::parse(text), Err(why), "{text}");
        }
    }
}
