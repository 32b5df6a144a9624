//! One JSON object inside a parameter. What is wrong with it names the field,
//! and never repeats what stands there.

use countersign_core::{MatchMode, PathPattern, path::ParameterStyle};
use serde_json::{Map, Value};

use super::schema::{FieldKind, HEADER_FIELDS, Schema};
use crate::dialect::alibaba::Fault;

/// Which object is meant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The parameter of the call.
    pub(super) parameter: &'static str,
    /// The entry of a list, from 0.
    pub(super) entry: Option<usize>,
}

impl Place {
    /// The object itself is wrong.
    pub(super) fn wrong(self, why: impl std::fmt::Display) -> Fault {
        let Self { parameter, entry } = self;
        let detail = match entry {
            None => format!("{why}."),
            Some(index) => format!("Entry {}: {why}.", index + 1),
        };
        Fault::invalid_inside(parameter, detail)
    }

    /// A field of it is wrong.
    pub(super) fn bad(self, field: &str, why: impl std::fmt::Display) -> Fault {
        self.wrong(format_args!("{field}: {why}"))
    }
}

/// The fields of a raw object that are known, each as its kind is kept. Null
/// and the empty text count as absent.
pub(super) fn normalise(
    place: Place,
    raw: &Map<String, Value>,
    schema: Schema,
) -> Result<Map<String, Value>, Fault> {
    let mut kept = Map::new();
    for (field, kind) in schema {
        let value = match raw.get(*field) {
            None | Some(Value::Null) => continue,
            Some(Value::String(text)) if text.is_empty() => continue,
            Some(value) => value,
        };
        let value = match (kind, value) {
            (FieldKind::Text, Value::String(text)) => Value::from(text.as_str()),
            (FieldKind::Text, _) => return Err(place.bad(field, "it has to be text")),
            (FieldKind::Number, value) => whole(value)
                .map(Value::from)
                .ok_or_else(|| place.bad(field, "it is a whole number"))?,
            (FieldKind::Switch, value) => flag(value)
                .map(|on| Value::from(if on { "TRUE" } else { "FALSE" }))
                .ok_or_else(|| place.bad(field, "it is TRUE or FALSE"))?,
            (FieldKind::Flag, value) => flag(value)
                .map(Value::from)
                .ok_or_else(|| place.bad(field, "it is true or false"))?,
            (FieldKind::Headers, Value::Array(entries)) => headers(place, field, entries)?,
            (FieldKind::Headers, _) => return Err(place.bad(field, "it has to be a list")),
        };
        kept.insert((*field).to_owned(), value);
    }
    Ok(kept)
}

/// Most headers of a mock answer: as many as common clients read.
const HEADERS_MAX: usize = 100;

fn headers(place: Place, field: &str, entries: &[Value]) -> Result<Value, Fault> {
    if entries.len() > HEADERS_MAX {
        let why = format!("it has more than {HEADERS_MAX} entries");
        return Err(place.bad(field, why));
    }
    let read = |entry: &Value| {
        let raw = entry
            .as_object()
            .ok_or_else(|| place.bad(field, "its entries are objects"))?;
        normalise(place, raw, HEADER_FIELDS).map(Value::Object)
    };
    entries.iter().map(read).collect()
}

/// The largest whole number that every reader of JSON keeps exactly.
const WHOLE_MAX: i64 = 1 << 53;

fn whole(value: &Value) -> Option<i64> {
    let number = match value {
        Value::String(text) => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            digits
                .bytes()
                .all(|b| b.is_ascii_digit())
                .then(|| text.parse().ok())
                .flatten()
        }
        value => value.as_i64(),
    };
    number.filter(|number| (-WHOLE_MAX..=WHOLE_MAX).contains(number))
}

fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(on) => Some(*on),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A normalised object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Object<'a> {
    pub(super) place: Place,
    pub(super) fields: &'a Map<String, Value>,
}

impl<'a> Object<'a> {
    pub(super) fn bad(&self, field: &str, why: impl std::fmt::Display) -> Fault {
        self.place.bad(field, why)
    }

    pub(super) fn text(&self, field: &str) -> Option<&'a str> {
        self.fields.get(field).and_then(Value::as_str)
    }

    pub(super) fn required(&self, field: &str) -> Result<&'a str, Fault> {
        self.text(field)
            .ok_or_else(|| self.bad(field, "it is mandatory"))
    }

    /// A number that `read` has to take.
    pub(super) fn number<T>(
        &self,
        field: &str,
        why: impl std::fmt::Display,
        read: impl FnOnce(i64) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        let Some(number) = self.fields.get(field).and_then(Value::as_i64) else {
            return Ok(None);
        };
        read(number).map(Some).ok_or_else(|| self.bad(field, why))
    }

    pub(super) fn is_on(&self, field: &str) -> bool {
        self.text(field) == Some("TRUE")
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(
        &self,
        field: &str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, Fault> {
        let Some(text) = self.text(field) else {
            return Ok(None);
        };
        let found = words.iter().find(|(word, _)| *word == text);
        match found {
            Some((_, meaning)) => Ok(Some(*meaning)),
            None => {
                let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
                Err(self.bad(field, format_args!("it is one of {}", words.join(", "))))
            }
        }
    }

    /// A path, and whether it means all paths below as well, which the vendor
    /// writes as `/*` at its end.
    pub(super) fn path(&self, field: &str, text: &str) -> Result<(PathPattern, MatchMode), Fault> {
        let (text, match_mode) = match text.strip_suffix("/*") {
            None => (text, MatchMode::Exact),
            Some("") => ("/", MatchMode::Prefix),
            Some(stem) => (stem, MatchMode::Prefix),
        };
        // Taken as a plain segment it would match nothing but an asterisk.
        if text.split('/').any(|segment| segment == "*") {
            return Err(self.bad(field, "an asterisk stands at the end only"));
        }
        let path = PathPattern::parse(text, ParameterStyle::BRACKETS);
        let path = path.map_err(|error| self.bad(field, error))?;
        Ok((path, match_mode))
    }
}
