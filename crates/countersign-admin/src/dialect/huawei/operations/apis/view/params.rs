//! The tables of parameters: what the definition holds is told from there, and
//! the rest from the text that is kept beside it.

use countersign_core::mapping::{
    ContentType, Location, ParameterLimits, ParameterType, RequestParameter, ServiceParameter,
    ValueSource,
};
use serde_json::{Value, json};

use super::{
    super::{
        backend_params::is_content_type,
        definition::backend_path,
        document::{BACKEND_PARAMS, REQ_PARAMS},
        req_params::tell_limits,
        words::{self, LOCATIONS, SYSTEM},
    },
    View,
};

impl View<'_> {
    pub(super) fn req_params(&self) -> Value {
        let all = self.request.iter().enumerate();
        all.map(|(index, own)| self.req_param(index, own)).collect()
    }

    fn req_param(&self, index: usize, own: &RequestParameter) -> Value {
        let kept = self.document.parameter(REQ_PARAMS, own.location, &own.name);
        let is_checked =
            own.kind != ParameterType::String || own.limits != ParameterLimits::default();
        // What holds is told from the definition, what does not from the text.
        let mut shown = kept;
        if is_checked {
            for name in ["min_num", "max_num", "min_size", "max_size", "enumerations"] {
                shown.remove(name);
            }
            tell_limits(&own.limits, &mut shown);
            shown.insert("valid_enable".to_owned(), 1.into());
            let kind = match own.kind {
                ParameterType::String | ParameterType::Boolean => "STRING",
                _ => "NUMBER",
            };
            shown.insert("type".to_owned(), kind.into());
        }
        if own.kind == ParameterType::Boolean {
            shown.insert("enumerations".to_owned(), "true,false".into());
        }
        for (name, absent) in [("type", json!("STRING")), ("valid_enable", json!(2))] {
            shown.entry(name.to_owned()).or_insert(absent);
        }
        if let Some(default) = &own.default {
            shown.insert("default_value".to_owned(), (**default).into());
        }
        let told = json!({
            "id": self.request_id(own),
            "name": &*own.name,
            "location": words::told(&LOCATIONS, &own.location),
            "required": words::number(own.required),
            "pass_through": words::number(self.passes(index, own)),
        });
        shown.extend(told.as_object().cloned().unwrap_or_default());
        Value::Object(shown)
    }

    /// Whether the text says that it passes as it is, and it does.
    fn passes(&self, index: usize, own: &RequestParameter) -> bool {
        let kept = self.document.parameter(REQ_PARAMS, own.location, &own.name);
        if kept.get("pass_through") != Some(&1.into()) {
            return false;
        }
        if is_content_type(own.location, &own.name) {
            return self.content_type == ContentType::Client;
        }
        // Where none can get to, it says nothing, and may go on saying it.
        let is_same = |to: &ServiceParameter| {
            to.location == own.location
                && to.name == own.name
                && to.source == ValueSource::Request(index)
        };
        let has_place = own.location != Location::Path
            || backend_path(self.definition).position(&own.name).is_some();
        self.service.iter().any(is_same) || !has_place || self.definition.mock.is_some()
    }

    pub(super) fn backend_params(&self) -> Value {
        let passes: Vec<bool> = self
            .request
            .iter()
            .enumerate()
            .map(|(index, own)| self.passes(index, own))
            .collect();
        let is_told = |own: &&ServiceParameter| match &own.source {
            ValueSource::Request(index) => self.request.get(*index).is_none_or(|from| {
                !(passes[*index] && from.location == own.location && from.name == own.name)
            }),
            ValueSource::Constant(_) | ValueSource::System(_) => true,
        };
        let told = self.service.iter().filter(is_told);
        let mut shown: Vec<Value> = told.map(|own| self.backend_param(own)).collect();
        shown.extend(self.content_type(&passes));
        Value::Array(shown)
    }

    /// The media type of bodies, where it is said and not by passing.
    fn content_type(&self, passes: &[bool]) -> Option<Value> {
        let source = match &self.content_type {
            ContentType::Default => return None,
            ContentType::Custom(text) => ValueSource::Constant(text.clone()),
            ContentType::Client => {
                let is_it = |own: &RequestParameter| is_content_type(own.location, &own.name);
                let index = self.request.iter().position(is_it)?;
                if passes[index] {
                    return None;
                }
                ValueSource::Request(index)
            }
        };
        Some(self.backend_param(&ServiceParameter {
            name: "Content-Type".into(),
            location: Location::Header,
            source,
        }))
    }

    fn backend_param(&self, own: &ServiceParameter) -> Value {
        let mut shown = self
            .document
            .parameter(BACKEND_PARAMS, own.location, &own.name);
        let location = words::told(&LOCATIONS, &own.location);
        let (origin, value) = match &own.source {
            ValueSource::Request(index) => {
                let from = self.request.get(*index);
                if let Some(from) = from {
                    shown.insert("req_param_id".to_owned(), self.request_id(from).into());
                }
                ("REQUEST", from.map_or("", |from| &*from.name))
            }
            ValueSource::Constant(text) => ("CONSTANT", &**text),
            ValueSource::System(meaning) => ("SYSTEM", words::told(&SYSTEM, meaning)),
        };
        let told = json!({
            "id": self.id_of(&format!("backend_params/{location}/{}", own.name)),
            "name": &*own.name,
            "location": location,
            "origin": origin,
            "value": value,
        });
        shown.extend(told.as_object().cloned().unwrap_or_default());
        Value::Object(shown)
    }

    fn request_id(&self, own: &RequestParameter) -> String {
        let location = words::told(&LOCATIONS, &own.location);
        self.id_of(&format!("req_params/{location}/{}", own.name))
    }
}
