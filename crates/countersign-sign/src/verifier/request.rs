//! A request as a verifier sees it.

use std::fmt;

use super::refusal::Refusal;

/// A request, as received.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The method, in its own case.
    pub method: &'a str,
    /// Path and query as received, nothing decoded.
    pub target: &'a [u8],
    /// Names in any case, repeats kept; blanks around values do not matter.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The body, without transfer coding.
    pub body: Body<'a>,
}

/// What there is of a body.
#[derive(Clone, Copy)]
pub enum Body<'a> {
    /// All of it; empty if there is none.
    Whole(&'a [u8]),
    /// It is longer than [`super::Options::body_bytes_max`] and was not read.
    TooLarge,
    /// There is one, or may be, and it is not at hand. A digest in a signed header is
    /// believed, and what needs the bytes is refused as `body_digest_differs`; see
    /// [`super::Verified::body`].
    Withheld,
}

/// The value of a header that is no text. No header that came by HTTP has one like it.
const UNREADABLE: &str = "\0";

/// A request, taken apart.
pub(super) struct View<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) query: Option<&'a str>,
    pub(super) body: Body<'a>,
    /// As received, for what may be no text.
    pub(super) raw: &'a [(&'a str, &'a [u8])],
    /// The same as text.
    pub(super) headers: Vec<(&'a str, &'a str)>,
}

impl<'a> View<'a> {
    pub(super) fn new(request: &Request<'a>) -> Result<Self, Refusal> {
        let is_visible = |byte: &u8| byte.is_ascii_graphic();
        let target = std::str::from_utf8(request.target)
            .ok()
            .filter(|target| target.as_bytes().iter().all(is_visible))
            .ok_or_else(|| Refusal::malformed("the target is not visible ASCII"))?;
        if !request.method.bytes().all(|byte| is_visible(&byte)) {
            return Err(Refusal::malformed("the method is not visible ASCII"));
        }
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let text = |value: &'a [u8]| std::str::from_utf8(value).unwrap_or(UNREADABLE);
        Ok(Self {
            method: request.method,
            path,
            query,
            body: request.body,
            raw: request.headers,
            headers: request
                .headers
                .iter()
                .map(|(name, value)| (*name, text(value)))
                .collect(),
        })
    }

    /// The values of a header, trimmed.
    pub(super) fn values<'v>(&'v self, name: &'v str) -> impl Iterator<Item = &'a str> + 'v {
        self.headers
            .iter()
            .filter(move |(candidate, _)| candidate.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim_matches(BLANKS))
    }

    /// The value of a header that may occur once at most, and that has to be text.
    pub(super) fn unique(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        let mut values = self.values(name);
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) if is_text(value) => Ok(Some(value)),
            (Some(_), None) => Err(Refusal::unreadable(name)),
            (Some(_), Some(_)) => Err(Refusal::repeated(name)),
        }
    }
}

/// What HTTP allows around the value of a header.
pub(super) const BLANKS: [char; 2] = [' ', '\t'];

/// Whether a value can be a line of a string to sign. One with a line end, which HTTP
/// has not, would be more than one.
pub(super) fn is_text(value: &str) -> bool {
    !value.contains(['\0', '\r', '\n'])
}

/// The values of a header as received, trimmed.
pub(super) fn raw_values<'a>(
    headers: &'a [(&'a str, &'a [u8])],
    name: &'a str,
) -> impl Iterator<Item = &'a [u8]> {
    headers
        .iter()
        .filter(move |(candidate, _)| candidate.eq_ignore_ascii_case(name))
        .map(|(_, value)| trim(value))
}

/// Whether the first word of a value, trimmed, satisfies `is_it`. It ends at a blank
/// or a tab.
pub(super) fn first_word(value: &[u8]) -> &[u8] {
    let end = value.iter().position(|byte| matches!(byte, b' ' | b'\t'));
    &value[..end.unwrap_or(value.len())]
}

fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("headers", &self.headers.len())
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::TooLarge => f.write_str("too large"),
            Self::Withheld => f.write_str("withheld"),
        }
    }
}
