//! Reading a JSON body. Field by field rather than by derive: a derived
//! reader's errors repeat the value that does not fit, and that may be a sign
//! secret.

use http::{HeaderMap, header::CONTENT_TYPE};
use serde_json::{Map, Value};

use super::Refusal;

/// The fields of a body that have not been taken yet.
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a JSON object. The label is demanded, so that no web page can make
    /// a browser send one without asking this server first.
    pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, Refusal> {
        let label = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if !label
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .eq_ignore_ascii_case("application/json")
        {
            return Err(Refusal::NotLabelledJson);
        }
        // The error's own text may repeat a value; its place does not.
        let object = serde_json::from_slice(body);
        object.map(Self).map_err(|error| Refusal::NotJson {
            line: error.line(),
            column: error.column(),
        })
    }

    /// Takes a text.
    pub(super) fn text(&mut self, field: &'static str) -> Result<Option<String>, Refusal> {
        match self.0.remove(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Refusal::field(field, "it has to be text")),
        }
    }

    /// Takes a text that may be taken away: `Some(None)` is null.
    pub(super) fn text_or_null(
        &mut self,
        field: &'static str,
    ) -> Result<Option<Option<String>>, Refusal> {
        match self.0.get(field) {
            Some(Value::Null) => {
                self.0.remove(field);
                Ok(Some(None))
            }
            _ => Ok(self.text(field)?.map(Some)),
        }
    }

    /// Takes a list of texts.
    pub(super) fn texts(&mut self, field: &'static str) -> Result<Option<Vec<String>>, Refusal> {
        let Some(value) = self.0.remove(field) else {
            return Ok(None);
        };
        let text = |entry| match entry {
            Value::String(text) => Some(text),
            _ => None,
        };
        let texts = match value {
            Value::Array(entries) => entries.into_iter().map(text).collect::<Option<_>>(),
            _ => None,
        };
        let why = "it has to be a list of texts";
        texts.map(Some).ok_or_else(|| Refusal::field(field, why))
    }

    /// Takes a boolean; absent is false.
    pub(super) fn flag(&mut self, field: &'static str) -> Result<bool, Refusal> {
        match self.0.remove(field) {
            None => Ok(false),
            Some(Value::Bool(on)) => Ok(on),
            Some(_) => Err(Refusal::field(field, "it has to be true or false")),
        }
    }

    /// The whole object, if it has no other fields than these.
    pub(super) fn into_value(mut self, known: &[&str]) -> Result<Value, Refusal> {
        let taken = known
            .iter()
            .filter_map(|name| self.0.remove_entry(*name))
            .collect();
        self.end()?;
        Ok(Value::Object(taken))
    }

    /// Refuses what nobody has taken. Only a plain name is repeated: the field
    /// could be a value in the wrong place.
    pub(super) fn end(self) -> Result<(), Refusal> {
        let Some((name, _)) = self.0.into_iter().next() else {
            return Ok(());
        };
        let plain = name.len() <= 32 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        Err(Refusal::field(
            if plain { name } else { String::new() },
            "there is no such field here",
        ))
    }
}
