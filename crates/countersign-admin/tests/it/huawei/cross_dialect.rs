//! One model underneath: what is made through one dialect is shown, changed and
//! removed through the others, each in its own words.

use countersign_core::{ApiDefinition, ApiId, PayloadPolicy};
use http::StatusCode;
use serde_json::{Value, json};

use super::{
    catalogue::{api, group, least, patched},
    support::{V1, bases, id, v2},
};
use crate::support::{Plane, redact};

const RELEASE: &str = "DEFAULT_ENVIRONMENT_RELEASE_ID";

/// A call of Alibaba's dialect that has to succeed.
async fn alibaba(plane: &Plane, action: &str, params: &[(&str, &str)]) -> Value {
    let answer = plane.call(action, params).await;
    assert_eq!(answer.status, StatusCode::OK, "{action}: {answer}");
    answer.json()
}

/// A call of v2 that has to succeed.
async fn huawei(plane: &Plane, method: &str, rest: &str, body: Value) -> Value {
    let answer = plane.huawei(method, &format!("{}{rest}", v2()), body).await;
    assert!(answer.status.is_success(), "{method} {rest}: {answer}");
    match answer.body.as_str() {
        "" => Value::Null,
        _ => answer.json(),
    }
}

async fn act(plane: &Plane, action: &str, env: &str, api: &str) -> Value {
    let body = json!({ "action": action, "env_id": env, "api_id": api });
    huawei(plane, "POST", "apis/action", body).await
}

fn definition(plane: &Plane, id: &str) -> ApiDefinition {
    let id = ApiId::parse(id).unwrap();
    ApiDefinition::clone(&plane.store.snapshot().api(id).unwrap().definition)
}

fn pretty(value: &Value) -> String {
    redact(&serde_json::to_string_pretty(value).unwrap())
}

const REQUEST: &str =
    r#"{"RequestHttpMethod":"POST","RequestPath":"/a/[id]","RequestMode":"MAPPING"}"#;
const SERVICE: &str = r#"{"ServiceAddress":"http://backend.example:81","ServicePath":"/b/[to]",
    "ServiceHttpMethod":"PUT","ServiceTimeout":7000,"ContentTypeCatagory":"CUSTOM",
    "ContentTypeValue":"text/plain"}"#;
const REQUESTS: &str = r#"[
    {"ApiParameterName":"id","Location":"PATH","Required":"REQUIRED","ParameterType":"Long","MinValue":1},
    {"ApiParameterName":"q","Location":"QUERY","EnumValue":"a,b","DefaultValue":"a"},
    {"ApiParameterName":"X-On","Location":"HEAD","ParameterType":"Boolean"}]"#;
const SERVICES: &str = r#"[
    {"ServiceParameterName":"to","Location":"PATH"},
    {"ServiceParameterName":"X-Q","Location":"HEAD"}]"#;
const MAP: &str = r#"[
    {"ServiceParameterName":"to","RequestParameterName":"id"},
    {"ServiceParameterName":"X-Q","RequestParameterName":"q"}]"#;
const CONSTANTS: &str = r#"[{"ServiceParameterName":"c","ConstantValue":"v","Location":"QUERY"}]"#;
const SYSTEMS: &str =
    r#"[{"ParameterName":"CaHttpSchema","ServiceParameterName":"s","Location":"QUERY"}]"#;

async fn mapped_api(plane: &Plane, group: &str) -> String {
    let params = [
        ("GroupId", group),
        ("ApiName", "mapped"),
        ("Visibility", "PRIVATE"),
        ("RequestConfig", REQUEST),
        ("ServiceConfig", SERVICE),
        ("RequestParameters", REQUESTS),
        ("ServiceParameters", SERVICES),
        ("ServiceParametersMap", MAP),
        ("ConstantParameters", CONSTANTS),
        ("SystemParameters", SYSTEMS),
    ];
    plane.make("CreateApi", &params, "ApiId").await
}

/// Puts back what is shown, and says what it was.
async fn put_back(plane: &Plane, base: &str, id: &str) -> Value {
    let target = format!("{base}apis/{id}");
    let shown = plane.huawei("GET", &target, Value::Null).await.json();
    let answer = plane.huawei("PUT", &target, shown.clone()).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer}");
    shown
}

#[tokio::test]
async fn alibabas_api_is_shown_whole_and_put_back() {
    let plane = Plane::new().await;
    let group = plane.group("group").await;
    let mapped = mapped_api(&plane, &group).await;
    let before = definition(&plane, &mapped);
    let shown = put_back(&plane, &v2(), &mapped).await;
    insta::assert_snapshot!(pretty(&shown));
    let after = definition(&plane, &mapped);
    let (before_tables, tables) = (before.mapping.unwrap(), after.mapping.unwrap());
    // This dialect has no word for it.
    assert!(!tables.passes_unknown);
    assert_eq!(tables.service, before_tables.service);
    assert_eq!(tables.content_type, before_tables.content_type);
    assert_eq!(
        (after.method, after.path, after.backend),
        (before.method, before.path, before.backend)
    );
}

#[tokio::test]
async fn alibabas_mock_and_plain_apis_are_put_back() {
    let plane = Plane::new().await;
    let group = plane.group("group").await;
    let mock = r#"{"Mock":"TRUE","MockResult":"no","MockStatusCode":418,
        "MockHeaders":[{"HeaderName":"X-A","HeaderValue":"b"}]}"#;
    let request = r#"{"RequestHttpMethod":"GET","RequestPath":"/m/*"}"#;
    let params = [
        ("GroupId", group.as_str()),
        ("ApiName", "mock"),
        ("Visibility", "PUBLIC"),
        ("RequestConfig", request),
        ("ServiceConfig", mock),
    ];
    let mock = plane.make("CreateApi", &params, "ApiId").await;
    let before = definition(&plane, &mock).mock;
    for (_, base) in bases() {
        let shown = put_back(&plane, &base, &mock).await;
        assert_eq!(shown["backend_type"], "MOCK");
        assert_eq!(shown["mock_info"]["result_content"], "no");
        assert_eq!(shown["match_mode"], "SWA");
        // Status and headers have no words here, and stay.
        assert_eq!(definition(&plane, &mock).mock, before);
    }

    // Called at the client's own path, which has to be told here.
    let plain = plane.api(&group, "plain_api", "/p/[id]").await;
    let shown = put_back(&plane, &v2(), &plain).await;
    assert_eq!(shown["backend_api"]["req_uri"], "/p/{id}");
    assert_eq!(shown["backend_api"]["req_method"], "ANY");
    assert_eq!(shown["req_params"][0]["name"], "id");
    assert_eq!(shown["auth_type"], "NONE");
    assert!(definition(&plane, &plain).mapping.is_none());
}

#[tokio::test]
async fn huaweis_api_is_told_whole_by_alibabas_dialect() {
    let plane = Plane::new().await;
    let group = group(&plane, "group").await;
    let body = patched(
        least(&group, "mapped", "/users/{id}"),
        json!({
            "match_mode": "SWA",
            "tags": ["kept"],
            "backend_api": { "req_uri": "/b/{to}/{id}" },
            "req_params": [
                { "name": "id", "type": "NUMBER", "location": "PATH", "valid_enable": 1,
                  "min_num": 1, "max_num": 9 },
                { "name": "q", "type": "STRING", "location": "QUERY", "pass_through": 1,
                  "required": 1 },
            ],
            "backend_params": [
                { "name": "id", "location": "PATH", "origin": "REQUEST", "value": "q" },
                { "name": "to", "location": "PATH", "origin": "REQUEST", "value": "id" },
                // One name, from two parameters.
                { "name": "id", "location": "HEADER", "origin": "REQUEST", "value": "id" },
                { "name": "c", "location": "HEADER", "origin": "CONSTANT", "value": "v" },
                { "name": "ip", "location": "QUERY", "origin": "SYSTEM",
                  "value": "$context.sourceIp" },
            ],
        }),
    );
    let made = id(&api(&plane, body).await);
    let one = [("ApiId", made.as_str())];
    let mut told = alibaba(&plane, "DescribeApi", &one).await;
    told["RequestId"] = Value::Null;
    insta::assert_snapshot!(pretty(&told));

    // Nothing of the definition: it stays to the letter.
    let before = definition(&plane, &made);
    let change = [("ApiId", made.as_str()), ("Description", "changed")];
    alibaba(&plane, "ModifyApi", &change).await;
    assert_eq!(definition(&plane, &made), before);
    // A part of it: the rest stays.
    let service = told["ServiceConfig"].clone();
    let service = patched(service, json!({ "ServiceTimeout": 9000 })).to_string();
    let change = [
        ("ApiId", made.as_str()),
        ("ServiceConfig", service.as_str()),
    ];
    alibaba(&plane, "ModifyApi", &change).await;
    let shown = huawei(&plane, "GET", &format!("apis/{made}"), Value::Null).await;
    assert_eq!(shown["backend_api"]["timeout"], 9000);
    assert_eq!(shown["tags"], json!(["kept"]));
    assert_eq!(shown["match_mode"], "SWA");
    assert_eq!(shown["remark"], "changed");
    assert_eq!(shown["req_params"][1]["pass_through"], 1);
    assert_eq!(shown["backend_params"].as_array().unwrap().len(), 5);
    let after = definition(&plane, &made);
    assert_eq!(
        after.mapping.unwrap().request,
        before.mapping.unwrap().request
    );

    let listed = alibaba(&plane, "DescribeApis", &[("ApiPath", "/users/[id]/*")]).await;
    assert_eq!(listed["TotalCount"], 1);
}

#[tokio::test]
async fn groups_live_in_both() {
    let plane = Plane::new().await;
    let (ours, theirs) = (
        group(&plane, "made_here").await,
        plane.group("made_there").await,
    );
    let listed = huawei(&plane, "GET", "api-groups", Value::Null).await;
    assert_eq!(listed["total"], 2);
    assert_eq!(listed["groups"][0]["id"], theirs.as_str());
    let told = alibaba(&plane, "DescribeApiGroup", &[("GroupId", &ours)]).await;
    let shown = huawei(&plane, "GET", &format!("api-groups/{ours}"), Value::Null).await;
    assert_eq!(told["SubDomain"], shown["sl_domain"]);
    assert_eq!(told["GroupName"], "made_here");

    let change = json!({ "name": "renamed/名:a", "remark": "by the other" });
    huawei(&plane, "PUT", &format!("api-groups/{theirs}"), change).await;
    let told = alibaba(&plane, "DescribeApiGroup", &[("GroupId", &theirs)]).await;
    // A name that the dialect could not have made is told as it is.
    assert_eq!(told["GroupName"], "renamed/名:a");
    assert_eq!(told["Description"], "by the other");
    let taken = [("GroupName", "made_here")];
    let taken = plane.call("CreateApiGroup", &taken).await;
    assert_eq!(taken.code().0, 400);

    alibaba(&plane, "DeleteApiGroup", &[("GroupId", &ours)]).await;
    huawei(
        &plane,
        "DELETE",
        &format!("api-groups/{theirs}"),
        Value::Null,
    )
    .await;
    let listed = alibaba(&plane, "DescribeApiGroups", &[]).await;
    assert_eq!(listed["TotalCount"], 0);
}

#[tokio::test]
async fn publications_live_in_both() {
    let plane = Plane::new().await;
    let group = plane.group("group").await;
    let api = plane.api(&group, "some_api", "/a").await;
    let at = [
        ("ApiId", api.as_str()),
        ("StageName", "RELEASE"),
        ("Description", "d"),
    ];
    alibaba(&plane, "DeployApi", &at).await;
    for (_, base) in bases() {
        let target = format!("{base}apis/{api}");
        let shown = plane.huawei("GET", &target, Value::Null).await.json();
        assert_eq!(shown["run_env_name"], "RELEASE");
        assert_eq!(shown["run_env_id"], RELEASE);
        let versions = format!("{base}apis/publish/{api}");
        let versions = plane.huawei("GET", &versions, Value::Null).await.json();
        assert_eq!(versions["api_versions"][0]["remark"], "d");
    }
    // Published again here: a second version, which the other dialect shows.
    let again = act(&plane, "online", RELEASE, &api).await;
    let told = alibaba(&plane, "DescribeApi", &[("ApiId", &api)]).await;
    let info = &told["DeployedInfos"]["DeployedInfo"][0];
    assert_eq!(info["DeployedStatus"], "DEPLOYED");
    let versions = huawei(&plane, "GET", &format!("apis/publish/{api}"), Value::Null).await;
    assert_eq!(
        versions["api_versions"][0]["version_id"],
        again["version_id"]
    );
    assert_eq!(versions["total"], 2);
    // Taken off there: here it may be deleted.
    let at = [("ApiId", api.as_str()), ("StageName", "RELEASE")];
    alibaba(&plane, "AbolishApi", &at).await;
    let target = format!("{V1}apis/{api}");
    let deleted = plane.huawei("DELETE", &target, Value::Null).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    let gone = plane.call("DescribeApi", &[("ApiId", &api)]).await;
    assert_eq!(gone.code(), (400, "NotFoundApi".to_owned()));
}

#[tokio::test]
async fn an_environment_of_ones_own_is_no_stage_and_breaks_no_list() {
    let plane = Plane::new().await;
    let group = group(&plane, "group").await;
    let api = id(&api(&plane, least(&group, "some_api", "/a")).await);
    let own = huawei(&plane, "POST", "envs", json!({ "name": "own_env" })).await;
    let published = act(&plane, "online", &id(&own), &api).await;
    // A key of Alibaba's, bound to an API of Huawei's.
    let key = plane.signature("of_alibaba").await;
    let bind = json!({ "sign_id": key, "publish_ids": [published["publish_id"]] });
    let bound = huawei(&plane, "POST", "sign-bindings", bind).await;
    assert_eq!(bound["bindings"][0]["env_name"], "own_env");
    assert_eq!(bound["bindings"][0]["sign_secret"], "asdfghjkl");

    let of_key = alibaba(&plane, "DescribeApisBySignature", &[("SignatureId", &key)]).await;
    let info = &of_key["ApiInfos"]["ApiInfo"][0];
    assert_eq!(
        (&info["StageName"], &info["ApiId"]),
        (&json!("own_env"), &json!(api))
    );
    let deployed = alibaba(&plane, "DescribeDeployedApis", &[]).await;
    let item = &deployed["DeployedApis"]["DeployedApiItem"][0];
    assert_eq!(item["StageName"], "own_env");
    let told = alibaba(&plane, "DescribeApi", &[("ApiId", &api)]).await;
    let stages = told["DeployedInfos"]["DeployedInfo"].as_array().unwrap();
    assert!(
        stages
            .iter()
            .all(|own| own["DeployedStatus"] == "NONDEPLOYED")
    );
    let at = [
        ("ApiId", api.as_str()),
        ("StageName", "own_env"),
        ("Description", "d"),
    ];
    let refused = plane.call("DeployApi", &at).await;
    assert_eq!(refused.code(), (400, "InvalidStageName".to_owned()));
    let deleted = plane.call("DeleteApi", &[("ApiId", &api)]).await;
    assert_eq!(deleted.code(), (400, "DependencyViolationApi".to_owned()));
    let native = plane.native("GET", "/api/v1/apis", None).await.json();
    let environments = &native["apis"][0]["environments"];
    assert_eq!(environments[0]["name"], "own_env");
    assert_eq!(environments[0]["key"]["name"], "of_alibaba");

    // The environment gets another name, and everything moves along.
    let renamed = json!({ "name": "renamed" });
    huawei(&plane, "PUT", &format!("envs/{}", id(&own)), renamed).await;
    let of_key = alibaba(&plane, "DescribeApisBySignature", &[("SignatureId", &key)]).await;
    assert_eq!(of_key["ApiInfos"]["ApiInfo"][0]["StageName"], "renamed");
    let binding = id(&bound["bindings"][0]);
    huawei(
        &plane,
        "DELETE",
        &format!("sign-bindings/{binding}"),
        Value::Null,
    )
    .await;
    let of_key = alibaba(&plane, "DescribeApisBySignature", &[("SignatureId", &key)]).await;
    assert_eq!(of_key["TotalCount"], 0);
}

#[tokio::test]
async fn keys_bind_and_unbind_across() {
    let plane = Plane::new().await;
    let group = group(&plane, "group").await;
    let made = id(&api(&plane, least(&group, "some_api", "/a")).await);
    let published = act(&plane, "online", RELEASE, &made).await;
    let publish_id = published["publish_id"].as_str().unwrap();
    let key = plane.signature("of_alibaba").await;
    let place = [
        ("SignatureId", key.as_str()),
        ("GroupId", group.as_str()),
        ("ApiIds", made.as_str()),
        ("StageName", "RELEASE"),
    ];
    // Bound there, shown and unbound here.
    alibaba(&plane, "SetSignatureApis", &place).await;
    let list = format!("sign-bindings/binded-signs?api_id={made}");
    let bound = huawei(&plane, "GET", &list, Value::Null).await;
    assert_eq!(bound["bindings"][0]["publish_id"], publish_id);
    assert_eq!(bound["bindings"][0]["sign_name"], "of_alibaba");
    let binding = id(&bound["bindings"][0]);
    huawei(
        &plane,
        "DELETE",
        &format!("sign-bindings/{binding}"),
        Value::Null,
    )
    .await;
    let of_key = [("SignatureId", key.as_str())];
    let left = alibaba(&plane, "DescribeApisBySignature", &of_key).await;
    assert_eq!(left["TotalCount"], 0);

    // Bound here, shown and unbound there.
    let own = plane.huawei_key("of_huawei", json!({})).await;
    let own_id = id(&own);
    let bind = json!({ "sign_id": own_id, "publish_ids": [publish_id] });
    huawei(&plane, "POST", "sign-bindings", bind).await;
    let at = [
        ("GroupId", group.as_str()),
        ("ApiId", made.as_str()),
        ("StageName", "RELEASE"),
    ];
    let told = alibaba(&plane, "DescribeSignaturesByApi", &at).await;
    let item = &told["Signatures"]["SignatureItem"][0];
    assert_eq!(item["SignatureName"], "of_huawei");
    let place = [
        ("SignatureId", own_id.as_str()),
        place[1],
        place[2],
        place[3],
    ];
    alibaba(&plane, "RemoveSignatureApis", &place).await;
    let left = format!("sign-bindings/binded-apis?sign_id={own_id}");
    let left = huawei(&plane, "GET", &left, Value::Null).await;
    assert_eq!(left["total"], 0);
}

#[tokio::test]
async fn the_policy_for_bodies_outlives_changes_in_either_dialect() {
    let plane = Plane::new().await;
    let group = group(&plane, "group").await;
    let made = id(&api(&plane, least(&group, "some_api", "/a")).await);
    assert_eq!(definition(&plane, &made).payload, PayloadPolicy::Text);
    let patch = json!({ "unsigned_payload": "always" });
    let changed = plane
        .native("PATCH", &format!("/api/v1/apis/{made}"), Some(patch))
        .await;
    assert_eq!(changed.status, StatusCode::OK, "{changed}");
    put_back(&plane, &v2(), &made).await;
    assert_eq!(definition(&plane, &made).payload, PayloadPolicy::Unsigned);
    let change = [("ApiId", made.as_str()), ("AuthType", "ANONYMOUS")];
    alibaba(&plane, "ModifyApi", &change).await;
    assert_eq!(definition(&plane, &made).payload, PayloadPolicy::Unsigned);
}
