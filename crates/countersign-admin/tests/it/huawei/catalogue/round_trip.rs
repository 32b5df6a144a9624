//! Properties of definitions: what is shown and put back unchanged comes to the
//! same, and what Alibaba's dialect tells of it comes to the same.

use countersign_core::{ApiDefinition, ApiId, mapping::ServiceParameter};
use http::StatusCode;
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use serde_json::{Value, json};

use super::{V1, group, id, v2};
use crate::support::Plane;

/// A parameter that clients may send; `at` makes its name unlike the others'.
fn req_param(at: usize) -> impl Strategy<Value = Value> {
    let location = prop_oneof![Just("QUERY"), Just("HEADER")];
    let kind = prop_oneof![Just("STRING"), Just("NUMBER")];
    let limits = (0..20i64, 0..20i64, any::<bool>());
    let flags = (1..3u8, 1..3u8, 1..3u8, 0..4u8);
    (location, kind, limits, flags).prop_map(move |(location, kind, limits, flags)| {
        let (least, more, has_values) = limits;
        let (required, valid_enable, pass_through, texts) = flags;
        let mut param = json!({
            "name": format!("p{at}"),
            "location": location,
            "type": kind,
            "required": required,
            "valid_enable": valid_enable,
            "pass_through": pass_through,
        });
        let (min, max) = match kind {
            "NUMBER" => ("min_num", "max_num"),
            _ => ("min_size", "max_size"),
        };
        param[min] = least.into();
        param[max] = (least + more).into();
        if has_values {
            param["enumerations"] = "1,22,333".into();
        }
        if texts & 1 == 1 && valid_enable == 2 {
            param["default_value"] = "any text".into();
        }
        if texts & 2 == 2 {
            param["sample_value"] = "sample".into();
            param["remark"] = "what it is for".into();
        }
        param
    })
}

/// Where a backend's parameter comes from: origin, and what picks the value.
fn source() -> impl Strategy<Value = (&'static str, usize)> {
    let origin = prop_oneof![Just("REQUEST"), Just("CONSTANT"), Just("SYSTEM")];
    (origin, 0..64usize)
}

const SYSTEM: [&str; 4] = [
    "$context.sourceIp",
    "$context.requestId",
    "$context.handleTime",
    "$context.appId",
];

fn backend_param(
    name: &str,
    location: &str,
    (origin, pick): (&str, usize),
    params: &[Value],
) -> Value {
    let (origin, value) = match (origin, params.len()) {
        ("REQUEST", 1..) => {
            let name = &params[pick % params.len()]["name"];
            ("REQUEST", name.as_str().unwrap())
        }
        ("SYSTEM", _) if location != "PATH" => ("SYSTEM", SYSTEM[pick % SYSTEM.len()]),
        _ => ("CONSTANT", "a constant"),
    };
    json!({ "name": name, "location": location, "origin": origin, "value": value })
}

/// A body without its group.
fn body() -> impl Strategy<Value = Value> {
    let params = (0..5usize).prop_flat_map(|count| (0..count).map(req_param).collect::<Vec<_>>());
    let path = (0..3usize, any::<bool>(), 1..3u8);
    let services = prop::collection::vec((source(), any::<bool>()), 0..4);
    let kind = (any::<bool>(), any::<bool>(), 0..8usize, any::<bool>());
    (params, path, services, kind).prop_map(|(mut params, path, services, kind)| {
        let (in_path, same_path, path_enable) = path;
        let (is_mock, is_prefix, method, has_extras) = kind;
        let uri: String = (0..in_path).map(|at| format!("/{{id{at}}}")).collect();
        for at in 0..in_path {
            params.push(json!({
                "name": format!("id{at}"), "type": "STRING", "location": "PATH",
                "valid_enable": path_enable, "max_size": 9,
            }));
        }
        let mut backend_params = Vec::new();
        let backend_uri = if same_path {
            uri.clone()
        } else {
            "/{to}".to_owned()
        };
        if same_path {
            for at in 0..in_path {
                let name = format!("id{at}");
                backend_params.push(json!({
                    "name": name, "location": "PATH", "origin": "REQUEST", "value": name,
                }));
            }
        } else {
            backend_params.push(backend_param("to", "PATH", ("REQUEST", method), &params));
        }
        for (at, (source, in_query)) in services.into_iter().enumerate() {
            // One name may stand in two places.
            let name = format!("s{}", at / 2);
            let location = if in_query ^ (at % 2 == 1) {
                "QUERY"
            } else {
                "HEADER"
            };
            let taken = backend_params
                .iter()
                .any(|own: &Value| own["name"] == name.as_str() && own["location"] == location);
            if !taken {
                backend_params.push(backend_param(&name, location, source, &params));
            }
        }
        let methods = [
            "GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "ANY",
        ];
        let mut body = json!({
            "name": "property",
            "type": 1,
            "req_protocol": "HTTP",
            "req_method": methods[method],
            "req_uri": format!("/r{uri}"),
            "match_mode": if is_prefix { "SWA" } else { "NORMAL" },
            "auth_type": "NONE",
            "req_params": params,
        });
        if is_mock {
            body["backend_type"] = "MOCK".into();
            body["mock_info"] = json!({ "result_content": "answer" });
        } else {
            body["backend_type"] = "HTTP".into();
            body["backend_params"] = backend_params.into();
            body["backend_api"] = json!({
                "url_domain": "backend.example:81",
                "req_protocol": "HTTP",
                "req_method": methods[7 - method],
                "req_uri": format!("/b{backend_uri}"),
                "timeout": 1234,
            });
        }
        if has_extras {
            body["tags"] = json!(["x", "y"]);
            body["version"] = "2".into();
            body["cors"] = true.into();
            body["remark"] = "remark".into();
        }
        body
    })
}

fn definition(plane: &Plane, id: &str) -> ApiDefinition {
    let id = ApiId::parse(id).unwrap();
    let snapshot = plane.store.snapshot();
    ApiDefinition::clone(&snapshot.api(id).unwrap().definition)
}

/// What the data plane does with it: the order in which parameters are written
/// aside.
fn meaning(mut definition: ApiDefinition) -> String {
    definition.document = None;
    if let Some(mapping) = &definition.mapping {
        let mut mapping = (**mapping).clone();
        let mut service: Vec<ServiceParameter> = mapping.service.to_vec();
        service.sort_by_key(|own| (own.location, own.name.clone()));
        mapping.service = service.into();
        definition.mapping = Some(mapping.into());
    }
    format!("{definition:#?}")
}

/// What is told, without the time of the change and the order of tables.
fn told(mut api: Value) -> Value {
    for part in [
        "/update_time",
        "/backend_api/update_time",
        "/mock_info/update_time",
    ] {
        if let Some(time) = api.pointer_mut(part) {
            *time = Value::Null;
        }
    }
    if let Some(Value::Array(params)) = api.get_mut("backend_params") {
        params.sort_by_key(|own| own["id"].to_string());
    }
    api
}

/// The parameters of a call that would make what `DescribeApi` tells.
fn alibaba_params(shown: &Value) -> Vec<(&'static str, String)> {
    let mut params = Vec::new();
    for name in ["RequestConfig", "ServiceConfig"] {
        let mut config = shown[name].clone();
        if let Some(headers) = config.get_mut("MockHeaders") {
            *headers = headers["MockHeader"].take();
        }
        params.push((name, config.to_string()));
    }
    for (name, item) in [
        ("RequestParameters", "RequestParameter"),
        ("ServiceParameters", "ServiceParameter"),
        ("ServiceParametersMap", "ServiceParameterMap"),
        ("ConstantParameters", "ConstantParameter"),
        ("SystemParameters", "SystemParameter"),
    ] {
        let list = &shown[name][item];
        if list.as_array().is_some_and(|list| !list.is_empty()) {
            params.push((name, list.to_string()));
        }
    }
    params
}

async fn check(mut body: Value, base: &str) -> Result<(), TestCaseError> {
    let plane = Plane::new().await;
    body["group_id"] = group(&plane, "group").await.into();
    let made = plane.huawei("POST", &format!("{base}apis"), body).await;
    prop_assert_eq!(made.status, StatusCode::CREATED, "{}", made);
    let api = id(&made.json());
    let target = format!("{base}apis/{api}");
    let first = definition(&plane, &api);

    let shown = plane.huawei("GET", &target, Value::Null).await.json();
    plane.wait(1000);
    let put = plane.huawei("PUT", &target, shown.clone()).await;
    prop_assert_eq!(put.status, StatusCode::OK, "{}", put);
    prop_assert_eq!(&definition(&plane, &api), &first);
    let again = plane.huawei("GET", &target, Value::Null).await.json();
    prop_assert_eq!(told(again), told(shown.clone()));

    let described = plane.call("DescribeApi", &[("ApiId", &api)]).await.json();
    let other = plane.group("other").await;
    let mut params = vec![
        ("GroupId", other),
        ("ApiName", "from_huawei".to_owned()),
        ("Visibility", "PUBLIC".to_owned()),
    ];
    params.extend(alibaba_params(&described));
    let params: Vec<_> = params
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    let copy = plane.call("CreateApi", &params).await;
    prop_assert_eq!(copy.status, StatusCode::OK, "{}\n{}", copy, described);
    let copy = definition(&plane, copy.json()["ApiId"].as_str().unwrap());
    prop_assert_eq!(meaning(copy), meaning(first.clone()));

    // A change of something else, which writes the definition in the other
    // dialect's words.
    let change = [("ApiId", api.as_str()), ("AuthType", "ANONYMOUS")];
    let changed = plane.call("ModifyApi", &change).await;
    prop_assert_eq!(changed.status, StatusCode::OK, "{}", changed);
    prop_assert_eq!(meaning(definition(&plane, &api)), meaning(first));
    let again = plane.huawei("GET", &target, Value::Null).await.json();
    prop_assert_eq!(told(again), told(shown));
    Ok(())
}

fn run(base: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let config = Config {
        cases: 64,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    let outcome = runner.run(&body(), |body| runtime.block_on(check(body, base)));
    outcome.unwrap();
}

#[test]
fn what_is_shown_in_v1_and_put_back_comes_to_the_same() {
    run(V1);
}

#[test]
fn what_is_shown_in_v2_and_put_back_comes_to_the_same() {
    run(&v2());
}
