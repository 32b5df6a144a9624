//! `backend_params`: what the backend gets beside what passes by itself (spec
//! 4.3).
//!
//! The media type of a body is a matter of its own underneath: `Content-Type`
//! may be a constant or the client's, which are the two things the data plane
//! can do with it.

use countersign_core::{
    PathPattern,
    mapping::{ContentType, Location, RequestParameter, ServiceParameter, ValueSource},
};
use serde_json::Value;

use super::{
    backend::kept,
    document::{BACKEND_PARAMS, Document},
    req_params::{Declared, NAME, entries},
    words::{self, LOCATIONS, SYSTEM},
};
use crate::dialect::{
    huawei::{errors::Fault, fields::Fields},
    tables::{Places, header},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Request,
    Constant,
    System,
}

const ORIGINS: [(&str, Origin); 3] = [
    ("REQUEST", Origin::Request),
    ("CONSTANT", Origin::Constant),
    ("SYSTEM", Origin::System),
];

const PREFIX: &str = "backend_params.";
const VALUE_MAX: usize = 255;

/// What the tables come to on the backend's side.
#[derive(Debug, Default)]
pub(super) struct Served {
    pub(super) service: Vec<ServiceParameter>,
    pub(super) content_type: ContentType,
}

/// Whether it is the header that names a body's media type, as backends read
/// names.
pub(super) fn is_content_type(location: Location, name: &str) -> bool {
    location == Location::Header && name.replace('_', "-").eq_ignore_ascii_case("content-type")
}

/// Reads the table. First stand the parameters of the request that pass as they
/// are, then what the table says of others. `path` is the backend's.
pub(super) fn read(
    fields: &Fields<'_>,
    declared: &[Declared],
    path: Option<&PathPattern>,
    document: &mut Document,
) -> Result<Served, Fault> {
    let mut served = Served::default();
    let mut places = Places::default();
    let mut told = Vec::new();
    for (index, own) in declared.iter().enumerate().filter(|(_, own)| own.passes) {
        let RequestParameter { name, location, .. } = &own.parameter;
        if is_content_type(*location, name) {
            served.content_type = ContentType::Client;
        } else if reaches(*location, name, path) {
            places.take(*location, name);
            served.service.push(ServiceParameter {
                name: name.clone(),
                location: *location,
                source: ValueSource::Request(index),
            });
        }
    }
    for entry in entries(fields, BACKEND_PARAMS, PREFIX)? {
        let (name, location) = name_and_place(&entry, path)?;
        let mut kept = kept(&entry, &[("remark", 255)])?;
        kept.insert("name".to_owned(), name.into());
        let word = words::told(&LOCATIONS, &location);
        kept.insert("location".to_owned(), word.into());
        told.push(Value::Object(kept));
        let source = source(&entry, location, declared)?;
        if is_content_type(location, name) {
            served.content_type = content_type(&entry, source, declared)?;
            continue;
        }
        let parameter = ServiceParameter {
            name: name.into(),
            location,
            source,
        };
        if served.service.contains(&parameter) {
            // It passes as it is already.
            continue;
        }
        if !places.take(location, name) {
            let why = "Another entry has this name at the same place";
            return Err(entry.invalid_because("name", why));
        }
        served.service.push(parameter);
    }
    let mut needed = path.into_iter().flat_map(PathPattern::parameters);
    if let Some(name) = needed.find(|name| !places.has(Location::Path, name)) {
        return Err(Fault::UndeclaredBackendParameter(name.to_owned()));
    }
    document.set(BACKEND_PARAMS, told);
    Ok(served)
}

/// Whether a parameter of the request that passes as it is gets to a backend:
/// one in the path needs a place there, and a header has to be no one's own.
fn reaches(location: Location, name: &str, path: Option<&PathPattern>) -> bool {
    match location {
        Location::Path => path.is_some_and(|path| path.position(name).is_some()),
        Location::Header => header::check_service_name(name).is_ok(),
        Location::Query | Location::Body => true,
    }
}

fn name_and_place<'a>(
    entry: &Fields<'a>,
    path: Option<&PathPattern>,
) -> Result<(&'a str, Location), Fault> {
    let name = entry.required("name")?;
    NAME.check(name).map_err(|_| entry.invalid("name"))?;
    let location = words::read(entry, "location", &LOCATIONS)?;
    let location = location.ok_or_else(|| entry.missing("location"))?;
    match location {
        Location::Header if !is_content_type(location, name) => {
            let checked = header::check_service_name(name);
            checked.map_err(|error| entry.invalid_because("name", &error.to_string()))?;
        }
        Location::Path if path.is_none_or(|path| path.position(name).is_none()) => {
            let why = "The backend's req_uri has no parameter of this name";
            return Err(entry.invalid_because("name", why));
        }
        Location::Path | Location::Header | Location::Query | Location::Body => {}
    }
    Ok((name, location))
}

fn source(
    entry: &Fields<'_>,
    location: Location,
    declared: &[Declared],
) -> Result<ValueSource, Fault> {
    const VALUE: &str = "value";
    let origin = words::read(entry, "origin", &ORIGINS)?;
    let value = entry.text(VALUE)?.unwrap_or_default();
    if value.chars().count() > VALUE_MAX {
        return Err(entry.invalid(VALUE));
    }
    match origin.ok_or_else(|| entry.missing("origin"))? {
        Origin::Request => {
            let value = entry.required(VALUE)?;
            let index = named(declared, value, location);
            index
                .map(ValueSource::Request)
                .map_err(|why| entry.invalid_because(VALUE, why))
        }
        Origin::Constant => {
            match location {
                Location::Header => {
                    let checked = header::check_value(value);
                    checked.map_err(|error| entry.invalid_because(VALUE, &error.to_string()))?;
                }
                Location::Path if matches!(value, "" | "." | "..") => {
                    return Err(entry.invalid_because(VALUE, "It is no segment of a path"));
                }
                Location::Path | Location::Query | Location::Body => {}
            }
            Ok(ValueSource::Constant(value.into()))
        }
        Origin::System => {
            let found = SYSTEM.iter().find(|(word, _)| *word == value);
            let why = "This parameter of the system is not supported yet";
            let found = found.ok_or_else(|| entry.invalid_because(VALUE, why));
            found.map(|(_, meaning)| ValueSource::System(*meaning))
        }
    }
}

/// Which of the request's parameters a name means: of several, the one at the
/// place where the backend's will stand.
fn named(declared: &[Declared], name: &str, at: Location) -> Result<usize, &'static str> {
    let mut named = declared
        .iter()
        .enumerate()
        .filter(|(_, own)| *own.parameter.name == *name);
    let Some((first, _)) = named.clone().next() else {
        return Err("req_params has no entry of this name");
    };
    if named.clone().count() == 1 {
        return Ok(first);
    }
    let there = named.find(|(_, own)| own.parameter.location == at);
    there
        .map(|(index, _)| index)
        .ok_or("More than one entry of req_params has this name")
}

fn content_type(
    entry: &Fields<'_>,
    source: ValueSource,
    declared: &[Declared],
) -> Result<ContentType, Fault> {
    let is_clients = |index: usize| {
        declared
            .get(index)
            .is_some_and(|own| is_content_type(own.parameter.location, &own.parameter.name))
    };
    match source {
        ValueSource::Constant(text) if !text.is_empty() => Ok(ContentType::Custom(text)),
        ValueSource::Request(index) if is_clients(index) => Ok(ContentType::Client),
        _ => {
            let why = "This header is a constant, or the client's own";
            Err(entry.invalid_because("value", why))
        }
    }
}
