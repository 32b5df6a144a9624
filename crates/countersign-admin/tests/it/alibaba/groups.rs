use super::check_errors;
use crate::support::{FixedStatus, NOW, Plane, config};

#[tokio::test]
async fn create() {
    let plane = Plane::new().await;
    let answer = plane
        .call(
            "CreateApiGroup",
            &[("GroupName", "分组_1"), ("Description", "any text")],
        )
        .await;
    insta::assert_snapshot!(answer, @r#"
    200 OK
    x-countersign-revision: 3
    {
      "BasePath": "/",
      "Description": "any text",
      "GroupId": "[id]",
      "GroupName": "分组_1",
      "RequestId": "[request id]",
      "SubDomain": "[id].gw.localhost"
    }
    "#);
    let body = answer.json();
    assert_eq!(
        body["SubDomain"],
        format!("{}.gw.localhost", body["GroupId"].as_str().unwrap())
    );

    let long = "a".repeat(51);
    let long_text = "a".repeat(181);
    check_errors(
        &plane,
        "CreateApiGroup",
        &[
            (
                &[],
                400,
                "MissingGroupName",
                "GroupName is mandatory for this action.",
            ),
            (
                &[("GroupName", "")],
                400,
                "MissingGroupName",
                "GroupName is mandatory for this action.",
            ),
            (
                &[("GroupName", "abc")],
                400,
                "InvalidGroupName",
                "Specified parameter GroupName is not valid.",
            ),
            (
                &[("GroupName", &long)],
                400,
                "InvalidGroupName",
                "Specified parameter GroupName is not valid.",
            ),
            (
                &[("GroupName", "1abc")],
                400,
                "InvalidGroupName",
                "Specified parameter GroupName is not valid.",
            ),
            (
                &[("GroupName", "abcd"), ("Description", &long_text)],
                400,
                "InvalidDescription",
                "Specified parameter Description is not valid.",
            ),
            (
                &[("GroupName", "abcd"), ("BasePath", "/v1")],
                400,
                "InvalidBasePath",
                "Specified parameter BasePath is not valid. Only '/' is supported.",
            ),
            (
                &[("GroupName", "分组_1")],
                400,
                "RepeatedGroupName",
                "The specified GroupName is repeated.",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn there_is_a_limit() {
    let mut config = config();
    config.groups_per_account_max = 1;
    let plane = Plane::with(config, FixedStatus(None)).await;
    plane.group("first").await;
    let answer = plane
        .call("CreateApiGroup", &[("GroupName", "second")])
        .await;
    insta::assert_snapshot!(answer, @r#"
    400 Bad Request
    x-countersign-error: too_many_groups
    {
      "Code": "ExceedLimitApiGroup",
      "HostId": "127.0.0.1:18080",
      "Message": "The specified ApiGroup count exceeds the limit.",
      "Recommend": "https://api.aliyun.com/troubleshoot?q=ExceedLimitApiGroup&product=CloudAPI&requestId=[request id]",
      "RequestId": "[request id]"
    }
    "#);
}

#[tokio::test]
async fn describe() {
    let plane = Plane::new().await;
    insta::assert_snapshot!(plane.call("DescribeApiGroups", &[]).await, @r#"
    200 OK
    {
      "ApiGroupAttributes": {
        "ApiGroupAttribute": []
      },
      "PageNumber": 1,
      "PageSize": 10,
      "RequestId": "[request id]",
      "TotalCount": 0
    }
    "#);
    for (age, name) in [(0, "alpha"), (60, "beta_alpha"), (120, "gamma")] {
        plane.set_time(NOW + age);
        plane.group(name).await;
    }
    insta::assert_snapshot!(plane.call("DescribeApiGroups", &[("PageSize", "1"), ("PageNumber", "2")]).await, @r#"
    200 OK
    {
      "ApiGroupAttributes": {
        "ApiGroupAttribute": [
          {
            "BasePath": "/",
            "CreatedTime": "2026-01-02T03:05:05Z",
            "Description": "",
            "GroupId": "[id]",
            "GroupName": "beta_alpha",
            "ModifiedTime": "2026-01-02T03:05:05Z",
            "RegionId": "cn-test",
            "SubDomain": "[id].gw.localhost"
          }
        ]
      },
      "PageNumber": 2,
      "PageSize": 1,
      "RequestId": "[request id]",
      "TotalCount": 3
    }
    "#);

    let gamma = plane
        .call("DescribeApiGroups", &[("GroupName", "gamma")])
        .await
        .json();
    let id = gamma["ApiGroupAttributes"]["ApiGroupAttribute"][0]["GroupId"]
        .as_str()
        .unwrap()
        .to_owned();
    for (params, names) in [
        (&[][..], &["gamma", "beta_alpha", "alpha"][..]),
        (&[("Sort", "asc")], &["alpha", "beta_alpha", "gamma"]),
        (&[("Sort", "desc")], &["gamma", "beta_alpha", "alpha"]),
        (&[("GroupName", "alph")], &["beta_alpha", "alpha"]),
        (&[("GroupId", id.as_str())], &["gamma"]),
        (&[("GroupId", "123")], &[]),
        (&[("PageNumber", "9")], &[]),
    ] {
        let body = plane.call("DescribeApiGroups", params).await.json();
        let groups = body["ApiGroupAttributes"]["ApiGroupAttribute"]
            .as_array()
            .unwrap()
            .clone();
        let got: Vec<_> = groups
            .iter()
            .map(|group| group["GroupName"].as_str().unwrap())
            .collect();
        assert_eq!(got, names, "{params:?}");
    }
    check_errors(
        &plane,
        "DescribeApiGroups",
        &[
            (
                &[("PageSize", "51")],
                400,
                "InvalidPageSize",
                "Specified parameter PageSize is not valid.",
            ),
            (
                &[("PageNumber", "0")],
                400,
                "InvalidPageNumber",
                "Specified parameter PageNumber is not valid.",
            ),
            (
                &[("Sort", "up")],
                400,
                "InvalidSort",
                "Specified parameter Sort is not valid.",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn delete() {
    let plane = Plane::new().await;
    let group = plane.group("group").await;
    let api = plane.api(&group, "name", "/a").await;
    let in_use = plane.call("DeleteApiGroup", &[("GroupId", &group)]).await;
    insta::assert_snapshot!(in_use, @r#"
    400 Bad Request
    x-countersign-error: group_not_empty
    {
      "Code": "DependencyViolationApiGroup",
      "HostId": "127.0.0.1:18080",
      "Message": "The specified ApiGroup has Api definitions.",
      "Recommend": "https://api.aliyun.com/troubleshoot?q=DependencyViolationApiGroup&product=CloudAPI&requestId=[request id]",
      "RequestId": "[request id]"
    }
    "#);
    plane.call("DeleteApi", &[("ApiId", &api)]).await;
    insta::assert_snapshot!(plane.call("DeleteApiGroup", &[("GroupId", &group)]).await, @r#"
    200 OK
    x-countersign-revision: 6
    {
      "RequestId": "[request id]"
    }
    "#);
    // The vendor's quirk: what is not there is deleted with success.
    insta::assert_snapshot!(plane.call("DeleteApiGroup", &[("GroupId", &group)]).await, @r#"
    200 OK
    {
      "RequestId": "[request id]"
    }
    "#);
    assert_eq!(
        plane
            .call("DeleteApiGroup", &[("GroupId", "123")])
            .await
            .status,
        200
    );
    let missing = (
        &[][..],
        400,
        "MissingGroupId",
        "GroupId is mandatory for this action.",
    );
    check_errors(&plane, "DeleteApiGroup", &[missing]).await;
}

#[tokio::test]
async fn a_store_that_cannot_be_written_says_so_and_still_reads() {
    let plane = Plane::new().await;
    plane.store.close().await;
    let answer = plane.call("CreateApiGroup", &[("GroupName", "name")]).await;
    insta::assert_snapshot!(answer, @r#"
    503 Service Unavailable
    x-countersign-error: store_unavailable
    {
      "Code": "ServiceUnavailable",
      "HostId": "127.0.0.1:18080",
      "Message": "The request has failed due to a temporary failure of the server.",
      "Recommend": "https://api.aliyun.com/troubleshoot?q=ServiceUnavailable&product=CloudAPI&requestId=[request id]",
      "RequestId": "[request id]"
    }
    "#);
    assert_eq!(plane.call("DescribeApiGroups", &[]).await.status, 200);
}
