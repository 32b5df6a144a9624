//! A request, as both ends see it.

use super::canonical::canonical_uri;

/// A request, as received or as about to be sent.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The method; signed in upper case.
    pub method: &'a str,
    /// The raw path, without query.
    pub path: &'a str,
    /// The raw query, without `?`.
    pub query: Option<&'a str>,
    /// As received: names in any case, values as UTF-8, repeats allowed; blanks
    /// around values are ignored.
    pub headers: &'a [(&'a str, &'a str)],
    /// The raw body, without transfer coding.
    pub body: &'a [u8],
}

/// A header that has to be unique occurs more than once.
pub(super) struct Repeated;

impl<'a> Request<'a> {
    /// The values of a header, trimmed, in the order received.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(candidate, _)| candidate.eq_ignore_ascii_case(name))
            .map(|(_, value)| trim(value))
    }

    /// The value of a header that has to be unique.
    pub(super) fn value(&self, name: &str) -> Result<Option<&'a str>, Repeated> {
        let mut values = self.values(name);
        match (values.next(), values.next()) {
            (first, None) => Ok(first),
            (_, Some(_)) => Err(Repeated),
        }
    }

    /// Appends the lines of one signed header: one for each value, values sorted,
    /// as Go writes a repeated header.
    pub(super) fn write_header(&self, name: &str, out: &mut String) {
        let mut values: Vec<_> = self.values(name).collect();
        values.sort_unstable();
        for value in values {
            write_line(name, value, out);
        }
    }
}

/// Appends a header line.
pub(super) fn write_line(name: &str, value: &str, out: &mut String) {
    out.push_str(name);
    out.push(':');
    out.push_str(value);
    out.push('\n');
}

/// Appends the first two lines of a canonical request: method and URI.
pub(super) fn write_method_and_uri(method: &str, path: &str, out: &mut String) {
    let start = out.len();
    out.push_str(method);
    out[start..].make_ascii_uppercase();
    out.push('\n');
    canonical_uri(path, out);
    out.push('\n');
}

/// Without the blanks that HTTP allows around a header value.
pub(super) fn trim(value: &str) -> &str {
    value.trim_matches([' ', '\t'])
}
