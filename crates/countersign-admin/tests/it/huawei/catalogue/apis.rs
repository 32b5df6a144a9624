//! APIs: made, shown, changed, listed, removed.

use serde_json::{Value, json};

use super::{Diary, group, id, least, patched};
use crate::{huawei::support::v2, support::Plane};

const NONE: &str = "0123456789abcdef0123456789abcdef";

/// An API with something in every field that there is.
pub(super) fn most(group: &str) -> Value {
    json!({
        "group_id": group,
        "name": "most_of_it",
        "type": 2,
        "version": "1.2",
        "req_protocol": "both",
        "req_method": "post",
        "req_uri": "/users/{id}",
        "match_mode": "swa",
        "auth_type": "app",
        "auth_opt": { "app_code_auth_type": "header", "other": 1 },
        "cors": true,
        "remark": "tells 中文",
        "tags": ["one", "二", "one"],
        "body_remark": "body",
        "result_normal_sample": "{}",
        "backend_type": "http",
        "backend_api": {
            "url_domain": "backend.example",
            "req_protocol": "http",
            "req_method": "any",
            "req_uri": "/b/{to}",
            "timeout": 60000,
            "vpc_status": 2,
            "vpc_channel_status": 2,
            "retry_count": "-1",
            "remark": "far away",
        },
        "req_params": [
            { "name": "id", "type": "NUMBER", "location": "PATH", "valid_enable": 1,
              "min_num": 1, "max_num": 9, "sample_value": "3" },
            { "name": "q", "type": "string", "location": "query", "required": 1,
              "valid_enable": 1, "enumerations": "a, b", "min_size": 0, "max_size": 0,
              "default_value": "a", "remark": "letters" },
            { "name": "X-Free", "type": "NUMBER", "location": "HEADER", "valid_enable": 2,
              "max_num": 7, "pass_through": 1 },
            { "name": "Content-Type", "type": "STRING", "location": "HEADER" },
        ],
        "backend_params": [
            { "name": "to", "location": "PATH", "origin": "REQUEST", "value": "id" },
            { "name": "letter", "location": "HEADER", "origin": "request", "value": "q",
              "remark": "one" },
            { "name": "c", "location": "QUERY", "origin": "CONSTANT", "value": "" },
            { "name": "ip", "location": "QUERY", "origin": "SYSTEM",
              "value": "$context.sourceIp" },
            { "name": "content_type", "location": "HEADER", "origin": "REQUEST",
              "value": "Content-Type" },
        ],
        "unknown": { "passed": "over" },
    })
}

fn mock(group: &str) -> Value {
    json!({
        "group_id": group,
        "name": "answers",
        "type": 1,
        "req_protocol": "HTTP",
        "req_method": "GET",
        "req_uri": "/mock/{id}",
        "auth_type": "NONE",
        "backend_type": "MOCK",
        "mock_info": { "result_content": "{\"a\":1}", "remark": "none" },
        "req_params": [{ "name": "id", "type": "STRING", "location": "PATH" }],
    })
}

async fn life(mut diary: Diary) -> String {
    let own = diary.make("api-groups", json!({ "name": "group" })).await;
    let own = id(&own);
    let first = diary.call("POST", "apis", least(&own, "first", "/a")).await;
    let first = id(&first);
    let most = diary.call("POST", "apis", most(&own)).await;
    let most = id(&most);
    diary.call("POST", "apis", mock(&own)).await;
    diary
        .call("GET", &format!("apis/{most}"), Value::Null)
        .await;
    // The name, and then method and path, are taken.
    diary.call("POST", "apis", least(&own, "first", "/b")).await;
    diary
        .call("POST", "apis", least(&own, "second", "/a"))
        .await;
    diary
        .call("POST", "apis", least(NONE, "second", "/b"))
        .await;
    diary.call("POST", "apis", least("x", "second", "/b")).await;

    let other = id(&diary.make("api-groups", json!({ "name": "other" })).await);
    let changed = patched(
        least(&own, "first", "/a"),
        json!({ "name": "changed", "type": 2, "remark": "new", "tags": ["x"] }),
    );
    let path = format!("apis/{first}");
    diary.call("PUT", &path, changed.clone()).await;
    let moved = patched(changed.clone(), json!({ "group_id": other }));
    diary.call("PUT", &path, moved).await;
    let lost = patched(changed.clone(), json!({ "group_id": NONE }));
    diary.call("PUT", &path, lost).await;
    diary
        .call("PUT", &format!("apis/{NONE}"), changed.clone())
        .await;
    diary
        .call("PUT", &format!("apis/{NONE}"), json!({ "group_id": own }))
        .await;

    diary
        .call("DELETE", &format!("apis/{most}"), Value::Null)
        .await;
    for gone in [most.as_str(), NONE, "%20"] {
        diary
            .call("DELETE", &format!("apis/{gone}"), Value::Null)
            .await;
        diary
            .call("GET", &format!("apis/{gone}"), Value::Null)
            .await;
    }
    diary.text
}

#[tokio::test]
async fn in_v1() {
    insta::assert_snapshot!(life(Diary::in_v1().await).await);
}

#[tokio::test]
async fn in_v2() {
    insta::assert_snapshot!(life(Diary::in_v2().await).await);
}

#[tokio::test]
async fn lists_are_filtered() {
    let plane = Plane::new().await;
    let (one, two) = (group(&plane, "one").await, group(&plane, "two").await);
    for (group, name, uri, patch) in [
        (&one, "plain", "/a", json!({})),
        (
            &one,
            "private",
            "/a/b",
            json!({ "type": 2, "tags": ["x", "y"] }),
        ),
        (
            &two,
            "plain_too",
            "/a",
            json!({ "req_method": "ANY", "auth_type": "IAM" }),
        ),
        (
            &two,
            "secure",
            "/c",
            json!({ "req_protocol": "HTTPS", "tags": ["z"] }),
        ),
    ] {
        super::api(&plane, patched(least(group, name, uri), patch)).await;
    }
    let names = async |base: &str, query: &str| {
        let target = format!("{base}apis?{query}");
        let list = plane.huawei("GET", &target, Value::Null).await.json();
        let apis = list["apis"].as_array().unwrap();
        assert_eq!(list["size"], apis.len(), "{query}");
        let names = apis
            .iter()
            .map(|api| api["name"].as_str().unwrap().to_owned());
        (
            list["total"].as_u64().unwrap(),
            names.collect::<Vec<_>>().join(" "),
        )
    };
    let all = "secure plain_too private plain";
    for (query, total, wanted) in [
        ("", 4, all),
        ("name=plain", 2, "plain_too plain"),
        ("name=plain&precise_search=name", 1, "plain"),
        ("req_uri=/a", 3, "plain_too private plain"),
        (
            "req_uri=%2Fa&precise_search=name,req_uri",
            2,
            "plain_too plain",
        ),
        ("req_method=any", 1, "plain_too"),
        ("req_protocol=https", 1, "secure"),
        ("auth_type=IAM", 1, "plain_too"),
        ("type=2", 1, "private"),
        ("tags=y,z", 2, "secure private"),
        ("tags=%23no_tags%23", 2, "plain_too plain"),
        ("env_id=DEFAULT_ENVIRONMENT_RELEASE_ID", 0, ""),
        ("env_id=x", 0, ""),
        ("id=x", 0, ""),
        (&format!("group_id={one}"), 2, "private plain"),
    ] {
        for base in [super::V1.to_owned(), v2()] {
            let found = names(&base, query).await;
            assert_eq!(found, (total, wanted.to_owned()), "{base} {query}");
        }
    }
    let two = "secure plain_too";
    for (base, query, wanted) in [
        (super::V1, "page_size=0", all),
        (super::V1, "page_size=2", two),
        (super::V1, "page_size=2&page_no=9", ""),
        (&v2(), "limit=2", two),
        (&v2(), "limit=0", all),
        (&v2(), "offset=4", ""),
    ] {
        let found = names(base, query).await;
        assert_eq!(found, (4, wanted.to_owned()), "{base} {query}");
    }
    assert_eq!(names(&v2(), "vpc_channel_name=x").await.0, 0);
    for query in ["type=3", "type=public", "limit=x"] {
        let target = format!("{}apis?{query}", v2());
        let answer = plane.huawei("GET", &target, Value::Null).await;
        let code = answer.huawei_code();
        assert_eq!(code, (400, "APIG.2012".to_owned()), "{query}");
    }
}

#[tokio::test]
async fn what_has_no_effect_is_said() {
    let plane = Plane::new().await;
    let group = group(&plane, "group").await;
    for (at, (patch, warning)) in [
        (json!({}), None),
        (
            json!({ "auth_type": "APP", "cors": true }),
            Some("auth_type"),
        ),
        (json!({ "cors": true }), Some("cors")),
        (json!({ "req_protocol": "HTTPS" }), Some("req_protocol")),
        (
            json!({ "backend_api": { "retry_count": "3" } }),
            Some("retry_count"),
        ),
        (json!({ "trace_enabled": true }), Some("trace_enabled")),
    ]
    .into_iter()
    .enumerate()
    {
        let body = patched(
            least(&group, &format!("api_{at}"), &format!("/{at}")),
            patch,
        );
        let answer = plane
            .huawei("POST", &format!("{}apis", v2()), body.clone())
            .await;
        let told = answer.header("x-countersign-warning");
        let first = told.and_then(|text| text.split(' ').next());
        assert_eq!(first, warning, "{body}");
        let again = format!("{}apis/{}", v2(), id(&answer.json()));
        let again = plane.huawei("PUT", &again, body).await;
        assert_eq!(again.header("x-countersign-warning"), told);
    }
}
