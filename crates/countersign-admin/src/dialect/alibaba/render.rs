//! Answers. What an operation answers is a small tree, so that the same answer
//! can be written as JSON and as XML (spec 1.10 and 2.12).

use std::fmt;

use axum::{body::Body, response::Response};
use countersign_core::{SignSecret, Timestamp};
use countersign_sign::alibaba::request_auth::clock;
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE},
};
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{Answer, errors::Row, format::Format, operations::Operation, xml};
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
    /// A number of a definition, which may be below zero.
    Integer(i64),
    Flag(bool),
    Object(Fields),
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

    /// One more field that has fields itself.
    #[must_use]
    pub(super) fn with_object(self, name: &'static str, fields: Self) -> Self {
        self.with(name, Value::Object(fields))
    }

    /// Names and values, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.0.iter().map(|(name, value)| (*name, value))
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

impl From<bool> for Value {
    fn from(on: bool) -> Self {
        Self::Flag(on)
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
        serializer.collect_map(self.iter())
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Secret(secret) => serializer.serialize_str(secret.secret().expose()),
            Self::Number(number) => number.serialize(serializer),
            Self::Integer(number) => number.serialize(serializer),
            Self::Flag(on) => serializer.serialize_bool(*on),
            Self::Object(fields) => fields.serialize(serializer),
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
            Self::Integer(number) => number.fmt(f),
            Self::Flag(on) => on.fmt(f),
            Self::Object(fields) => fields.fmt(f),
            Self::List { item, values } => f.debug_map().entry(item, values).finish(),
        }
    }
}

/// The answer of a call that was carried out. Never a field `Code` at the top:
/// node-pop would take it for an error.
pub(super) fn success(
    format: Format,
    operation: Operation,
    id: &RequestId,
    answer: Answer,
) -> Response {
    let Answer {
        fields,
        revision,
        warning,
    } = answer;
    let mut all = Fields::new().with("RequestId", id.as_str());
    all.0.extend(fields.0);
    debug_assert!(
        all.iter().all(|(name, _)| name != "Code"),
        "a success would be taken for an error"
    );
    let root = format!("{}Response", operation.name());
    let mut response = written(format, StatusCode::OK, id, &root, &all);
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
pub(super) fn failure(format: Format, id: &RequestId, host: &str, row: &Row) -> Response {
    let Row {
        code,
        status,
        message,
        ours,
        retry_after_millis,
    } = row;
    let recommend =
        format!("https://api.aliyun.com/troubleshoot?q={code}&product=CloudAPI&requestId={id}");
    let fields = Fields::new()
        .with("RequestId", id.as_str())
        .with("HostId", host)
        .with("Code", &**code)
        .with("Message", message.as_str())
        .with("Recommend", recommend);
    let mut response = written(format, *status, id, "Error", &fields);
    let headers = response.headers_mut();
    headers.insert(ERROR, HeaderValue::from_static(ours));
    if let Some(millis) = retry_after_millis {
        headers.insert(RETRY_AFTER, HeaderValue::from(*millis));
    }
    response
}

/// In milliseconds.
const RETRY_AFTER: HeaderName = HeaderName::from_static("x-acs-retry-after");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-acs-request-id");

/// An answer; `root` is the document's element in XML.
fn written(
    format: Format,
    status: StatusCode,
    id: &RequestId,
    root: &str,
    fields: &Fields,
) -> Response {
    let body = match format {
        Format::Json => {
            serde_json::to_vec(fields).expect("a tree of texts and numbers has a JSON form")
        }
        Format::Xml => xml::document(root, fields),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, format.content_type());
    // Answers may hold a sign secret.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let id = HeaderValue::from_str(id.as_str()).expect("a UUID is plain ASCII");
    headers.insert(REQUEST_ID, id);
    response
}
