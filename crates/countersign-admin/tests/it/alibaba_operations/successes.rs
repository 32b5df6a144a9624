//! Status and body of every operation's success, in both formats.

use std::{collections::BTreeSet, fmt::Write};

use countersign_admin::ALIBABA_OPERATIONS;

use super::call_in;
use crate::support::Plane;

const REQUEST: &str = r#"{"RequestProtocol":"HTTP","RequestHttpMethod":"POST","RequestPath":"/a/[id]","RequestMode":"MAPPING","BodyFormat":"FORM"}"#;
const SERVICE: &str = r#"{"ServiceProtocol":"HTTP","ServiceAddress":"http://127.0.0.1:9000","ServicePath":"/b/[to]","ServiceHttpMethod":"POST","ServiceTimeout":"5000","ContentTypeCatagory":"DEFAULT","Mock":"TRUE","MockResult":"<none>","MockStatusCode":"418","MockHeaders":[{"HeaderName":"X-A","HeaderValue":"b"}]}"#;
const TABLES: [(&str, &str); 7] = [
    (
        "RequestParameters",
        r#"[{"ApiParameterName":"id","Location":"PATH","ParameterType":"Long","Required":"REQUIRED","MinValue":-1,"MaxValue":"9","DemoValue":"7","DocShow":"PUBLIC","DocOrder":0}]"#,
    ),
    (
        "ServiceParameters",
        r#"[{"ServiceParameterName":"to","Location":"PATH","ParameterType":"Long","ParameterCatalog":"REQUEST"}]"#,
    ),
    (
        "ServiceParametersMap",
        r#"[{"ServiceParameterName":"to","RequestParameterName":"id"}]"#,
    ),
    (
        "ConstantParameters",
        r#"[{"ServiceParameterName":"X-C","ConstantValue":"c","Location":"HEAD","Description":"d"}]"#,
    ),
    (
        "SystemParameters",
        r#"[{"ParameterName":"CaClientIp","ServiceParameterName":"ip","Location":"QUERY","DemoValue":"192.0.2.1"}]"#,
    ),
    (
        "ErrorCodeSamples",
        r#"[{"Code":"400","Message":"bad","Description":"so"}]"#,
    ),
    (
        "ResultDescriptions",
        r#"[{"Id":"1","Key":"k","HasChild":"false","Mandatory":true}]"#,
    ),
];

/// Carries out every operation once, and writes down what comes back.
struct Diary<'a> {
    plane: &'a Plane,
    format: &'static str,
    text: String,
    called: BTreeSet<String>,
}

impl Diary<'_> {
    /// Calls, and gives the id that the answer tells.
    async fn call(&mut self, action: &str, params: &[(&str, &str)], id: &str) -> String {
        let answer = call_in(self.plane, self.format, action, params).await;
        assert_eq!(answer.status, 200, "{action}: {answer}");
        writeln!(self.text, "--- {action}\n{answer}\n").unwrap();
        self.called.insert(action.to_owned());
        let after = |mark: &str| answer.body.split_once(mark).map(|(_, rest)| rest);
        after(&format!("\"{id}\":\""))
            .or_else(|| after(&format!("<{id}>")))
            .map_or_else(String::new, |rest| rest[..32].to_owned())
    }
}

async fn every_success(format: &'static str) -> String {
    let plane = Plane::new().await;
    let mut diary = Diary {
        plane: &plane,
        format,
        text: String::new(),
        called: BTreeSet::new(),
    };
    let stage = ("StageName", "RELEASE");
    let group = [("GroupName", "group"), ("Description", "some <APIs>")];
    let group = diary.call("CreateApiGroup", &group, "GroupId").await;
    let group = ("GroupId", group.as_str());
    let mut create = vec![
        group,
        ("ApiName", "name"),
        ("Visibility", "PRIVATE"),
        ("AuthType", "ANONYMOUS"),
        ("ResultType", "JSON"),
        ("ResultSample", "{}"),
        ("Description", "an API"),
        ("RequestConfig", REQUEST),
        ("ServiceConfig", SERVICE),
    ];
    create.extend(TABLES);
    let api = diary.call("CreateApi", &create, "ApiId").await;
    let api = ("ApiId", api.as_str());
    let deploy = [group, api, stage, ("Description", "go")];
    let pair = [
        ("SignatureName", "first"),
        ("SignatureKey", "qwertyuiop"),
        ("SignatureSecret", "asdf@#!*_"),
    ];
    let plugin = [
        ("PluginName", "plugin"),
        ("PluginType", "backendSignature"),
        (
            "PluginData",
            "type: APIGW_BACKEND\nkey: SampleKey\nsecret: SampleSecret\n",
        ),
        ("Description", "a plugin"),
    ];
    let key = diary.call("CreateSignature", &pair, "SignatureId").await;
    let key = ("SignatureId", key.as_str());
    let ids = ("ApiIds", api.1);
    for (action, params) in [
        ("DescribeApiGroups", &[][..]),
        ("DescribeApiGroup", &[group]),
        ("DeployApi", &deploy),
        ("ModifyApi", &[api, ("ApiName", "renamed")]),
        ("DescribeApi", &[group, api]),
        ("DescribeApis", &[]),
        ("DescribeDeployedApi", &[group, api, stage]),
        ("DescribeDeployedApis", &[]),
        ("ModifySignature", &[key, ("SignatureName", "changed")]),
        ("DescribeSignatures", &[]),
        ("SetSignatureApis", &[key, group, ids, stage]),
        ("DescribeSignaturesByApi", &[group, api, stage]),
        ("DescribeApisBySignature", &[key]),
        ("DescribeApiSignatures", &[group, stage]),
        ("RemoveSignatureApis", &[key, group, stage]),
        ("DeleteSignature", &[key]),
    ] {
        diary.call(action, params, "none").await;
    }
    let plugin = diary.call("CreatePlugin", &plugin, "PluginId").await;
    let plugin = ("PluginId", plugin.as_str());
    for (action, params) in [
        ("ModifyPlugin", &[plugin, ("Description", "changed")][..]),
        ("AttachPlugin", &[plugin, group, api, stage]),
        ("DescribePlugins", &[]),
        ("DescribePluginsByApi", &[group, api, stage]),
        ("DescribePluginApis", &[plugin]),
        ("DetachPlugin", &[plugin, group, api, stage]),
        ("DeletePlugin", &[plugin]),
        ("AbolishApi", &[group, api, stage]),
        ("DeleteApi", &[group, api]),
        ("DeleteApiGroup", &[group]),
    ] {
        diary.call(action, params, "none").await;
    }
    let all: BTreeSet<String> = ALIBABA_OPERATIONS.iter().map(|own| (*own).into()).collect();
    assert_eq!(diary.called, all, "every operation");
    diary.text
}

#[tokio::test]
async fn in_json() {
    insta::assert_snapshot!(every_success("JSON").await);
}

#[tokio::test]
async fn in_xml() {
    insta::assert_snapshot!(every_success("XML").await);
}
