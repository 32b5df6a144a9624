//! IAM: tokens for passwords, and the ids that clients ask for.

mod lists;
mod locks;
mod refused;
mod revoked;
mod secrets;
mod tokens;

use std::net::SocketAddr;

use axum::{body::Body, extract::ConnectInfo};
use http::Request;
use serde_json::{Value, json};

use crate::support::{Answer, HOST, Plane};

const USER: &str = "olivia";
const PASSWORD: &str = "Correct horse 5";
/// The owner's account.
const DOMAIN: &str = "1001";
const REGION: &str = "cn-test";
const FAR_AWAY: &str = "203.0.113.9:40000";

/// Makes a user of the owner's account, and tells its id.
async fn user(plane: &Plane, name: &str, password: Option<&str>) -> String {
    let body = json!({ "name": name, "password": password.unwrap_or_default() });
    let body = match password {
        Some(_) => body,
        None => json!({ "name": name }),
    };
    let answer = plane.native("POST", "/api/v1/users", Some(body)).await;
    assert_eq!(answer.status, 201, "{answer}");
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// Olivia, as most clients name her.
fn olivia() -> Value {
    json!({ "name": USER, "password": PASSWORD, "domain": { "name": DOMAIN } })
}

fn in_region() -> Value {
    json!({ "project": { "name": REGION } })
}

/// The body that asks for a token; a scope of null is left out.
fn asked(user: Value, scope: Value) -> Value {
    let identity = json!({ "methods": ["password"], "password": { "user": user } });
    match scope {
        Value::Null => json!({ "auth": { "identity": identity } }),
        scope => json!({ "auth": { "identity": identity, "scope": scope } }),
    }
}

fn ask_request(body: &str, peer: &str) -> Request<Body> {
    let mut request = Request::post("/v3/auth/tokens")
        .header("host", HOST)
        .header("content-type", "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap();
    request
        .extensions_mut()
        .insert(ConnectInfo::<SocketAddr>(peer.parse().unwrap()));
    request
}

async fn ask(plane: &Plane, body: &Value) -> Answer {
    plane.send(ask_request(&body.to_string(), FAR_AWAY)).await
}

/// A token that has to be given.
async fn token(plane: &Plane, user: Value, scope: Value) -> String {
    let answer = ask(plane, &asked(user, scope)).await;
    assert_eq!(answer.status, 201, "{answer}");
    answer.header("x-subject-token").unwrap().to_owned()
}

/// A call that shows a token.
async fn with_token(plane: &Plane, token: &str, method: &str, target: &str, body: Value) -> Answer {
    let body = match body {
        Value::Null => Body::empty(),
        body => Body::from(body.to_string()),
    };
    let request = Request::builder()
        .method(method)
        .uri(target)
        .header("host", HOST)
        .header("content-type", "application/json")
        .header("x-auth-token", token);
    plane.send(request.body(body).unwrap()).await
}
