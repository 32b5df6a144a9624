//! `ServiceParameters`, `ServiceParametersMap`, `ConstantParameters` and
//! `SystemParameters`: what the backend gets.
//!
//! A backend's parameter that comes from the request stands in
//! `ServiceParameters`, and the map joins it with the client's. One that is
//! constant or the system's stands in its own table, and may stand in
//! `ServiceParameters` once more (`ParameterCatalog`): SDKs send both.
//!
//! The map knows names only, while a name may stand in several places. One
//! entry of it serves them all; several serve one each, in the order of
//! `ServiceParameters`: what another dialect made can be such.

use std::sync::Arc;

use countersign_core::{
    PathPattern,
    mapping::{Location, RequestParameter, ServiceParameter, SystemParameter, ValueSource},
};

use super::{
    object::Object,
    request_table::{LOCATIONS, TYPES},
};
use crate::dialect::{
    alibaba::Fault,
    tables::{Places, header},
};

/// What `CaProxy` says: which gateway forwards. The vendor sends a name of its
/// own product; this is ours.
pub(super) const PROXY: &str = "Countersign";

/// The four tables.
#[derive(Debug)]
pub(super) struct Tables<'a> {
    pub(super) service: Vec<Object<'a>>,
    pub(super) map: Vec<Object<'a>>,
    pub(super) constant: Vec<Object<'a>>,
    pub(super) system: Vec<Object<'a>>,
}

/// What they have to fit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around<'a> {
    pub(super) request: &'a [RequestParameter],
    /// `ServicePath`; without one the backend is called at the client's path.
    pub(super) path: Option<&'a PathPattern>,
}

const NAME: &str = "ServiceParameterName";
const TWICE: &str = "another entry has this name at the same place";

/// `ParameterCatalog`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Catalog {
    Request,
    Constant,
    System,
}

const CATALOGS: [(&str, Catalog); 3] = [
    ("REQUEST", Catalog::Request),
    ("CONSTANT", Catalog::Constant),
    ("SYSTEM", Catalog::System),
];

impl Tables<'_> {
    /// Reads all four.
    pub(super) fn read(&self, around: Around<'_>) -> Result<Arc<[ServiceParameter]>, Fault> {
        let mut all = Vec::new();
        let mut places = Places::default();
        let constants = self.valued(&self.constant, around, &mut places, constant, &mut all)?;
        let systems = self.valued(&self.system, around, &mut places, system, &mut all)?;
        let joins = self.joins()?;
        let mut mapped: Vec<&str> = Vec::new();
        for entry in &self.service {
            let (name, location) = name_and_place(entry, around)?;
            entry.word("ParameterType", &TYPES)?;
            let catalog = entry.word("ParameterCatalog", &CATALOGS)?;
            let elsewhere = match catalog.unwrap_or(Catalog::Request) {
                Catalog::Constant => Some((&constants, "ConstantParameters")),
                Catalog::System => Some((&systems, "SystemParameters")),
                Catalog::Request => None,
            };
            if let Some((own, table)) = elsewhere {
                if !own.has(location, name) {
                    let why = format!("{table} has no entry of this name at the same place");
                    return Err(entry.bad(NAME, why));
                }
                continue;
            }
            if !places.take(location, name) {
                return Err(entry.bad(NAME, TWICE));
            }
            let before = mapped.iter().filter(|own| **own == name).count();
            let named: Vec<_> = joins.iter().filter(|join| join.service == name).collect();
            let source = match named.as_slice() {
                [] => return Err(entry.bad(NAME, "ServiceParametersMap does not name it")),
                [only] => only,
                several => several.get(before).ok_or_else(|| {
                    entry.bad(NAME, "ServiceParametersMap does not name it as often")
                })?,
            };
            let index = source.place_in(around.request, location)?;
            mapped.push(name);
            all.push(ServiceParameter {
                name: name.into(),
                location,
                source: ValueSource::Request(index),
            });
        }
        for (at, join) in joins.iter().enumerate() {
            let is_same = |own: &&&str| **own == join.service;
            let before = joins[..at].iter().filter(|own| own.service == join.service);
            let (before, uses) = (before.count(), mapped.iter().filter(is_same).count());
            if uses > before {
                continue;
            }
            if uses > 0 {
                return Err(join.entry.bad(NAME, "another entry has this name"));
            }
            let why = "ServiceParameters has no entry of this name that comes from the request";
            return Err(join.entry.bad(NAME, why));
        }
        Ok(all.into())
    }

    /// One of the tables whose entries say their value themselves.
    fn valued(
        &self,
        entries: &[Object<'_>],
        around: Around<'_>,
        places: &mut Places,
        read: impl Fn(&Object<'_>, Location) -> Result<ValueSource, Fault>,
        all: &mut Vec<ServiceParameter>,
    ) -> Result<Places, Fault> {
        let mut own = Places::default();
        for entry in entries {
            let (name, location) = name_and_place(entry, around)?;
            if !places.take(location, name) {
                return Err(entry.bad(NAME, TWICE));
            }
            own.take(location, name);
            all.push(ServiceParameter {
                name: name.into(),
                location,
                source: read(entry, location)?,
            });
        }
        Ok(own)
    }

    fn joins(&self) -> Result<Vec<Join<'_>>, Fault> {
        let mut joins: Vec<Join<'_>> = Vec::with_capacity(self.map.len());
        for entry in &self.map {
            let service = entry.required(NAME)?;
            let request = entry.required("RequestParameterName")?;
            joins.push(Join {
                entry,
                service,
                request,
            });
        }
        Ok(joins)
    }
}

/// An entry of `ServiceParametersMap`.
struct Join<'a> {
    entry: &'a Object<'a>,
    service: &'a str,
    request: &'a str,
}

impl Join<'_> {
    /// Which of the request's parameters it means. The map knows names only:
    /// of several, the one at the place where the backend's will stand.
    fn place_in(&self, request: &[RequestParameter], at: Location) -> Result<usize, Fault> {
        let mut named = request
            .iter()
            .enumerate()
            .filter(|(_, own)| *own.name == *self.request);
        let bad = |why| Err(self.entry.bad("RequestParameterName", why));
        let Some((first, _)) = named.clone().next() else {
            return bad("RequestParameters has no entry of this name");
        };
        if named.clone().count() == 1 {
            return Ok(first);
        }
        match named.find(|(_, own)| own.location == at) {
            Some((index, _)) => Ok(index),
            None => bad("more than one entry of RequestParameters has this name"),
        }
    }
}

fn name_and_place<'a>(
    entry: &Object<'a>,
    around: Around<'_>,
) -> Result<(&'a str, Location), Fault> {
    let name = entry.required(NAME)?;
    entry.required("Location")?;
    let location = entry.word("Location", &LOCATIONS)?;
    let location = location.ok_or_else(|| entry.bad("Location", "it is mandatory"))?;
    match location {
        Location::Header => {
            header::check_service_name(name).map_err(|error| entry.bad(NAME, error))?;
        }
        Location::Path => {
            let path = around
                .path
                .ok_or_else(|| entry.bad("Location", "PATH needs a ServicePath"))?;
            if path.position(name).is_none() {
                return Err(entry.bad(NAME, "ServicePath has no parameter of this name"));
            }
        }
        Location::Query | Location::Body => {}
    }
    Ok((name, location))
}

fn constant(entry: &Object<'_>, location: Location) -> Result<ValueSource, Fault> {
    const VALUE: &str = "ConstantValue";
    // The empty text counts as absent, and is a fine constant.
    let value = entry.text(VALUE).unwrap_or_default();
    match location {
        Location::Header => {
            header::check_value(value).map_err(|error| entry.bad(VALUE, error))?;
        }
        Location::Path if matches!(value, "" | "." | "..") => {
            return Err(entry.bad(VALUE, "it is no segment of a path"));
        }
        Location::Path | Location::Query | Location::Body => {}
    }
    Ok(ValueSource::Constant(value.into()))
}

/// `ParameterName` of the system's; `None` stands for what is a constant here.
pub(super) const SYSTEM_NAMES: [(&str, Option<SystemParameter>); 7] = [
    ("CaClientIp", Some(SystemParameter::ClientIp)),
    ("CaDomain", Some(SystemParameter::Domain)),
    ("CaRequestHandleTime", Some(SystemParameter::HandleTime)),
    ("CaAppId", Some(SystemParameter::AppId)),
    ("CaRequestId", Some(SystemParameter::RequestId)),
    ("CaHttpSchema", Some(SystemParameter::Scheme)),
    ("CaProxy", None),
];

fn system(entry: &Object<'_>, _: Location) -> Result<ValueSource, Fault> {
    const FIELD: &str = "ParameterName";
    entry.required(FIELD)?;
    let name = entry.word(FIELD, &SYSTEM_NAMES)?;
    Ok(match name.flatten() {
        Some(parameter) => ValueSource::System(parameter),
        None => ValueSource::Constant(PROXY.into()),
    })
}
