//! What an API does, from the JSON texts that tell it (spec 3.4) to the
//! definition that the data plane carries out.

mod backend;
mod document;
mod object;
mod request_table;
mod schema;
mod service_table;
#[cfg(test)]
mod tests;
mod told_anew;

use std::sync::Arc;

use countersign_core::{
    ApiDefinition, BackendTarget, MethodMatch, PathPattern, PayloadPolicy,
    mapping::{ContentType, Location, ParameterMapping, RequestParameter, ServiceParameter},
};

pub(super) use self::{document::Document, told_anew::path_text};
use self::{
    object::Object,
    schema::{
        CONSTANT_PARAMETERS, REQUEST_CONFIG, REQUEST_PARAMETERS, SERVICE_CONFIG,
        SERVICE_PARAMETERS, SERVICE_PARAMETERS_MAP, SYSTEM_PARAMETERS,
    },
    service_table::{Around, Tables},
};
use crate::dialect::alibaba::Fault;

/// `RequestMode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Mapping,
    MappingPassthrough,
    Passthrough,
}

const MODES: [(&str, Mode); 3] = [
    ("MAPPING", Mode::Mapping),
    ("MAPPING_PASSTHROUGH", Mode::MappingPassthrough),
    ("PASSTHROUGH", Mode::Passthrough),
];

/// `BodyFormat`, and whether it is a form.
const BODY_FORMATS: [(&str, bool); 2] = [("FORM", true), ("STREAM", false)];

impl Document {
    /// What it comes to.
    pub(super) fn definition(&self) -> Result<ApiDefinition, Fault> {
        let request = self.object(REQUEST_CONFIG)?;
        let service = self.object(SERVICE_CONFIG)?;
        check_protocol(&request)?;
        let method = MethodMatch::parse(request.required("RequestHttpMethod")?)
            .map_err(|error| request.bad("RequestHttpMethod", error))?;
        let path = request.required("RequestPath")?;
        let (path, match_mode) = request.path("RequestPath", path)?;
        let backend = backend::read(&service, match_mode)?;
        let mock = backend::mock(&service)?;
        let mapping = self.mapping(&request, &service, &path, &backend)?;
        Ok(ApiDefinition {
            method,
            path,
            match_mode,
            backend,
            mapping: mapping.map(Arc::new),
            mock: mock.map(Arc::new),
            payload: PayloadPolicy::default(),
            document: Some(self.to_text().into()),
        })
    }

    /// The vendor's default is MAPPING. Without any table that would let
    /// nothing through, which nobody asks for by saying nothing.
    fn mode(&self, request: &Object<'_>) -> Result<Mode, Fault> {
        let tables = [
            REQUEST_PARAMETERS,
            SERVICE_PARAMETERS,
            SERVICE_PARAMETERS_MAP,
            CONSTANT_PARAMETERS,
            SYSTEM_PARAMETERS,
        ];
        let has_tables = || tables.iter().any(|table| !self.list(table).is_empty());
        Ok(match request.word("RequestMode", &MODES)? {
            Some(mode) => mode,
            None if has_tables() => Mode::Mapping,
            None => Mode::Passthrough,
        })
    }

    /// `None` where requests pass through; the tables are documentation then.
    fn mapping(
        &self,
        request: &Object<'_>,
        service: &Object<'_>,
        path: &PathPattern,
        backend: &BackendTarget,
    ) -> Result<Option<ParameterMapping>, Fault> {
        let mode = self.mode(request)?;
        let content_type = backend::content_type(service)?;
        let format = request.word("BodyFormat", &BODY_FORMATS)?;
        if mode == Mode::Passthrough {
            if matches!(content_type, ContentType::Custom(_)) {
                let why = "CUSTOM has no effect in PASSTHROUGH";
                return Err(service.bad("ContentTypeCatagory", why));
            }
            return Ok(None);
        }
        let entries = self.list(REQUEST_PARAMETERS);
        let requested = request_table::read(&entries, path)?;
        let tables = Tables {
            service: self.list(SERVICE_PARAMETERS),
            map: self.list(SERVICE_PARAMETERS_MAP),
            constant: self.list(CONSTANT_PARAMETERS),
            system: self.list(SYSTEM_PARAMETERS),
        };
        let around = Around {
            request: &requested,
            path: backend.path.as_ref(),
        };
        let served = tables.read(around)?;
        check_path_is_filled(service, backend, &served)?;
        let has_fields = has_fields(&requested, &served);
        if format == Some(false) && has_fields {
            let why = "a parameter is in the BODY, which needs FORM";
            return Err(request.bad("BodyFormat", why));
        }
        Ok(Some(ParameterMapping {
            passes_unknown: mode == Mode::MappingPassthrough,
            request: requested,
            service: served,
            body_is_form: format.unwrap_or(has_fields),
            content_type,
        }))
    }
}

fn check_protocol(config: &Object<'_>) -> Result<(), Fault> {
    const FIELD: &str = "RequestProtocol";
    let Some(protocols) = config.text(FIELD) else {
        return Ok(());
    };
    let all: Vec<&str> = protocols.split(',').map(str::trim).collect();
    if !all.iter().all(|one| matches!(*one, "HTTP" | "HTTPS")) {
        return Err(config.bad(FIELD, "it is HTTP, HTTPS or HTTP,HTTPS"));
    }
    if !all.contains(&"HTTP") {
        let why = "it has to contain HTTP: calls over TLS are not supported yet";
        return Err(config.bad(FIELD, why));
    }
    Ok(())
}

fn check_path_is_filled(
    service: &Object<'_>,
    backend: &BackendTarget,
    served: &[ServiceParameter],
) -> Result<(), Fault> {
    let is_filled = |name: &str| {
        served
            .iter()
            .any(|own| own.location == Location::Path && *own.name == *name)
    };
    let path = backend.path.as_ref();
    if path.is_some_and(|path| !path.parameters().all(is_filled)) {
        let why = "a parameter of it is given no value by any table";
        return Err(service.bad("ServicePath", why));
    }
    Ok(())
}

fn has_fields(requested: &[RequestParameter], served: &[ServiceParameter]) -> bool {
    requested.iter().any(|own| own.location == Location::Body)
        || served.iter().any(|own| own.location == Location::Body)
}
