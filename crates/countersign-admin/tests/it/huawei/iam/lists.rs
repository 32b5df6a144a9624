//! Projects and domains.

use serde_json::Value;

use super::*;
use crate::support::{PROJECT, STRANGER};

#[tokio::test]
async fn the_project_of_whoever_asks() {
    let plane = Plane::new().await;
    user(&plane, USER, Some(PASSWORD)).await;
    let token = token(&plane, olivia(), in_region()).await;
    let target = format!("/v3/projects?name={REGION}");
    let by_signature = plane.huawei("GET", &target, Value::Null).await;
    insta::assert_snapshot!(by_signature);
    assert_eq!(by_signature.json()["projects"][0]["id"], PROJECT);
    for target in [
        target.as_str(),
        "/v3/projects",
        "/v3/projects/",
        "/v3/projects?name=",
    ] {
        let by_token = with_token(&plane, &token, "GET", target, Value::Null).await;
        assert_eq!(by_token.body, by_signature.body, "{target}");
    }
    for query in [
        "name=elsewhere",
        "name=CN-TEST",
        "domain_id=x",
        "enabled=false",
    ] {
        let none = plane
            .huawei("GET", &format!("/v3/projects?{query}"), Value::Null)
            .await;
        assert_eq!(none.status, 200);
        assert_eq!(none.body, r#"{"links":{},"projects":[]}"#, "{query}");
    }
    let twice = format!("{target}&name=elsewhere");
    let twice = plane.huawei("GET", &twice, Value::Null).await;
    assert_eq!(twice.huawei_code(), (400, "APIG.2012".to_owned()));
    let theirs = plane.huawei_as(STRANGER, "GET", &target, Value::Null).await;
    assert_ne!(theirs.json()["projects"][0]["id"], PROJECT);
}

#[tokio::test]
async fn the_domain_of_whoever_asks() {
    let plane = Plane::new().await;
    user(&plane, USER, Some(PASSWORD)).await;
    let domains = plane.huawei("GET", "/v3/auth/domains", Value::Null).await;
    insta::assert_snapshot!(domains);
    let token = token(&plane, olivia(), Value::Null).await;
    let by_token = with_token(&plane, &token, "GET", "/v3/auth/domains", Value::Null).await;
    assert_eq!(by_token.body, domains.body);
    let projects = plane.huawei("GET", "/v3/projects", Value::Null).await;
    let (own, named) = (
        &domains.json()["domains"][0]["id"],
        &projects.json()["projects"][0],
    );
    assert_eq!(own, &named["domain_id"]);
    assert_ne!(own, &named["id"]);
}

#[tokio::test]
async fn nobody_is_told_anything() {
    let plane = Plane::new().await;
    for target in ["/v3/projects", "/v3/auth/domains"] {
        let request = Request::get(target).header("host", HOST);
        let answer = plane.send(request.body(Body::empty()).unwrap()).await;
        insta::assert_snapshot!("nobody", answer);
        let answer = with_token(&plane, "garbage", "GET", target, Value::Null).await;
        insta::assert_snapshot!("garbage_at_iam", answer);
    }
}
