use countersign_core::{ApiId, EnvironmentName, PublicationKey, SignatureKeyId};

use super::{ErrorCase, check_errors};
use crate::support::Plane;

const NO_ID: &str = "dd05f1c54d6749eda95f9fa6d491449a";

/// The key that is bound to an API in a stage.
fn bound(plane: &Plane, api: &str, stage: &str) -> Option<SignatureKeyId> {
    let at = PublicationKey {
        api: ApiId::parse(api).unwrap(),
        environment: EnvironmentName::parse(stage).unwrap(),
    };
    plane
        .store
        .snapshot()
        .binding(&at)
        .map(|binding| binding.signature_key)
}

fn id(text: &str) -> Option<SignatureKeyId> {
    Some(SignatureKeyId::parse(text).unwrap())
}

#[tokio::test]
async fn set_and_remove() {
    let plane = Plane::new().await;
    let (group, first, second) = (
        plane.group("group").await,
        plane.signature("first").await,
        plane.signature("second").await,
    );
    let (a, b) = (
        plane.api(&group, "aaaa", "/a").await,
        plane.api(&group, "bbbb", "/b").await,
    );
    let both = format!(" {a} ,{b},{a},");

    let (group_id, stage) = (("GroupId", group.as_str()), ("StageName", "RELEASE"));
    let set = plane
        .call(
            "SetSignatureApis",
            &[("SignatureId", &first), group_id, ("ApiIds", &both), stage],
        )
        .await;
    insta::assert_snapshot!(set, @r#"
    200 OK
    x-countersign-revision: 8
    {
      "RequestId": "[request id]"
    }
    "#);
    assert_eq!(
        (bound(&plane, &a, "RELEASE"), bound(&plane, &b, "RELEASE")),
        (id(&first), id(&first))
    );
    assert_eq!(bound(&plane, &a, "TEST"), None);

    // The same again changes nothing, and names the revision of now.
    let again = plane
        .call(
            "SetSignatureApis",
            &[("SignatureId", &first), group_id, ("ApiIds", &both), stage],
        )
        .await;
    assert_eq!(
        again.header("x-countersign-revision"),
        set.header("x-countersign-revision")
    );

    // Another key replaces the former one.
    plane
        .call(
            "SetSignatureApis",
            &[("SignatureId", &second), group_id, ("ApiIds", &b), stage],
        )
        .await;
    assert_eq!(
        (bound(&plane, &a, "RELEASE"), bound(&plane, &b, "RELEASE")),
        (id(&first), id(&second))
    );

    // A different key is never unbound.
    let remove = plane
        .call(
            "RemoveSignatureApis",
            &[("SignatureId", &first), group_id, ("ApiIds", &b), stage],
        )
        .await;
    assert_eq!(
        (remove.status.as_u16(), bound(&plane, &b, "RELEASE")),
        (200, id(&second))
    );

    // Without ids, all of the group.
    let all = plane
        .call(
            "RemoveSignatureApis",
            &[("SignatureId", &first), group_id, stage],
        )
        .await;
    insta::assert_snapshot!(all, @r#"
    200 OK
    x-countersign-revision: 10
    {
      "RequestId": "[request id]"
    }
    "#);
    assert_eq!(
        (bound(&plane, &a, "RELEASE"), bound(&plane, &b, "RELEASE")),
        (None, id(&second))
    );
}

#[tokio::test]
async fn what_is_refused() {
    let plane = Plane::new().await;
    let (group, other, key) = (
        plane.group("group").await,
        plane.group("other").await,
        plane.signature("first").await,
    );
    let (api, stranger) = (
        plane.api(&group, "aaaa", "/a").await,
        plane.api(&other, "bbbb", "/b").await,
    );
    let many = (0..101)
        .map(|n| format!("{n:032x}"))
        .collect::<Vec<_>>()
        .join(",");
    let one_unknown = format!("{api},{NO_ID}");

    let (key, group, apis, stage) = (
        ("SignatureId", key.as_str()),
        ("GroupId", group.as_str()),
        ("ApiIds", api.as_str()),
        ("StageName", "PRE"),
    );
    let no_api = (
        "NotFoundApi",
        "Cannot find resource according to your specified Api.",
    );
    let no_key = (
        "NotFoundSignature",
        "Cannot find resource according to your specified Signature.",
    );
    let no_group = (
        "NotFoundApiGroup",
        "Cannot find resource according to your specified ApiGroup.",
    );
    let no_ids = ("MissingApiIds", "ApiIds is mandatory for this action.");
    let common: &[ErrorCase<'_>] = &[
        (
            &[group, apis, stage],
            400,
            "MissingSignatureId",
            "SignatureId is mandatory for this action.",
        ),
        (
            &[key, apis, stage],
            400,
            "MissingGroupId",
            "GroupId is mandatory for this action.",
        ),
        (
            &[key, group, apis],
            400,
            "MissingStageName",
            "StageName is mandatory for this action.",
        ),
        (
            &[key, group, apis, ("StageName", "PROD")],
            400,
            "InvalidStageName",
            "Specified parameter StageName is not valid.",
        ),
        (
            &[key, group, ("ApiIds", ""), stage],
            400,
            no_ids.0,
            no_ids.1,
        ),
        (
            &[key, group, ("ApiIds", " , "), stage],
            400,
            no_ids.0,
            no_ids.1,
        ),
        (
            &[key, group, ("ApiIds", &many), stage],
            400,
            "InvalidApiIds",
            "Specified parameter ApiIds is not valid.",
        ),
        (
            &[("SignatureId", NO_ID), group, apis, stage],
            400,
            no_key.0,
            no_key.1,
        ),
        (
            &[("SignatureId", "123"), group, apis, stage],
            400,
            no_key.0,
            no_key.1,
        ),
        (
            &[key, ("GroupId", NO_ID), apis, stage],
            400,
            no_group.0,
            no_group.1,
        ),
        (
            &[key, ("GroupId", "123"), apis, stage],
            400,
            no_group.0,
            no_group.1,
        ),
        (
            &[key, group, ("ApiIds", &one_unknown), stage],
            400,
            no_api.0,
            no_api.1,
        ),
        (
            &[key, group, ("ApiIds", "123"), stage],
            400,
            no_api.0,
            no_api.1,
        ),
        (
            &[key, group, ("ApiIds", &stranger), stage],
            400,
            no_api.0,
            no_api.1,
        ),
    ];
    check_errors(&plane, "SetSignatureApis", common).await;
    check_errors(&plane, "RemoveSignatureApis", common).await;
    check_errors(
        &plane,
        "SetSignatureApis",
        &[(&[key, group, stage], 400, no_ids.0, no_ids.1)],
    )
    .await;
    assert_eq!(bound(&plane, &api, "PRE"), None, "all or nothing");
}
