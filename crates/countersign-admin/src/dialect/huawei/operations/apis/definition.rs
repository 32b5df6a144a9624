//! From a request's fields to the definition that the data plane carries out.

use std::sync::Arc;

use countersign_core::{
    ApiDefinition, MatchMode, MethodMatch, MockAnswer, PathPattern, PayloadPolicy,
    mapping::{
        ContentType, Location, ParameterLimits, ParameterMapping, ParameterType, RequestParameter,
        ServiceParameter, ValueSource,
    },
};

use super::{
    backend::{self, Answering},
    backend_params::{self, Served, is_content_type},
    document::Document,
    req_params,
    words::{self, MATCH_MODES, METHODS, plain},
};
use crate::dialect::huawei::{Version, errors::Fault, fields::Fields};

/// A definition as the request gives it. `mapping` holds the tables, even where
/// they say only what passing through does anyway.
pub(super) struct Given {
    definition: ApiDefinition,
    mapping: ParameterMapping,
}

/// Reads the fields that say how an API is called and what answers; `document`
/// holds the others, and gets what of these is only to be told again.
pub(super) fn read(
    fields: &Fields<'_>,
    version: Version,
    mut document: Document,
) -> Result<Given, Fault> {
    let method = plain(fields, "req_method", &METHODS)?;
    let method = method.ok_or_else(|| fields.missing("req_method"))?;
    let method = MethodMatch::parse(method).map_err(|_| fields.invalid("req_method"))?;
    let path = backend::path(fields, "req_uri")?;
    let match_mode = words::read(fields, "match_mode", &MATCH_MODES)?;
    let Answering { target, mock } = backend::read(fields, version, &mut document)?;
    let declared = req_params::read(fields, &path, &mut document)?;
    let backend_path = target.path.as_ref();
    let Served {
        service,
        content_type,
    } = backend_params::read(fields, &declared, backend_path, &mut document)?;
    let request = declared.into_iter().map(|own| own.parameter);
    let request: Vec<RequestParameter> = request.collect();
    let has_fields = request.iter().any(|own| own.location == Location::Body)
        || service.iter().any(|own| own.location == Location::Body);
    let mapping = ParameterMapping {
        passes_unknown: true,
        request: request.into(),
        service: service.into(),
        body_is_form: has_fields,
        content_type,
    };
    let definition = ApiDefinition {
        method,
        path,
        match_mode: match_mode.unwrap_or(MatchMode::Exact),
        backend: target,
        mapping: None,
        mock: mock.map(Arc::new),
        payload: PayloadPolicy::default(),
        document: Some(document.to_text().into()),
    };
    Ok(Given {
        definition,
        mapping,
    })
}

impl Given {
    /// The definition of a new API.
    pub(super) fn definition(mut self) -> ApiDefinition {
        if !is_plain(&self.mapping) {
            self.definition.mapping = Some(Arc::new(self.mapping));
        }
        self.definition
    }

    /// The definition that takes the place of `former`. What this dialect has
    /// no words for stays: whether a signature covers the body, whether unknown
    /// parameters pass, a body that is a form without declared fields, and
    /// status and headers of an answer in the backend's place.
    pub(super) fn in_place_of(mut self, former: &ApiDefinition) -> ApiDefinition {
        self.definition.payload = former.payload;
        if let Some(former) = former.mapping.as_deref() {
            let own = &mut self.mapping;
            own.passes_unknown = former.passes_unknown;
            own.body_is_form |= former.body_is_form;
            let is_untold = !former
                .request
                .iter()
                .any(|own| is_content_type(own.location, &own.name));
            if own.content_type == ContentType::Default
                && former.content_type == ContentType::Client
                && is_untold
            {
                own.content_type = ContentType::Client;
            }
        }
        if let (Some(own), Some(former)) = (&mut self.definition.mock, &former.mock) {
            // RFC 9110, 15.3.5, 15.3.6 and 15.4.5: these have no body.
            let has_no_body = matches!(former.status, 204 | 205 | 304);
            *own = Arc::new(MockAnswer {
                status: match has_no_body && !own.body.is_empty() {
                    true => own.status,
                    false => former.status,
                },
                headers: former.headers.clone(),
                body: own.body.clone(),
            });
        }
        self.definition()
    }
}

/// Whether the tables say only what passing through does anyway: parameters of
/// the path, of any text, under the same names.
fn is_plain(mapping: &ParameterMapping) -> bool {
    let is_in_path = |own: &RequestParameter| *own == in_path(&own.name);
    let is_same = |own: &ServiceParameter| match &own.source {
        ValueSource::Request(index) => mapping
            .request
            .get(*index)
            .is_some_and(|from| own.location == Location::Path && from.name == own.name),
        ValueSource::Constant(_) | ValueSource::System(_) => false,
    };
    mapping.passes_unknown
        && !mapping.body_is_form
        && mapping.content_type == ContentType::Default
        && mapping.request.iter().all(is_in_path)
        && mapping.service.iter().all(is_same)
}

fn in_path(name: &str) -> RequestParameter {
    RequestParameter {
        name: name.into(),
        location: Location::Path,
        kind: ParameterType::String,
        required: true,
        default: None,
        limits: ParameterLimits::default(),
    }
}

/// The path that a backend is called at, in a pattern: where the definition has
/// none, it is the client's own.
pub(super) fn backend_path(definition: &ApiDefinition) -> &PathPattern {
    let path = definition.backend.path.as_ref();
    path.unwrap_or(&definition.path)
}

/// The tables as this dialect writes them, whichever dialect made the API:
/// parameters of the paths are declared in both, also where the definition
/// passes requests through or calls the backend at the client's own path.
pub(super) fn tables(
    definition: &ApiDefinition,
) -> (Vec<RequestParameter>, Vec<ServiceParameter>, ContentType) {
    let mapping = definition.mapping.as_deref();
    let (mut request, mut service, content_type) = match mapping {
        None => (Vec::new(), Vec::new(), ContentType::Default),
        Some(own) => (
            own.request.to_vec(),
            own.service.to_vec(),
            own.content_type.clone(),
        ),
    };
    for name in definition.path.parameters() {
        let is_it = |own: &RequestParameter| own.location == Location::Path && *own.name == *name;
        if !request.iter().any(is_it) {
            request.push(in_path(name));
        }
    }
    if definition.mock.is_some() {
        service.retain(|own| own.location != Location::Path);
        return (request, service, content_type);
    }
    for name in backend_path(definition).parameters() {
        let is_filled = service
            .iter()
            .any(|own| own.location == Location::Path && *own.name == *name);
        let from = request
            .iter()
            .position(|own| own.location == Location::Path && *own.name == *name);
        if let (false, Some(from)) = (is_filled, from) {
            service.push(ServiceParameter {
                name: name.into(),
                location: Location::Path,
                source: ValueSource::Request(from),
            });
        }
    }
    (request, service, content_type)
}
