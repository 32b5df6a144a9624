//! A captured request as text: what strings to sign are written from.

use std::borrow::Cow;

use super::capture::{Captured, CapturedBody, trim};

/// A request, taken apart. What is no UTF-8 is read with U+FFFD: no signer has
/// signed that, so nothing will fit.
pub(super) struct Seen<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) query: Option<&'a str>,
    /// Values with the blanks that the capture has.
    pub(super) headers: Vec<(&'a str, Cow<'a, str>)>,
    /// The body, if the capture has it.
    pub(super) body: Option<&'a [u8]>,
}

impl<'a> Seen<'a> {
    pub(super) fn of(captured: &'a Captured, target: &'a str) -> Self {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        Self {
            method: &captured.method,
            path,
            query,
            headers: captured
                .headers
                .iter()
                .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value)))
                .collect(),
            body: match &captured.body {
                CapturedBody::Known(body) => Some(body),
                CapturedBody::Unknown => None,
            },
        }
    }

    /// The values of a header, without blanks at either end.
    pub(super) fn values<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> + Clone {
        self.headers
            .iter()
            .filter(move |(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim_matches([' ', '\t']))
    }

    pub(super) fn value(&self, name: &str) -> Option<String> {
        self.values(name).next().map(str::to_owned)
    }

    /// The first value as captured.
    pub(super) fn untrimmed(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| &**value)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.values(name).next().is_some()
    }

    /// Whether the body is a form, whatever its charset.
    pub(super) fn is_form(&self) -> bool {
        let first = self.value("content-type").unwrap_or_default();
        let media_type = first.split(';').next().unwrap_or_default().trim();
        media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    }
}

/// The target of a capture as text.
pub(super) fn target(captured: &Captured) -> Cow<'_, str> {
    String::from_utf8_lossy(trim(&captured.target))
}
