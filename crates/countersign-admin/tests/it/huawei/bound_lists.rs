//! The lists of bindings: filters, paging and order, and how clients read them.

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    bindings::{bind, key, listed},
    successes::{deploy, publish_id, published},
    support::{bases, id, v2},
};
use crate::support::Plane;

const OK: StatusCode = StatusCode::OK;
const CREATED: StatusCode = StatusCode::CREATED;
const NO_CONTENT: StatusCode = StatusCode::NO_CONTENT;
const NOBODYS_ID: &str = "0123456789abcdef0123456789abcdef";
const RELEASE_ID: &str = "DEFAULT_ENVIRONMENT_RELEASE_ID";

struct Catalogue {
    plane: Plane,
    apis: [String; 3],
    groups: [String; 2],
    keys: [String; 2],
}

/// Three APIs in two groups; the first key is bound to all of them in RELEASE,
/// one after the other, and the second to the first API in TEST.
async fn catalogue() -> Catalogue {
    let plane = Plane::new().await;
    let groups = [plane.group("group_1").await, plane.group("group_2").await];
    let mut apis = Vec::new();
    for (group, name) in [(0, "alpha"), (0, "alphabet"), (1, "beta")] {
        let api = plane.api(&groups[group], name, &format!("/{name}")).await;
        for stage in ["RELEASE", "TEST"] {
            deploy(&plane, &groups[group], &api, stage).await;
        }
        apis.push(api);
    }
    let apis: [String; 3] = apis.try_into().unwrap();
    let keys = [key(&plane, "key_1").await, key(&plane, "key_2").await];
    for api in &apis {
        plane.wait(1000);
        bind(&plane, &keys[0], &[publish_id(api, "RELEASE")]).await;
    }
    plane.wait(1000);
    bind(&plane, &keys[1], &[publish_id(&apis[0], "TEST")]).await;
    Catalogue {
        plane,
        apis,
        groups,
        keys,
    }
}

#[tokio::test]
async fn bound_apis_are_filtered() {
    let Catalogue {
        plane,
        apis,
        groups,
        keys,
    } = catalogue().await;
    for (version, base) in bases() {
        for (filter, wanted) in [
            (String::new(), vec!["beta", "alphabet", "alpha"]),
            (
                format!("&env_id={RELEASE_ID}"),
                vec!["beta", "alphabet", "alpha"],
            ),
            (format!("&env_id={NOBODYS_ID}"), vec![]),
            ("&env_id=RELEASE".to_owned(), vec![]),
            (format!("&api_id={}", apis[1]), vec!["alphabet"]),
            ("&api_id=x".to_owned(), vec![]),
            ("&api_name=alpha".to_owned(), vec!["alphabet", "alpha"]),
            ("&api_name=ALPHA".to_owned(), vec![]),
            (
                "&api_name=alpha&precise_search=api_name".to_owned(),
                vec!["alpha"],
            ),
            (format!("&group_id={}", groups[1]), vec!["beta"]),
            (format!("&group_id={}&api_name=alpha", groups[1]), vec![]),
        ] {
            let target = format!(
                "{base}sign-bindings/binded-apis?sign_id={}{filter}",
                keys[0]
            );
            let names = listed(&plane, &target, "bindings", "api_name").await;
            assert_eq!(names, wanted, "{version} {filter}");
        }
        let paged = match version {
            "v1.0" => "page_no=2&page_size=2",
            _ => "offset=2&limit=2",
        };
        let target = format!(
            "{base}sign-bindings/binded-apis?sign_id={}&{paged}",
            keys[0]
        );
        assert_eq!(
            listed(&plane, &target, "bindings", "api_name").await,
            ["alpha"]
        );
        let total = plane.huawei_ok(OK, "GET", &target, Value::Null).await;
        assert_eq!(total["total"], 3);
        for (query, code) in [
            (String::new(), (400, "APIG.2001")),
            ("?sign_id=".to_owned(), (400, "APIG.2001")),
            (format!("?sign_id={NOBODYS_ID}"), (404, "APIG.3017")),
            (
                format!("?sign_id={}&offset=a&page_no=a", keys[0]),
                (400, "APIG.2012"),
            ),
        ] {
            for list in ["binded-apis", "unbinded-apis"] {
                let target = format!("{base}sign-bindings/{list}{query}");
                let answer = plane.huawei("GET", &target, Value::Null).await;
                assert_eq!(answer.huawei_code(), (code.0, code.1.into()), "{target}");
            }
        }
    }
    let tags = |wanted: &str| {
        format!(
            "{}sign-bindings/binded-apis?sign_id={}&tags={wanted}",
            v2(),
            keys[0]
        )
    };
    let untagged = listed(&plane, &tags("%23no_tags%23"), "bindings", "api_name").await;
    assert_eq!(untagged.len(), 3, "the other dialect has no tags");
    let tagged = listed(&plane, &tags("a,b"), "bindings", "api_name").await;
    assert!(tagged.is_empty());
}

/// What clients poll after binding: the published places that a key is not
/// bound to, each with the other key that is.
#[tokio::test]
async fn unbound_apis_are_one_for_each_environment() {
    let Catalogue {
        plane,
        apis,
        groups,
        keys,
    } = catalogue().await;
    for (_, base) in bases() {
        let target = format!("{base}sign-bindings/unbinded-apis?sign_id={}", keys[0]);
        let places = listed(&plane, &target, "apis", "publish_id").await;
        let wanted: Vec<_> = [2, 1, 0].map(|at| publish_id(&apis[at], "TEST")).into();
        assert_eq!(places, wanted);
        let others = listed(&plane, &target, "apis", "signature_name").await;
        assert_eq!(others, ["", "", "key_2"]);
        let target = format!("{base}sign-bindings/unbinded-apis?sign_id={}", keys[1]);
        assert_eq!(listed(&plane, &target, "apis", "id").await.len(), 5);
        for (filter, count) in [
            (format!("&env_id={RELEASE_ID}"), 3),
            (format!("&api_id={}", apis[0]), 1),
            ("&api_name=alpha".to_owned(), 3),
            (format!("&group_id={}", groups[1]), 2),
        ] {
            let target = format!("{target}{filter}");
            let found = listed(&plane, &target, "apis", "id").await;
            assert_eq!(found.len(), count, "{target}");
        }
        let target = format!("{base}sign-bindings/binded-signs?api_id={}", apis[0]);
        assert_eq!(
            listed(&plane, &target, "bindings", "sign_name").await,
            ["key_2", "key_1"]
        );
        for (filter, wanted) in [
            (format!("&sign_id={}", keys[0]), vec!["key_1"]),
            ("&sign_name=_2".to_owned(), vec!["key_2"]),
            ("&sign_name=_2&precise_search=sign_name".to_owned(), vec![]),
            (format!("&env_id={RELEASE_ID}"), vec!["key_1"]),
        ] {
            let target = format!("{target}{filter}");
            let names = listed(&plane, &target, "bindings", "sign_name").await;
            assert_eq!(names, wanted, "{target}");
        }
        for (query, code) in [
            (String::new(), (400, "APIG.2001")),
            (format!("?api_id={NOBODYS_ID}"), (404, "APIG.3002")),
            ("?api_id=x".to_owned(), (404, "APIG.3002")),
        ] {
            let target = format!("{base}sign-bindings/binded-signs{query}");
            let answer = plane.huawei("GET", &target, Value::Null).await;
            assert_eq!(answer.huawei_code(), (code.0, code.1.into()), "{target}");
        }
    }
}

/// Tags and the kind of authentication are of APIs that this dialect made.
#[tokio::test]
async fn apis_of_this_dialect_have_tags() {
    let plane = Plane::new().await;
    let base = v2();
    let group = json!({ "name": "theGroup" });
    let target = format!("{base}api-groups");
    let group = id(&plane.huawei_ok(CREATED, "POST", &target, group).await);
    let mut api = json!({
        "group_id": group,
        "name": "theApi",
        "type": 2,
        "req_protocol": "HTTP",
        "req_method": "POST",
        "req_uri": "/a/{id}",
        "auth_type": "APP",
        "backend_type": "MOCK",
        "mock_info": { "result_content": "hello" },
        "req_params": [{ "name": "id", "type": "STRING", "location": "PATH" }],
        "tags": ["one", "two"],
        "remark": "What it is for",
    });
    let target = format!("{base}apis");
    let made = plane.huawei_ok(CREATED, "POST", &target, api.clone()).await;
    let publish = json!({ "action": "online", "env_id": RELEASE_ID, "api_id": id(&made) });
    let target = format!("{base}apis/action");
    let online = plane.huawei_ok(CREATED, "POST", &target, publish).await;
    let place = online["publish_id"].as_str().unwrap();
    assert_eq!(place, publish_id(&id(&made), "RELEASE"));

    let key = key(&plane, "theKey").await;
    let target = format!("{base}sign-bindings/unbinded-apis?sign_id={key}");
    let unbound = plane.huawei_ok(OK, "GET", &target, Value::Null).await;
    let shown = &unbound["apis"][0];
    for (field, value) in [
        ("type", json!(2)),
        ("auth_type", json!("APP")),
        ("req_method", json!("POST")),
        ("req_uri", json!("/a/{id}")),
        ("tags", json!(["one", "two"])),
        ("remark", json!("What it is for")),
        ("publish_id", json!(place)),
    ] {
        assert_eq!(shown[field], value, "{field}");
    }
    assert!(shown.get("signature_name").is_none());

    bind(&plane, &key, &[place.to_owned()]).await;
    // Changed and not published again: what clients get is still POST.
    api["req_method"] = json!("GET");
    api["tags"] = json!(["three"]);
    let target = format!("{base}apis/{}", id(&made));
    plane.huawei_ok(OK, "PUT", &target, api).await;
    for (tags, count) in [
        ("three", 1),
        ("one,three", 1),
        ("one", 0),
        ("%23no_tags%23", 0),
        ("", 1),
    ] {
        let target = format!("{base}sign-bindings/binded-apis?sign_id={key}&tags={tags}");
        let bound = plane.huawei_ok(OK, "GET", &target, Value::Null).await;
        assert_eq!(bound["total"], count, "{tags}");
        if count == 1 {
            let shown = &bound["bindings"][0];
            assert_eq!(shown["tags"], json!(["three"]));
            assert_eq!(shown["req_method"], "POST");
            assert_eq!(shown["api_remark"], "What it is for");
            assert_eq!(shown["api_type"], 2);
        }
    }
}

/// How Terraform's provider reads (spec 2.4): by list with the id, then polling
/// until what it bound is no longer told as unbound, and the other way round.
#[tokio::test]
async fn as_terraform_reads() {
    let plane = Plane::new().await;
    let base = v2();
    let first = published(&plane, "first", "/a", &["RELEASE"]).await;
    let second = published(&plane, "second", "/b", &["RELEASE"]).await;
    let fields = json!({
        "sign_type": "basic",
        "sign_key": "tf_key-1",
        "sign_secret": "tf_secret!@#$%",
    });
    let made = plane.huawei_key("tf_key", fields).await;
    let key = id(&made);
    let target = format!("{base}signs?id={key}&limit=500");
    let keys = plane.huawei_ok(OK, "GET", &target, Value::Null).await;
    for field in ["name", "sign_type", "sign_key", "sign_secret"] {
        assert_eq!(keys["signs"][0][field], made[field], "{field}");
    }
    let places = [&first, &second].map(|api| publish_id(api, "RELEASE"));
    let unbound = async || {
        let mut found = Vec::new();
        for offset in [0, 100] {
            let page = format!("sign_id={key}&limit=100&offset={offset}");
            let target = format!("{base}sign-bindings/unbinded-apis?{page}");
            found.extend(listed_places(&plane, &target, "apis").await);
        }
        found
    };
    let before = unbound().await;
    assert!(places.iter().all(|place| before.contains(place)));
    bind(&plane, &key, &places).await;
    assert!(unbound().await.is_empty());
    let target = format!("{base}sign-bindings/binded-apis?sign_id={key}&limit=500");
    let mut bound = listed_places(&plane, &target, "bindings").await;
    bound.sort();
    let mut wanted = places.to_vec();
    wanted.sort();
    assert_eq!(bound, wanted);
    for binding in listed(&plane, &target, "bindings", "id").await {
        let target = format!("{base}sign-bindings/{binding}");
        plane
            .huawei_ok(NO_CONTENT, "DELETE", &target, Value::Null)
            .await;
    }
    assert!(listed_places(&plane, &target, "bindings").await.is_empty());
}

async fn listed_places(plane: &Plane, target: &str, list: &str) -> Vec<String> {
    listed(plane, target, list, "publish_id").await
}
