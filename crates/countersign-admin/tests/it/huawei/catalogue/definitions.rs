//! What of a definition is refused, and with which code and text; what is taken
//! to what end.

use serde_json::{Value, json};

use super::{group, least, patched};
use crate::{huawei::support::v2, support::Plane};

const PATH: &str = "/users/{id}";

fn param(patch: Value) -> Value {
    let least = json!({ "name": "q", "type": "STRING", "location": "QUERY" });
    json!({ "req_params": [patched(least, patch)] })
}

fn backend_param(patch: Value) -> Value {
    let least = json!({ "name": "c", "location": "QUERY", "origin": "CONSTANT", "value": "v" });
    json!({ "backend_params": [patched(least, patch)] })
}

fn backend(patch: Value) -> Value {
    json!({ "backend_api": patch })
}

#[tokio::test]
async fn what_is_wrong_names_the_field() {
    let plane = Plane::new().await;
    let group = group(&plane, "group").await;
    let id = json!([{ "name": "id", "type": "STRING", "location": "PATH" }]);
    let mut text = String::new();
    for patch in [
        json!({ "name": null }),
        json!({ "name": "ab" }),
        json!({ "name": "-ab" }),
        json!({ "group_id": "" }),
        json!({ "type": null }),
        json!({ "type": 3 }),
        json!({ "type": true }),
        json!({ "req_protocol": null }),
        json!({ "req_protocol": "FTP" }),
        json!({ "req_protocol": "GRPCS" }),
        json!({ "req_method": "TRACE" }),
        json!({ "req_method": null }),
        json!({ "req_uri": "a" }),
        json!({ "req_uri": "/a/*" }),
        json!({ "req_uri": "/a/x{id}" }),
        json!({ "req_uri": format!("/{}", "a".repeat(512)) }),
        json!({ "req_uri": PATH }),
        json!({ "match_mode": "PREFIX" }),
        json!({ "auth_type": null }),
        json!({ "auth_type": "ANY" }),
        json!({ "auth_opt": { "app_code_auth_type": "x" } }),
        json!({ "remark": "x".repeat(256) }),
        json!({ "version": "x".repeat(17) }),
        json!({ "cors": "true" }),
        json!({ "tags": "x" }),
        json!({ "tags": ["1"] }),
        json!({ "tags": ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"] }),
        json!({ "backend_type": null }),
        json!({ "backend_type": "FUNCTION" }),
        json!({ "backend_type": "GRPC" }),
        json!({ "backend_type": "x" }),
        json!({ "backend_type": "MOCK" }),
        json!({ "backend_type": "MOCK", "mock_info": { "result_content": 7 } }),
        json!({ "backend_api": null }),
        json!({ "backend_api": [] }),
        json!({ "policy_https": [{}] }),
        backend(json!({ "url_domain": null })),
        backend(json!({ "url_domain": "http://a" })),
        backend(json!({ "url_domain": "a b" })),
        backend(json!({ "url_domain": "a:0" })),
        backend(json!({ "url_domain": "u@a" })),
        backend(json!({ "req_protocol": "HTTPS" })),
        backend(json!({ "req_protocol": "GRPC" })),
        backend(json!({ "req_protocol": null })),
        backend(json!({ "req_method": null })),
        backend(json!({ "req_uri": null })),
        backend(json!({ "req_uri": "/b/../c" })),
        backend(json!({ "req_uri": "/b/{to}" })),
        backend(json!({ "timeout": 0 })),
        backend(json!({ "timeout": 600_001 })),
        backend(json!({ "timeout": 1.5 })),
        backend(json!({ "retry_count": "11" })),
        backend(json!({ "vpc_channel_status": 1 })),
        backend(json!({ "enable_client_ssl": true })),
        backend(json!({ "authorizer_id": "x" })),
        json!({ "req_params": {} }),
        json!({ "req_params": [7] }),
        param(json!({ "name": null })),
        param(json!({ "name": "1a" })),
        param(json!({ "name": "x".repeat(33) })),
        param(json!({ "type": null })),
        param(json!({ "type": "BOOLEAN" })),
        param(json!({ "location": null })),
        param(json!({ "location": "COOKIE" })),
        param(json!({ "location": "PATH" })),
        param(json!({ "required": 3 })),
        param(json!({ "valid_enable": 0 })),
        param(json!({ "regular": "a+" })),
        param(json!({ "json_schema": "{}" })),
        param(json!({ "orchestrations": ["x"] })),
        param(json!({ "min_size": 3, "max_size": 2 })),
        param(json!({ "min_size": -1 })),
        param(json!({ "type": "NUMBER", "min_num": 3, "max_num": 2 })),
        param(json!({ "type": "NUMBER", "min_num": "x" })),
        param(json!({ "type": "NUMBER", "valid_enable": 1, "enumerations": "1,x" })),
        param(json!({ "type": "NUMBER", "valid_enable": 1, "default_value": "x" })),
        param(json!({ "valid_enable": 1, "enumerations": "a,b", "default_value": "c" })),
        param(json!({ "valid_enable": 1, "max_size": 1, "default_value": "cc" })),
        json!({ "req_params": [
            { "name": "X-A", "type": "STRING", "location": "HEADER" },
            { "name": "x_a", "type": "STRING", "location": "HEADER" },
        ] }),
        backend_param(json!({ "name": "" })),
        backend_param(json!({ "location": null })),
        backend_param(json!({ "location": "PATH" })),
        backend_param(json!({ "origin": null })),
        backend_param(json!({ "origin": "x" })),
        backend_param(json!({ "origin": "REQUEST", "value": "nobody" })),
        backend_param(json!({ "origin": "REQUEST", "value": null })),
        backend_param(json!({ "origin": "SYSTEM", "value": "$context.stage" })),
        backend_param(json!({ "value": "x".repeat(256) })),
        backend_param(json!({ "location": "HEADER", "value": "a\r\nb: c" })),
        backend_param(json!({ "location": "HEADER", "name": "Host" })),
        backend_param(json!({ "location": "HEADER", "name": "X-Countersign-A" })),
        backend_param(json!({ "location": "HEADER", "name": "Content-Type", "value": "" })),
        json!({ "backend_params": [
            { "name": "c", "location": "QUERY", "origin": "CONSTANT", "value": "1" },
            { "name": "c", "location": "QUERY", "origin": "CONSTANT", "value": "2" },
        ] }),
        json!({ "req_uri": PATH, "req_params": id, "backend_api": { "req_uri": PATH } }),
        json!({ "req_uri": PATH, "req_params": id, "backend_api": { "req_uri": "/{to}" },
            "backend_params": [
                { "name": "to", "location": "PATH", "origin": "CONSTANT", "value": ".." },
            ] }),
        json!({ "req_params": [
            { "name": "a", "type": "STRING", "location": "QUERY" },
            { "name": "a", "type": "STRING", "location": "HEADER" },
        ], "backend_api": { "req_uri": "/{to}" }, "backend_params": [
            { "name": "to", "location": "PATH", "origin": "REQUEST", "value": "a" },
        ] }),
    ] {
        let body = patched(least(&group, "name", "/a"), patch.clone());
        let answer = plane.huawei("POST", &format!("{}apis", v2()), body).await;
        let told = answer.json();
        let cut: String = patch.to_string().chars().take(120).collect();
        let line = format!(
            "{cut}\n    {} {} {}\n",
            answer.status.as_u16(),
            told["error_code"].as_str().unwrap_or("none"),
            told["error_msg"].as_str().unwrap_or("none"),
        );
        text.push_str(&line);
    }
    assert_eq!(plane.store.snapshot().revision().number(), 3, "{text}");
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn a_timeout_in_v1_is_a_minute_at_most() {
    let plane = Plane::new().await;
    let group = group(&plane, "group").await;
    for (timeout, status) in [(60_000, 201), (60_001, 400)] {
        let patch = backend(json!({ "timeout": timeout }));
        let body = patched(least(&group, &format!("a_{timeout}"), "/a"), patch);
        let answer = plane
            .huawei("POST", &format!("{}apis", super::V1), body)
            .await;
        assert_eq!(answer.status.as_u16(), status, "{answer}");
    }
    let mut body = least(&group, "no_protocol", "/b");
    body.as_object_mut().unwrap().remove("req_protocol");
    let answer = plane
        .huawei("POST", &format!("{}apis", super::V1), body)
        .await;
    assert_eq!(answer.json()["req_protocol"], "HTTPS");
}

#[tokio::test]
async fn tables_that_say_nothing_more_pass_requests_through() {
    let plane = Plane::new().await;
    let group = group(&plane, "group").await;
    let params = json!([{ "name": "id", "type": "STRING", "location": "PATH", "remark": "r" }]);
    let same = json!([{ "name": "id", "location": "PATH", "origin": "REQUEST", "value": "id" }]);
    let plain = json!({
        "req_params": params, "backend_params": same, "backend_api": { "req_uri": "/b/{id}" },
    });
    for (name, patch, has_tables) in [
        ("plain", plain.clone(), false),
        ("unused", json!({ "req_params": params }), false),
        (
            "passed",
            json!({
                "req_params": [patched(params[0].clone(), json!({ "pass_through": 1 }))],
                "backend_api": { "req_uri": "/b/{id}" },
            }),
            false,
        ),
        (
            "checked",
            patched(
                plain.clone(),
                json!({
                    "req_params": [patched(params[0].clone(), json!({ "valid_enable": 1, "max_size": 2 }))],
                }),
            ),
            true,
        ),
        (
            "other",
            json!({
                "req_params": params,
                "backend_api": { "req_uri": "/b/{to}" },
                "backend_params": [patched(same[0].clone(), json!({ "name": "to" }))],
            }),
            true,
        ),
    ] {
        let body = patched(least(&group, name, &format!("/{name}/{{id}}")), patch);
        let made = super::api(&plane, body).await;
        let id = countersign_core::ApiId::parse(made["id"].as_str().unwrap()).unwrap();
        let snapshot = plane.store.snapshot();
        let definition = &snapshot.api(id).unwrap().definition;
        assert_eq!(definition.mapping.is_some(), has_tables, "{name}");
        assert_eq!(made["req_params"][0]["remark"], "r", "{name}");
    }
}
