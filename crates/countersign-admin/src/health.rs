//! What an operator's tools ask: `/healthz`, `/readyz`, `/metrics`. No
//! credentials: none of the answers says anything of a key or a backend.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header::CONTENT_TYPE};

use crate::admin::Plane;

/// The process answers.
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// This node has a snapshot that is not stale.
pub(crate) async fn ready(State(plane): State<Arc<Plane>>) -> Response {
    match plane.status.not_ready() {
        None => "ready\n".into_response(),
        Some(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")).into_response(),
    }
}

/// All metrics, in Prometheus's text format.
pub(crate) async fn metrics(State(plane): State<Arc<Plane>>) -> Response {
    (
        [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        plane.status.metrics_text(),
    )
        .into_response()
}
