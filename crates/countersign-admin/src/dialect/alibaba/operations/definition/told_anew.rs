//! The definition of an API that another dialect made, in this vendor's words.
//! Read again it comes to the same.

use std::sync::Arc;

use countersign_core::{
    ApiDefinition, MatchMode, PathPattern,
    mapping::{
        ContentType, Location, ParameterMapping, RequestParameter, ServiceParameter, ValueSource,
    },
    path::ParameterStyle,
};
use serde_json::{Map, Value, json};

use super::{
    request_table::{LOCATIONS, TYPES},
    schema::{
        CONSTANT_PARAMETERS, REQUEST_CONFIG, REQUEST_PARAMETERS, SERVICE_CONFIG,
        SERVICE_PARAMETERS, SERVICE_PARAMETERS_MAP, SYSTEM_PARAMETERS,
    },
    service_table::SYSTEM_NAMES,
};

/// The parts that `DescribeApi` tells and `CreateApi` would take.
pub(super) fn told_anew(definition: &ApiDefinition) -> Map<String, Value> {
    let mut parts = Map::new();
    let mut set = |name: &str, value: Value| {
        parts.insert(name.to_owned(), value);
    };
    set(REQUEST_CONFIG, request_config(definition));
    set(SERVICE_CONFIG, service_config(definition));
    if let Some(mapping) = definition.mapping.as_deref() {
        let request = mapping.request.iter().map(request_parameter);
        set(REQUEST_PARAMETERS, request.collect());
        let service = || mapping.service.iter();
        let told = service().map(service_parameter);
        set(SERVICE_PARAMETERS, told.collect());
        let joins = service().filter_map(|own| join(mapping, own));
        set(SERVICE_PARAMETERS_MAP, joins.collect());
        set(
            CONSTANT_PARAMETERS,
            service().filter_map(constant).collect(),
        );
        set(SYSTEM_PARAMETERS, service().filter_map(system).collect());
    }
    parts
}

fn request_config(definition: &ApiDefinition) -> Value {
    let mut config = json!({
        "RequestProtocol": "HTTP",
        "RequestHttpMethod": definition.method.as_str(),
        "RequestPath": path_text(definition, &definition.path),
        "RequestMode": match definition.mapping.as_deref() {
            None => "PASSTHROUGH",
            Some(mapping) if mapping.passes_unknown => "MAPPING_PASSTHROUGH",
            Some(_) => "MAPPING",
        },
    });
    if let Some(mapping) = definition.mapping.as_deref() {
        let format = if mapping.body_is_form {
            "FORM"
        } else {
            "STREAM"
        };
        config["BodyFormat"] = format.into();
    }
    config
}

/// A pattern of a definition, with the asterisk of one that means all paths
/// below.
pub(in super::super) fn path_text(definition: &ApiDefinition, path: &PathPattern) -> String {
    let text = path.to_text(ParameterStyle::BRACKETS);
    match definition.match_mode {
        MatchMode::Exact => text,
        MatchMode::Prefix => format!("{}/*", text.strip_suffix('/').unwrap_or(&text)),
    }
}

fn service_config(definition: &ApiDefinition) -> Value {
    let backend = &definition.backend;
    let mut config = json!({
        "ServiceProtocol": "HTTP",
        "ServiceAddress": backend.address.to_string(),
        "ServiceTimeout": backend.timeout_ms,
    });
    if let Some(path) = &backend.path {
        config["ServicePath"] = path_text(definition, path).into();
    }
    if let Some(method) = &backend.method {
        config["ServiceHttpMethod"] = (**method).into();
    }
    if let Some(mock) = &definition.mock {
        config["Mock"] = "TRUE".into();
        config["MockStatusCode"] = mock.status.into();
        if !mock.body.is_empty() {
            config["MockResult"] = (*mock.body).into();
        }
        let header = |(name, value): &(Arc<str>, Arc<str>)| json!({ "HeaderName": **name, "HeaderValue": **value });
        if !mock.headers.is_empty() {
            config["MockHeaders"] = mock.headers.iter().map(header).collect();
        }
    }
    match definition.mapping.as_deref().map(|own| &own.content_type) {
        None | Some(ContentType::Default) => {}
        Some(ContentType::Client) => config["ContentTypeCatagory"] = "CLIENT".into(),
        Some(ContentType::Custom(text)) => {
            config["ContentTypeCatagory"] = "CUSTOM".into();
            config["ContentTypeValue"] = (**text).into();
        }
    }
    config
}

fn location(at: Location) -> &'static str {
    let found = LOCATIONS.iter().find(|(_, own)| *own == at);
    found.map_or("", |(word, _)| word)
}

fn request_parameter(own: &RequestParameter) -> Value {
    let kind = TYPES.iter().find(|(_, kind)| *kind == own.kind);
    let mut told = json!({
        "ApiParameterName": &*own.name,
        "Location": location(own.location),
        "ParameterType": kind.map(|(word, _)| word),
        "Required": if own.required { "REQUIRED" } else { "OPTIONAL" },
    });
    if let Some(default) = own.default.as_deref().filter(|text| !text.is_empty()) {
        told["DefaultValue"] = default.into();
    }
    // Only whole numbers are ever read, by any dialect.
    let numbers = [
        ("MinValue", own.limits.min.map(|number| number as i64)),
        ("MaxValue", own.limits.max.map(|number| number as i64)),
        ("MinLength", own.limits.min_length.map(i64::from)),
        ("MaxLength", own.limits.max_length.map(i64::from)),
    ];
    for (name, number) in numbers {
        if let Some(number) = number {
            told[name] = number.into();
        }
    }
    if !own.limits.allowed.is_empty() {
        told["EnumValue"] = own.limits.allowed.join(",").into();
    }
    told
}

fn service_parameter(own: &ServiceParameter) -> Value {
    json!({
        "ServiceParameterName": &*own.name,
        "Location": location(own.location),
        "ParameterCatalog": match own.source {
            ValueSource::Request(_) => "REQUEST",
            ValueSource::Constant(_) => "CONSTANT",
            ValueSource::System(_) => "SYSTEM",
        },
    })
}

fn join(mapping: &ParameterMapping, own: &ServiceParameter) -> Option<Value> {
    let ValueSource::Request(index) = &own.source else {
        return None;
    };
    let from = mapping.request.get(*index)?;
    Some(json!({
        "ServiceParameterName": &*own.name,
        "RequestParameterName": &*from.name,
    }))
}

fn constant(own: &ServiceParameter) -> Option<Value> {
    let ValueSource::Constant(text) = &own.source else {
        return None;
    };
    Some(json!({
        "ServiceParameterName": &*own.name,
        "Location": location(own.location),
        "ConstantValue": &**text,
    }))
}

fn system(own: &ServiceParameter) -> Option<Value> {
    let ValueSource::System(parameter) = &own.source else {
        return None;
    };
    let name = SYSTEM_NAMES
        .iter()
        .find(|(_, own)| *own == Some(*parameter));
    Some(json!({
        "ServiceParameterName": &*own.name,
        "Location": location(own.location),
        "ParameterName": name.map(|(word, _)| word),
    }))
}
