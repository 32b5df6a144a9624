//! Answers. What an operation answers is a small tree, so that the same answer
//! can be written as JSON and, once it is here, as XML (spec 1.10 and 2.12).

use std::fmt;

use axum::{body::Body, response::Response};
use countersign_core::{SignSecret, Timestamp};
use countersign_sign::alibaba::request_auth::clock;
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE},
};
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{Answer, errors::Row};
use crate::{
    dialect::{ERROR, REVISION, WARNING},
    request_id::RequestId,
};

/// Named fields, in order.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(&'static str, Value)>);

/// One value of an answer.
pub(super) enum Value {
    Text(String),
    /// A sign secret, for a caller who may read it; `Debug` hides it.
    Secret(SignSecret),
    Number(usize),
    /// A list is a wrapper with repeated children of one name, also when it is
    /// empty: SDKs refuse a single object in its place.
    List {
        item: &'static str,
        values: Vec<Fields>,
    },
}

impl Fields {
    /// No fields.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// One more field.
    #[must_use]
    pub(super) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.0.push((name, value.into()));
        self
    }

    /// One more field that is a list.
    #[must_use]
    pub(super) fn with_list(
        self,
        name: &'static str,
        item: &'static str,
        values: Vec<Self>,
    ) -> Self {
        self.with(name, Value::List { item, values })
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(number)
    }
}

impl From<SignSecret> for Value {
    fn from(secret: SignSecret) -> Self {
        Self::Secret(secret)
    }
}

impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        Self::Text(clock::format(time.seconds()))
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Secret(secret) => serializer.serialize_str(secret.secret().expose()),
            Self::Number(number) => number.serialize(serializer),
            Self::List { item, values } => {
                let mut wrapper = serializer.serialize_map(Some(1))?;
                wrapper.serialize_entry(item, values)?;
                wrapper.end()
            }
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => text.fmt(f),
            Self::Secret(secret) => secret.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::List { item, values } => f.debug_map().entry(item, values).finish(),
        }
    }
}

/// The answer of a call that was carried out. Never a field `Code` at the top:
/// node-pop would take it for an error.
pub(super) fn success(id: &RequestId, answer: Answer) -> Response {
    let Answer {
        fields,
        revision,
        warning,
    } = answer;
    let mut all = Fields::new().with("RequestId", id.as_str());
    all.0.extend(fields.0);
    let mut response = json(StatusCode::OK, id, &all);
    if let Some(revision) = revision {
        response
            .headers_mut()
            .insert(REVISION, HeaderValue::from(revision.number()));
    }
    if let Some(warning) = warning {
        response
            .headers_mut()
            .insert(WARNING, HeaderValue::from_static(warning));
    }
    response
}

/// The answer of a call that was not. Always a field `Code`: without it
/// node-pop would take it for a success.
pub(super) fn failure(id: &RequestId, host: &str, row: &Row) -> Response {
    let Row {
        code,
        status,
        message,
        ours,
    } = row;
    let recommend =
        format!("https://api.aliyun.com/troubleshoot?q={code}&product=CloudAPI&requestId={id}");
    let fields = Fields::new()
        .with("RequestId", id.as_str())
        .with("HostId", host)
        .with("Code", &**code)
        .with("Message", message.as_str())
        .with("Recommend", recommend);
    let mut response = json(*status, id, &fields);
    response
        .headers_mut()
        .insert(ERROR, HeaderValue::from_static(ours));
    response
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-acs-request-id");
const JSON: HeaderValue = HeaderValue::from_static("application/json;charset=utf-8");

fn json(status: StatusCode, id: &RequestId, fields: &Fields) -> Response {
    let body = serde_json::to_vec(fields).expect("a tree of texts and numbers has a JSON form");
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, JSON);
    // Answers may hold a sign secret.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let id = HeaderValue::from_str(id.as_str()).expect("a UUID is plain ASCII");
    headers.insert(REQUEST_ID, id);
    response
}
