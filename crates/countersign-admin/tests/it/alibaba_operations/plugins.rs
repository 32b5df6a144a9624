//! A plugin of type `backendSignature` is a signature key.

use serde_json::Value;

use super::{done, each, refused};
use crate::support::{Plane, STRANGER};

const NO_ID: &str = "dd05f1c54d6749eda95f9fa6d491449a";
const DATA: &str = r#"{"type":"APIGW_BACKEND","key":"SampleKey","secret":"SampleSecret"}"#;

async fn plugin(plane: &Plane, name: &str, data: &str) -> String {
    let params = [
        ("PluginName", name),
        ("PluginType", "backendSignature"),
        ("PluginData", data),
    ];
    let made = done(plane, "CreatePlugin", &params).await;
    made["PluginId"].as_str().unwrap().to_owned()
}

/// A published API.
async fn live(plane: &Plane, group: &str, name: &str, path: &str) -> String {
    let api = plane.api(group, name, path).await;
    let params = [
        ("ApiId", api.as_str()),
        ("StageName", "RELEASE"),
        ("Description", "go"),
    ];
    done(plane, "DeployApi", &params).await;
    api
}

async fn data_of(plane: &Plane, id: &str) -> Value {
    let listed = done(plane, "DescribePlugins", &[("PluginId", id)]).await;
    let text = each(&listed, "Plugins", "PluginAttribute", "PluginData")[0];
    serde_json::from_str(text).unwrap()
}

#[tokio::test]
async fn a_change_of_either_shows_in_the_other() {
    let plane = Plane::new().await;
    let id = plugin(&plane, "1plugin", DATA).await;
    let signature = ("SignatureId", id.as_str());
    let listed = done(&plane, "DescribeSignatures", &[signature]).await;
    let shown = |listed: &Value, field| {
        each(listed, "SignatureInfos", "SignatureInfo", field)[0].to_owned()
    };
    assert_eq!(shown(&listed, "SignatureName"), "1plugin");
    assert_eq!(shown(&listed, "SignatureKey"), "SampleKey");
    assert_eq!(shown(&listed, "SignatureSecret"), "SampleSecret");

    let change = [signature, ("SignatureSecret", "NewSecret")];
    done(&plane, "ModifySignature", &change).await;
    let data = data_of(&plane, &id).await;
    assert_eq!(
        data,
        serde_json::json!({"type": "APIGW_BACKEND", "key": "SampleKey", "secret": "NewSecret"})
    );

    let yaml = "type: APIGW_BACKEND\nkey: OtherKey\nsecret: OtherSecret";
    let change = [("PluginId", id.as_str()), ("PluginData", yaml)];
    done(&plane, "ModifyPlugin", &change).await;
    let listed = done(&plane, "DescribeSignatures", &[signature]).await;
    assert_eq!(shown(&listed, "SignatureKey"), "OtherKey");
    assert_eq!(shown(&listed, "SignatureSecret"), "OtherSecret");
    assert_eq!(shown(&listed, "SignatureName"), "1plugin", "absent stays");
}

#[tokio::test]
async fn attaching_replaces_and_detaching_spares_others() {
    let plane = Plane::new().await;
    let (group, other) = (plane.group("group").await, plane.group("other").await);
    let (a, b) = (
        live(&plane, &group, "aaaa", "/a").await,
        live(&plane, &other, "bbbb", "/b").await,
    );
    let (first, second) = (
        plugin(&plane, "first", DATA).await,
        plugin(&plane, "second", DATA).await,
    );
    let both = format!("{a},{b}");
    let stage = ("StageName", "RELEASE");
    let (first_id, second_id) = (("PluginId", first.as_str()), ("PluginId", second.as_str()));
    // Without a group, its APIs may be of several.
    done(
        &plane,
        "AttachPlugin",
        &[first_id, ("ApiIds", &both), stage],
    )
    .await;
    let apis = done(&plane, "DescribePluginApis", &[first_id]).await;
    assert_eq!(
        each(&apis, "ApiSummarys", "ApiPluginSummary", "ApiName"),
        ["aaaa", "bbbb"]
    );
    for (filter, names) in [
        (("GroupName", "oth"), &["bbbb"][..]),
        (("ApiId", a.as_str()), &["aaaa"]),
        (("ApiName", "b"), &["bbbb"]),
        (("Path", "/a"), &["aaaa"]),
        (("Method", "POST"), &[]),
    ] {
        let apis = done(&plane, "DescribePluginApis", &[first_id, filter]).await;
        assert_eq!(
            each(&apis, "ApiSummarys", "ApiPluginSummary", "ApiName"),
            names,
            "{filter:?}"
        );
    }

    done(&plane, "AttachPlugin", &[second_id, ("ApiId", &a), stage]).await;
    let on_a = [("ApiId", a.as_str()), stage];
    let plugins = done(&plane, "DescribePluginsByApi", &on_a).await;
    assert_eq!(
        each(&plugins, "Plugins", "PluginAttribute", "PluginName"),
        ["second"]
    );

    done(
        &plane,
        "DetachPlugin",
        &[first_id, ("ApiIds", &both), stage],
    )
    .await;
    let plugins = done(&plane, "DescribePluginsByApi", &on_a).await;
    assert_eq!(
        each(&plugins, "Plugins", "PluginAttribute", "PluginName"),
        ["second"],
        "another plugin is never detached"
    );
    let apis = done(&plane, "DescribePluginApis", &[first_id]).await;
    assert_eq!(apis["TotalCount"], 0);

    // What is set as a signature is attached as a plugin.
    let key = plane.signature("signature").await;
    let set = [
        ("SignatureId", key.as_str()),
        ("GroupId", &group),
        ("ApiIds", &a),
        stage,
    ];
    done(&plane, "SetSignatureApis", &set).await;
    let plugins = done(&plane, "DescribePluginsByApi", &on_a).await;
    assert_eq!(
        each(&plugins, "Plugins", "PluginAttribute", "PluginId"),
        [key.as_str()]
    );
    assert_eq!(
        refused(&plane, "DeletePlugin", &[("PluginId", &key)]).await,
        "DependencyViolationPlugin"
    );
    done(&plane, "DeletePlugin", &[second_id]).await;
}

#[tokio::test]
async fn lists_filter_and_turn_pages() {
    let plane = Plane::new().await;
    for name in ["alpha", "beta", "gamma"] {
        plugin(&plane, name, DATA).await;
    }
    for (params, names) in [
        (&[][..], &["gamma", "beta", "alpha"][..]),
        (&[("PageSize", "2"), ("PageNumber", "2")], &["alpha"]),
        (&[("PluginName", "beta")], &["beta"]),
        (&[("PluginName", "bet")], &[]),
        (
            &[("PluginType", "backendSignature")],
            &["gamma", "beta", "alpha"],
        ),
        (&[("PluginType", "trafficControl")], &[]),
        (&[("PluginId", NO_ID)], &[]),
    ] {
        let listed = done(&plane, "DescribePlugins", params).await;
        assert_eq!(
            each(&listed, "Plugins", "PluginAttribute", "PluginName"),
            names,
            "{params:?}"
        );
    }
    let none = plane.call_as(STRANGER, "DescribePlugins", &[]).await;
    assert_eq!(none.json()["TotalCount"], 0, "another account sees none");
}

#[tokio::test]
async fn what_is_refused() {
    let plane = Plane::new().await;
    let group = plane.group("group").await;
    let (published, unpublished) = (
        live(&plane, &group, "aaaa", "/a").await,
        plane.api(&group, "bbbb", "/b").await,
    );
    let id = plugin(&plane, "plugin", DATA).await;
    let both = format!("{published},{unpublished}");
    let many = (0..101)
        .map(|n| format!("{n:032x}"))
        .collect::<Vec<_>>()
        .join(",");
    let long = "d".repeat(201);
    let (name, kind, data) = (
        ("PluginName", "other"),
        ("PluginType", "backendSignature"),
        ("PluginData", DATA),
    );
    let (id, stage, api) = (
        ("PluginId", id.as_str()),
        ("StageName", "RELEASE"),
        ("ApiId", published.as_str()),
    );
    let no_plugin = ("PluginId", NO_ID);
    for (action, params, code) in [
        ("CreatePlugin", &[kind, data][..], "MissingPluginName"),
        ("CreatePlugin", &[name, data], "MissingPluginType"),
        ("CreatePlugin", &[name, kind], "MissingPluginData"),
        (
            "CreatePlugin",
            &[("PluginName", "_name"), kind, data],
            "InvalidPluginName",
        ),
        (
            "CreatePlugin",
            &[name, ("PluginType", "jwtAuth"), data],
            "InvalidPluginType",
        ),
        (
            "CreatePlugin",
            &[name, kind, ("PluginData", "x: y")],
            "InvalidPluginData",
        ),
        (
            "CreatePlugin",
            &[name, kind, data, ("Description", &long)],
            "InvalidDescription",
        ),
        ("ModifyPlugin", &[], "MissingPluginId"),
        ("ModifyPlugin", &[no_plugin], "NotFoundPlugin"),
        ("ModifyPlugin", &[("PluginId", "123")], "NotFoundPlugin"),
        (
            "ModifyPlugin",
            &[id, ("PluginData", "[]")],
            "InvalidPluginData",
        ),
        ("DeletePlugin", &[no_plugin], "NotFoundPlugin"),
        ("AttachPlugin", &[id, api], "MissingStageName"),
        ("AttachPlugin", &[id, stage], "MissingApiId"),
        ("AttachPlugin", &[no_plugin, api, stage], "NotFoundPlugin"),
        (
            "AttachPlugin",
            &[id, api, stage, ("GroupId", NO_ID)],
            "NotFoundApiGroup",
        ),
        (
            "AttachPlugin",
            &[id, stage, ("ApiId", NO_ID)],
            "NotFoundApi",
        ),
        (
            "AttachPlugin",
            &[id, stage, ("ApiIds", &many)],
            "InvalidApiIds",
        ),
        (
            "AttachPlugin",
            &[id, stage, ("ApiIds", &both)],
            "NotFoundDeployment",
        ),
        (
            "AttachPlugin",
            &[id, api, ("StageName", "PRE")],
            "NotFoundDeployment",
        ),
        ("DetachPlugin", &[id, stage], "MissingApiId"),
        ("DetachPlugin", &[no_plugin, api, stage], "NotFoundPlugin"),
        ("DescribePluginApis", &[no_plugin], "NotFoundPlugin"),
        (
            "DescribePluginsByApi",
            &[("ApiId", NO_ID), stage],
            "NotFoundApi",
        ),
        (
            "DescribePluginsByApi",
            &[api, stage, ("GroupId", "123")],
            "NotFoundApiGroup",
        ),
    ] {
        assert_eq!(
            refused(&plane, action, params).await,
            code,
            "{action} {params:?}"
        );
    }
    let attached = done(&plane, "DescribePluginApis", &[id]).await;
    assert_eq!(attached["TotalCount"], 0, "all or nothing");
}

#[tokio::test]
async fn errors_do_not_repeat_what_plugin_data_says() {
    let plane = Plane::new().await;
    for data in [
        "type: APIGW_BACKEND\nkey: Planted_key\nsecret: Planted-secret",
        "type: APIGW_BACKEND\nkey: Planted-key\nsecret: Planted_secret",
        "type: Planted\nkey: SampleKey\nsecret: Planted_secret",
        "Planted: [",
        r#"{"type":"APIGW_BACKEND","key":"SampleKey","secret":"Planted_secret","Planted":1}"#,
    ] {
        let params = [
            ("PluginName", "name"),
            ("PluginType", "backendSignature"),
            ("PluginData", data),
        ];
        let answer = plane.call("CreatePlugin", &params).await;
        assert_eq!(answer.code().1, "InvalidPluginData");
        assert!(!answer.body.contains("Planted"), "{answer}");
    }
}
