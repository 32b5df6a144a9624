//! An API's definition, told again and changed.

use countersign_core::{ApiId, EnvironmentName, PublicationKey};
use serde_json::Value;

use super::{done, refused};
use crate::support::{Plane, SERVICE};

const MAPPING: &str = r#"{"RequestHttpMethod":"GET","RequestPath":"/a/[id]"}"#;
const MAPPED_SERVICE: &str =
    r#"{"ServiceAddress":"http://127.0.0.1:9000","ServicePath":"/b/[to]"}"#;
const REQUESTS: &str = r#"[{"ApiParameterName":"id","Location":"PATH","Required":"REQUIRED"}]"#;
const SERVICES: &str = r#"[{"ServiceParameterName":"to","Location":"PATH"}]"#;
const MAP: &str = r#"[{"ServiceParameterName":"to","RequestParameterName":"id"}]"#;

async fn mapped_api(plane: &Plane) -> String {
    let group = plane.group("group").await;
    let params = [
        ("GroupId", group.as_str()),
        ("ApiName", "name"),
        ("Visibility", "PUBLIC"),
        ("RequestConfig", MAPPING),
        ("ServiceConfig", MAPPED_SERVICE),
        ("RequestParameters", REQUESTS),
        ("ServiceParameters", SERVICES),
        ("ServiceParametersMap", MAP),
        ("AuthType", "ANONYMOUS"),
    ];
    let made = done(plane, "CreateApi", &params).await;
    made["ApiId"].as_str().unwrap().to_owned()
}

async fn told(plane: &Plane, id: &str) -> Value {
    done(plane, "DescribeApi", &[("ApiId", id)]).await
}

#[tokio::test]
async fn what_a_change_leaves_out_stays() {
    let plane = Plane::new().await;
    let id = mapped_api(&plane).await;
    let before = told(&plane, &id).await;

    let api = ("ApiId", id.as_str());
    done(&plane, "ModifyApi", &[api, ("Description", "changed")]).await;
    let after = told(&plane, &id).await;
    assert_eq!(after["Description"], "changed");
    for same in [
        "ApiName",
        "Visibility",
        "RequestConfig",
        "ServiceConfig",
        "RequestParameters",
    ] {
        assert_eq!(after[same], before[same], "{same}");
    }

    let constants = r#"[{"ServiceParameterName":"c","ConstantValue":"v","Location":"QUERY"}]"#;
    done(
        &plane,
        "ModifyApi",
        &[api, ("ConstantParameters", constants)],
    )
    .await;
    let after = told(&plane, &id).await;
    assert_eq!(
        after["ConstantParameters"]["ConstantParameter"][0]["ConstantValue"],
        "v"
    );
    assert_eq!(after["ServiceParameters"], before["ServiceParameters"]);
    let snapshot = plane.store.snapshot();
    let record = snapshot.api(ApiId::parse(&id).unwrap()).unwrap();
    let mapping = record.definition.mapping.as_ref().unwrap();
    assert_eq!(mapping.service.len(), 2);

    // An empty text counts as absent, an empty list takes the table away.
    done(&plane, "ModifyApi", &[api, ("ConstantParameters", "")]).await;
    assert_eq!(
        told(&plane, &id).await["ConstantParameters"],
        after["ConstantParameters"]
    );
    done(&plane, "ModifyApi", &[api, ("ConstantParameters", "[]")]).await;
    assert_eq!(
        told(&plane, &id).await["ConstantParameters"],
        before["ConstantParameters"]
    );
}

#[tokio::test]
async fn what_is_live_stays_until_the_next_deployment() {
    let plane = Plane::new().await;
    let id = mapped_api(&plane).await;
    let (api, stage) = (("ApiId", id.as_str()), ("StageName", "TEST"));
    let deploy = [api, stage, ("Description", "go")];
    done(&plane, "DeployApi", &deploy).await;
    let changed = r#"{"RequestHttpMethod":"POST","RequestPath":"/a/[id]"}"#;
    done(&plane, "ModifyApi", &[api, ("RequestConfig", changed)]).await;

    let method = |answer: &Value| answer["RequestConfig"]["RequestHttpMethod"].clone();
    let live = |plane: &Plane| {
        let at = PublicationKey {
            api: ApiId::parse(&id).unwrap(),
            environment: EnvironmentName::parse("TEST").unwrap(),
        };
        let snapshot = plane.store.snapshot();
        let publication = snapshot.publication(&at).unwrap();
        publication.definition.method.as_str().to_owned()
    };
    assert_eq!(method(&told(&plane, &id).await), "POST");
    let deployed = done(&plane, "DescribeDeployedApi", &[api, stage]).await;
    assert_eq!(
        (method(&deployed), live(&plane)),
        ("GET".into(), "GET".to_owned())
    );
    let listed = done(&plane, "DescribeDeployedApis", &[("ApiMethod", "GET")]).await;
    assert_eq!(listed["TotalCount"], 1);

    done(&plane, "DeployApi", &deploy).await;
    let deployed = done(&plane, "DescribeDeployedApi", &[api, stage]).await;
    assert_eq!(
        (method(&deployed), live(&plane)),
        ("POST".into(), "POST".to_owned())
    );
}

#[tokio::test]
async fn a_change_that_does_not_fit_changes_nothing() {
    let plane = Plane::new().await;
    let id = mapped_api(&plane).await;
    let before = told(&plane, &id).await;
    let group = before["GroupId"].as_str().unwrap().to_owned();
    plane.api(&group, "other", "/other").await;
    let api = ("ApiId", id.as_str());
    let taken = r#"{"RequestHttpMethod":"GET","RequestPath":"/other","RequestMode":"PASSTHROUGH"}"#;
    let no_path = r#"{"RequestHttpMethod":"GET","RequestPath":"/a"}"#;
    let none = "dd05f1c54d6749eda95f9fa6d491449a";
    for (params, code) in [
        (&[][..], "MissingApiId"),
        (&[("ApiId", none)], "NotFoundApi"),
        (&[api, ("GroupId", none)], "NotFoundApi"),
        (&[api, ("ApiName", "other")], "RepeatedApiName"),
        (&[api, ("ApiName", "1")], "InvalidApiName"),
        (&[api, ("Visibility", "x")], "InvalidVisibility"),
        (
            &[api, ("RequestConfig", taken), ("ServiceConfig", SERVICE)],
            "RepeatedRequestPath",
        ),
        (
            &[api, ("RequestConfig", no_path)],
            "InvalidRequestParameters",
        ),
        (
            &[api, ("RequestParameters", "[]")],
            "InvalidServiceParametersMap",
        ),
        (
            &[api, ("ServiceParametersMap", "[]")],
            "InvalidServiceParameters",
        ),
        // What is wrong with a text is told before what is not found.
        (
            &[("ApiId", none), ("SystemParameters", "x")],
            "InvalidSystemParameters",
        ),
    ] {
        assert_eq!(
            refused(&plane, "ModifyApi", params).await,
            code,
            "{params:?}"
        );
    }
    assert_eq!(
        told(&plane, &id).await["ModifiedTime"],
        before["ModifiedTime"]
    );
    assert_eq!(
        told(&plane, &id).await["RequestConfig"],
        before["RequestConfig"]
    );
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let plane = Plane::new().await;
    let id = mapped_api(&plane).await;
    let none = "dd05f1c54d6749eda95f9fa6d491449a";
    let api = ("ApiId", id.as_str());
    for (action, params, code) in [
        ("DescribeApiGroup", &[][..], "MissingGroupId"),
        ("DescribeApiGroup", &[("GroupId", none)], "NotFoundApiGroup"),
        ("DescribeApi", &[("ApiId", none)], "NotFoundApi"),
        ("DescribeApi", &[api, ("GroupId", none)], "NotFoundApi"),
        ("DescribeDeployedApi", &[api], "MissingStageName"),
        (
            "DescribeDeployedApi",
            &[api, ("StageName", "PRE")],
            "NotFoundDeployment",
        ),
        (
            "DescribeDeployedApis",
            &[("StageName", "x")],
            "InvalidStageName",
        ),
    ] {
        assert_eq!(
            refused(&plane, action, params).await,
            code,
            "{action} {params:?}"
        );
    }
}

#[tokio::test]
async fn errors_do_not_repeat_what_a_table_says() {
    let plane = Plane::new().await;
    let group = plane.group("group").await;
    for (table, text) in [
        (
            "RequestParameters",
            r#"[{"ApiParameterName":"Planted","Location":"Planted"}]"#,
        ),
        (
            "RequestParameters",
            r#"[{"ApiParameterName":"Planted","Location":"PATH"}]"#,
        ),
        (
            "ServiceParameters",
            r#"[{"ServiceParameterName":"Planted","Location":"QUERY"}]"#,
        ),
        (
            "ServiceParametersMap",
            r#"[{"ServiceParameterName":"Planted","RequestParameterName":"Planted"}]"#,
        ),
        (
            "ConstantParameters",
            r#"[{"ServiceParameterName":"a","Location":"HEAD","ConstantValue":"Planted\n"}]"#,
        ),
        (
            "SystemParameters",
            r#"[{"ServiceParameterName":"a","Location":"HEAD","ParameterName":"Planted"}]"#,
        ),
        ("ServiceConfig", r#"{"ServiceAddress":"Planted"}"#),
        (
            "RequestConfig",
            r#"{"RequestHttpMethod":"Planted","RequestPath":"/"}"#,
        ),
        (
            "RequestConfig",
            r#"{"RequestHttpMethod":"GET","RequestPath":"Planted"}"#,
        ),
    ] {
        let base = [
            ("GroupId", group.as_str()),
            ("ApiName", "name"),
            ("Visibility", "PUBLIC"),
            ("RequestConfig", MAPPING),
            ("ServiceConfig", SERVICE),
        ];
        let mut params: Vec<_> = base
            .into_iter()
            .filter(|(name, _)| *name != table)
            .collect();
        params.push((table, text));
        let answer = plane.call("CreateApi", &params).await;
        assert_eq!(answer.code(), (400, format!("Invalid{table}")), "{text}");
        assert!(!answer.body.contains("Planted"), "{answer}");
    }
}

#[tokio::test]
async fn of_changes_at_once_none_is_lost() {
    let plane = Plane::new().await;
    let id = mapped_api(&plane).await;
    let change = |part: &'static str| {
        let params = [("ApiId", id.clone()), (part, format!("by {part}"))];
        let plane = &plane;
        async move {
            let params = params
                .each_ref()
                .map(|(name, value)| (*name, value.as_str()));
            done(plane, "ModifyApi", &params).await;
        }
    };
    tokio::join!(
        change("ResultType"),
        change("ResultSample"),
        change("FailResultSample"),
        change("ResultBodyModel"),
        change("AllowSignatureMethod"),
    );
    let told = told(&plane, &id).await;
    for part in [
        "ResultType",
        "ResultSample",
        "FailResultSample",
        "ResultBodyModel",
        "AllowSignatureMethod",
    ] {
        assert_eq!(told[part], format!("by {part}"));
    }
}
