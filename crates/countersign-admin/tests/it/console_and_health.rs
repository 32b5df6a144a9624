use axum::body::Body;
use http::Request;

use crate::support::{FixedStatus, Plane, config};

async fn get(plane: &Plane, path: &str) -> (u16, Option<String>, String) {
    let answer = plane
        .send(Request::get(path).body(Body::empty()).unwrap())
        .await;
    (
        answer.status.as_u16(),
        answer.header("content-type").map(str::to_owned),
        answer.body,
    )
}

#[tokio::test]
async fn healthy_and_ready() {
    let plane = Plane::new().await;
    assert_eq!(get(&plane, "/healthz").await.0, 200);
    assert_eq!(get(&plane, "/readyz").await.0, 200);
    let (status, content_type, body) = get(&plane, "/metrics").await;
    assert_eq!((status, body.as_str()), (200, "countersign_up 1\n"));
    assert_eq!(
        content_type.as_deref(),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
}

#[tokio::test]
async fn alive_but_not_ready() {
    let plane = Plane::with(
        config(),
        FixedStatus(Some("the snapshot is stale".to_owned())),
    )
    .await;
    assert_eq!(get(&plane, "/healthz").await.0, 200);
    let (status, _, body) = get(&plane, "/readyz").await;
    assert_eq!((status, body.as_str()), (503, "the snapshot is stale\n"));
}

#[tokio::test]
async fn the_console_says_that_it_is_not_there() {
    let plane = Plane::new().await;
    let (status, content_type, body) = get(&plane, "/console/").await;
    assert_eq!(
        (status, content_type.as_deref()),
        (200, Some("text/html; charset=utf-8"))
    );
    assert!(
        body.contains("no web console yet") && body.contains("/api/v1/"),
        "{body}"
    );
    assert_eq!(get(&plane, "/console").await.0, 308);
    assert_eq!(get(&plane, "/console/keys").await.0, 200);
}

#[tokio::test]
async fn other_paths_are_nobodys() {
    let plane = Plane::new().await;
    for path in ["/x", "/api/v1/x", "/api/v2/keys", "/v1.1/apigw/signs"] {
        assert_eq!(get(&plane, path).await.0, 404, "{path}");
    }
}
