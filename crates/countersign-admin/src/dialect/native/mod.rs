//! Countersign's own API, under `/api/v1/`: JSON in both directions.

mod apis;
mod auth;
mod body;
mod endpoint;
pub(in crate::dialect) mod errors;
mod explain;
mod feed;
mod keys;
mod next_version;
mod pair_rules;
mod status;
mod users;
mod verifiers;

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    response::Response,
};
use countersign_core::Revision;
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode, Uri,
    header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE},
};
use serde_json::{Value, json};

use self::{endpoint::Endpoint, errors::Refusal};
use crate::{
    admin::Plane,
    auth::Caller,
    body as http_body,
    dialect::{ERROR, REVISION},
    ops::{Done, Page},
    request_id::RequestId,
};

pub use endpoint::ENDPOINTS;

/// An authenticated call.
struct Call<'a> {
    plane: &'a Plane,
    caller: &'a Caller,
    /// What the path names last, decoded; empty where it names nothing.
    named: &'a str,
    query: &'a [(String, String)],
    headers: &'a HeaderMap,
    body: &'a [u8],
}

/// What an endpoint answers.
struct Answer {
    body: Value,
    status: StatusCode,
    revision: Option<Revision>,
}

impl Answer {
    fn of(body: Value) -> Self {
        Self {
            body,
            status: StatusCode::OK,
            revision: None,
        }
    }

    /// The answer of a change: `body` with what proves that it is in force.
    fn changed<T>(call: &Call<'_>, done: &Done<T>, mut body: Value) -> Self {
        body["revision"] = json!(done.revision.number());
        body["in_force"] = json!({
            // What this node serves now: the change or a later one.
            "revision": call.plane.ops.snapshot().revision().number(),
            "nodes": [THIS_NODE],
        });
        Self {
            revision: Some(done.revision),
            ..Self::of(body)
        }
    }
}

/// What the node that answers calls itself, until nodes have names.
const THIS_NODE: &str = "self";

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// One question of a verifier, which shows its own token.
pub(crate) async fn verifier_keys(State(plane): State<Arc<Plane>>, request: Request) -> Response {
    let id = plane.request_id();
    let query = decoded(request.uri());
    let answered = feed::serve(&plane, request.headers(), &query, &id).await;
    answered.unwrap_or_else(|refusal| failure(&id, &refusal))
}

/// One call, from its head to its answer.
pub(crate) async fn handle(State(plane): State<Arc<Plane>>, request: Request) -> Response {
    let id = plane.request_id();
    match answer(&plane, request, &id).await {
        Ok(answer) => {
            let mut response = render(&id, answer.status, &answer.body);
            if let Some(revision) = answer.revision {
                response
                    .headers_mut()
                    .insert(REVISION, HeaderValue::from(revision.number()));
            }
            response
        }
        Err(refusal) => failure(&id, &refusal),
    }
}

/// Every path that is nobody's.
pub(crate) async fn unknown_path(State(plane): State<Arc<Plane>>) -> Response {
    failure(&plane.request_id(), &Refusal::NoSuchEndpoint)
}

async fn answer(plane: &Plane, request: Request, id: &RequestId) -> Result<Answer, Refusal> {
    let (parts, body) = request.into_parts();
    let (endpoint, named) = Endpoint::find(&parts.method, parts.uri.path())?;
    let body = http_body::read(body).await.map_err(Refusal::Body)?;
    let caller = auth::authenticate(plane, &parts, &body)?;
    let query = decoded(&parts.uri);
    let call = Call {
        plane,
        caller: &caller,
        named: &named,
        query: &query,
        headers: &parts.headers,
        body: &body,
    };
    let answer = endpoint.run(&call).await?;
    if let Some(revision) = answer.revision {
        tracing::info!(
            request.id = %id,
            operation = endpoint.name(),
            account = %caller.account,
            caller = %caller.identity,
            revision = revision.number(),
            "changed through the native API",
        );
    }
    Ok(answer)
}

fn decoded(uri: &Uri) -> Vec<(String, String)> {
    countersign_sign::params::decode(uri.query().unwrap_or_default().as_bytes())
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

impl Call<'_> {
    fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// Refuses names that the endpoint does not know and names that occur twice.
    fn query_is_only(&self, known: &[&'static str]) -> Result<(), Refusal> {
        for (at, (name, _)) in self.query.iter().enumerate() {
            let again = self.query[..at].iter().any(|(other, _)| other == name);
            if again || !known.contains(&name.as_str()) {
                return Err(Refusal::UnknownQuery);
            }
        }
        Ok(())
    }

    /// `page` from 1 and `page_size` up to 1000.
    fn page(&self) -> Result<Page, Refusal> {
        let number = self.natural("page", 1, usize::MAX)?;
        let size = self.natural("page_size", 100, 1000)?;
        Ok(Page::numbered(number, size))
    }

    fn natural(&self, name: &'static str, default: usize, max: usize) -> Result<usize, Refusal> {
        let Some(text) = self.query(name) else {
            return Ok(default);
        };
        let number = text
            .bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| text.parse().ok())
            .flatten();
        let in_range = number.filter(|number| (1..=max).contains(number));
        in_range.ok_or_else(|| Refusal::field(name, "it has to be a number from 1 up to its limit"))
    }
}

fn failure(id: &RequestId, refusal: &Refusal) -> Response {
    errors::log(refusal, id);
    let (status, code) = errors::row(refusal);
    let mut body =
        json!({ "code": code, "message": errors::message(refusal), "request_id": id.as_str() });
    if let Some(field) = errors::field(refusal) {
        body["field"] = json!(field);
    }
    let mut response = render(id, status, &body);
    let headers = response.headers_mut();
    headers.insert(ERROR, HeaderValue::from_static(code));
    match refusal {
        Refusal::Unauthenticated | Refusal::MalformedAuthorization(_) | Refusal::Auth(_) => {
            headers.insert(
                WWW_AUTHENTICATE,
                HeaderValue::from_static("ACS3-HMAC-SHA256"),
            );
            headers.append(
                WWW_AUTHENTICATE,
                HeaderValue::from_static("Basic realm=\"countersign\", charset=\"UTF-8\""),
            );
        }
        Refusal::MethodNotAllowed { allowed } => {
            let allowed =
                HeaderValue::from_str(allowed).expect("a list of method names is plain ASCII");
            headers.insert(ALLOW, allowed);
        }
        _ => {}
    }
    response
}

fn render(id: &RequestId, status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    // Answers may hold a sign secret.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    render_request_id(headers, id);
    response
}

fn render_request_id(headers: &mut HeaderMap, id: &RequestId) {
    headers.insert(
        REQUEST_ID,
        HeaderValue::from_str(id.as_str()).expect("a UUID is plain ASCII"),
    );
}
