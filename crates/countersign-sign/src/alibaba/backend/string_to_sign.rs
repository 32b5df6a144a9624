//! The bare algorithm of the official verifier (spec section 6.3).

use super::body::content_md5;
use super::header::SIGNED_HEADERS_HEADER;
use super::order::utf16_order;
use super::writer::Writer;

/// What the official verifier is handed. It can express more than HTTP: null
/// parameters, empty lists, header names that differ only in case.
#[derive(Clone, Copy)]
pub struct StringToSignInput<'a> {
    /// The method, written as it is.
    pub method: &'a str,
    /// The path without query, written as it is.
    pub path: &'a str,
    /// Headers, names and values untouched. The list of signed headers is among them.
    pub headers: &'a [(&'a str, &'a str)],
    /// How a header is found by its name.
    pub header_lookup: HeaderLookup,
    /// Decoded parameters of query and form, in any order. Of entries with one
    /// name the first counts.
    pub params: &'a [(&'a str, Param<'a>)],
    /// The raw body; none for a form, whose fields are among `params`.
    pub body: Option<&'a [u8]>,
}

/// How a header is found by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderLookup {
    /// By the exact spelling.
    AsGiven,
    /// By the lower-case form of the name: the build switch for containers that
    /// hand over all names in lower case.
    LowerCase,
    /// Whatever the case of either: HTTP.
    AnyCase,
}

/// The value of a parameter as the official verifier sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Param<'a> {
    /// A text.
    Text(&'a str),
    /// A list or array, of which the first element counts; `None` is a null element.
    List(&'a [Option<&'a str>]),
    /// Null: only its separator is written.
    Null,
}

/// The string to sign, following spec section 6.3 to the letter.
pub fn string_to_sign(input: &StringToSignInput<'_>) -> String {
    let digest = input.body.map(|body| content_md5(input.method, body));
    let mut out = String::new();
    let mut writer = Writer::start(&mut out, input.method, &digest.unwrap_or_default());
    for (name, value) in input.signed_headers() {
        writer.header(name, value);
    }
    writer.path(input.path);
    for (name, value) in input.sorted_params() {
        writer.parameter(name, value);
    }
    out
}

impl<'a> StringToSignInput<'a> {
    /// The listed headers that are present, ordered by the spelling in the list.
    fn signed_headers(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let list = self.header(SIGNED_HEADERS_HEADER).unwrap_or_default();
        let mut names: Vec<&str> = list.split(',').filter(|name| !name.is_empty()).collect();
        names.sort_unstable_by(|left, right| utf16_order(left, right));
        names.dedup();
        names
            .into_iter()
            .filter_map(|name| Some((name, self.header(name)?)))
    }

    fn header(&self, name: &str) -> Option<&'a str> {
        let lower = name.to_ascii_lowercase();
        let found = |candidate: &str| match self.header_lookup {
            HeaderLookup::AsGiven => candidate == name,
            HeaderLookup::LowerCase => candidate == lower,
            HeaderLookup::AnyCase => candidate.eq_ignore_ascii_case(name),
        };
        let (_, value) = self.headers.iter().find(|(name, _)| found(name))?;
        Some(value)
    }

    fn sorted_params(&self) -> Vec<(&'a str, Param<'a>)> {
        let mut params = self.params.to_vec();
        params.sort_by(|(left, _), (right, _)| utf16_order(left, right));
        params.dedup_by_key(|(name, _)| *name);
        params
    }
}
