//! What of an API this dialect tells and the definition does not hold, such as
//! tags: one JSON object, kept in the definition's document under a name of
//! this dialect's own. What the definition holds is always told from there, so
//! that nothing told can be out of date, whichever dialect changed it last.

use countersign_core::{ApiDefinition, mapping::Location};
use serde_json::{Map, Value, json};

use super::words::{self, LOCATIONS};

/// The member of the document.
const OWN: &str = "huawei";

/// The list of parameters that clients send, and that of the backend's.
pub(super) const REQ_PARAMS: &str = "req_params";
pub(super) const BACKEND_PARAMS: &str = "backend_params";

/// The object.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in super::super) struct Document(Map<String, Value>);

impl Document {
    /// That of a definition; an empty one where another dialect made it.
    pub(in super::super) fn of(definition: &ApiDefinition) -> Self {
        let text = definition.document.as_deref().unwrap_or_default();
        match serde_json::from_str(text) {
            Ok(Value::Object(mut parts)) => match parts.remove(OWN) {
                Some(Value::Object(own)) => Self(own),
                _ => Self::default(),
            },
            _ => Self::default(),
        }
    }

    /// As it is stored.
    pub(super) fn to_text(&self) -> String {
        json!({ OWN: self.0 }).to_string()
    }

    pub(super) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// An object; an empty one where there is none.
    pub(super) fn object(&self, name: &str) -> Map<String, Value> {
        let object = self.get(name).and_then(Value::as_object);
        object.cloned().unwrap_or_default()
    }

    /// What is kept of a parameter.
    pub(super) fn parameter(
        &self,
        table: &str,
        location: Location,
        name: &str,
    ) -> Map<String, Value> {
        let location = words::told(&LOCATIONS, &location);
        let entries = self.get(table).and_then(Value::as_array);
        let mut entries = entries.into_iter().flatten().filter_map(Value::as_object);
        let is_it = |own: &&Map<String, Value>| {
            own.get("name").and_then(Value::as_str) == Some(name)
                && own.get("location").and_then(Value::as_str) == Some(location)
        };
        entries.find(is_it).cloned().unwrap_or_default()
    }

    /// How the vendor's gateway would authenticate callers: not at all for an
    /// API that another dialect made, as it is here for every API.
    pub(in super::super) fn auth_type(&self) -> &str {
        self.text("auth_type").unwrap_or("NONE")
    }

    /// `HTTP`, as it is here, where no text says otherwise.
    pub(super) fn req_protocol(&self) -> &str {
        self.text("req_protocol").unwrap_or("HTTP")
    }

    /// All but what stands inside of other things that are told.
    pub(super) fn extras(&self) -> Map<String, Value> {
        let mut extras = self.0.clone();
        for inside in [REQ_PARAMS, BACKEND_PARAMS, "backend_api", "mock_info"] {
            extras.remove(inside);
        }
        extras
    }

    /// Labels.
    pub(in super::super) fn tags(&self) -> Vec<&str> {
        let tags = self.get("tags").and_then(Value::as_array);
        let tags = tags.into_iter().flatten();
        tags.filter_map(Value::as_str).collect()
    }
}
