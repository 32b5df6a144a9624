//! Who gets no token.

use serde_json::{Value, json};

use super::*;
use crate::support::STRANGER;

#[tokio::test]
async fn whoever_does_not_know_the_password_is_told_nothing_else() {
    let plane = Plane::new().await;
    let id = user(&plane, USER, Some(PASSWORD)).await;
    user(&plane, "nopassword", None).await;
    let before = plane.store.snapshot().revision();
    let domain = json!({ "name": DOMAIN });
    let long = "x".repeat(100_000);
    for (place, who) in [
        json!({ "name": USER, "password": "Planted horse", "domain": domain }),
        json!({ "name": USER, "password": "", "domain": domain }),
        json!({ "name": USER, "password": long, "domain": domain }),
        json!({ "name": USER, "password": PASSWORD, "domain": { "name": "2002" } }),
        json!({ "name": USER, "password": PASSWORD, "domain": { "name": "no domain" } }),
        json!({ "name": USER, "password": PASSWORD, "domain": { "id": "0".repeat(32) } }),
        json!({ "name": "nobody", "password": PASSWORD, "domain": domain }),
        json!({ "name": "OLIVIA", "password": PASSWORD, "domain": domain }),
        json!({ "name": "nopassword", "password": "", "domain": domain }),
        json!({ "id": id, "password": "Planted horse" }),
        json!({ "id": "0".repeat(32), "password": PASSWORD }),
        json!({ "id": USER, "password": PASSWORD }),
    ]
    .into_iter()
    .enumerate()
    {
        let body = asked(who, in_region()).to_string();
        // From many addresses, so that no lock answers.
        let answer = plane
            .send(ask_request(&body, &format!("203.0.113.{place}:1")))
            .await;
        insta::assert_snapshot!("wrong_password", answer);
        assert!(answer.header("x-subject-token").is_none());
        assert_eq!(answer.header("x-request-id").map(str::len), Some(32));
    }
    assert_eq!(plane.store.snapshot().revision(), before);
}

#[tokio::test]
async fn whoever_asks_for_what_is_not_his() {
    let plane = Plane::new().await;
    user(&plane, USER, Some(PASSWORD)).await;
    let before = plane.store.snapshot().revision();
    let theirs = plane
        .huawei_as(STRANGER, "GET", "/v3/projects", Value::Null)
        .await
        .json();
    let theirs = theirs["projects"][0].clone();
    for scope in [
        json!({ "project": { "name": "elsewhere" } }),
        json!({ "project": { "id": theirs["id"] } }),
        json!({ "project": { "id": "not an id" } }),
        json!({ "project": { "name": REGION, "domain": { "name": "2002" } } }),
        json!({ "project": { "name": REGION, "domain": { "id": theirs["domain_id"] } } }),
        json!({ "domain": { "name": "2002" } }),
        json!({ "domain": { "id": theirs["domain_id"] } }),
    ] {
        let answer = ask(&plane, &asked(olivia(), scope)).await;
        insta::assert_snapshot!("other_scope", answer);
    }
    assert_eq!(plane.store.snapshot().revision(), before);
}

#[tokio::test]
async fn bodies_that_ask_for_nothing() {
    let plane = Plane::new().await;
    user(&plane, USER, Some(PASSWORD)).await;
    let before = plane.store.snapshot().revision();
    let with = |path: &str, value: Value| {
        let mut body = asked(olivia(), in_region());
        *body.pointer_mut(path).unwrap() = value;
        body.to_string()
    };
    let user_path = "/auth/identity/password/user";
    let bodies = [
        String::new(),
        "{".to_owned(),
        "[]".to_owned(),
        "null".to_owned(),
        "{}".to_owned(),
        r#"{"auth":{},"auth":{}}"#.to_owned(),
        "[".repeat(100_000),
        json!({ "auth": 1 }).to_string(),
        json!({ "auth": {} }).to_string(),
        with("/auth/identity/methods", Value::Null),
        with("/auth/identity/methods", json!("password")),
        with("/auth/identity/methods", json!([])),
        with("/auth/identity/methods", json!(["token"])),
        with("/auth/identity/methods", json!(["password", "totp"])),
        with("/auth/identity/password", json!([])),
        with(
            user_path,
            json!({ "name": USER, "domain": { "name": DOMAIN } }),
        ),
        with(user_path, json!({ "name": USER, "password": PASSWORD })),
        with(
            user_path,
            json!({ "password": PASSWORD, "domain": { "name": DOMAIN } }),
        ),
        with(
            user_path,
            json!({ "name": USER, "password": PASSWORD, "domain": {} }),
        ),
        with(
            user_path,
            json!({ "name": USER, "password": ["Planted"], "domain": {} }),
        ),
        with(
            user_path,
            json!({ "name": ["Planted"], "password": PASSWORD }),
        ),
        with("/auth/scope", json!("Planted")),
        with("/auth/scope", json!({})),
        with("/auth/scope", json!({ "system": { "all": true } })),
        with("/auth/scope", json!({ "project": {} })),
        with(
            "/auth/scope",
            json!({ "project": { "name": REGION, "domain": {} } }),
        ),
        with("/auth/scope", json!({ "project": { "id": 7 } })),
        with(
            "/auth/scope",
            json!({ "project": { "id": "x" }, "domain": { "id": "x" } }),
        ),
    ];
    let mut told = String::new();
    for body in &bodies {
        let answer = plane.send(ask_request(body, FAR_AWAY)).await;
        assert_eq!(answer.status, 400, "{body}: {answer}");
        assert!(!answer.body.contains("Planted"), "{answer}");
        let shown: String = body.chars().take(200).collect();
        let told_of = answer.json();
        assert_eq!(told_of["error"]["code"], 400);
        assert_eq!(told_of["error"]["message"], told_of["error_msg"]);
        let (code, message) = (&told_of["error_code"], &told_of["error_msg"]);
        told.push_str(&format!("{shown}\n    {code} {message}\n"));
    }
    insta::assert_snapshot!(told);
    assert_eq!(plane.store.snapshot().revision(), before);
}

#[tokio::test]
async fn paths_that_are_none() {
    let plane = Plane::new().await;
    let target = "/v3/auth/tokens";
    insta::assert_snapshot!(plane.huawei("GET", target, Value::Null).await);
}
