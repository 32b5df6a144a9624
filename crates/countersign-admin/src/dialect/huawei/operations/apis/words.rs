//! The words of definitions, which are read in any case and told in upper case
//! (spec 4.3).

use countersign_core::{
    MatchMode, Visibility,
    mapping::{Location, SystemParameter},
};

use crate::dialect::huawei::{errors::Fault, fields::Fields};

pub(super) const METHODS: [&str; 8] = [
    "GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "ANY",
];

pub(super) const MATCH_MODES: [(&str, MatchMode); 2] =
    [("NORMAL", MatchMode::Exact), ("SWA", MatchMode::Prefix)];

/// Where a parameter stands. `BODY`, a field of a form, is no word of the
/// vendor's: APIs that other dialects made have such.
pub(super) const LOCATIONS: [(&str, Location); 4] = [
    ("PATH", Location::Path),
    ("QUERY", Location::Query),
    ("HEADER", Location::Header),
    ("BODY", Location::Body),
];

/// What `value` says of a parameter of the system. `$context.scheme` is no
/// word of the vendor's: APIs that other dialects made have such.
pub(super) const SYSTEM: [(&str, SystemParameter); 6] = [
    ("$context.sourceIp", SystemParameter::ClientIp),
    ("$context.requestId", SystemParameter::RequestId),
    ("$context.handleTime", SystemParameter::HandleTime),
    ("$context.appId", SystemParameter::AppId),
    ("$context.serverName", SystemParameter::Domain),
    ("$context.scheme", SystemParameter::Scheme),
];

/// The word that means `wanted`.
pub(super) fn told<T: PartialEq>(words: &[(&'static str, T)], wanted: &T) -> &'static str {
    let found = words.iter().find(|(_, meaning)| meaning == wanted);
    found.map_or("", |(word, _)| word)
}

/// One of some words; an empty text counts as absent.
pub(super) fn read<T: Copy>(
    fields: &Fields<'_>,
    name: &str,
    words: &[(&'static str, T)],
) -> Result<Option<T>, Fault> {
    let Some(text) = fields.text(name)?.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let found = words
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(text));
    found
        .map(|(_, meaning)| Some(*meaning))
        .ok_or_else(|| fields.invalid(name))
}

/// One of some words that have no meaning but themselves.
pub(super) fn plain(
    fields: &Fields<'_>,
    name: &str,
    words: &[&'static str],
) -> Result<Option<&'static str>, Fault> {
    let words: Vec<_> = words.iter().map(|word| (*word, *word)).collect();
    read(fields, name, &words)
}

/// 1 for yes, 2 for no.
pub(super) fn one_or_two(fields: &Fields<'_>, name: &str) -> Result<Option<bool>, Fault> {
    match fields.integer(name)? {
        None => Ok(None),
        Some(1) => Ok(Some(true)),
        Some(2) => Ok(Some(false)),
        Some(_) => Err(fields.invalid(name)),
    }
}

/// The number of a yes or a no.
pub(super) fn number(yes: bool) -> u8 {
    if yes { 1 } else { 2 }
}

/// `type`.
pub(super) fn visibility(public: bool) -> Visibility {
    match public {
        true => Visibility::Public,
        false => Visibility::Private,
    }
}
