//! Schemes and unsigned payloads through the native API.

use serde_json::{Value, json};

use crate::support::{Answer, Plane, STRANGER};

const KEYS: &str = "/api/v1/keys";

/// Every scheme, the one that is there without being asked for first.
const SCHEMES: [&str; 7] = [
    "alibaba-hmac-sha256",
    "huawei-hmac-sha256",
    "basic",
    "rfc9421-hmac-sha256",
    "rfc9421-key-pair",
    "aes-128-cfb",
    "aes-256-cfb",
];

async fn create(plane: &Plane, body: Value) -> Answer {
    plane.native("POST", KEYS, Some(body)).await
}

async fn change(plane: &Plane, name: &str, body: Value) -> Answer {
    let path = format!("{KEYS}/{name}");
    plane.native("PATCH", &path, Some(body)).await
}

async fn reveal(plane: &Plane, name: &str) -> Value {
    let path = format!("{KEYS}/{name}?reveal=true");
    let answer = plane.native("GET", &path, None).await;
    assert_eq!(answer.status, 200, "{answer}");
    answer.json()
}

#[tokio::test]
async fn a_pair_is_generated_for_every_scheme() {
    let plane = Plane::new().await;
    let made = create(&plane, json!({ "name": "unasked", "generate": true })).await;
    assert_eq!(made.json()["scheme"], SCHEMES[0]);
    for (at, scheme) in SCHEMES.into_iter().enumerate() {
        let name = format!("scheme_{at}");
        let body = json!({ "name": name, "scheme": scheme, "generate": true });
        let made = create(&plane, body).await;
        assert_eq!(
            (made.status.as_u16(), &made.json()["scheme"]),
            (201, &json!(scheme))
        );
        // What was generated is a pair that can be given.
        let shown = reveal(&plane, &name).await;
        let (sign_key, sign_secret) = (&shown["sign_key"], &shown["sign_secret"]);
        let again = json!({
            "name": format!("again_{at}"),
            "scheme": scheme,
            "sign_key": sign_key,
            "sign_secret": sign_secret,
        });
        let again = create(&plane, again).await;
        assert_eq!(again.status, 201, "{again}");
        assert_eq!(&again.json()["sign_key"], sign_key);
    }
    let keys = plane.native("GET", KEYS, None).await.json();
    let listed = keys["keys"].as_array().unwrap().iter().rev();
    let schemes: Vec<_> = listed.map(|key| key["scheme"].as_str().unwrap()).collect();
    assert_eq!(schemes.len(), 15);
    assert_eq!(schemes[1], SCHEMES[0]);
    assert_eq!(schemes[13..], [SCHEMES[6], SCHEMES[6]]);
}

#[tokio::test]
async fn a_pair_follows_the_rules_of_its_scheme() {
    let plane = Plane::new().await;
    let pair = |scheme: &str, sign_key: &str, sign_secret: &str| {
        json!({
            "name": "first",
            "scheme": scheme,
            "sign_key": sign_key,
            "sign_secret": sign_secret,
        })
    };
    let secret = "Planted-secret-of-24-ok!";
    for (body, field) in [
        (pair("hmac", "abcdefgh", secret), "scheme"),
        (json!({ "name": "first", "scheme": 1 }), "scheme"),
        (
            pair("alibaba-hmac-sha256", "abcdef-1", "Planted"),
            "sign_key",
        ),
        (pair("huawei-hmac-sha256", "abcdefg", secret), "sign_key"),
        (
            pair("huawei-hmac-sha256", "abcdefgh", "Planted"),
            "sign_secret",
        ),
        (pair("rfc9421-hmac-sha256", "abc=defgh", secret), "sign_key"),
        (pair("basic", "1abcd", secret), "sign_key"),
        (pair("basic", "abcd", "Planted"), "sign_secret"),
        (pair("rfc9421-key-pair", "abcdefg", secret), "sign_key"),
        (
            pair("aes-128-cfb", "abcdefgh", "0123456789abcdef"),
            "sign_key",
        ),
        (pair("aes-256-cfb", &"a".repeat(32), secret), "sign_secret"),
    ] {
        let answer = create(&plane, body.clone()).await;
        assert_eq!(
            answer.native_code(),
            (400, "invalid_field".to_owned()),
            "{body}"
        );
        assert_eq!(answer.json()["field"], field, "{body}");
        assert!(!answer.body.contains("Planted"), "{answer}");
    }
    let good = pair("huawei-hmac-sha256", "1-abcdef", secret);
    assert_eq!(create(&plane, good).await.status, 201);
}

#[tokio::test]
async fn a_scheme_is_changed_with_the_pair_or_where_the_pair_fits() {
    let plane = Plane::new().await;
    let pair = json!({
        "name": "first",
        "sign_key": "Qwertyuiop",
        "sign_secret": "Asdfghjkl_asdfghjkl",
    });
    assert_eq!(create(&plane, pair).await.status, 201);
    for (scheme, version) in [
        ("huawei-hmac-sha256", 2),
        ("rfc9421-hmac-sha256", 3),
        ("basic", 4),
        ("alibaba-hmac-sha256", 5),
    ] {
        let changed = change(&plane, "first", json!({ "scheme": scheme }))
            .await
            .json();
        assert_eq!(
            (&changed["scheme"], &changed["version"]),
            (&json!(scheme), &json!(version))
        );
        assert_eq!(changed["sign_key"], "Qwertyuiop");
    }
    let refused = change(&plane, "first", json!({ "scheme": "aes-128-cfb" })).await;
    assert_eq!(refused.native_code(), (400, "invalid_field".to_owned()));
    assert_eq!(refused.json()["field"], "scheme");
    let generated = json!({ "scheme": "rfc9421-key-pair", "generate": true });
    let generated = change(&plane, "first", generated).await.json();
    assert_eq!(generated["scheme"], "rfc9421-key-pair");
    // Without a scheme, the rules are those of the key's own.
    let short = change(&plane, "first", json!({ "sign_key": "Qwertyu" })).await;
    assert_eq!(short.json()["field"], "sign_key");
    let shown = reveal(&plane, "first").await;
    let retired = shown["retired_versions"].as_array().unwrap();
    let schemes: Vec<_> = retired.iter().map(|version| &version["scheme"]).collect();
    assert_eq!(
        schemes,
        [
            "alibaba-hmac-sha256",
            "huawei-hmac-sha256",
            "rfc9421-hmac-sha256",
            "basic",
            "alibaba-hmac-sha256"
        ]
    );
}

#[tokio::test]
async fn a_bound_key_keeps_being_able_to_sign() {
    let plane = Plane::new().await;
    let (group, key) = (plane.group("group").await, plane.signature("first").await);
    let api = plane.api(&group, "name", "/a").await;
    let at = [
        ("SignatureId", key.as_str()),
        ("GroupId", &group),
        ("ApiIds", &api),
        ("StageName", "TEST"),
    ];
    plane.call("SetSignatureApis", &at).await;
    let aes = json!({ "scheme": "aes-128-cfb", "generate": true });
    let refused = change(&plane, "first", aes).await;
    assert_eq!(
        refused.native_code(),
        (409, "signature_key_unusable".to_owned())
    );
    let apis = plane.native("GET", "/api/v1/apis", None).await.json();
    let bound = &apis["apis"][0]["environments"][0]["key"];
    assert_eq!(bound["scheme"], "alibaba-hmac-sha256");
}

#[tokio::test]
async fn unsigned_payloads_are_live_with_the_next_publication() {
    let plane = Plane::new().await;
    let group = plane.group("group").await;
    let api = plane.api(&group, "name", "/a").await;
    let path = format!("/api/v1/apis/{api}");
    let publish = [
        ("ApiId", api.as_str()),
        ("StageName", "TEST"),
        ("Description", "go"),
    ];
    plane.call("DeployApi", &publish).await;
    let words = |answer: &Answer| {
        let api = answer.json();
        let live = api["environments"][0]["unsigned_payload"].clone();
        (api["unsigned_payload"].clone(), live)
    };
    let mut live = json!("not-text");
    for word in ["always", "never", "not-text"] {
        let changed = json!({ "unsigned_payload": word });
        let changed = plane.native("PATCH", &path, Some(changed)).await;
        assert_eq!(words(&changed), (json!(word), live.clone()), "{changed}");
        plane.call("DeployApi", &publish).await;
        let shown = plane.native("GET", &path, None).await;
        live = json!(word);
        assert_eq!(words(&shown), (json!(word), live.clone()), "{shown}");
    }

    let before = plane.store.snapshot().revision();
    for body in [
        json!({}),
        json!({ "unsigned_payload": "text" }),
        json!({ "unsigned_payload": true }),
        json!({ "unsigned_payload": "always", "name": "other" }),
    ] {
        let answer = plane.native("PATCH", &path, Some(body.clone())).await;
        assert_eq!(
            answer.native_code(),
            (400, "invalid_field".to_owned()),
            "{body}"
        );
    }
    let body = json!({ "unsigned_payload": "always" });
    let absent = "/api/v1/apis/0123456789abcdef0123456789abcdef";
    for path in [absent, "/api/v1/apis/name"] {
        for (method, body) in [("GET", None), ("PATCH", Some(body.clone()))] {
            let answer = plane.native(method, path, body).await;
            assert_eq!(answer.native_code(), (404, "api_not_found".to_owned()));
        }
    }
    for (method, body) in [("GET", None), ("PATCH", Some(body))] {
        let answer = plane.native_as(STRANGER, method, &path, body).await;
        assert_eq!(answer.native_code(), (404, "api_not_found".to_owned()));
    }
    assert_eq!(plane.store.snapshot().revision(), before);
}
