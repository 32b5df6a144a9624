//! `/console/`: this build has no console yet, and says so.

use axum::response::{Html, IntoResponse, Redirect, Response};
use http::header::CONTENT_SECURITY_POLICY;

const PAGE: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>Countersign</title>
<h1>Countersign</h1>
<p>This build has no web console yet.
<p>Use the command line, <code>countersign --help</code>, the native API under <code>/api/v1/</code>
(start with <code>GET /api/v1/status</code>), or an Alibaba Cloud SDK pointed at <code>/</code> of this address.
";

/// To the page's own path.
pub(crate) async fn redirect() -> Redirect {
    Redirect::permanent("/console/")
}

/// The page.
pub(crate) async fn page() -> Response {
    (
        [(
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        )],
        Html(PAGE),
    )
        .into_response()
}
