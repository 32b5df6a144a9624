//! Tokens that are given, and what they are good for.

use http::Request;
use serde_json::{Value, json};

use super::*;
use crate::{
    huawei::support::{V1, signed, v2},
    support::{INSTANCE, Key, NOW, OWNER, PROJECT, STRANGER},
};

#[tokio::test]
async fn of_a_project() {
    let plane = Plane::new().await;
    user(&plane, USER, Some(PASSWORD)).await;
    plane.wait_nanos(123_456_789);
    let answer = ask(&plane, &asked(olivia(), in_region())).await;
    insta::assert_snapshot!(answer);
    let token = answer.header("x-subject-token").unwrap();
    assert!(token.starts_with("cst_p_") && token.len() == 49, "{token}");
    assert!(!answer.body.contains(token) && !answer.body.contains(PASSWORD));
    let shown = &answer.json()["token"]["project"]["id"];
    assert_eq!(shown, &json!(PROJECT));

    let name = json!({ "name": "token_key" });
    for (base, name) in [
        (V1.to_owned(), name.clone()),
        (v2(), json!({ "name": "other_key" })),
    ] {
        let signs = format!("{base}signs");
        let made = with_token(&plane, token, "POST", &signs, name).await;
        assert_eq!(made.status, 201, "{made}");
        let listed = with_token(&plane, token, "GET", &signs, Value::Null).await;
        assert_eq!(listed.status, 200, "{listed}");
    }
}

#[tokio::test]
async fn of_a_domain_and_of_nothing() {
    let plane = Plane::new().await;
    user(&plane, USER, Some(PASSWORD)).await;
    let scope = json!({ "domain": { "name": DOMAIN } });
    insta::assert_snapshot!("of_a_domain", ask(&plane, &asked(olivia(), scope)).await);
    let unscoped = ask(&plane, &asked(olivia(), Value::Null)).await;
    insta::assert_snapshot!("of_nothing", unscoped);

    for scope in [json!({ "domain": { "name": DOMAIN } }), json!("unscoped")] {
        let token = token(&plane, olivia(), scope).await;
        for base in [V1.to_owned(), v2()] {
            let target = format!("{base}signs");
            let answer = with_token(&plane, &token, "GET", &target, Value::Null).await;
            insta::assert_snapshot!("without_a_project", answer);
        }
        let projects = with_token(&plane, &token, "GET", "/v3/projects", Value::Null).await;
        assert_eq!(projects.status, 200, "{projects}");
        // Another scope written into it makes it a text that nobody knows.
        let forged = format!("cst_p_{}", &token["cst_p_".len()..]);
        let target = format!("{}signs", v2());
        let answer = with_token(&plane, &forged, "GET", &target, Value::Null).await;
        assert_eq!(answer.huawei_code(), (401, "APIG.1002".to_owned()));
    }
}

#[tokio::test]
async fn every_way_to_name_user_and_scope() {
    let plane = Plane::new().await;
    let id = user(&plane, USER, Some(PASSWORD)).await;
    let domain = ask(&plane, &asked(olivia(), Value::Null)).await.json();
    let domain = domain["token"]["user"]["domain"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(domain.len(), 32);
    let users = [
        olivia(),
        json!({ "id": id, "password": PASSWORD }),
        json!({ "id": id, "name": null, "password": PASSWORD, "domain": null }),
        json!({ "name": USER, "password": PASSWORD, "domain": { "id": domain } }),
    ];
    let scopes = [
        (in_region(), "p"),
        (json!({ "project": { "id": PROJECT } }), "p"),
        (
            json!({ "project": { "name": REGION, "domain": { "id": domain } } }),
            "p",
        ),
        (
            json!({ "project": { "name": REGION, "domain": { "name": DOMAIN } } }),
            "p",
        ),
        (json!({ "domain": { "name": DOMAIN } }), "d"),
        (json!({ "domain": { "id": domain } }), "d"),
        (json!("unscoped"), "u"),
        (Value::Null, "u"),
    ];
    for user in &users {
        for (scope, kind) in &scopes {
            let token = token(&plane, user.clone(), scope.clone()).await;
            assert!(token.starts_with(&format!("cst_{kind}_")), "{user} {scope}");
        }
    }
    let mut null_scope = asked(olivia(), Value::Null);
    null_scope["auth"]["scope"] = Value::Null;
    assert_eq!(ask(&plane, &null_scope).await.status, 201);
}

#[tokio::test]
async fn the_catalogue_says_where_the_call_came_to() {
    let plane = Plane::new().await;
    user(&plane, USER, Some(PASSWORD)).await;
    let body = asked(olivia(), in_region()).to_string();
    let url = |answer: &Answer| answer.json()["token"]["catalog"][0]["endpoints"][0]["url"].clone();
    for (host, proto, expected) in [
        ("gw.example:8700", None, "http://gw.example:8700"),
        ("[::1]:8700", None, "http://[::1]:8700"),
        ("gw.example", Some("https"), "https://gw.example"),
        ("gw.example", Some("gopher"), "http://gw.example"),
    ] {
        let mut request = ask_request(&body, FAR_AWAY);
        let headers = request.headers_mut();
        headers.insert("host", host.parse().unwrap());
        if let Some(proto) = proto {
            headers.insert("x-forwarded-proto", proto.parse().unwrap());
        }
        let answer = plane.send(request).await;
        assert_eq!(
            url(&answer),
            json!(format!("{expected}/v2/{PROJECT}")),
            "{answer}"
        );
    }
    let before = plane.store.snapshot().revision();
    for host in ["user@gw.example", "gw.example/x", "a b", ""] {
        let mut request = ask_request(&body, FAR_AWAY);
        request.headers_mut().insert("host", host.parse().unwrap());
        let answer = plane.send(request).await;
        assert_eq!(
            answer.huawei_code(),
            (400, "APIG.2001".to_owned()),
            "{host}"
        );
    }
    assert_eq!(plane.store.snapshot().revision(), before);

    let mut request = ask_request(&body, FAR_AWAY);
    *request.uri_mut() = "/v3/auth/tokens?nocatalog".parse().unwrap();
    let answer = plane.send(request).await;
    assert_eq!(answer.status, 201);
    assert!(answer.json()["token"].get("catalog").is_none(), "{answer}");
}

#[tokio::test]
async fn of_both_a_signature_and_a_token_the_signature_counts() {
    let plane = Plane::new().await;
    user(&plane, USER, Some(PASSWORD)).await;
    let token = token(&plane, olivia(), in_region()).await;
    let wrong = Key {
        secret: "wrong",
        ..OWNER
    };
    let target = format!("{V1}signs");
    for (key, token, status) in [(OWNER, "garbage", 200), (wrong, token.as_str(), 401)] {
        let mut request: Request<Body> = signed(key, NOW, "GET", &target, b"");
        let token = token.parse().unwrap();
        request.headers_mut().insert("x-auth-token", token);
        assert_eq!(plane.send(request).await.status, status);
    }
}

#[tokio::test]
async fn opens_no_other_project() {
    let plane = Plane::new().await;
    user(&plane, USER, Some(PASSWORD)).await;
    let token = token(&plane, olivia(), in_region()).await;
    let other = "0123456789abcdef0123456789abcdef";
    let target = format!("/v2/{other}/apigw/instances/{INSTANCE}/signs");
    let answer = with_token(&plane, &token, "GET", &target, Value::Null).await;
    assert_eq!(answer.huawei_code(), (403, "APIG.1005".to_owned()));
    // What another account made is not seen, in either direction.
    let theirs = plane
        .huawei_as(
            STRANGER,
            "POST",
            "/v1.0/apigw/signs",
            json!({ "name": "theirs" }),
        )
        .await;
    assert_eq!(theirs.status, 201, "{theirs}");
    let listed = with_token(&plane, &token, "GET", "/v1.0/apigw/signs", Value::Null).await;
    assert_eq!(listed.json()["total"], 0);
}
