//! Reading a request's parameters by the request table.

use std::borrow::Cow;

use countersign_core::mapping::{Location, ParameterMapping, RequestParameter};
use countersign_sign::params;
use rustc_hash::FxHashMap;

use super::{ClientsBody, Input, text, value};
use crate::{fault::Fault, header_policy};

/// What was read.
pub(super) struct Read<'a> {
    /// The values of the request table, in its order, checked.
    pub(super) values: Vec<Option<Cow<'a, str>>>,
    /// The unknown parameters that pass, encoded.
    pub(super) query: String,
    /// The unknown fields that pass, encoded.
    pub(super) form: String,
}

/// Reads what the request table names and what passes unknown.
pub(super) fn read<'a>(
    mapping: &'a ParameterMapping,
    input: &Input<'a>,
) -> Result<Read<'a>, Fault> {
    let mut read = Read {
        values: vec![None; mapping.request.len()],
        query: String::new(),
        form: String::new(),
    };
    let names = Names::of(mapping, Location::Query);
    let query = input.query.unwrap_or_default().as_bytes();
    names.take(query, &mut read.values, |name, value| {
        text::push_field(&mut read.query, name, value, text::percent_encode);
    });
    if let ClientsBody::Form(form) = input.body {
        let names = Names::of(mapping, Location::Body);
        names.take(form, &mut read.values, |name, value| {
            text::push_field(&mut read.form, name, value, text::form_encode);
        });
    }
    let captures = input.route.captures(input.path);
    for (parameter, found) in mapping.request.iter().zip(&mut read.values) {
        match parameter.location {
            Location::Path => *found = captures.get(&parameter.name).map(text::percent_decode),
            Location::Header => *found = header(input, &parameter.name),
            Location::Query | Location::Body => {}
        }
        settle(parameter, found)?;
    }
    Ok(read)
}

/// Checks a value, or finds what stands for it.
fn settle<'a>(
    parameter: &'a RequestParameter,
    found: &mut Option<Cow<'a, str>>,
) -> Result<(), Fault> {
    match found {
        Some(text) if value::fits(parameter, text) => Ok(()),
        Some(_) => Err(value::invalid(parameter)),
        None if parameter.required => Err(value::missing(parameter)),
        None => {
            *found = parameter.default.as_deref().map(Cow::Borrowed);
            Ok(())
        }
    }
}

/// The first value of a header; one that is not UTF-8 has its strange bytes
/// replaced.
fn header<'a>(input: &Input<'a>, name: &str) -> Option<Cow<'a, str>> {
    let is_named = |own: &str| header_policy::is_same_folded(own, name);
    let (_, value) = input
        .headers
        .iter()
        .find(|(own, _)| is_named(own.as_str()))?;
    Some(String::from_utf8_lossy(value.as_bytes()))
}

/// The names that mean something in a query or a form.
struct Names<'a> {
    /// With the place in the request table; `None` of a name that is the
    /// service table's only.
    places: FxHashMap<&'a str, Option<usize>>,
    passes_unknown: bool,
}

impl<'a> Names<'a> {
    fn of(mapping: &'a ParameterMapping, location: Location) -> Self {
        let mut places = FxHashMap::default();
        for parameter in mapping.service.iter() {
            if matches!(parameter.location, Location::Query | Location::Body) {
                places.insert(&*parameter.name, None);
            }
        }
        for (place, parameter) in mapping.request.iter().enumerate().rev() {
            if parameter.location == location {
                places.insert(&*parameter.name, Some(place));
            }
        }
        Self {
            places,
            passes_unknown: mapping.passes_unknown,
        }
    }

    fn take<'r>(
        &self,
        raw: &'r [u8],
        values: &mut [Option<Cow<'r, str>>],
        mut pass: impl FnMut(&str, &str),
    ) {
        for (name, value) in params::decode(raw) {
            match self.places.get(&*name) {
                Some(Some(place)) => {
                    values[*place].get_or_insert(value);
                }
                Some(None) => {}
                None if self.passes_unknown => pass(&name, &value),
                None => {}
            }
        }
    }
}
