//! A captured request as JSON: what the native API takes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Captured, CapturedBody, HEADERS_MAX};

/// A field of the JSON that will not do. Its value is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct BadField {
    /// Which.
    pub field: &'static str,
    /// Why.
    pub why: &'static str,
}

impl Captured {
    /// `{"method", "target", "headers": [[name, value]...], "body_base64": text or
    /// null}`; target and values are Latin-1, each character one byte.
    pub fn to_json(&self) -> Value {
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| json!([name, latin1(value)]))
            .collect();
        json!({
            "method": self.method,
            "target": latin1(&self.target),
            "headers": headers,
            "body_base64": match &self.body {
                CapturedBody::Known(body) => Some(STANDARD.encode(body)),
                CapturedBody::Unknown => None,
            },
        })
    }

    /// Reads what [`Captured::to_json`] writes. Other members are not looked at.
    ///
    /// # Errors
    /// [`BadField`].
    pub fn from_json(value: &Value) -> Result<Self, BadField> {
        read(value)
    }
}

pub(super) fn read(value: &Value) -> Result<Captured, BadField> {
    let bad = |field, why| BadField { field, why };
    let text = |field| value.get(field).and_then(Value::as_str);
    let method = text("method").ok_or(bad("method", "it has to be text"))?;
    let target = text("target")
        .and_then(bytes)
        .ok_or(bad("target", "it has to be text in Latin-1"))?;
    let why = "it has to be a list of pairs of texts in Latin-1";
    let given = value.get("headers").and_then(Value::as_array);
    let given = given.ok_or(bad("headers", why))?;
    if given.len() > HEADERS_MAX {
        return Err(bad("headers", "there are too many"));
    }
    let mut headers = Vec::with_capacity(given.len());
    for pair in given {
        let pair = match pair.as_array().map(Vec::as_slice) {
            Some([Value::String(name), Value::String(text)]) => {
                bytes(text).map(|value| (name.clone(), value))
            }
            _ => None,
        };
        headers.push(pair.ok_or(bad("headers", why))?);
    }
    let body = match value.get("body_base64") {
        None | Some(Value::Null) => CapturedBody::Unknown,
        Some(Value::String(text)) => STANDARD
            .decode(text)
            .map(CapturedBody::Known)
            .map_err(|_| bad("body_base64", "it is not Base64"))?,
        Some(_) => return Err(bad("body_base64", "it has to be text or null")),
    };
    Ok(Captured {
        method: method.to_owned(),
        target,
        headers,
        body,
        notes: Vec::new(),
    })
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|one| u8::try_from(one).ok()).collect()
}
