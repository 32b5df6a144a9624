//! The key feed, and what leads to it: verifiers and next versions.

use std::time::Duration;

use axum::body::Body;
use http::Request;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::support::{Answer, HOST, Plane, STRANGER};

const KEYS: &str = "/api/v1/verifier/keys";

fn question(token: &str, query: &str, tag: Option<&str>) -> Request<Body> {
    let mut request = Request::get(format!("{KEYS}{query}"))
        .header("host", HOST)
        .header("authorization", format!("Bearer {token}"));
    if let Some(tag) = tag {
        request = request.header("if-none-match", tag);
    }
    request.body(Body::empty()).unwrap()
}

async fn ask(plane: &Plane, token: &str) -> Answer {
    plane.send(question(token, "", None)).await
}

/// Keys as `state sign_key`, in the order told.
fn states(answer: &Answer) -> Vec<String> {
    let json = answer.json();
    let keys = json["keys"].as_array().unwrap().iter();
    keys.map(|key| {
        let text = |field: &str| key[field].as_str().unwrap().to_owned();
        format!("{} {}", text("state"), text("sign_key"))
    })
    .collect()
}

fn tag(answer: &Answer) -> String {
    answer.header("etag").unwrap().to_owned()
}

/// A plane with two APIs of one group, a key bound to the first, and a verifier of it.
struct Scene {
    plane: Plane,
    group: String,
    apis: [String; 2],
    key: String,
    token: String,
}

impl Scene {
    async fn new() -> Self {
        let plane = Plane::new().await;
        let group = plane.group("orders").await;
        let apis = [
            plane.api(&group, "first", "/first").await,
            plane.api(&group, "second", "/second").await,
        ];
        let key = key(&plane, "first_key", "FirstKey", "planted_first").await;
        bind(&plane, &key, &group, &apis[0]).await;
        let body = json!({ "name": "v", "groups": [], "apis": [apis[0]] });
        let token = verifier(&plane, body).await;
        Self {
            plane,
            group,
            apis,
            key,
            token,
        }
    }

    async fn modify(&self, sign_key: &str) {
        let body = json!({ "sign_key": sign_key, "sign_secret": format!("planted_{sign_key}") });
        self.change("PATCH", "", Some(body)).await;
    }

    async fn change(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let path = format!("/api/v1/keys/{}{path}", self.key);
        let answer = self.plane.native(method, &path, body).await;
        assert_eq!(answer.status, 200, "{answer}");
        answer
    }

    /// A question that waits, with the present tag.
    async fn wait(&self) -> JoinHandle<axum::response::Response> {
        let tag = tag(&ask(&self.plane, &self.token).await);
        let asked = question(&self.token, "?wait=60", Some(&tag));
        let router = self.plane.router.clone();
        let waiting = tokio::spawn(tower::ServiceExt::oneshot(router, asked));
        // It runs until it waits: the runtime of these tests has one thread.
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert!(!waiting.is_finished());
        tokio::spawn(async move { waiting.await.unwrap().unwrap() })
    }
}

async fn key(plane: &Plane, name: &str, sign_key: &str, sign_secret: &str) -> String {
    let body = json!({ "name": name, "sign_key": sign_key, "sign_secret": sign_secret });
    let made = plane.native("POST", "/api/v1/keys", Some(body)).await;
    assert_eq!(made.status, 201, "{made}");
    made.json()["id"].as_str().unwrap().to_owned()
}

async fn bind(plane: &Plane, key: &str, group: &str, api: &str) {
    let binding = [
        ("SignatureId", key),
        ("GroupId", group),
        ("ApiIds", api),
        ("StageName", "RELEASE"),
    ];
    let bound = plane.call("SetSignatureApis", &binding).await;
    assert_eq!(bound.status, 200, "{bound}");
}

async fn verifier(plane: &Plane, body: Value) -> String {
    let made = plane.native("POST", "/api/v1/verifiers", Some(body)).await;
    assert_eq!(made.status, 201, "{made}");
    made.json()["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_token_sees_the_keys_of_its_apis_only() {
    let scene = Scene::new().await;
    let plane = &scene.plane;
    let second = key(plane, "second_key", "SecondKey", "planted_second").await;
    bind(plane, &second, &scene.group, &scene.apis[1]).await;
    key(plane, "unbound", "UnboundKey", "planted_third").await;
    let of_group = json!({ "name": "all", "groups": [scene.group], "apis": [] });
    let of_group = verifier(plane, of_group).await;
    let of_second = json!({ "name": "second", "apis": [scene.apis[1]] });
    let of_second = verifier(plane, of_second).await;
    assert_eq!(states(&ask(plane, &scene.token).await), ["active FirstKey"]);
    assert_eq!(states(&ask(plane, &of_second).await), ["active SecondKey"]);
    let mut all = states(&ask(plane, &of_group).await);
    all.sort();
    assert_eq!(all, ["active FirstKey", "active SecondKey"]);
    // An API that the group gets later belongs to it too.
    let third = plane.api(&scene.group, "third", "/third").await;
    let late = key(plane, "late", "LateKey", "planted_fourth").await;
    bind(plane, &late, &scene.group, &third).await;
    assert_eq!(states(&ask(plane, &of_group).await).len(), 3);

    let told = ask(plane, &scene.token).await.json();
    assert_eq!(told["grace_seconds"], 60);
    assert_eq!(told["revision"], plane.store.snapshot().revision().number());
    assert_eq!(
        told["keys"],
        json!([{
            "scheme": "alibaba-hmac-sha256",
            "sign_key": "FirstKey",
            "secret": "planted_first",
            "name": "first_key",
            "version": 1,
            "state": "active",
        }])
    );
}

#[tokio::test]
async fn next_and_retired_versions_are_told() {
    let scene = Scene::new().await;
    let plane = &scene.plane;
    let next = json!({ "sign_key": "NextKey", "sign_secret": "planted_next" });
    let staged = scene.change("PUT", "/next", Some(next)).await.json();
    assert_eq!(staged["next"]["sign_key"], "NextKey");
    assert_eq!(
        (&staged["sign_key"], &staged["version"]),
        (&json!("FirstKey"), &json!(1))
    );
    assert!(!staged.to_string().contains("planted"));
    let told = ask(plane, &scene.token).await;
    assert_eq!(states(&told), ["active FirstKey", "next NextKey"]);
    assert_eq!(told.json()["keys"][1]["secret"], "planted_next");

    // Another one takes its place, and what is not given is as in the active one.
    scene
        .change("PUT", "/next", Some(json!({ "sign_key": "OtherKey" })))
        .await;
    let told = ask(plane, &scene.token).await;
    assert_eq!(states(&told), ["active FirstKey", "next OtherKey"]);
    assert_eq!(told.json()["keys"][1]["secret"], "planted_first");
    scene.change("DELETE", "/next", None).await;
    assert_eq!(states(&ask(plane, &scene.token).await), ["active FirstKey"]);

    scene
        .change("PUT", "/next", Some(json!({ "generate": true })))
        .await;
    let activated = scene.change("POST", "/activate", None).await.json();
    assert!(activated["next"].is_null() && activated["sign_key"] != "FirstKey");
    let active = format!("active {}", activated["sign_key"].as_str().unwrap());
    plane.wait(60_000);
    let told = ask(plane, &scene.token).await;
    assert_eq!(states(&told), [active.as_str(), "active FirstKey"]);
    assert_eq!(told.json()["keys"][1]["secret"], "planted_first");
    plane.wait(1_000);
    let told = ask(plane, &scene.token).await;
    assert_eq!(states(&told), [active.as_str(), "retired FirstKey"]);
    assert!(told.json()["keys"][1].get("secret").is_none());
    for (method, path) in [("DELETE", "/next"), ("POST", "/activate")] {
        let path = format!("/api/v1/keys/{}{path}", scene.key);
        let refused = plane.native(method, &path, None).await;
        assert_eq!(refused.status, 409, "{refused}");
    }
    // Of many retired versions the newest are told.
    for number in 0..30 {
        scene.modify(&format!("Modified{number}")).await;
    }
    plane.wait(61_000);
    let told = states(&ask(plane, &scene.token).await);
    assert_eq!(
        (told.len(), &*told[0], &*told[1]),
        (21, "active Modified29", "retired Modified28")
    );
}

#[tokio::test]
async fn stage_and_activate_say_what_is_wrong() {
    let scene = Scene::new().await;
    let plane = &scene.plane;
    let own = format!("/api/v1/keys/{}/next", scene.key);
    for (path, body, code) in [
        (
            &*own,
            json!({ "name": "x", "generate": true }),
            (400, "invalid_field"),
        ),
        (&own, json!({ "sign_key": "!" }), (400, "invalid_field")),
        (&own, json!({ "scheme": "none" }), (400, "invalid_field")),
        (&own, json!({ "other": 1 }), (400, "invalid_field")),
        (
            "/api/v1/keys/none/next",
            json!({ "generate": true }),
            (404, "signature_key_not_found"),
        ),
    ] {
        let refused = plane.native("PUT", path, Some(body.clone())).await;
        assert_eq!(
            refused.native_code(),
            (code.0, code.1.to_owned()),
            "{path} {body}"
        );
    }
    let body = Some(json!({ "generate": true }));
    let stranger = plane.native_as(STRANGER, "PUT", &own, body).await;
    assert_eq!(stranger.status, 404, "{stranger}");
    assert_eq!(states(&ask(plane, &scene.token).await), ["active FirstKey"]);
}

#[tokio::test]
async fn a_known_tag_is_answered_304() {
    let scene = Scene::new().await;
    let first = ask(&scene.plane, &scene.token).await;
    let tag = tag(&first);
    let same = scene
        .plane
        .send(question(&scene.token, "", Some(&tag)))
        .await;
    assert_eq!((same.status.as_u16(), &*same.body), (304, ""));
    assert_eq!(same.header("etag"), Some(&*tag));
    assert_eq!(same.header("cache-control"), Some("no-store"));
    scene.modify("SecondKey").await;
    let other = scene
        .plane
        .send(question(&scene.token, "?wait=60", Some(&tag)))
        .await;
    // What signed until a moment ago is told as if it still did.
    assert_eq!(states(&other), ["active SecondKey", "active FirstKey"]);
    assert_ne!(other.header("etag"), Some(&*tag));
}

#[tokio::test]
async fn a_question_waits_for_a_change_of_its_keys() {
    let scene = Scene::new().await;
    let waiting = scene.wait().await;
    // What others change does not answer it.
    let other = key(&scene.plane, "other", "OtherKey", "planted_other").await;
    bind(&scene.plane, &other, &scene.group, &scene.apis[1]).await;
    scene.plane.group("unrelated").await;
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    assert!(!waiting.is_finished());
    scene.modify("SecondKey").await;
    assert_eq!(waiting.await.unwrap().status(), 200);
    // A binding is a change as well.
    let waiting = scene.wait().await;
    bind(&scene.plane, &other, &scene.group, &scene.apis[0]).await;
    assert_eq!(waiting.await.unwrap().status(), 200);
}

#[tokio::test(start_paused = true)]
async fn a_question_waits_no_longer_than_it_says() {
    let scene = Scene::new().await;
    let begun = tokio::time::Instant::now();
    let waiting = scene.wait().await;
    assert_eq!(waiting.await.unwrap().status(), 304);
    let waited = begun.elapsed();
    assert!((60..62).contains(&waited.as_secs()), "{waited:?}");
    assert!(waited >= Duration::from_secs(60));
}

#[tokio::test]
async fn whoever_waits_is_answered_at_the_end() {
    let scene = Scene::new().await;
    let waiting = scene.wait().await;
    scene.plane.admin.stop_waiting();
    assert_eq!(waiting.await.unwrap().status(), 304);
    // And whoever comes now does not wait.
    let tag = tag(&ask(&scene.plane, &scene.token).await);
    let asked = question(&scene.token, "?wait=60", Some(&tag));
    assert_eq!(scene.plane.send(asked).await.status, 304);
}

#[tokio::test]
async fn a_token_that_is_revoked_while_it_waits_is_told_so() {
    let scene = Scene::new().await;
    let waiting = scene.wait().await;
    let deleted = scene
        .plane
        .native("DELETE", "/api/v1/verifiers/v", None)
        .await;
    assert_eq!(deleted.status, 200, "{deleted}");
    assert_eq!(waiting.await.unwrap().status(), 401);
    let asked = ask(&scene.plane, &scene.token).await;
    assert_eq!(asked.native_code(), (401, "unauthenticated".to_owned()));
}

#[tokio::test]
async fn wrong_questions() {
    let scene = Scene::new().await;
    for authorization in [
        None,
        Some("Bearer"),
        Some("Bearer csv_x"),
        Some("Basic eDp5"),
    ] {
        let mut request = question(&scene.token, "", None);
        request.headers_mut().remove("authorization");
        if let Some(value) = authorization {
            request
                .headers_mut()
                .insert("authorization", value.parse().unwrap());
        }
        let answer = scene.plane.send(request).await;
        assert_eq!(
            answer.native_code(),
            (401, "unauthenticated".to_owned()),
            "{authorization:?}"
        );
        assert!(!answer.body.contains("planted"));
    }
    for (query, code) in [
        ("?wait=61", "invalid_field"),
        ("?wait=-1", "invalid_field"),
        ("?wait=", "invalid_field"),
        ("?other=1", "unknown_query_parameter"),
        ("?wait=1&wait=1", "unknown_query_parameter"),
    ] {
        let answer = scene.plane.send(question(&scene.token, query, None)).await;
        assert_eq!(answer.native_code(), (400, code.to_owned()), "{query}");
    }
    // A verifier's token opens nothing else.
    let mut other = question(&scene.token, "", None);
    *other.uri_mut() = "/api/v1/keys".parse().unwrap();
    assert_eq!(scene.plane.send(other).await.status, 401);
}

#[tokio::test]
async fn verifiers_are_made_shown_and_deleted() {
    let scene = Scene::new().await;
    let plane = &scene.plane;
    let list = plane.native("GET", "/api/v1/verifiers", None).await;
    assert_eq!(list.json()["total"], 1);
    let shown = plane.native("GET", "/api/v1/verifiers/v", None).await;
    assert_eq!(shown.json()["apis"], json!([scene.apis[0]]));
    for answer in [&list, &shown] {
        assert!(answer.json().get("token").is_none());
        assert!(!answer.body.contains(&scene.token));
    }
    let good = |name: &str| json!({ "name": name, "groups": [scene.group], "apis": [] });
    for (body, code) in [
        (good("v"), (409, "verifier_name_taken")),
        (good(""), (400, "invalid_field")),
        (good(".v"), (400, "invalid_field")),
        (good(&"v".repeat(65)), (400, "invalid_field")),
        (json!({ "groups": [scene.group] }), (400, "invalid_field")),
        (json!({ "name": "w" }), (400, "invalid_field")),
        (
            json!({ "name": "w", "apis": ["x"] }),
            (400, "invalid_field"),
        ),
        (
            json!({ "name": "w", "groups": "x" }),
            (400, "invalid_field"),
        ),
        (
            json!({ "name": "w", "groups": [scene.group], "x": 1 }),
            (400, "invalid_field"),
        ),
        (
            json!({ "name": "w", "groups": ["0".repeat(32)] }),
            (404, "group_not_found"),
        ),
        (
            json!({ "name": "w", "apis": ["0".repeat(32)] }),
            (404, "api_not_found"),
        ),
    ] {
        let refused = plane
            .native("POST", "/api/v1/verifiers", Some(body.clone()))
            .await;
        assert_eq!(refused.native_code(), (code.0, code.1.to_owned()), "{body}");
    }
    // Another account sees and names none of it.
    let body = Some(json!({ "name": "w", "apis": [scene.apis[0]] }));
    let refused = plane
        .native_as(STRANGER, "POST", "/api/v1/verifiers", body)
        .await;
    assert_eq!(refused.status, 404, "{refused}");
    let none = plane
        .native_as(STRANGER, "GET", "/api/v1/verifiers", None)
        .await;
    assert_eq!(none.json()["total"], 0);
    for (method, path) in [("GET", "v"), ("DELETE", "v")] {
        let path = format!("/api/v1/verifiers/{path}");
        let refused = plane.native_as(STRANGER, method, &path, None).await;
        assert_eq!(
            refused.native_code(),
            (404, "verifier_not_found".to_owned())
        );
    }
    let id = shown.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/verifiers/{id}");
    assert_eq!(plane.native("DELETE", &path, None).await.status, 200);
    let gone = plane.native("DELETE", &path, None).await;
    assert_eq!(gone.native_code(), (404, "verifier_not_found".to_owned()));
}

#[tokio::test]
async fn every_scheme_is_told_with_what_verifies_it() {
    let scene = Scene::new().await;
    for scheme in [
        "huawei-hmac-sha256",
        "basic",
        "rfc9421-hmac-sha256",
        "rfc9421-key-pair",
        "alibaba-hmac-sha256",
    ] {
        let body = json!({ "scheme": scheme, "generate": true });
        scene.change("PATCH", "", Some(body)).await;
        let told = ask(&scene.plane, &scene.token).await;
        let list = countersign_sign_list(&told.body);
        assert_eq!(list, (scheme.to_owned(), 0), "{told}");
        let active = &told.json()["keys"][0];
        assert_eq!(active["secret"].is_string(), scheme != "rfc9421-key-pair");
        assert_eq!(
            active["public_key"].is_string(),
            scheme == "rfc9421-key-pair"
        );
    }
}

/// The scheme of the first key, and how many entries a verifier passes over.
fn countersign_sign_list(body: &str) -> (String, usize) {
    let list = countersign_sign::verifier::KeyList::from_json(body.as_bytes()).unwrap();
    (list.keys[0].scheme().to_string(), list.skipped.len())
}
