use axum::body::Body;
use countersign_admin::NATIVE_ENDPOINTS;
use http::Request;
use serde_json::{Value, json};

use crate::support::{HOST, Key, NOW, OWNER, Plane, basic, native_request, native_signed};

const LOCAL: &str = "127.0.0.1:50000";
const REMOTE: &str = "203.0.113.9:50000";
const WRONG: Key = Key {
    id: OWNER.id,
    secret: "notTheSecret",
};

/// Every endpoint, with something in the place of the name in braces.
fn endpoints() -> impl Iterator<Item = (&'static str, String, Option<Value>)> {
    NATIVE_ENDPOINTS.iter().map(|(method, path)| {
        let body = matches!(*method, "POST" | "PATCH" | "PUT").then(|| json!({}));
        let path = match (path.split_once('{'), path.split_once('}')) {
            (Some((before, _)), Some((_, after))) => format!("{before}some{after}"),
            _ => (*path).to_owned(),
        };
        (*method, path, body)
    })
}

#[tokio::test]
async fn nothing_without_credentials_or_with_wrong_ones() {
    let plane = Plane::new().await;
    let before = plane.store.snapshot().revision();
    for (method, path, body) in endpoints() {
        let send = |authorization: Option<String>, peer: &'static str| {
            plane.send(native_request(
                method,
                &path,
                body.clone(),
                authorization.as_deref(),
                peer,
            ))
        };
        for (authorization, peer, code) in [
            (None, LOCAL, (401, "unauthenticated")),
            (None, REMOTE, (401, "unauthenticated")),
            (Some("Bearer x".to_owned()), LOCAL, (401, "unauthenticated")),
            (Some(basic(WRONG)), LOCAL, (401, "wrong_access_key")),
            (
                Some(basic(Key {
                    id: "nobody",
                    ..OWNER
                })),
                LOCAL,
                (401, "wrong_access_key"),
            ),
            (
                Some("Basic !".to_owned()),
                LOCAL,
                (401, "malformed_authorization"),
            ),
            (Some(basic(OWNER)), REMOTE, (403, "insecure_transport")),
        ] {
            let answer = send(authorization.clone(), peer).await;
            assert_eq!(
                answer.native_code(),
                (code.0, code.1.to_owned()),
                "{method} {path} {authorization:?} {peer}"
            );
            assert_eq!(answer.header("www-authenticate").is_some(), code.0 == 401);
        }
        let signed =
            |key, leave_out| native_signed(key, method, &path, body.as_ref(), "1", leave_out);
        for (request, code) in [
            (signed(WRONG, None), "signature_mismatch"),
            (
                signed(
                    Key {
                        id: "nobody",
                        ..OWNER
                    },
                    None,
                ),
                "access_key_not_found",
            ),
            (signed(OWNER, Some("host")), "header_not_signed"),
            (signed(OWNER, Some("x-acs-date")), "header_not_signed"),
        ] {
            assert_eq!(
                plane.send(request).await.native_code(),
                (401, code.to_owned()),
                "{method} {path}"
            );
        }
    }
    assert_eq!(plane.store.snapshot().revision(), before);
}

#[tokio::test]
async fn basic_is_for_this_machine_only() {
    let plane = Plane::new().await;
    let get = |peer| native_request("GET", "/api/v1/status", None, Some(&basic(OWNER)), peer);
    for (peer, status) in [
        ("127.0.0.9:1", 200),
        ("[::1]:1", 200),
        ("[::ffff:127.0.0.1]:1", 200),
        ("10.0.0.1:1", 403),
    ] {
        assert_eq!(plane.send(get(peer)).await.status, status, "{peer}");
    }
    // Through a proxy on this machine, the client may be anywhere.
    let mut forwarded = get(LOCAL);
    forwarded
        .headers_mut()
        .insert("x-forwarded-for", "203.0.113.9".parse().unwrap());
    assert_eq!(
        plane.send(forwarded).await.native_code(),
        (403, "insecure_transport".to_owned())
    );
    // Nobody told the peer's address.
    let request = Request::get("/api/v1/status")
        .header("host", HOST)
        .header("authorization", basic(OWNER));
    let answer = plane.send(request.body(Body::empty()).unwrap()).await;
    insta::assert_snapshot!(answer, @r#"
    403 Forbidden
    x-countersign-error: insecure_transport
    {
      "code": "insecure_transport",
      "message": "HTTP Basic would send the access key's secret over the network; sign the request instead",
      "request_id": "[request id]"
    }
    "#);
}

#[tokio::test]
async fn signed_calls_come_from_anywhere_once() {
    let plane = Plane::new().await;
    let body = json!({ "name": "中_key", "generate": true });
    let create = |nonce| native_signed(OWNER, "POST", "/api/v1/keys", Some(&body), nonce, None);
    assert_eq!(plane.send(create("1")).await.status, 201);
    assert_eq!(
        plane.send(create("1")).await.native_code(),
        (401, "nonce_used".to_owned())
    );
    let shown = native_signed(
        OWNER,
        "GET",
        "/api/v1/keys/%E4%B8%AD_key?reveal=true",
        None,
        "2",
        None,
    );
    assert_eq!(plane.send(shown).await.status, 200);

    let mut other_body = create("3");
    *other_body.body_mut() = Body::from(r#"{"name":"other","generate":true}"#);
    assert_eq!(
        plane.send(other_body).await.native_code(),
        (401, "body_digest_mismatch".to_owned())
    );
    plane.set_time(NOW + 901);
    assert_eq!(
        plane.send(create("4")).await.native_code(),
        (401, "request_expired".to_owned())
    );
}

#[tokio::test]
async fn life_of_a_key() {
    let plane = Plane::new().await;
    let pair =
        json!({ "name": "first", "sign_key": "qwertyuiop", "sign_secret": "Planted_secret" });
    insta::assert_snapshot!(plane.native("POST", "/api/v1/keys", Some(pair)).await, @r#"
    201 Created
    x-countersign-revision: 3
    {
      "bindings": 0,
      "created": "2026-01-02T03:04:05Z",
      "id": "[id]",
      "in_force": {
        "nodes": [
          "self"
        ],
        "revision": 3
      },
      "made_by": "native",
      "modified": "2026-01-02T03:04:05Z",
      "name": "first",
      "revision": 3,
      "scheme": "alibaba-hmac-sha256",
      "sign_key": "qwertyuiop",
      "version": 1
    }
    "#);
    insta::assert_snapshot!(plane.native("GET", "/api/v1/keys", None).await, @r#"
    200 OK
    {
      "keys": [
        {
          "bindings": 0,
          "created": "2026-01-02T03:04:05Z",
          "id": "[id]",
          "made_by": "native",
          "modified": "2026-01-02T03:04:05Z",
          "name": "first",
          "scheme": "alibaba-hmac-sha256",
          "sign_key": "qwertyuiop",
          "version": 1
        }
      ],
      "page": 1,
      "page_size": 100,
      "revision": 3,
      "total": 1
    }
    "#);

    plane.set_time(NOW + 60);
    let changed = plane
        .native(
            "PATCH",
            "/api/v1/keys/first",
            Some(json!({ "generate": true })),
        )
        .await;
    insta::assert_snapshot!(changed, @r#"
    200 OK
    x-countersign-revision: 4
    {
      "bindings": 0,
      "created": "2026-01-02T03:04:05Z",
      "id": "[id]",
      "in_force": {
        "nodes": [
          "self"
        ],
        "revision": 4
      },
      "made_by": "native",
      "modified": "2026-01-02T03:05:05Z",
      "name": "first",
      "revision": 4,
      "scheme": "alibaba-hmac-sha256",
      "sign_key": "KAAAAAAAAAAAAAAAFAAA",
      "version": 2
    }
    "#);
    let id = changed.json()["id"].as_str().unwrap().to_owned();
    insta::assert_snapshot!(plane.native("GET", &format!("/api/v1/keys/{id}?reveal=true"), None).await, @r#"
    200 OK
    {
      "bindings": 0,
      "created": "2026-01-02T03:04:05Z",
      "id": "[id]",
      "made_by": "native",
      "modified": "2026-01-02T03:05:05Z",
      "name": "first",
      "retired_versions": [
        {
          "created": "2026-01-02T03:04:05Z",
          "retired": "2026-01-02T03:05:05Z",
          "scheme": "alibaba-hmac-sha256",
          "sign_key": "qwertyuiop",
          "version": 1
        }
      ],
      "scheme": "alibaba-hmac-sha256",
      "sign_key": "KAAAAAAAAAAAAAAAFAAA",
      "sign_secret": "SAAAAAAAAAAAAAAAHAAAAAAAAAAAAA",
      "version": 2
    }
    "#);
    assert!(
        plane
            .native("GET", &format!("/api/v1/keys/{id}"), None)
            .await
            .json()
            .get("sign_secret")
            .is_none()
    );

    let renamed = plane
        .native(
            "PATCH",
            "/api/v1/keys/first",
            Some(json!({ "name": "second" })),
        )
        .await
        .json();
    assert_eq!(
        (&renamed["version"], &renamed["name"]),
        (&json!(2), &json!("second"))
    );
    insta::assert_snapshot!(plane.native("DELETE", "/api/v1/keys/second", None).await, @r#"
    200 OK
    x-countersign-revision: 6
    {
      "id": "[id]",
      "in_force": {
        "nodes": [
          "self"
        ],
        "revision": 6
      },
      "revision": 6
    }
    "#);
    insta::assert_snapshot!(plane.native("DELETE", "/api/v1/keys/second", None).await, @r#"
    404 Not Found
    x-countersign-error: signature_key_not_found
    {
      "code": "signature_key_not_found",
      "message": "there is no such signature key",
      "request_id": "[request id]"
    }
    "#);
}

#[tokio::test]
async fn a_generated_pair_follows_the_alibaba_rules() {
    let plane = Plane::new().await;
    plane
        .native(
            "POST",
            "/api/v1/keys",
            Some(json!({ "name": "first", "generate": true })),
        )
        .await;
    let shown = plane
        .native("GET", "/api/v1/keys/first?reveal=true", None)
        .await
        .json();
    let params = [
        ("SignatureName", "again"),
        ("SignatureKey", shown["sign_key"].as_str().unwrap()),
        ("SignatureSecret", shown["sign_secret"].as_str().unwrap()),
    ];
    assert_eq!((params[1].1.len(), params[2].1.len()), (20, 30));
    assert_eq!(plane.call("CreateSignature", &params).await.status, 200);
}

#[tokio::test]
async fn a_name_that_two_keys_have_names_none() {
    let plane = Plane::new().await;
    plane.signature("same").await;
    plane.signature("same").await;
    insta::assert_snapshot!(plane.native("GET", "/api/v1/keys/same", None).await, @r#"
    409 Conflict
    x-countersign-error: signature_key_name_ambiguous
    {
      "code": "signature_key_name_ambiguous",
      "message": "more than one signature key has that name",
      "request_id": "[request id]"
    }
    "#);
}

#[tokio::test]
async fn a_bound_key_stays() {
    let plane = Plane::new().await;
    let (group, key) = (plane.group("group").await, plane.signature("first").await);
    let api = plane.api(&group, "name", "/a/[id]").await;
    let at = [
        ("SignatureId", key.as_str()),
        ("GroupId", &group),
        ("ApiIds", &api),
        ("StageName", "TEST"),
    ];
    plane.call("SetSignatureApis", &at).await;
    plane
        .call(
            "DeployApi",
            &[
                ("ApiId", &api),
                ("StageName", "TEST"),
                ("Description", "go"),
            ],
        )
        .await;
    insta::assert_snapshot!(plane.native("DELETE", "/api/v1/keys/first", None).await, @r#"
    409 Conflict
    x-countersign-error: signature_key_bound
    {
      "code": "signature_key_bound",
      "message": "the signature key is still bound to 1 APIs",
      "request_id": "[request id]"
    }
    "#);
    insta::assert_snapshot!(plane.native("GET", "/api/v1/apis", None).await, @r#"
    200 OK
    {
      "apis": [
        {
          "backend": {
            "address": "http://127.0.0.1:9000",
            "method": null,
            "path": null,
            "timeout_ms": 5000
          },
          "created": "2026-01-02T03:04:05Z",
          "environments": [
            {
              "key": {
                "id": "[id]",
                "name": "first",
                "scheme": "alibaba-hmac-sha256",
                "version": 1
              },
              "name": "TEST",
              "published": true,
              "published_revision": 7,
              "unsigned_payload": "not-text"
            }
          ],
          "group": {
            "host": "[id].gw.localhost",
            "id": "[id]",
            "name": "group"
          },
          "id": "[id]",
          "made_by": "alibaba",
          "match": "exact",
          "method": "GET",
          "mock": false,
          "modified": "2026-01-02T03:04:05Z",
          "name": "name",
          "path": "/a/{id}",
          "unsigned_payload": "not-text",
          "visibility": "public"
        }
      ],
      "page": 1,
      "page_size": 100,
      "revision": 7,
      "total": 1
    }
    "#);
}

#[tokio::test]
async fn bad_bodies_and_queries_are_told_without_their_values() {
    let plane = Plane::new().await;
    plane.signature("first").await;
    let key = "/api/v1/keys/first";
    for (body, code, field) in [
        (json!({ "name": 7 }), "invalid_field", Some("name")),
        (json!({ "name": "abc" }), "invalid_field", Some("name")),
        (
            json!({ "sign_key": "1bcdef" }),
            "invalid_field",
            Some("sign_key"),
        ),
        (
            json!({ "sign_secret": "Planted$" }),
            "invalid_field",
            Some("sign_secret"),
        ),
        (
            json!({ "sign_secret": ["Planted"] }),
            "invalid_field",
            Some("sign_secret"),
        ),
        (
            json!({ "generate": "Planted" }),
            "invalid_field",
            Some("generate"),
        ),
        (
            json!({ "generate": true, "sign_secret": "Planted" }),
            "invalid_field",
            Some("generate"),
        ),
        (
            json!({ "sign_secrets": "Planted" }),
            "invalid_field",
            Some("sign_secrets"),
        ),
        (json!({ "Planted": 1 }), "invalid_field", Some("")),
        (json!(["Planted"]), "malformed_json", None),
        (json!("Planted"), "malformed_json", None),
    ] {
        let answer = plane.native("PATCH", key, Some(body.clone())).await;
        assert_eq!(answer.native_code(), (400, code.to_owned()), "{body}");
        assert_eq!(
            answer.json().get("field").and_then(Value::as_str),
            field,
            "{body}"
        );
        assert!(!answer.body.contains("Planted"), "{answer}");
    }
    for (name, body) in [
        ("name", json!({ "generate": true })),
        ("sign_key", json!({ "name": "second" })),
    ] {
        let answer = plane.native("POST", "/api/v1/keys", Some(body)).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["field"]),
            (400, &json!(name))
        );
    }
    for path in [
        "/api/v1/keys?x=1",
        "/api/v1/keys?page=1&page=2",
        "/api/v1/keys/first?reveal=true&reveal=true",
    ] {
        assert_eq!(
            plane.native("GET", path, None).await.native_code(),
            (400, "unknown_query_parameter".to_owned())
        );
    }
    for path in [
        "/api/v1/keys?page=0",
        "/api/v1/apis?page_size=1001",
        "/api/v1/keys/first?reveal=yes",
    ] {
        assert_eq!(
            plane.native("GET", path, None).await.native_code(),
            (400, "invalid_field".to_owned())
        );
    }
    let mut unlabelled = native_request("PATCH", key, Some(json!({})), Some(&basic(OWNER)), LOCAL);
    unlabelled
        .headers_mut()
        .insert("content-type", "text/plain".parse().unwrap());
    assert_eq!(
        plane.send(unlabelled).await.native_code(),
        (415, "unsupported_media_type".to_owned())
    );
    let method = plane.native("PUT", key, Some(json!({}))).await;
    assert_eq!(
        (method.native_code().0, method.header("allow")),
        (405, Some("GET, PATCH, DELETE"))
    );
}

#[tokio::test]
async fn status() {
    let plane = Plane::new().await;
    insta::assert_snapshot!(plane.native("GET", "/api/v1/status", None).await, @r#"
    200 OK
    {
      "account": "1001",
      "not_ready": null,
      "region": "cn-test",
      "revision": 2,
      "version": "0.1.0"
    }
    "#);
}
