use super::check_errors;
use crate::support::{Plane, SERVICE};

const REQUEST: &str = r#"{"RequestProtocol":"HTTP","RequestHttpMethod":"GET","RequestPath":"/a/[id]","RequestMode":"PASSTHROUGH"}"#;
const NO_ID: &str = "0009db9c828549768a200320714b8930";

/// What is put over good parameters, and the code and message that follow.
type OverCase<'a> = (Vec<(&'a str, &'a str)>, &'a str, String);

/// Good parameters of `CreateApi` with some put over them.
fn create_params<'a>(group: &'a str, over: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let base = [
        ("GroupId", group),
        ("ApiName", "name"),
        ("Visibility", "PUBLIC"),
        ("RequestConfig", REQUEST),
        ("ServiceConfig", SERVICE),
    ];
    let kept = base
        .into_iter()
        .filter(|(name, _)| !over.iter().any(|(other, _)| other == name));
    kept.chain(over.iter().copied()).collect()
}

#[tokio::test]
async fn create() {
    let plane = Plane::new().await;
    let group = plane.group("group").await;
    let answer = plane.call("CreateApi", &create_params(&group, &[])).await;
    insta::assert_snapshot!(answer, @r#"
    200 OK
    x-countersign-revision: 4
    {
      "ApiId": "[id]",
      "RequestId": "[request id]"
    }
    "#);
    assert_eq!(answer.json()["ApiId"].as_str().unwrap().len(), 32);

    let invalid_request =
        |why: &str| format!("Specified parameter RequestConfig is not valid. {why}");
    let cases: Vec<OverCase<'_>> = vec![
        (vec![("GroupId", "")], "MissingGroupId", "GroupId is mandatory for this action.".into()),
        (vec![("ApiName", "")], "MissingApiName", "ApiName is mandatory for this action.".into()),
        (vec![("Visibility", "")], "MissingVisibility", "Visibility is mandatory for this action.".into()),
        (vec![("RequestConfig", "")], "MissingRequestConfig", "RequestConfig is mandatory for this action.".into()),
        (vec![("ServiceConfig", "")], "MissingServiceConfig", "ServiceConfig is mandatory for this action.".into()),
        (vec![("ApiName", "1234")], "InvalidApiName", "Specified parameter ApiName is not valid.".into()),
        (vec![("Visibility", "public")], "InvalidVisibility", "Specified parameter Visibility is not valid.".into()),
        (vec![("AuthType", "app id")], "InvalidAuthType", "Specified parameter AuthType is not valid.".into()),
        (vec![("RequestConfig", "{")], "InvalidRequestConfig", invalid_request("It is not a JSON object.")),
        (
            vec![("RequestConfig", r#"{"RequestHttpMethod":"GET","RequestPath":"/a","RequestMode":"x"}"#)],
            "InvalidRequestConfig",
            invalid_request("RequestMode: it is one of MAPPING, MAPPING_PASSTHROUGH, PASSTHROUGH."),
        ),
        (
            vec![("ServiceConfig", r#"{"ServiceAddress":"https://b"}"#)],
            "InvalidServiceConfig",
            "Specified parameter ServiceConfig is not valid. ServiceAddress: a backend behind TLS is not supported yet.".into(),
        ),
        (
            vec![
                ("ApiName", "other"),
                ("RequestConfig", r#"{"RequestHttpMethod":"PUT","RequestPath":"/a"}"#),
                ("ServiceConfig", r#"{"ServiceAddress":"http://b","ServicePath":"/[id]"}"#),
            ],
            "InvalidServiceConfig",
            "Specified parameter ServiceConfig is not valid. The backend's path has a parameter that the request's path lacks."
                .into(),
        ),
        (
            vec![
                ("RequestConfig", r#"{"RequestHttpMethod":"GET","RequestPath":"/a"}"#),
                ("ServiceParameters", r#"[{"ServiceParameterName":"a"}]"#),
            ],
            "InvalidServiceParameters",
            "Specified parameter ServiceParameters is not valid. Entry 1: Location: it is mandatory.".into(),
        ),
        (
            vec![("SystemParameters", "x")],
            "InvalidSystemParameters",
            "Specified parameter SystemParameters is not valid. It is not a JSON array.".into(),
        ),
        (
            vec![("ForceNonceCheck", "true")],
            "InvalidForceNonceCheck",
            "Specified parameter ForceNonceCheck is not valid. It is not supported yet.".into(),
        ),
        (vec![("GroupId", NO_ID)], "NotFoundApiGroup", "Cannot find resource according to your specified ApiGroup.".into()),
        (vec![("GroupId", "123")], "NotFoundApiGroup", "Cannot find resource according to your specified ApiGroup.".into()),
        (vec![], "RepeatedApiName", "The specified ApiName is repeated.".into()),
        (vec![("ApiName", "other")], "RepeatedRequestPath", "The specified RequestPath is repeated.".into()),
    ];
    for (over, code, message) in &cases {
        let params = create_params(&group, over);
        check_errors(&plane, "CreateApi", &[(&params, 400, code, message)]).await;
    }
}

#[tokio::test]
async fn what_is_documentation_only_is_taken() {
    let plane = Plane::new().await;
    let group = plane.group("group").await;
    let over = [
        (
            "RequestParameters",
            r#"[{"ApiParameterName":"id","Location":"PATH"}]"#,
        ),
        ("ResultSample", "anything"),
        ("ServiceParameters", "[]"),
        ("ServiceParametersMap", ""),
        ("AuthType", "ANONYMOUS"),
        ("WebSocketApiType", "COMMON"),
        ("DisableInternet", "False"),
    ];
    let answer = plane.call("CreateApi", &create_params(&group, &over)).await;
    assert_eq!(
        (
            answer.status.as_u16(),
            answer.header("x-countersign-warning")
        ),
        (200, None),
        "{answer}"
    );
}

#[tokio::test]
async fn a_kind_of_authentication_that_is_not_done_is_warned_of() {
    let plane = Plane::new().await;
    let group = plane.group("group").await;
    let answer = plane
        .call("CreateApi", &create_params(&group, &[("AuthType", "APP")]))
        .await;
    insta::assert_snapshot!(answer, @r#"
    200 OK
    x-countersign-revision: 4
    x-countersign-warning: AuthType has no effect: callers of this API are not authenticated by this gateway
    {
      "ApiId": "[id]",
      "RequestId": "[request id]"
    }
    "#);
}

#[tokio::test]
async fn describe() {
    let plane = Plane::new().await;
    insta::assert_snapshot!(plane.call("DescribeApis", &[]).await, @r#"
    200 OK
    {
      "ApiSummarys": {
        "ApiSummary": []
      },
      "PageNumber": 1,
      "PageSize": 10,
      "RequestId": "[request id]",
      "TotalCount": 0
    }
    "#);
    let group = plane.group("group").await;
    let first = plane.api(&group, "first", "/a/[id]").await;
    plane.api(&group, "second", "/b").await;
    let publish = [
        ("ApiId", first.as_str()),
        ("StageName", "PRE"),
        ("Description", "go"),
    ];
    assert_eq!(plane.call("DeployApi", &publish).await.status, 200);
    insta::assert_snapshot!(plane.call("DescribeApis", &[("ApiId", &first)]).await, @r#"
    200 OK
    {
      "ApiSummarys": {
        "ApiSummary": [
          {
            "ApiId": "[id]",
            "ApiMethod": "GET",
            "ApiName": "first",
            "ApiPath": "/a/[id]",
            "CreatedTime": "2026-01-02T03:04:05Z",
            "DeployedInfos": {
              "DeployedInfo": [
                {
                  "DeployedStatus": "NONDEPLOYED",
                  "StageName": "RELEASE"
                },
                {
                  "DeployedStatus": "DEPLOYED",
                  "EffectiveVersion": "6",
                  "StageName": "PRE"
                },
                {
                  "DeployedStatus": "NONDEPLOYED",
                  "StageName": "TEST"
                }
              ]
            },
            "Description": "",
            "GroupId": "[id]",
            "GroupName": "group",
            "ModifiedTime": "2026-01-02T03:04:05Z",
            "RegionId": "cn-test",
            "Visibility": "PUBLIC"
          }
        ]
      },
      "PageNumber": 1,
      "PageSize": 10,
      "RequestId": "[request id]",
      "TotalCount": 1
    }
    "#);

    for (params, names) in [
        (&[][..], &["second", "first"][..]),
        (&[("GroupId", group.as_str())], &["second", "first"]),
        (&[("GroupId", NO_ID)], &[]),
        (&[("ApiName", "eco")], &["second"]),
        (&[("Visibility", "PRIVATE")], &[]),
        (&[("StageName", "PRE")], &["first"]),
        (&[("StageName", "RELEASE")], &[]),
        (&[("ApiMethod", "GET"), ("ApiPath", "/b")], &["second"]),
        (&[("ApiMethod", "POST")], &[]),
        (&[("PageSize", "1"), ("PageNumber", "2")], &["first"]),
    ] {
        let body = plane.call("DescribeApis", params).await.json();
        let apis = body["ApiSummarys"]["ApiSummary"]
            .as_array()
            .unwrap()
            .clone();
        let got: Vec<_> = apis
            .iter()
            .map(|api| api["ApiName"].as_str().unwrap())
            .collect();
        assert_eq!(got, names, "{params:?}");
    }
    check_errors(
        &plane,
        "DescribeApis",
        &[
            (
                &[("PageSize", "101")],
                400,
                "InvalidPageSize",
                "Specified parameter PageSize is not valid.",
            ),
            (
                &[("StageName", "x")],
                400,
                "InvalidStageName",
                "Specified parameter StageName is not valid.",
            ),
            (
                &[("Visibility", "x")],
                400,
                "InvalidVisibility",
                "Specified parameter Visibility is not valid.",
            ),
            (
                &[("ApiMethod", "x")],
                400,
                "InvalidApiMethod",
                "Specified parameter ApiMethod is not valid.",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn deploy_abolish_and_delete() {
    let plane = Plane::new().await;
    let (group, other) = (plane.group("group").await, plane.group("other").await);
    let api = plane.api(&group, "name", "/a").await;
    let api = api.as_str();
    let at = [("ApiId", api), ("StageName", "RELEASE")];
    let not_found = (
        "NotFoundApi",
        "Cannot find resource according to your specified Api.",
    );
    let (id, stage, text) = (
        ("ApiId", api),
        ("StageName", "RELEASE"),
        ("Description", "go"),
    );

    check_errors(
        &plane,
        "DeployApi",
        &[
            (
                &[stage, text],
                400,
                "MissingApiId",
                "ApiId is mandatory for this action.",
            ),
            (
                &[id, text],
                400,
                "MissingStageName",
                "StageName is mandatory for this action.",
            ),
            (
                &[id, stage],
                400,
                "MissingDescription",
                "Description is mandatory for this action.",
            ),
            (
                &[id, ("StageName", "PROD"), text],
                400,
                "InvalidStageName",
                "Specified parameter StageName is not valid.",
            ),
            (
                &[("ApiId", NO_ID), stage, text],
                400,
                not_found.0,
                not_found.1,
            ),
            (
                &[("ApiId", "123"), stage, text],
                400,
                not_found.0,
                not_found.1,
            ),
            (
                &[id, stage, text, ("GroupId", &other)],
                400,
                not_found.0,
                not_found.1,
            ),
        ],
    )
    .await;
    check_errors(
        &plane,
        "AbolishApi",
        &[
            (
                &[id],
                400,
                "MissingStageName",
                "StageName is mandatory for this action.",
            ),
            (
                &at,
                400,
                "NotFoundDeployment",
                "Cannot find resource according to your specified Deployment.",
            ),
        ],
    )
    .await;

    insta::assert_snapshot!(plane.call("DeployApi", &[id, stage, text, ("GroupId", &group)]).await, @r#"
    200 OK
    x-countersign-revision: 6
    {
      "RequestId": "[request id]"
    }
    "#);
    let in_use = plane.call("DeleteApi", &[id]).await;
    insta::assert_snapshot!(in_use, @r#"
    400 Bad Request
    x-countersign-error: api_published
    {
      "Code": "DependencyViolationApi",
      "HostId": "127.0.0.1:18080",
      "Message": "The specified Api has Deployment definitions.",
      "Recommend": "https://api.aliyun.com/troubleshoot?q=DependencyViolationApi&product=CloudAPI&requestId=[request id]",
      "RequestId": "[request id]"
    }
    "#);
    insta::assert_snapshot!(plane.call("AbolishApi", &at).await, @r#"
    200 OK
    x-countersign-revision: 7
    {
      "RequestId": "[request id]"
    }
    "#);
    insta::assert_snapshot!(plane.call("DeleteApi", &[id, ("GroupId", &group)]).await, @r#"
    200 OK
    x-countersign-revision: 8
    {
      "RequestId": "[request id]"
    }
    "#);
    check_errors(
        &plane,
        "DeleteApi",
        &[
            (
                &[],
                400,
                "MissingApiId",
                "ApiId is mandatory for this action.",
            ),
            (&[id], 400, not_found.0, not_found.1),
        ],
    )
    .await;
}
