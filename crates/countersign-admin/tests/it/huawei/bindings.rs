//! Bindings: what may be bound, what replaces what, and what lists show.

use countersign_core::{ApiId, EnvironmentName, PublicationKey};
use http::StatusCode;
use serde_json::{Value, json};

use super::{
    successes::{deploy, publish_id, published},
    support::{V1, bases, id, v2},
};
use crate::support::{FixedStatus, Plane, config};
use countersign_admin::BindAnswer;

const OK: StatusCode = StatusCode::OK;
const CREATED: StatusCode = StatusCode::CREATED;
const NO_CONTENT: StatusCode = StatusCode::NO_CONTENT;
const NOBODYS_ID: &str = "0123456789abcdef0123456789abcdef";
const RELEASE_ID: &str = "DEFAULT_ENVIRONMENT_RELEASE_ID";

async fn key(plane: &Plane, name: &str) -> String {
    id(&plane.huawei_key(name, json!({})).await)
}

async fn bind(plane: &Plane, key: &str, publish_ids: &[String]) -> Vec<Value> {
    let target = format!("{}sign-bindings", v2());
    let body = json!({ "sign_id": key, "publish_ids": publish_ids });
    let bound = plane.huawei_ok(CREATED, "POST", &target, body).await;
    bound["bindings"].as_array().unwrap().clone()
}

/// The texts of a field of all entries of a list.
async fn listed(plane: &Plane, target: &str, list: &str, field: &str) -> Vec<String> {
    let answer = plane.huawei_ok(OK, "GET", target, Value::Null).await;
    let entries = answer[list].as_array().unwrap();
    assert_eq!(answer["size"], entries.len());
    let text = |entry: &Value| entry[field].as_str().unwrap_or_default().to_owned();
    entries.iter().map(text).collect()
}

async fn offline(plane: &Plane, api: &str, stage: &str) {
    let params = [("ApiId", api), ("StageName", stage)];
    plane.make("AbolishApi", &params, "RequestId").await;
}

fn signs(plane: &Plane, api: &str, key: &str) -> bool {
    let publication = PublicationKey {
        api: ApiId::parse(api).unwrap(),
        environment: EnvironmentName::parse("RELEASE").unwrap(),
    };
    let snapshot = plane.store.snapshot();
    let bound = snapshot.bound_key(&publication);
    bound.is_some_and(|bound| bound.id.to_string() == key)
}

#[tokio::test]
async fn another_key_replaces_and_the_same_stays() {
    let plane = Plane::new().await;
    let api = published(&plane, "theApi", "/a", &["RELEASE"]).await;
    let place = publish_id(&api, "RELEASE");
    let (first, second) = (key(&plane, "first").await, key(&plane, "second").await);
    let made = bind(&plane, &first, std::slice::from_ref(&place)).await;
    plane.wait(5000);
    let again = bind(&plane, &first, &[place.clone(), place.clone()]).await;
    assert_eq!(again, made, "the same binding, told once");
    let other = bind(&plane, &second, std::slice::from_ref(&place)).await;
    assert_ne!(other[0]["id"], made[0]["id"]);
    assert_eq!(other[0]["binding_time"], "2026-01-02T03:04:10Z");
    assert!(signs(&plane, &api, &second));
    let target = format!("{}sign-bindings/{}", v2(), id(&made[0]));
    let gone = plane.huawei("DELETE", &target, Value::Null).await;
    assert_eq!(gone.huawei_code(), (404, "APIG.3018".into()));
    let target = format!("{V1}sign-bindings/{}", id(&other[0]));
    let unbound = plane
        .huawei_ok(NO_CONTENT, "DELETE", &target, Value::Null)
        .await;
    assert_eq!(unbound, Value::Null);
    assert!(!signs(&plane, &api, &second));
}

#[tokio::test]
async fn all_or_nothing() {
    let plane = Plane::new().await;
    let api = published(&plane, "theApi", "/a", &["RELEASE"]).await;
    let fine = publish_id(&api, "RELEASE");
    let key = key(&plane, "theKey").await;
    let before = plane.store.snapshot().revision();
    for (_, base) in bases() {
        let target = format!("{base}sign-bindings");
        for (sign_id, publish_ids, code) in [
            (key.as_str(), json!([]), (400, "APIG.2012")),
            (&key, json!([fine, NOBODYS_ID]), (404, "APIG.3015")),
            (&key, json!([fine, "中/"]), (404, "APIG.3015")),
            // Not published there.
            (
                &key,
                json!([fine, publish_id(&api, "TEST")]),
                (404, "APIG.3015"),
            ),
            (&key, json!([fine, 7]), (400, "APIG.2011")),
            (&key, json!(fine), (400, "APIG.2011")),
            (&key, Value::Null, (400, "APIG.2001")),
            (NOBODYS_ID, json!([fine]), (404, "APIG.3017")),
            ("theKey", json!([fine]), (404, "APIG.3017")),
            ("", json!([fine]), (400, "APIG.2001")),
        ] {
            let body = json!({ "sign_id": sign_id, "publish_ids": publish_ids });
            let answer = plane.huawei("POST", &target, body).await;
            let (status, code) = code;
            assert_eq!(answer.huawei_code(), (status, code.into()), "{answer}");
        }
        for (binding, code) in [(NOBODYS_ID, "APIG.3018"), ("a%2Fb", "APIG.3018")] {
            let target = format!("{target}/{binding}");
            let answer = plane.huawei("DELETE", &target, Value::Null).await;
            assert_eq!(answer.huawei_code(), (404, code.into()));
        }
    }
    assert_eq!(plane.store.snapshot().revision(), before);
}

/// Spec 5.6, 5.7: keys that cannot sign are kept and told, and never bound.
#[tokio::test]
async fn keys_that_cannot_sign_are_refused() {
    let plane = Plane::new().await;
    let api = published(&plane, "theApi", "/a", &["RELEASE"]).await;
    let place = [publish_id(&api, "RELEASE")];
    let texts = json!({
        "sign_type": "public_key",
        "sign_key": "no+public/key",
        "sign_secret": "no+private/key==",
    });
    for (name, fields, why) in [
        (
            "by_aes",
            json!({ "sign_type": "aes" }),
            "authenticates nothing",
        ),
        ("by_texts", texts, "no key pair"),
    ] {
        let made = plane.huawei_key(name, fields).await;
        let key = id(&made);
        for (_, base) in bases() {
            let body = json!({ "sign_id": key, "publish_ids": place });
            let target = format!("{base}sign-bindings");
            let answer = plane.huawei("POST", &target, body).await;
            assert_eq!(answer.huawei_code(), (412, "APIG.3548".into()));
            let message = answer.json()["error_msg"].as_str().unwrap().to_owned();
            assert!(message.contains(why), "{message}");
            let secret = made["sign_secret"].as_str().unwrap();
            assert!(!answer.body.contains(secret), "{answer}");
        }
        assert!(!signs(&plane, &api, &key));
    }
    // Nor does a bound key become one.
    let key = key(&plane, "theKey").await;
    bind(&plane, &key, &place).await;
    let target = format!("{}signs/{key}", v2());
    let body = json!({ "name": "theKey", "sign_type": "aes" });
    let answer = plane.huawei("PUT", &target, body).await;
    assert_eq!(answer.huawei_code(), (412, "APIG.3548".into()));
    assert!(signs(&plane, &api, &key));
    // A generated pair signs at once.
    let pair = json!({ "sign_type": "public_key" });
    let pair = id(&plane.huawei_key("by_pair", pair).await);
    bind(&plane, &pair, &place).await;
    assert!(signs(&plane, &api, &pair));
}

#[tokio::test]
async fn v1_binds_in_either_form() {
    for (form, is_array) in [(BindAnswer::Array, true), (BindAnswer::Object, false)] {
        let mut config = config();
        config.huawei.bind_answer = form;
        let plane = Plane::with(config, FixedStatus(None)).await;
        let api = published(&plane, "theApi", "/a", &["RELEASE"]).await;
        let key = key(&plane, "theKey").await;
        let body = json!({ "sign_id": key, "publish_ids": [publish_id(&api, "RELEASE")] });
        for (base, wrapped) in [(V1.to_owned(), !is_array), (v2(), true)] {
            let target = format!("{base}sign-bindings");
            let bound = plane
                .huawei_ok(CREATED, "POST", &target, body.clone())
                .await;
            assert_eq!(bound.is_object(), wrapped, "{bound}");
            let bindings = bound.get("bindings").unwrap_or(&bound);
            assert_eq!(bindings[0]["sign_id"], key.as_str());
        }
    }
}

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

/// A binding outlives the publication: it is listed, can be removed, and is in
/// force again once the API is.
#[tokio::test]
async fn a_binding_of_an_offline_api_is_listed() {
    let plane = Plane::new().await;
    let group = plane.group("theGroup").await;
    let api = plane.api(&group, "theApi", "/a").await;
    deploy(&plane, &group, &api, "RELEASE").await;
    let key = key(&plane, "theKey").await;
    let bound = bind(&plane, &key, &[publish_id(&api, "RELEASE")]).await;
    offline(&plane, &api, "RELEASE").await;
    for (_, base) in bases() {
        for target in [
            format!("{base}sign-bindings/binded-apis?sign_id={key}"),
            format!("{base}sign-bindings/binded-signs?api_id={api}"),
        ] {
            let ids = listed(&plane, &target, "bindings", "id").await;
            assert_eq!(ids, [id(&bound[0])]);
        }
        let target = format!("{base}sign-bindings/unbinded-apis?sign_id={key}");
        assert!(listed(&plane, &target, "apis", "id").await.is_empty());
        let target = format!("{base}signs?id={key}");
        let keys = plane.huawei_ok(OK, "GET", &target, Value::Null).await;
        assert_eq!(keys["signs"][0]["bind_num"], 1);
    }
    deploy(&plane, &group, &api, "RELEASE").await;
    assert!(signs(&plane, &api, &key));
    let target = format!("{}sign-bindings/{}", v2(), id(&bound[0]));
    plane
        .huawei_ok(NO_CONTENT, "DELETE", &target, Value::Null)
        .await;
    assert!(!signs(&plane, &api, &key));
}

/// Bound through one dialect, seen and removed through the other.
#[tokio::test]
async fn bindings_are_of_every_dialect() {
    let plane = Plane::new().await;
    let group = plane.group("theGroup").await;
    let api = plane.api(&group, "theApi", "/a").await;
    let key = plane.signature("alibabas").await;
    // The other dialect binds what is not published yet.
    let params = [
        ("SignatureId", key.as_str()),
        ("GroupId", &group),
        ("ApiIds", &api),
        ("StageName", "RELEASE"),
    ];
    plane.make("SetSignatureApis", &params, "RequestId").await;
    let target = format!("{}sign-bindings/binded-apis?sign_id={key}", v2());
    let ids = listed(&plane, &target, "bindings", "id").await;
    let target = format!("{V1}sign-bindings/{}", ids[0]);
    plane
        .huawei_ok(NO_CONTENT, "DELETE", &target, Value::Null)
        .await;
    deploy(&plane, &group, &api, "RELEASE").await;
    bind(&plane, &key, &[publish_id(&api, "RELEASE")]).await;
    let params = [
        ("GroupId", group.as_str()),
        ("ApiId", &api),
        ("StageName", "RELEASE"),
    ];
    let seen = plane.call("DescribeSignaturesByApi", &params).await;
    assert!(seen.body.contains("alibabas"), "{seen}");
}
