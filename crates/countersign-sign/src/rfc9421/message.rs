//! A message as it was sent or received: what components are taken from.

use std::fmt;

/// The scheme of the target URI. It decides which port is the default one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `http`, port 80.
    Http,
    /// `https`, port 443.
    Https,
}

impl Scheme {
    /// Its name in lower case, the value of `@scheme`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    fn default_port(self) -> &'static str {
        match self {
            Self::Http => "80",
            Self::Https => "443",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a request asks for.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    /// The method, in its own case.
    pub method: &'a str,
    /// The scheme of the target URI.
    pub scheme: Scheme,
    /// `Host`, or the authority of the target URI.
    pub authority: &'a str,
    /// The raw path, without query.
    pub path: &'a str,
    /// The raw query, without `?`.
    pub query: Option<&'a str>,
}

/// How a message starts.
#[derive(Clone, Copy)]
pub enum Start<'a> {
    /// A request.
    Request(Target<'a>),
    /// A response.
    Response {
        /// The status code, three digits.
        status: u16,
        /// The request that it answers, for components with `;req`.
        request: Option<&'a Message<'a>>,
    },
}

/// A request or a response.
#[derive(Clone, Copy)]
pub struct Message<'a> {
    /// The request line or the status line.
    pub start: Start<'a>,
    /// The fields in the order received, repeated ones as often as they occur. Names
    /// are in any case; blanks around values do not matter.
    pub headers: &'a [(&'a str, &'a str)],
    /// The content, without transfer coding; `None` is the same as an empty one.
    pub body: Option<&'a [u8]>,
}

impl<'a> Message<'a> {
    /// A request.
    pub fn request(
        target: Target<'a>,
        headers: &'a [(&'a str, &'a str)],
        body: Option<&'a [u8]>,
    ) -> Self {
        Self {
            start: Start::Request(target),
            headers,
            body,
        }
    }

    /// A response to `request`.
    pub fn response(
        status: u16,
        request: Option<&'a Self>,
        headers: &'a [(&'a str, &'a str)],
        body: Option<&'a [u8]>,
    ) -> Self {
        Self {
            start: Start::Response { status, request },
            headers,
            body,
        }
    }

    /// The values of the field `name`, in any case, without blanks at either end.
    pub(super) fn fields(&self, name: &str) -> impl Iterator<Item = &'a str> + Clone {
        self.headers
            .iter()
            .filter(move |(candidate, _)| candidate.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim_matches([' ', '\t']))
    }

    /// All lines of the field `name` as one value (RFC 9421 section 2.1), if there
    /// is any.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        let mut lines = self.fields(name);
        let mut value = lines.next()?.to_owned();
        for line in lines {
            value.push_str(", ");
            value.push_str(line);
        }
        Some(value)
    }

    /// The content, empty if there is none.
    pub(super) fn content(&self) -> &'a [u8] {
        self.body.unwrap_or_default()
    }
}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("headers", &self.headers.len())
            .field("body_bytes", &self.content().len())
            .finish_non_exhaustive()
    }
}

/// Appends `authority` in lower case and without the default port of `scheme`
/// (section 2.2.3).
pub(super) fn write_authority(scheme: Scheme, authority: &str, out: &mut String) {
    let start = out.len();
    out.push_str(without_default_port(scheme, authority));
    out[start..].make_ascii_lowercase();
}

fn without_default_port(scheme: Scheme, authority: &str) -> &str {
    match authority.rsplit_once(':') {
        // The last colon of a bare IPv6 address in brackets is inside of them.
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            let port = port.trim_start_matches('0');
            if port.is_empty() || port == scheme.default_port() {
                host
            } else {
                authority
            }
        }
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities_are_normalised() {
        for (scheme, authority, expected) in [
            (Scheme::Https, "www.example.com", "www.example.com"),
            (Scheme::Https, "WWW.Example.COM:443", "www.example.com"),
            (Scheme::Https, "example.com:80", "example.com:80"),
            (Scheme::Http, "example.com:80", "example.com"),
            (Scheme::Http, "example.com:0080", "example.com"),
            (Scheme::Http, "example.com:", "example.com"),
            (Scheme::Http, "example.com:8080", "example.com:8080"),
            (Scheme::Http, "[2001:DB8::1]", "[2001:db8::1]"),
            (Scheme::Http, "[2001:db8::1]:80", "[2001:db8::1]"),
            (Scheme::Http, "[::80]", "[::80]"),
        ] {
            let mut out = String::new();
            write_authority(scheme, authority, &mut out);
            assert_eq!(out, expected, "{scheme} {authority}");
        }
    }

    #[test]
    fn lines_of_a_field_are_joined() {
        let headers = [
            ("Cache-Control", "max-age=60"),
            ("X-Empty", ""),
            ("cache-control", "  must-revalidate\t"),
        ];
        let message = Message::response(200, None, &headers, None);
        let joined = message.field("cache-control");
        assert_eq!(joined.as_deref(), Some("max-age=60, must-revalidate"));
        assert_eq!(message.field("x-empty").as_deref(), Some(""));
        assert_eq!(message.field("x-none"), None);
    }
}
