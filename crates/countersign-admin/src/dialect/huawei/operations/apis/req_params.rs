//! `req_params`: what clients may send (spec 4.3).
//!
//! A value is looked at only where `valid_enable` says so: a `NUMBER` without
//! it may be any text. `required` holds in any case, and a parameter in the
//! path is always there.

use std::sync::Arc;

use countersign_core::{
    FieldRule, PathPattern,
    mapping::{Location, ParameterLimits, ParameterType, RequestParameter},
    rule::CharSet,
};
use serde_json::{Map, Value};

use super::{
    backend::kept,
    document::{Document, REQ_PARAMS},
    extras::short,
    words::{self, LOCATIONS, one_or_two, plain},
};
use crate::dialect::{
    huawei::{errors::Fault, fields::Fields},
    tables::{
        ENTRIES_MAX, Places, header,
        limits::{is_of, is_within},
    },
};

/// A parameter's name.
pub(super) const NAME: FieldRule = FieldRule {
    min: 1,
    max: 32,
    first: Some(CharSet::LETTERS),
    rest: Some(CharSet {
        letters: true,
        digits: true,
        ideographs: false,
        others: "-_.",
    }),
};

/// A parameter, and whether the backend gets it as it is.
pub(super) struct Declared {
    pub(super) parameter: RequestParameter,
    pub(super) passes: bool,
}

const PREFIX: &str = "req_params.";
const DEFAULT_MAX: usize = 255;

/// The entries of a list, each of which has to be an object.
pub(super) fn entries<'a>(
    fields: &Fields<'a>,
    name: &str,
    prefix: &'static str,
) -> Result<Vec<Fields<'a>>, Fault> {
    let entries = fields.list(name)?.unwrap_or_default();
    if entries.len() > ENTRIES_MAX {
        let why = format!("It has more than {ENTRIES_MAX} entries");
        return Err(fields.invalid_because(name, &why));
    }
    let entries = entries.iter().map(|entry| match entry {
        Value::Object(entry) => Ok(Fields::inside(entry, prefix)),
        _ => Err(fields.invalid(name)),
    });
    entries.collect()
}

/// Reads the table. `path` is that of the request, all of whose parameters have
/// to be declared.
pub(super) fn read(
    fields: &Fields<'_>,
    path: &PathPattern,
    document: &mut Document,
) -> Result<Vec<Declared>, Fault> {
    let mut places = Places::default();
    let (mut all, mut told) = (Vec::new(), Vec::new());
    for entry in entries(fields, REQ_PARAMS, PREFIX)? {
        let (declared, kept) = parameter(&entry, path, &mut places)?;
        all.push(declared);
        told.push(Value::Object(kept));
    }
    let undeclared = path
        .parameters()
        .find(|name| !places.has(Location::Path, name));
    if let Some(name) = undeclared {
        return Err(Fault::UndeclaredPathParameter(name.to_owned()));
    }
    document.set(REQ_PARAMS, told);
    Ok(all)
}

fn parameter(
    entry: &Fields<'_>,
    path: &PathPattern,
    places: &mut Places,
) -> Result<(Declared, Map<String, Value>), Fault> {
    let name = entry.required("name")?;
    NAME.check(name).map_err(|_| entry.invalid("name"))?;
    let location = words::read(entry, "location", &LOCATIONS)?;
    let location = location.ok_or_else(|| entry.missing("location"))?;
    match location {
        Location::Header => {
            let checked = header::check_name(name);
            checked.map_err(|error| entry.invalid_because("name", &error.to_string()))?;
        }
        Location::Path if path.position(name).is_none() => {
            let why = "req_uri has no parameter of this name";
            return Err(entry.invalid_because("name", why));
        }
        Location::Path | Location::Query | Location::Body => {}
    }
    if !places.take(location, name) {
        let why = "Another entry has this name at the same place";
        return Err(entry.invalid_because("name", why));
    }
    // To pass over a check would let through what the provider wants refused.
    for check in ["regular", "json_schema"] {
        if short(entry, check, usize::MAX)?.is_some() {
            return Err(entry.invalid_because(check, "This check is not supported yet"));
        }
    }
    if entry
        .list("orchestrations")?
        .is_some_and(|own| !own.is_empty())
    {
        let why = "Orchestration is not supported yet";
        return Err(entry.invalid_because("orchestrations", why));
    }
    let mut kept = kept(entry, &[("sample_value", 255), ("remark", 255)])?;
    kept.insert("name".to_owned(), name.into());
    kept.insert(
        "location".to_owned(),
        words::told(&LOCATIONS, &location).into(),
    );
    let (kind, limits) = checks(entry, &mut kept)?;
    let default = short(entry, "default_value", DEFAULT_MAX)?;
    if default.is_some_and(|text| !is_of(kind, text) || !is_within(&limits, kind, text)) {
        let why = "It is not what the entry itself asks for";
        return Err(entry.invalid_because("default_value", why));
    }
    let required = one_or_two(entry, "required")?;
    let passes = one_or_two(entry, "pass_through")?.unwrap_or(false);
    kept.insert("pass_through".to_owned(), words::number(passes).into());
    let parameter = RequestParameter {
        name: name.into(),
        location,
        kind,
        required: location == Location::Path || required.unwrap_or(false),
        default: default.map(Into::into),
        limits,
    };
    Ok((Declared { parameter, passes }, kept))
}

/// The fields that only hold where `valid_enable` says so; what does not hold
/// is kept to be told again.
fn checks(
    entry: &Fields<'_>,
    kept: &mut Map<String, Value>,
) -> Result<(ParameterType, ParameterLimits), Fault> {
    let kind = plain(entry, "type", &["STRING", "NUMBER"])?;
    let is_number = kind.ok_or_else(|| entry.missing("type"))? == "NUMBER";
    let holds = one_or_two(entry, "valid_enable")?.unwrap_or(false);
    let read = limits(entry, is_number)?;
    kept.insert("valid_enable".to_owned(), words::number(holds).into());
    kept.insert(
        "type".to_owned(),
        if is_number { "NUMBER" } else { "STRING" }.into(),
    );
    if holds {
        let kind = match is_number {
            true => ParameterType::Double,
            false => ParameterType::String,
        };
        if read.allowed.iter().any(|value| !is_of(kind, value)) {
            let why = "A value is not of the parameter's type";
            return Err(entry.invalid_because("enumerations", why));
        }
        return Ok((kind, read));
    }
    tell_limits(&read, kept);
    Ok((ParameterType::String, ParameterLimits::default()))
}

/// The largest whole number that every reader of JSON keeps exactly.
const WHOLE_MAX: i64 = 1 << 53;

/// Numbers bound numbers, sizes bound texts; the vendor passes over the others.
/// Two zeros stand for no bounds, as in what the vendor itself exports.
fn limits(entry: &Fields<'_>, is_number: bool) -> Result<ParameterLimits, Fault> {
    let number = |name| {
        let number = entry.integer(name)?;
        match number {
            Some(number) if !(-WHOLE_MAX..=WHOLE_MAX).contains(&number) => Err(entry.invalid(name)),
            number => Ok(number),
        }
    };
    let (min, max) = bounds((number("min_num")?, number("max_num")?));
    let (shortest, longest) = bounds((number("min_size")?, number("max_size")?));
    let size = |name, size: Option<i64>| {
        let size = size.map(u32::try_from).transpose();
        size.map_err(|_| entry.invalid(name))
    };
    let (min_length, max_length) = (size("min_size", shortest)?, size("max_size", longest)?);
    let is_upside_down = matches!((min, max), (Some(min), Some(max)) if min > max);
    if is_number && is_upside_down {
        return Err(entry.invalid_because("max_num", "It is less than min_num"));
    }
    let is_upside_down = matches!((min_length, max_length), (Some(min), Some(max)) if min > max);
    if !is_number && is_upside_down {
        return Err(entry.invalid_because("max_size", "It is less than min_size"));
    }
    let values = short(entry, "enumerations", 4096)?.unwrap_or_default();
    let values = values.split(',').map(str::trim);
    let allowed: Vec<Arc<str>> = values
        .filter(|value| !value.is_empty())
        .map(Into::into)
        .collect();
    // Whole numbers of at most 53 bits are exact.
    let exact = |number: Option<i64>| number.filter(|_| is_number).map(|number| number as f64);
    Ok(ParameterLimits {
        min: exact(min),
        max: exact(max),
        min_length: min_length.filter(|_| !is_number),
        max_length: max_length.filter(|_| !is_number),
        allowed: allowed.into(),
    })
}

fn bounds(given: (Option<i64>, Option<i64>)) -> (Option<i64>, Option<i64>) {
    match given {
        (Some(0), Some(0)) => (None, None),
        given => given,
    }
}

/// Tells limits in the words of the table.
pub(super) fn tell_limits(limits: &ParameterLimits, told: &mut Map<String, Value>) {
    // A limit of another dialect's may have a fraction.
    let number = |number: f64| match number.fract() == 0.0 && number.abs() <= WHOLE_MAX as f64 {
        true => Value::from(number as i64),
        false => Value::from(number),
    };
    let all = [
        ("min_num", limits.min.map(number)),
        ("max_num", limits.max.map(number)),
        ("min_size", limits.min_length.map(Value::from)),
        ("max_size", limits.max_length.map(Value::from)),
    ];
    for (name, value) in all {
        if let Some(value) = value {
            told.insert(name.to_owned(), value);
        }
    }
    if !limits.allowed.is_empty() {
        told.insert("enumerations".to_owned(), limits.allowed.join(",").into());
    }
}
