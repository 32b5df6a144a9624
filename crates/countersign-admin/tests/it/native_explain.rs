//! `POST /api/v1/keys/{key}/explain`.

use serde_json::{Value, json};

use crate::support::{Answer, Plane, STRANGER};

const KEYS: &str = "/api/v1/keys";
const SECRET: &str = "PlantedSecret-of-24-characters";

async fn create(plane: &Plane, name: &str, scheme: &str, sign_key: &str) {
    let body = json!({
        "name": name, "scheme": scheme, "sign_key": sign_key, "sign_secret": SECRET,
    });
    let made = plane.native("POST", KEYS, Some(body)).await;
    assert_eq!(made.status, 201, "{made}");
}

async fn explain(plane: &Plane, key: &str, body: Value) -> Answer {
    let path = format!("{KEYS}/{key}/explain");
    plane.native("POST", &path, Some(body)).await
}

/// A request with these credentials of HTTP Basic.
fn request(sign_key: &str, secret: &str) -> Value {
    use base64::Engine;
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{sign_key}:{secret}"));
    json!({
        "method": "GET", "target": "/", "body_base64": "",
        "headers": [["Host", "a"], ["Authorization", format!("Basic {pair}")]],
    })
}

#[tokio::test]
async fn the_active_and_the_next_version_and_other_keys() {
    let plane = Plane::new().await;
    create(&plane, "orders", "basic", "orders-key").await;
    let next = json!({ "sign_key": "orders-key-2", "sign_secret": "Another-secret-24-characters" });
    let staged = plane
        .native("PUT", &format!("{KEYS}/orders/next"), Some(next))
        .await;
    assert_eq!(staged.status, 200, "{staged}");
    create(&plane, "payments", "basic", "pay-key").await;
    for (scheme, name) in [("rfc9421-key-pair", "pair"), ("aes-128-cfb", "aes")] {
        let body = json!({ "name": format!("key_{name}"), "scheme": scheme, "generate": true });
        assert_eq!(plane.native("POST", KEYS, Some(body)).await.status, 201);
    }
    for (sign_key, secret, outcome, cause) in [
        ("orders-key", SECRET, "verifies", None),
        (
            "orders-key-2",
            "Another-secret-24-characters",
            "verifies",
            None,
        ),
        (
            "orders-key",
            "Another-secret-24-characters",
            "differs",
            Some("next_version"),
        ),
        ("orders-key-2", SECRET, "differs", Some("old_version")),
        ("pay-key", SECRET, "differs", Some("other_key")),
        ("orders-key", "nobodys", "cannot_tell", None),
    ] {
        let answer = explain(&plane, "orders", request(sign_key, secret)).await;
        assert_eq!(answer.status, 200, "{answer}");
        let told = answer.json();
        assert_eq!(told["outcome"], outcome, "{answer}");
        assert_eq!(told["causes"][0]["code"].as_str(), cause, "{answer}");
        let shown = told.to_string();
        assert!(
            !shown.contains("Planted") && !shown.contains("nobodys"),
            "{shown}"
        );
    }
    let answer = explain(&plane, "key_aes", request("orders-key", SECRET))
        .await
        .json();
    assert_eq!(answer["verdict"], "no_signature");
    // After the change, the first version is known by its sign key only.
    let activate = format!("{KEYS}/orders/activate");
    assert_eq!(
        plane
            .native("POST", &activate, Some(json!({})))
            .await
            .status,
        200
    );
    let answer = explain(&plane, "orders", request("orders-key", "forgotten"))
        .await
        .json();
    assert_eq!(answer["causes"][0]["code"], "retired_sign_key", "{answer}");
}

#[tokio::test]
async fn fields_that_will_not_do() {
    let plane = Plane::new().await;
    create(&plane, "orders", "basic", "orders-key").await;
    for (field, value) in [
        ("method", Value::Null),
        ("target", json!("\u{4e2d}")),
        ("headers", json!([["Host"]])),
        ("headers", json!(vec![["a", "b"]; 501])),
        ("body_base64", json!("?")),
        ("now", json!("today")),
        ("header", json!("a b")),
        ("secret", json!("PlantedSecret")),
    ] {
        let mut body = request("orders-key", SECRET);
        body[field] = value;
        let answer = explain(&plane, "orders", body).await;
        assert_eq!(
            answer.native_code(),
            (400, "invalid_field".to_owned()),
            "{answer}"
        );
        assert_eq!(answer.json()["field"], field);
        assert!(!answer.to_string().contains("Planted"), "{answer}");
    }
}

#[tokio::test]
async fn a_key_of_another_account_is_absent() {
    let plane = Plane::new().await;
    create(&plane, "orders", "basic", "orders-key").await;
    let body = request("orders-key", SECRET);
    let path = format!("{KEYS}/orders/explain");
    let answer = plane.native_as(STRANGER, "POST", &path, Some(body)).await;
    assert_eq!(
        answer.native_code(),
        (404, "signature_key_not_found".to_owned())
    );
}
