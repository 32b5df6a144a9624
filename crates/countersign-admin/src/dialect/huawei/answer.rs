//! What a caller gets: a status, a JSON body or none, and the request's id.

use axum::{body::Body, response::Response};
use countersign_core::Revision;
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE},
};
use serde_json::{Value, json};

use super::errors::{self, Fault};
use crate::{
    dialect::{ERROR, REVISION, WARNING},
    ops::Done,
    request_id::RequestId,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Carries a new token (spec 1.2).
const SUBJECT_TOKEN: HeaderName = HeaderName::from_static("x-subject-token");

/// What an operation answers.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    body: Option<Value>,
    pub(super) revision: Option<Revision>,
    warning: Option<&'static str>,
    token: Option<HeaderValue>,
}

impl Answer {
    /// The answer of a question.
    pub(super) fn of(body: Value) -> Self {
        Self {
            status: StatusCode::OK,
            body: Some(body),
            revision: None,
            warning: None,
            token: None,
        }
    }

    /// Something was made: 201.
    pub(super) fn created<T>(done: &Done<T>, body: Value) -> Self {
        Self {
            status: StatusCode::CREATED,
            ..Self::changed(done, body)
        }
    }

    /// Something was changed: 200.
    pub(super) fn changed<T>(done: &Done<T>, body: Value) -> Self {
        Self {
            revision: Some(done.revision),
            ..Self::of(body)
        }
    }

    /// Something was removed: 204, without a body.
    pub(super) fn deleted<T>(done: &Done<T>) -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            body: None,
            ..Self::changed(done, Value::Null)
        }
    }

    /// Something that has no effect here, though the caller may believe it has.
    pub(super) fn warn(self, warning: Option<&'static str>) -> Self {
        Self { warning, ..self }
    }

    /// A new token, which only this answer tells.
    pub(super) fn with_token(self, token: HeaderValue) -> Self {
        Self {
            token: Some(token),
            ..self
        }
    }
}

/// The response of a call that was carried out.
pub(super) fn success(id: &RequestId, answer: Answer) -> Response {
    let mut response = render(id, answer.status, answer.body.as_ref());
    let headers = response.headers_mut();
    if let Some(revision) = answer.revision {
        headers.insert(REVISION, HeaderValue::from(revision.number()));
    }
    if let Some(warning) = answer.warning {
        headers.insert(WARNING, HeaderValue::from_static(warning));
    }
    if let Some(mut token) = answer.token {
        token.set_sensitive(true);
        headers.insert(SUBJECT_TOKEN, token);
    }
    response
}

/// Whose bodies of errors a call gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    /// The gateway's: two fields, and those of the vendor's front gateway
    /// repeat the request's id (spec 1.7).
    Apig,
    /// IAM's: an object as OpenStack's clients read it. The gateway's fields
    /// stand beside it for the SDKs, which call IAM too.
    Iam,
}

/// The response of a call that was not.
pub(super) fn failure(id: &RequestId, fault: &Fault, service: Service) -> Response {
    let row = errors::row(fault);
    let mut body = json!({ "error_code": row.code, "error_msg": row.message });
    match service {
        Service::Apig if row.is_front => body["request_id"] = id.to_hex().into(),
        Service::Apig => {}
        Service::Iam => {
            body["error"] = json!({
                "code": row.status.as_u16(),
                "message": row.message,
                "title": row.status.canonical_reason(),
            });
        }
    }
    let mut response = render(id, row.status, Some(&body));
    response
        .headers_mut()
        .insert(ERROR, HeaderValue::from_static(row.ours));
    response
}

fn render(id: &RequestId, status: StatusCode, body: Option<&Value>) -> Response {
    let mut response = match body {
        Some(body) => Response::new(Body::from(body.to_string())),
        None => Response::new(Body::empty()),
    };
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if body.is_some() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    // Answers hold sign secrets.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(&id.to_hex()) {
        headers.insert(REQUEST_ID, value);
    }
    response
}
