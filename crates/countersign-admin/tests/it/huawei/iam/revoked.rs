//! Tokens that are no longer good, and texts that never were tokens.

use serde_json::{Value, json};

use super::*;
use crate::huawei::support::v2;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

async fn list(plane: &Plane, token: &str) -> Answer {
    with_token(plane, token, "GET", &format!("{}signs", v2()), Value::Null).await
}

#[tokio::test]
async fn after_24_hours() {
    let plane = Plane::new().await;
    user(&plane, USER, Some(PASSWORD)).await;
    let token = token(&plane, olivia(), in_region()).await;
    plane.wait(DAY_MILLIS);
    plane.wait_nanos(-1);
    assert_eq!(list(&plane, &token).await.status, 200);
    plane.wait_nanos(1);
    insta::assert_snapshot!(list(&plane, &token).await);
    let projects = with_token(&plane, &token, "GET", "/v3/projects", Value::Null).await;
    insta::assert_snapshot!("after_24_hours_at_iam", projects);
}

#[tokio::test]
async fn by_another_password_or_none() {
    let plane = Plane::new().await;
    user(&plane, USER, Some(PASSWORD)).await;
    for password in [json!("Another horse 6"), Value::Null] {
        let set = json!({ "password": PASSWORD });
        plane
            .native("PATCH", "/api/v1/users/olivia", Some(set))
            .await;
        let token = token(&plane, olivia(), in_region()).await;
        assert_eq!(list(&plane, &token).await.status, 200);
        let set = json!({ "password": password });
        let changed = plane
            .native("PATCH", "/api/v1/users/olivia", Some(set))
            .await;
        assert_eq!(changed.status, 200, "{changed}");
        insta::assert_snapshot!("unknown_token", list(&plane, &token).await);
        let again = ask(&plane, &asked(olivia(), in_region())).await;
        assert_eq!(again.status, 401, "{again}");
    }
}

#[tokio::test]
async fn by_deleting_the_user() {
    let plane = Plane::new().await;
    user(&plane, USER, Some(PASSWORD)).await;
    let token = token(&plane, olivia(), in_region()).await;
    let gone = plane.native("DELETE", "/api/v1/users/olivia", None).await;
    assert_eq!(gone.status, 200, "{gone}");
    insta::assert_snapshot!("unknown_token", list(&plane, &token).await);
    // Another user of the same name is another user.
    user(&plane, USER, Some(PASSWORD)).await;
    insta::assert_snapshot!("unknown_token", list(&plane, &token).await);
}

#[tokio::test]
async fn garbage() {
    let plane = Plane::new().await;
    user(&plane, USER, Some(PASSWORD)).await;
    let token = token(&plane, olivia(), in_region()).await;
    let padded = format!("{token}=");
    let other_case = token.to_uppercase();
    let long = "0".repeat(4096);
    for text in [
        "garbage",
        "cst_p_",
        &token[..48],
        &padded,
        &other_case,
        &long,
    ] {
        insta::assert_snapshot!("unknown_token", list(&plane, text).await);
    }
    // Blanks around a value are no part of it (RFC 9110, section 5.5).
    assert_eq!(list(&plane, &format!(" {token} ")).await.status, 200);
    insta::assert_snapshot!("no_token", list(&plane, "").await);

    let mut twice = Request::get(format!("{}signs", v2()))
        .header("host", HOST)
        .body(Body::empty())
        .unwrap();
    for _ in 0..2 {
        let token = token.parse().unwrap();
        twice.headers_mut().append("x-auth-token", token);
    }
    insta::assert_snapshot!("unknown_token", plane.send(twice).await);
}
