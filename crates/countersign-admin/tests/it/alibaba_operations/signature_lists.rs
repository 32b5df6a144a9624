//! Which key signs for what, as the three lists tell it.

use super::{done, each, refused};
use crate::support::{NOW, Plane};

const NO_ID: &str = "dd05f1c54d6749eda95f9fa6d491449a";

async fn bind(plane: &Plane, key: &str, group: &str, apis: &str, stage: &str) {
    let params = [
        ("SignatureId", key),
        ("GroupId", group),
        ("ApiIds", apis),
        ("StageName", stage),
    ];
    done(plane, "SetSignatureApis", &params).await;
}

#[tokio::test]
async fn a_rebound_api_shows_its_new_key_only() {
    let plane = Plane::new().await;
    let (group, first, second) = (
        plane.group("group").await,
        plane.signature("first").await,
        plane.signature("second").await,
    );
    let api = plane.api(&group, "aaaa", "/a").await;
    let at = |stage| {
        [
            ("GroupId", group.as_str()),
            ("ApiId", api.as_str()),
            ("StageName", stage),
        ]
    };
    let none = done(&plane, "DescribeSignaturesByApi", &at("PRE")).await;
    assert!(each(&none, "Signatures", "SignatureItem", "SignatureId").is_empty());

    bind(&plane, &first, &group, &api, "PRE").await;
    plane.set_time(NOW + 60);
    bind(&plane, &first, &group, &api, "PRE").await;
    let one = done(&plane, "DescribeSignaturesByApi", &at("PRE")).await;
    assert_eq!(
        each(&one, "Signatures", "SignatureItem", "BoundTime"),
        ["2026-01-02T03:04:05Z"],
        "the same key again changes nothing"
    );

    bind(&plane, &second, &group, &api, "PRE").await;
    let other = done(&plane, "DescribeSignaturesByApi", &at("PRE")).await;
    assert_eq!(
        each(&other, "Signatures", "SignatureItem", "SignatureName"),
        ["second"]
    );
    assert_eq!(
        each(&other, "Signatures", "SignatureItem", "BoundTime"),
        ["2026-01-02T03:05:05Z"]
    );
    let in_test = done(&plane, "DescribeSignaturesByApi", &at("TEST")).await;
    assert!(each(&in_test, "Signatures", "SignatureItem", "SignatureId").is_empty());
    let left = done(
        &plane,
        "DescribeApisBySignature",
        &[("SignatureId", &first)],
    )
    .await;
    assert_eq!(left["TotalCount"], 0);
}

#[tokio::test]
async fn a_key_lists_each_api_and_stage_page_by_page() {
    let plane = Plane::new().await;
    let (group, other, key) = (
        plane.group("group").await,
        plane.group("other").await,
        plane.signature("first").await,
    );
    let (a, b, c) = (
        plane.api(&group, "aaaa", "/a").await,
        plane.api(&group, "bbbb", "/b").await,
        plane.api(&other, "cccc", "/c").await,
    );
    bind(&plane, &key, &group, &format!("{a},{b}"), "RELEASE").await;
    bind(&plane, &key, &group, &a, "TEST").await;
    bind(&plane, &key, &other, &c, "RELEASE").await;

    let mut seen = Vec::new();
    for page in ["1", "2", "3"] {
        let params = [
            ("SignatureId", key.as_str()),
            ("PageSize", "2"),
            ("PageNumber", page),
        ];
        let answer = done(&plane, "DescribeApisBySignature", &params).await;
        assert_eq!(
            (&answer["TotalCount"], &answer["PageSize"]),
            (&4.into(), &2.into())
        );
        let names = each(&answer, "ApiInfos", "ApiInfo", "ApiName");
        let stages = each(&answer, "ApiInfos", "ApiInfo", "StageName");
        seen.extend(
            names
                .into_iter()
                .map(str::to_owned)
                .zip(stages.into_iter().map(str::to_owned)),
        );
    }
    let seen: Vec<_> = seen
        .iter()
        .map(|(name, stage)| (name.as_str(), stage.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            ("aaaa", "RELEASE"),
            ("aaaa", "TEST"),
            ("bbbb", "RELEASE"),
            ("cccc", "RELEASE")
        ]
    );
}

#[tokio::test]
async fn a_group_lists_those_that_have_a_key() {
    let plane = Plane::new().await;
    let (group, first, second) = (
        plane.group("group").await,
        plane.signature("first").await,
        plane.signature("second").await,
    );
    let (a, b, c) = (
        plane.api(&group, "aaaa", "/a").await,
        plane.api(&group, "bbbb", "/b").await,
        plane.api(&group, "cccc", "/c").await,
    );
    bind(&plane, &first, &group, &a, "RELEASE").await;
    bind(&plane, &second, &group, &b, "RELEASE").await;
    let (group_id, stage) = (("GroupId", group.as_str()), ("StageName", "RELEASE"));
    let some = format!(" {b}, {c},{b}");
    for (over, names) in [
        (&[][..], &["aaaa", "bbbb"][..]),
        (&[("ApiIds", some.as_str())], &["bbbb"]),
        (&[("ApiIds", "")], &["aaaa", "bbbb"]),
        (&[("PageSize", "1"), ("PageNumber", "2")], &["bbbb"]),
    ] {
        let mut params = vec![group_id, stage];
        params.extend_from_slice(over);
        let answer = done(&plane, "DescribeApiSignatures", &params).await;
        assert_eq!(
            each(&answer, "ApiSignatures", "ApiSignatureItem", "ApiName"),
            names,
            "{over:?}"
        );
    }
    let in_pre = done(
        &plane,
        "DescribeApiSignatures",
        &[group_id, ("StageName", "PRE")],
    )
    .await;
    assert_eq!(in_pre["TotalCount"], 0);
}

#[tokio::test]
async fn what_is_refused() {
    let plane = Plane::new().await;
    let (group, other) = (plane.group("group").await, plane.group("other").await);
    let api = plane.api(&group, "aaaa", "/a").await;
    let many = (0..101)
        .map(|n| format!("{n:032x}"))
        .collect::<Vec<_>>()
        .join(",");
    let (group, other, api, stage) = (
        ("GroupId", group.as_str()),
        ("GroupId", other.as_str()),
        ("ApiId", api.as_str()),
        ("StageName", "RELEASE"),
    );
    let (no_group, no_api) = (("GroupId", NO_ID), ("ApiId", "123"));
    for (action, params, code) in [
        (
            "DescribeSignaturesByApi",
            &[api, stage][..],
            "MissingGroupId",
        ),
        ("DescribeSignaturesByApi", &[group, stage], "MissingApiId"),
        ("DescribeSignaturesByApi", &[group, api], "MissingStageName"),
        (
            "DescribeSignaturesByApi",
            &[no_group, api, stage],
            "NotFoundApiGroup",
        ),
        (
            "DescribeSignaturesByApi",
            &[group, no_api, stage],
            "NotFoundApi",
        ),
        (
            "DescribeSignaturesByApi",
            &[other, api, stage],
            "NotFoundApi",
        ),
        ("DescribeApisBySignature", &[], "MissingSignatureId"),
        (
            "DescribeApisBySignature",
            &[("SignatureId", NO_ID)],
            "NotFoundSignature",
        ),
        (
            "DescribeApisBySignature",
            &[("SignatureId", NO_ID), ("PageSize", "101")],
            "InvalidPageSize",
        ),
        ("DescribeApiSignatures", &[stage], "MissingGroupId"),
        ("DescribeApiSignatures", &[group], "MissingStageName"),
        (
            "DescribeApiSignatures",
            &[no_group, stage],
            "NotFoundApiGroup",
        ),
        (
            "DescribeApiSignatures",
            &[group, stage, ("ApiIds", &many)],
            "InvalidApiIds",
        ),
        (
            "DescribeApiSignatures",
            &[group, stage, ("ApiIds", NO_ID)],
            "NotFoundApi",
        ),
        (
            "DescribeApiSignatures",
            &[other, stage, ("ApiIds", api.1)],
            "NotFoundApi",
        ),
        (
            "DescribeApiSignatures",
            &[group, stage, ("PageNumber", "0")],
            "InvalidPageNumber",
        ),
    ] {
        assert_eq!(
            refused(&plane, action, params).await,
            code,
            "{action} {params:?}"
        );
    }
}
