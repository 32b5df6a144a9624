//! The fields of a JSON body, each read as what it has to be. A field that is
//! `null` counts as absent, and unknown fields are passed over, as the vendor
//! does. No error repeats a value.

use serde_json::{Map, Value};

use super::{errors::Fault, json};

/// One JSON object of a body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a> {
    fields: &'a Map<String, Value>,
    /// What the names are told after, as in `backend_api.`.
    prefix: &'a str,
}

/// A body, read.
pub(super) struct Body(Map<String, Value>);

impl Body {
    /// Reads a call's body, which has to be one JSON object.
    pub(super) fn read(body: &[u8]) -> Result<Self, Fault> {
        json::read(body).map(Self).map_err(Fault::Json)
    }

    /// Its fields.
    pub(super) fn fields(&self) -> Fields<'_> {
        Fields {
            fields: &self.0,
            prefix: "",
        }
    }
}

impl<'a> Fields<'a> {
    /// An object inside a body; `prefix` ends with a dot.
    pub(super) fn inside(fields: &'a Map<String, Value>, prefix: &'a str) -> Self {
        Self { fields, prefix }
    }

    /// The value as it is, `None` where it is absent or null.
    pub(super) fn value(&self, name: &str) -> Option<&'a Value> {
        self.fields.get(name).filter(|value| !value.is_null())
    }

    /// A text.
    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, Fault> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.invalid(name)),
        }
    }

    /// A text that has to be there; an empty one counts as absent.
    pub(super) fn required(&self, name: &str) -> Result<&'a str, Fault> {
        let text = self.text(name)?.filter(|text| !text.is_empty());
        text.ok_or_else(|| self.missing(name))
    }

    /// A whole number. SDKs in some languages write numbers as texts.
    pub(super) fn integer(&self, name: &str) -> Result<Option<i64>, Fault> {
        let number = match self.value(name) {
            None => return Ok(None),
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(text)) => text.parse().ok(),
            Some(_) => None,
        };
        number.map(Some).ok_or_else(|| self.invalid(name))
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Fault> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Bool(on)) => Ok(Some(*on)),
            Some(_) => Err(self.invalid(name)),
        }
    }

    /// A list.
    pub(super) fn list(&self, name: &str) -> Result<Option<&'a [Value]>, Fault> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Array(entries)) => Ok(Some(entries)),
            Some(_) => Err(self.invalid(name)),
        }
    }

    /// A list of texts.
    pub(super) fn texts(&self, name: &str) -> Result<Option<Vec<&'a str>>, Fault> {
        let Some(entries) = self.list(name)? else {
            return Ok(None);
        };
        let texts = entries.iter().map(Value::as_str).collect::<Option<_>>();
        texts.map(Some).ok_or_else(|| self.invalid(name))
    }

    /// An object.
    pub(super) fn object(&self, name: &str) -> Result<Option<&'a Map<String, Value>>, Fault> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Object(fields)) => Ok(Some(fields)),
            Some(_) => Err(self.invalid(name)),
        }
    }

    /// The fault of a field whose value will not do.
    pub(super) fn invalid(&self, name: &str) -> Fault {
        Fault::invalid_field(&format!("{}{name}", self.prefix))
    }

    /// The same, with what to do instead where that is not plain to see.
    pub(super) fn invalid_because(&self, name: &str, why: &str) -> Fault {
        Fault::invalid_field_because(&format!("{}{name}", self.prefix), why)
    }

    /// The fault of a field that has to be there.
    pub(super) fn missing(&self, name: &str) -> Fault {
        Fault::Missing(format!("{}{name}", self.prefix))
    }
}
