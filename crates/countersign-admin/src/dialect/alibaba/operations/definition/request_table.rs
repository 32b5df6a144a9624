//! `RequestParameters`: what clients may send.

use std::sync::Arc;

use countersign_core::{
    PathPattern,
    mapping::{Location, ParameterLimits, ParameterType, RequestParameter},
};

use super::object::Object;
use crate::dialect::{
    alibaba::Fault,
    tables::{
        Places, header,
        limits::{is_number, is_of, is_within},
    },
};

/// `Location`.
pub(super) const LOCATIONS: [(&str, Location); 4] = [
    ("BODY", Location::Body),
    ("HEAD", Location::Header),
    ("QUERY", Location::Query),
    ("PATH", Location::Path),
];

/// `ParameterType`. `Integer` stands in the vendor's own examples.
pub(super) const TYPES: [(&str, ParameterType); 7] = [
    ("String", ParameterType::String),
    ("Int", ParameterType::Int),
    ("Integer", ParameterType::Int),
    ("Long", ParameterType::Long),
    ("Float", ParameterType::Float),
    ("Double", ParameterType::Double),
    ("Boolean", ParameterType::Boolean),
];

/// `Required`.
const REQUIRED: [(&str, bool); 2] = [("REQUIRED", true), ("OPTIONAL", false)];

/// Reads the table. `path` is that of the request.
pub(super) fn read(
    entries: &[Object<'_>],
    path: &PathPattern,
) -> Result<Arc<[RequestParameter]>, Fault> {
    let mut places = Places::default();
    entries
        .iter()
        .map(|entry| parameter(entry, path, &mut places))
        .collect()
}

const NAME: &str = "ApiParameterName";

fn parameter(
    entry: &Object<'_>,
    path: &PathPattern,
    places: &mut Places,
) -> Result<RequestParameter, Fault> {
    let name = entry.required(NAME)?;
    entry.required("Location")?;
    let location = entry.word("Location", &LOCATIONS)?;
    let location = location.ok_or_else(|| entry.bad("Location", "it is mandatory"))?;
    match location {
        Location::Header => header::check_name(name).map_err(|error| entry.bad(NAME, error))?,
        Location::Path if path.position(name).is_none() => {
            return Err(entry.bad(NAME, "RequestPath has no parameter of this name"));
        }
        Location::Path | Location::Query | Location::Body => {}
    }
    if !places.take(location, name) {
        return Err(entry.bad(NAME, "another entry has this name at the same place"));
    }
    // To pass over a check would let through what the provider wants refused.
    for check in ["RegularExpression", "JsonScheme"] {
        if entry.text(check).is_some() {
            return Err(entry.bad(check, "this check is not supported yet"));
        }
    }
    let kind = entry
        .word("ParameterType", &TYPES)?
        .unwrap_or(ParameterType::String);
    let required = entry.word("Required", &REQUIRED)?.unwrap_or(false);
    let limits = limits(entry, kind)?;
    let default = entry.text("DefaultValue");
    if default.is_some_and(|text| !is_of(kind, text)) {
        return Err(entry.bad("DefaultValue", "it is not of the parameter's type"));
    }
    if default.is_some_and(|text| !is_within(&limits, kind, text)) {
        return Err(entry.bad("DefaultValue", "it breaks the parameter's own limits"));
    }
    Ok(RequestParameter {
        name: name.into(),
        location,
        kind,
        required,
        default: default.map(Into::into),
        limits,
    })
}

fn limits(entry: &Object<'_>, kind: ParameterType) -> Result<ParameterLimits, Fault> {
    let value = |field| {
        let why = "it is for numbers only";
        // Whole numbers of at most 53 bits were read, which are exact.
        entry.number(field, why, |number| {
            is_number(kind).then_some(number as f64)
        })
    };
    let (min, max) = (value("MinValue")?, value("MaxValue")?);
    if matches!((min, max), (Some(min), Some(max)) if min > max) {
        return Err(entry.bad("MaxValue", "it is less than MinValue"));
    }
    let length = |field| {
        let why = "it is a number of characters, and for String only";
        entry.number(field, why, |number| {
            u32::try_from(number)
                .ok()
                .filter(|_| kind == ParameterType::String)
        })
    };
    let (min_length, max_length) = (length("MinLength")?, length("MaxLength")?);
    if matches!((min_length, max_length), (Some(min), Some(max)) if min > max) {
        return Err(entry.bad("MaxLength", "it is less than MinLength"));
    }
    let allowed: Vec<Arc<str>> = entry
        .text("EnumValue")
        .into_iter()
        .flat_map(|list| list.split(','))
        .map(|value| value.trim().into())
        .collect();
    if allowed.iter().any(|value| !is_of(kind, value)) {
        return Err(entry.bad("EnumValue", "a value is not of the parameter's type"));
    }
    Ok(ParameterLimits {
        min,
        max,
        min_length,
        max_length,
        allowed: allowed.into(),
    })
}
