//! An API's definition in the vendor's words: what `CreateApi` was told, as
//! far as it is known here, to be told again by `DescribeApi`. One JSON object
//! whose fields are the parameters of the call.

use countersign_core::ApiDefinition;
use serde_json::{Map, Value};

use super::{
    object::{Object, Place, normalise},
    schema::{HEADER_FIELDS, PARTS, PartKind, REQUEST_CONFIG, Schema},
    told_anew::told_anew,
};
use crate::dialect::{
    alibaba::{
        Fault, Params,
        render::{self, Fields},
    },
    tables::ENTRIES_MAX,
};

/// The texts, objects and lists that are known, each normalised. What other
/// dialects keep beside them stands there as it is, and is not told.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in super::super) struct Document(Map<String, Value>);

impl Document {
    /// What the record says, for an API that was made through this dialect
    /// and for one that was not.
    pub(in super::super) fn of(definition: &ApiDefinition) -> Self {
        let stored = definition
            .document
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok());
        match stored {
            // No definition of this dialect is without it.
            Some(Value::Object(parts)) if parts.contains_key(REQUEST_CONFIG) => Self(parts),
            Some(Value::Object(mut parts)) => {
                parts.append(&mut told_anew(definition));
                Self(parts)
            }
            _ => Self(told_anew(definition)),
        }
    }

    /// Takes what the call gives over what there is. An empty parameter counts
    /// as absent; an empty list takes a table away.
    pub(in super::super) fn take(&mut self, params: &Params) -> Result<(), Fault> {
        for (name, kind) in PARTS {
            let Some(text) = params.optional(name) else {
                continue;
            };
            let value = match kind {
                PartKind::Text => Value::from(text),
                PartKind::Object(schema) => read_object(name, text, schema)?,
                PartKind::List(_, schema) => read_list(name, text, schema)?,
            };
            self.0.insert(name.to_owned(), value);
        }
        Ok(())
    }

    /// As it is stored.
    pub(super) fn to_text(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }

    pub(super) fn object(&self, parameter: &'static str) -> Result<Object<'_>, Fault> {
        let fields = self
            .0
            .get(parameter)
            .and_then(Value::as_object)
            .ok_or(Fault::Missing(parameter))?;
        let place = Place {
            parameter,
            entry: None,
        };
        Ok(Object { place, fields })
    }

    pub(super) fn list(&self, parameter: &'static str) -> Vec<Object<'_>> {
        let entries = self.0.get(parameter).and_then(Value::as_array);
        let entries = entries.into_iter().flatten().filter_map(Value::as_object);
        entries
            .enumerate()
            .map(|(index, fields)| {
                let entry = Some(index);
                let place = Place { parameter, entry };
                Object { place, fields }
            })
            .collect()
    }

    /// As `DescribeApi` tells it: real objects, and every list, empty or not.
    pub(in super::super) fn tell(&self, mut fields: Fields) -> Fields {
        for (name, kind) in PARTS {
            let value = self.0.get(name);
            fields = match (kind, value) {
                (PartKind::Text, Some(Value::String(text))) => fields.with(name, text.as_str()),
                (PartKind::Object(schema), Some(Value::Object(object))) => {
                    fields.with_object(name, tell_object(object, schema))
                }
                (PartKind::List(item, schema), value) => {
                    let entries = value.and_then(Value::as_array).into_iter().flatten();
                    let entries = entries.filter_map(Value::as_object);
                    let entries = entries.map(|entry| tell_object(entry, schema)).collect();
                    fields.with_list(name, item, entries)
                }
                _ => fields,
            };
        }
        fields
    }
}

fn read_object(parameter: &'static str, text: &str, schema: Schema) -> Result<Value, Fault> {
    let raw: Map<String, Value> = serde_json::from_str(text)
        .map_err(|_| Fault::invalid_inside(parameter, "It is not a JSON object."))?;
    let place = Place {
        parameter,
        entry: None,
    };
    normalise(place, &raw, schema).map(Value::Object)
}

fn read_list(parameter: &'static str, text: &str, schema: Schema) -> Result<Value, Fault> {
    let raw: Vec<Value> = serde_json::from_str(text)
        .map_err(|_| Fault::invalid_inside(parameter, "It is not a JSON array."))?;
    if raw.len() > ENTRIES_MAX {
        let why = format!("It has more than {ENTRIES_MAX} entries.");
        return Err(Fault::invalid_inside(parameter, why));
    }
    let entries = raw.iter().enumerate().map(|(index, entry)| {
        let place = Place {
            parameter,
            entry: Some(index),
        };
        let raw = entry
            .as_object()
            .ok_or_else(|| place.wrong("it is not a JSON object"))?;
        normalise(place, raw, schema).map(Value::Object)
    });
    entries.collect()
}

fn tell_object(object: &Map<String, Value>, schema: Schema) -> Fields {
    let mut fields = Fields::new();
    for (name, _) in schema {
        fields = match object.get(*name) {
            Some(Value::String(text)) => fields.with(name, text.as_str()),
            Some(Value::Bool(on)) => fields.with(name, *on),
            Some(Value::Number(number)) => match number.as_i64() {
                Some(number) => fields.with(name, render::Value::Integer(number)),
                None => fields,
            },
            Some(Value::Array(headers)) => {
                let headers = headers.iter().filter_map(Value::as_object);
                let headers = headers.map(|header| tell_object(header, HEADER_FIELDS));
                fields.with_list(name, "MockHeader", headers.collect())
            }
            _ => fields,
        };
    }
    fields
}
