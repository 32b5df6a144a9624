//! What another account has answers as absent, everywhere.

use crate::support::{Plane, STRANGER};

#[tokio::test]
async fn another_accounts_ids_are_absent() {
    let plane = Plane::new().await;
    let (group, key) = (plane.group("group").await, plane.signature("first").await);
    let api = plane.api(&group, "name", "/a").await;
    let before = plane.store.snapshot().revision();

    let (key_id, group_id, api_id) = (
        ("SignatureId", key.as_str()),
        ("GroupId", group.as_str()),
        ("ApiId", api.as_str()),
    );
    let (ids, stage, text) = (
        ("ApiIds", api.as_str()),
        ("StageName", "RELEASE"),
        ("Description", "go"),
    );
    let config = (
        (
            "RequestConfig",
            r#"{"RequestHttpMethod":"GET","RequestPath":"/z"}"#,
        ),
        ("ServiceConfig", r#"{"ServiceAddress":"http://b"}"#),
    );
    let create = [
        group_id,
        ("ApiName", "another"),
        ("Visibility", "PUBLIC"),
        config.0,
        config.1,
    ];
    for (action, params, code) in [
        ("ModifySignature", &[key_id][..], "NotFoundSignature"),
        ("DeleteSignature", &[key_id], "NotFoundSignature"),
        (
            "SetSignatureApis",
            &[key_id, group_id, ids, stage],
            "NotFoundSignature",
        ),
        (
            "RemoveSignatureApis",
            &[key_id, group_id, stage],
            "NotFoundSignature",
        ),
        ("CreateApi", &create, "NotFoundApiGroup"),
        ("DeployApi", &[api_id, stage, text], "NotFoundApi"),
        ("AbolishApi", &[api_id, stage], "NotFoundApi"),
        ("DeleteApi", &[api_id], "NotFoundApi"),
    ] {
        let answer = plane.call_as(STRANGER, action, params).await;
        assert_eq!(answer.code(), (400, code.to_owned()), "{action}");
    }
    for (action, filter) in [
        ("DescribeSignatures", key_id),
        ("DescribeApiGroups", group_id),
        ("DescribeApis", api_id),
    ] {
        for params in [&[][..], &[filter]] {
            let answer = plane.call_as(STRANGER, action, params).await;
            assert_eq!(answer.json()["TotalCount"], 0, "{action}: {answer}");
        }
    }
    // Deleting a group that is not there succeeds, and deletes nothing.
    assert_eq!(
        plane
            .call_as(STRANGER, "DeleteApiGroup", &[group_id])
            .await
            .status,
        200
    );
    for path in [
        format!("/api/v1/keys/{key}"),
        "/api/v1/keys/first".to_owned(),
    ] {
        for (method, body) in [
            ("GET", None),
            ("PATCH", Some(serde_json::json!({}))),
            ("DELETE", None),
        ] {
            let answer = plane.native_as(STRANGER, method, &path, body).await;
            assert_eq!(
                answer.native_code(),
                (404, "signature_key_not_found".to_owned()),
                "{method} {path}"
            );
        }
    }
    assert_eq!(
        plane
            .native_as(STRANGER, "GET", "/api/v1/apis", None)
            .await
            .json()["total"],
        0
    );
    assert_eq!(plane.store.snapshot().revision(), before);
}

#[tokio::test]
async fn names_are_each_accounts_own() {
    let plane = Plane::new().await;
    plane.group("group").await;
    let answer = plane
        .call_as(STRANGER, "CreateApiGroup", &[("GroupName", "group")])
        .await;
    assert_eq!(answer.status, 200, "{answer}");
}
