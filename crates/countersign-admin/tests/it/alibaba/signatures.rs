use super::check_errors;
use crate::support::{NOW, Plane};

const NO_ID: &str = "dd05f1c54d6749eda95f9fa6d491449a";
const NOT_FOUND: (&str, &str) = (
    "NotFoundSignature",
    "Cannot find resource according to your specified Signature.",
);

#[tokio::test]
async fn create() {
    let plane = Plane::new().await;
    let (name, key, secret) = (
        ("SignatureName", "后端签名_a"),
        ("SignatureKey", "Key_01"),
        ("SignatureSecret", "a_@#!*"),
    );
    insta::assert_snapshot!(plane.call("CreateSignature", &[name, key, secret]).await, @r#"
    200 OK
    x-countersign-revision: 3
    {
      "RequestId": "[request id]",
      "SignatureId": "[id]",
      "SignatureName": "后端签名_a"
    }
    "#);
    let invalid = |parameter: &str| {
        (
            format!("Invalid{parameter}"),
            format!("Specified parameter {parameter} is not valid."),
        )
    };
    let (bad_name, bad_key, bad_secret) = (
        invalid("SignatureName"),
        invalid("SignatureKey"),
        invalid("SignatureSecret"),
    );
    check_errors(
        &plane,
        "CreateSignature",
        &[
            (
                &[key, secret],
                400,
                "MissingSignatureName",
                "SignatureName is mandatory for this action.",
            ),
            (
                &[name, secret],
                400,
                "MissingSignatureKey",
                "SignatureKey is mandatory for this action.",
            ),
            (
                &[name, key, ("SignatureSecret", "")],
                400,
                "MissingSignatureSecret",
                "SignatureSecret is mandatory for this action.",
            ),
            (
                &[("SignatureName", "abc"), key, secret],
                400,
                &bad_name.0,
                &bad_name.1,
            ),
            (
                &[name, ("SignatureKey", "1bcdef"), secret],
                400,
                &bad_key.0,
                &bad_key.1,
            ),
            (
                &[name, key, ("SignatureSecret", "abcde$")],
                400,
                &bad_secret.0,
                &bad_secret.1,
            ),
        ],
    )
    .await;
    // Neither name nor key has to be one of its kind.
    assert_eq!(
        plane
            .call("CreateSignature", &[name, key, secret])
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn modify() {
    let plane = Plane::new().await;
    let id = plane.signature("first").await;
    plane.set_time(NOW + 61);
    let change = [
        ("SignatureId", id.as_str()),
        ("SignatureName", "second"),
        ("SignatureKey", ""),
        ("SignatureSecret", "new_secret"),
    ];
    insta::assert_snapshot!(plane.call("ModifySignature", &change).await, @r#"
    200 OK
    x-countersign-revision: 4
    {
      "RequestId": "[request id]",
      "SignatureId": "[id]",
      "SignatureName": "second"
    }
    "#);
    // What was empty stays as it was.
    insta::assert_snapshot!(plane.call("DescribeSignatures", &[]).await, @r#"
    200 OK
    {
      "PageNumber": 1,
      "PageSize": 10,
      "RequestId": "[request id]",
      "SignatureInfos": {
        "SignatureInfo": [
          {
            "CreatedTime": "2026-01-02T03:04:05Z",
            "ModifiedTime": "2026-01-02T03:05:06Z",
            "RegionId": "cn-test",
            "SignatureId": "[id]",
            "SignatureKey": "qwertyuiop",
            "SignatureName": "second",
            "SignatureSecret": "new_secret"
          }
        ]
      },
      "TotalCount": 1
    }
    "#);
    check_errors(
        &plane,
        "ModifySignature",
        &[
            (
                &[],
                400,
                "MissingSignatureId",
                "SignatureId is mandatory for this action.",
            ),
            (&[("SignatureId", NO_ID)], 400, NOT_FOUND.0, NOT_FOUND.1),
            (&[("SignatureId", "123")], 400, NOT_FOUND.0, NOT_FOUND.1),
            (
                &[("SignatureId", "123"), ("SignatureKey", "short")],
                400,
                "InvalidSignatureKey",
                "Specified parameter SignatureKey is not valid.",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn delete() {
    let plane = Plane::new().await;
    let (group, key) = (plane.group("group").await, plane.signature("first").await);
    let api = plane.api(&group, "name", "/a").await;
    let at = [
        ("SignatureId", key.as_str()),
        ("GroupId", &group),
        ("ApiIds", &api),
        ("StageName", "TEST"),
    ];
    assert_eq!(plane.call("SetSignatureApis", &at).await.status, 200);
    insta::assert_snapshot!(plane.call("DeleteSignature", &[("SignatureId", &key)]).await, @r#"
    400 Bad Request
    x-countersign-error: signature_key_bound
    {
      "Code": "DependencyViolationSignature",
      "HostId": "127.0.0.1:18080",
      "Message": "The specified Signature has Api definitions.",
      "Recommend": "https://api.aliyun.com/troubleshoot?q=DependencyViolationSignature&product=CloudAPI&requestId=[request id]",
      "RequestId": "[request id]"
    }
    "#);
    assert_eq!(plane.call("RemoveSignatureApis", &at).await.status, 200);
    insta::assert_snapshot!(plane.call("DeleteSignature", &[("SignatureId", &key)]).await, @r#"
    200 OK
    x-countersign-revision: 8
    {
      "RequestId": "[request id]"
    }
    "#);
    check_errors(
        &plane,
        "DeleteSignature",
        &[
            (
                &[],
                400,
                "MissingSignatureId",
                "SignatureId is mandatory for this action.",
            ),
            (&[("SignatureId", &key)], 400, NOT_FOUND.0, NOT_FOUND.1),
        ],
    )
    .await;
}

#[tokio::test]
async fn describe() {
    let plane = Plane::new().await;
    insta::assert_snapshot!(plane.call("DescribeSignatures", &[]).await, @r#"
    200 OK
    {
      "PageNumber": 1,
      "PageSize": 10,
      "RequestId": "[request id]",
      "SignatureInfos": {
        "SignatureInfo": []
      },
      "TotalCount": 0
    }
    "#);
    let first = plane.signature("first").await;
    plane.set_time(NOW + 3600);
    plane.signature("second").await;
    insta::assert_snapshot!(plane.call("DescribeSignatures", &[("PageSize", "100")]).await, @r#"
    200 OK
    {
      "PageNumber": 1,
      "PageSize": 100,
      "RequestId": "[request id]",
      "SignatureInfos": {
        "SignatureInfo": [
          {
            "CreatedTime": "2026-01-02T04:04:05Z",
            "ModifiedTime": "2026-01-02T04:04:05Z",
            "RegionId": "cn-test",
            "SignatureId": "[id]",
            "SignatureKey": "qwertyuiop",
            "SignatureName": "second",
            "SignatureSecret": "asdfghjkl"
          },
          {
            "CreatedTime": "2026-01-02T03:04:05Z",
            "ModifiedTime": "2026-01-02T03:04:05Z",
            "RegionId": "cn-test",
            "SignatureId": "[id]",
            "SignatureKey": "qwertyuiop",
            "SignatureName": "first",
            "SignatureSecret": "asdfghjkl"
          }
        ]
      },
      "TotalCount": 2
    }
    "#);
    for (params, names) in [
        (&[("SignatureId", first.as_str())][..], &["first"][..]),
        (&[("SignatureName", "second")], &["second"]),
        (&[("SignatureName", "secon")], &[]),
        (&[("SignatureId", NO_ID)], &[]),
        (&[("SignatureId", "123")], &[]),
        (&[("PageSize", "1"), ("PageNumber", "2")], &["first"]),
        (&[("PageNumber", "3")], &[]),
    ] {
        let body = plane.call("DescribeSignatures", params).await.json();
        let keys = body["SignatureInfos"]["SignatureInfo"]
            .as_array()
            .unwrap()
            .clone();
        let got: Vec<_> = keys
            .iter()
            .map(|key| key["SignatureName"].as_str().unwrap())
            .collect();
        assert_eq!(got, names, "{params:?}");
    }
    check_errors(
        &plane,
        "DescribeSignatures",
        &[
            (
                &[("PageNumber", "0")],
                400,
                "InvalidPageNumber",
                "Specified parameter PageNumber is not valid.",
            ),
            (
                &[("PageSize", "101")],
                400,
                "InvalidPageSize",
                "Specified parameter PageSize is not valid.",
            ),
        ],
    )
    .await;
}
