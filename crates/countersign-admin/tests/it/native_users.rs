//! Users through the native API.

use serde_json::{Value, json};

use crate::support::{NOW, Plane, STRANGER};

const USERS: &str = "/api/v1/users";
const OLIVIA: &str = "/api/v1/users/olivia";

#[tokio::test]
async fn life_of_a_user() {
    let plane = Plane::new().await;
    let body = json!({ "name": "olivia", "description": "reads", "password": "Planted horse" });
    let made = plane.native("POST", USERS, Some(body.clone())).await;
    assert_eq!(made.status, 201, "{made}");
    let id = made.json()["id"].clone();
    let mut shown = json!({
        "id": id,
        "name": "olivia",
        "description": "reads",
        "has_password": true,
        "tokens_in_force": 0,
        "created": "2026-01-02T03:04:05Z",
        "modified": "2026-01-02T03:04:05Z",
    });
    let mut answered = shown.clone();
    answered["revision"] = json!(3);
    answered["in_force"] = json!({ "revision": 3, "nodes": ["self"] });
    assert_eq!(made.json(), answered);
    let again = plane.native("POST", USERS, Some(body)).await;
    assert_eq!(again.native_code(), (409, "user_name_taken".to_owned()));

    let by_id = format!("{USERS}/{}", id.as_str().unwrap());
    for path in [OLIVIA, &by_id] {
        assert_eq!(plane.native("GET", path, None).await.json(), shown);
    }
    let anna = json!({ "name": "anna" });
    assert_eq!(plane.native("POST", USERS, Some(anna)).await.status, 201);
    let page = format!("{USERS}?page=2&page_size=1");
    let page = plane.native("GET", &page, None).await.json();
    assert_eq!(page["users"], json!([shown]));
    assert_eq!((&page["total"], &page["page"]), (&json!(2), &json!(2)));

    plane.set_time(NOW + 60);
    let none = json!({ "password": null });
    let changed = plane.native("PATCH", OLIVIA, Some(none)).await.json();
    shown["has_password"] = json!(false);
    shown["modified"] = json!("2026-01-02T03:05:05Z");
    assert_eq!(plane.native("GET", OLIVIA, None).await.json(), shown);
    assert_eq!(changed["revision"], 5);

    let gone = plane.native("DELETE", OLIVIA, None).await;
    assert_eq!((gone.status.as_u16(), &gone.json()["id"]), (200, &id));
    for (method, body) in [
        ("GET", None),
        ("DELETE", None),
        ("PATCH", Some(json!({ "password": "Planted horse" }))),
    ] {
        let answer = plane.native(method, OLIVIA, body).await;
        assert_eq!(answer.native_code(), (404, "user_not_found".to_owned()));
    }
}

#[tokio::test]
async fn another_accounts_user_is_as_absent() {
    let plane = Plane::new().await;
    let body = json!({ "name": "olivia", "password": "Planted horse" });
    let made = plane.native("POST", USERS, Some(body.clone())).await.json();
    let by_id = format!("{USERS}/{}", made["id"].as_str().unwrap());
    let before = plane.store.snapshot().revision();
    for path in [OLIVIA, &by_id] {
        for (method, body) in [
            ("GET", None),
            ("DELETE", None),
            ("PATCH", Some(json!({ "password": "Another horse" }))),
        ] {
            let answer = plane.native_as(STRANGER, method, path, body).await;
            assert_eq!(answer.native_code(), (404, "user_not_found".to_owned()));
        }
    }
    let listed = plane.native_as(STRANGER, "GET", USERS, None).await.json();
    assert_eq!(listed["users"], json!([]));
    assert_eq!(plane.store.snapshot().revision(), before);
    // The same name in another account is another user.
    let theirs = plane.native_as(STRANGER, "POST", USERS, Some(body)).await;
    assert_eq!(theirs.status, 201);
    assert_ne!(theirs.json()["id"], made["id"]);
}

#[tokio::test]
async fn bad_fields_are_told_without_their_values() {
    let plane = Plane::new().await;
    let good = json!({ "name": "olivia", "password": "Planted horse" });
    assert_eq!(plane.native("POST", USERS, Some(good)).await.status, 201);
    let before = plane.store.snapshot().revision();
    let long = "Planted".repeat(19);
    for (method, path, body, field) in [
        ("POST", USERS, json!({}), "name"),
        ("POST", USERS, json!({ "name": "" }), "name"),
        ("POST", USERS, json!({ "name": "_Planted" }), "name"),
        ("POST", USERS, json!({ "name": "Planted name" }), "name"),
        ("POST", USERS, json!({ "name": "n".repeat(65) }), "name"),
        ("POST", USERS, json!({ "name": ["Planted"] }), "name"),
        (
            "POST",
            USERS,
            json!({ "name": "anna", "password": "Planted" }),
            "password",
        ),
        (
            "POST",
            USERS,
            json!({ "name": "anna", "password": long }),
            "password",
        ),
        (
            "POST",
            USERS,
            json!({ "name": "anna", "password": "Planted\n" }),
            "password",
        ),
        (
            "POST",
            USERS,
            json!({ "name": "anna", "password": 12_345_678 }),
            "password",
        ),
        (
            "POST",
            USERS,
            json!({ "name": "anna", "password": null }),
            "password",
        ),
        (
            "POST",
            USERS,
            json!({ "name": "anna", "description": "Planted\n" }),
            "description",
        ),
        (
            "POST",
            USERS,
            json!({ "name": "anna", "passwort": "Planted" }),
            "passwort",
        ),
        ("PATCH", OLIVIA, json!({}), "password"),
        (
            "PATCH",
            OLIVIA,
            json!({ "password": "Planted" }),
            "password",
        ),
        ("PATCH", OLIVIA, json!({ "password": false }), "password"),
        ("PATCH", OLIVIA, json!({ "name": "anna" }), "name"),
    ] {
        let answer = plane.native(method, path, Some(body.clone())).await;
        assert_eq!(
            answer.native_code(),
            (400, "invalid_field".to_owned()),
            "{body}"
        );
        assert_eq!(answer.json()["field"], field, "{body}");
        assert!(!answer.body.contains("Planted"), "{answer}");
    }
    for (method, path) in [
        ("GET", "/api/v1/users?name=x"),
        ("DELETE", "/api/v1/users/olivia?x"),
    ] {
        let answer = plane.native(method, path, None).await;
        assert_eq!(
            answer.native_code(),
            (400, "unknown_query_parameter".to_owned())
        );
    }
    assert_eq!(plane.store.snapshot().revision(), before);
}

#[tokio::test]
async fn what_is_kept_is_a_hash_of_its_own() {
    let plane = Plane::new().await;
    let mut hashes = Vec::new();
    for name in ["olivia", "anna"] {
        let body = json!({ "name": name, "password": "Planted horse" });
        plane.native("POST", USERS, Some(body)).await;
    }
    let snapshot = plane.store.snapshot();
    let account = countersign_core::AccountId::parse("1001").unwrap();
    for user in snapshot.users(&account) {
        let hash = user.password.as_ref().unwrap().as_phc().to_owned();
        assert!(hash.starts_with("$argon2id$v=19$"), "{hash}");
        assert!(!format!("{user:?}").contains("argon2id"));
        hashes.push(hash);
    }
    // Equal passwords have salts of their own.
    assert_eq!(hashes.len(), 2);
    assert_ne!(hashes[0], hashes[1]);
    let listed: Value = plane.native("GET", USERS, None).await.json();
    assert!(!listed.to_string().contains("argon2"));
}
