//! What is kept of a request for the access log: no header, no query, no body.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use countersign_sign::verifier::{Refusal, Verified};
use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::{Clock, access_log::AccessLog, answer::BodyWord, meters::VERIFIED};

/// Where records go.
#[derive(Clone)]
pub(crate) struct Records {
    pub(crate) log: Arc<AccessLog>,
    pub(crate) clock: Clock,
    pub(crate) observes: bool,
}

/// One request.
pub(crate) struct Record {
    begun: Instant,
    fields: Map<String, Value>,
}

impl Record {
    pub(crate) fn begin(begun: Instant, peer: SocketAddr, method: &str, path: &str) -> Self {
        let mut fields = Map::new();
        fields.insert("peer".to_owned(), json!(peer.ip().to_string()));
        fields.insert("method".to_owned(), json!(method));
        fields.insert("path".to_owned(), json!(path));
        Self { begun, fields }
    }

    pub(crate) fn verified(&mut self, verified: &Verified, body: BodyWord) {
        for (name, value) in [
            ("result", json!(VERIFIED)),
            ("scheme", json!(verified.scheme().as_str())),
            ("sign_key", json!(verified.sign_key())),
            ("key_name", json!(verified.name())),
            ("key_version", json!(verified.version())),
            ("body", json!(body.as_str())),
        ] {
            self.fields.insert(name.to_owned(), value);
        }
    }

    pub(crate) fn refused(&mut self, refusal: &Refusal) {
        self.fields
            .insert("result".to_owned(), json!(refusal.as_str()));
        self.fields
            .insert("why".to_owned(), json!(refusal.to_string()));
    }

    pub(crate) fn failed(&mut self, code: &'static str) {
        self.fields.insert("error".to_owned(), json!(code));
    }
}

impl Records {
    /// Writes the line, and tells the program's log of a refusal.
    pub(crate) fn end(&self, record: Record, status: StatusCode) {
        let Record { begun, mut fields } = record;
        if let Some(why) = fields.get("why").and_then(Value::as_str) {
            let refusal = fields.get("result").and_then(Value::as_str);
            let path = fields.get("path").and_then(Value::as_str);
            tracing::info!(refusal, why, path, observes = self.observes, "refused");
        }
        self.log.line(|| {
            let now = (self.clock)();
            let time = jiff::Timestamp::from_second(now)
                .map_or_else(|_| json!(now), |at| json!(at.to_string()));
            fields.insert("time".to_owned(), time);
            fields.insert("status".to_owned(), json!(status.as_u16()));
            let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
            fields.insert("duration_us".to_owned(), json!(micros));
            Value::Object(fields)
        });
    }
}
