//! A body in which anything may stand anywhere, and what is another's.

use http::StatusCode;
use serde_json::{Value, json};

use super::{api, group, id, least};
use crate::{
    huawei::support::{V1, bases, v2, v2_of},
    support::{Plane, STRANGER},
};

/// Every place in a value, as JSON pointers.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                places(value, &format!("{at}/{name}"), all);
            }
        }
        Value::Array(entries) => {
            for (index, value) in entries.iter().enumerate() {
                places(value, &format!("{at}/{index}"), all);
            }
        }
        _ => {}
    }
}

/// Nothing of this may come back in an error.
const PLANTED: &str = "planted~value";

#[tokio::test]
async fn anything_may_stand_in_any_field() {
    let plane = Plane::new().await;
    let group = group(&plane, "group").await;
    let made = id(&api(&plane, least(&group, "victim", "/victim")).await);
    let mut places_of = Vec::new();
    let whole = super::apis::most(&group);
    places(&whole, "", &mut places_of);
    assert!(places_of.len() > 60, "{}", places_of.len());
    let long = format!("{PLANTED}{}", "x".repeat(1 << 19));
    let strange = [
        Value::Null,
        json!(true),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!(""),
        json!(PLANTED),
        json!("\u{0}\r\n{}%2F..\u{10ffff}"),
        json!([PLANTED]),
        json!({ "name": PLANTED, PLANTED: PLANTED }),
        json!(long),
    ];
    let before = plane.store.snapshot().revision();
    let mut refused = 0;
    for place in places_of {
        for value in &strange {
            let mut body = whole.clone();
            *body.pointer_mut(&place).unwrap() = value.clone();
            let target = format!("{}apis/{made}", v2());
            let revision = plane.store.snapshot().revision();
            let answer = plane.huawei("PUT", &target, body).await;
            let short: String = value.to_string().chars().take(40).collect();
            if answer.status == StatusCode::OK {
                continue;
            }
            refused += 1;
            assert!(answer.status.is_client_error(), "{place} {short}: {answer}");
            let (_, code) = answer.huawei_code();
            assert!(code.starts_with("APIG."), "{place} {short}: {answer}");
            // A group's id is named, cut, as every id is.
            let is_id = place == "/group_id";
            assert!(
                is_id || !answer.body.contains(PLANTED),
                "{place} {short}: {answer}"
            );
            assert!(answer.body.len() < 1000, "{place} {short}");
            assert_eq!(
                plane.store.snapshot().revision(),
                revision,
                "{place} {short}"
            );
        }
    }
    assert!(refused > 300, "{refused}");
    assert_ne!(plane.store.snapshot().revision(), before);
}

#[tokio::test]
async fn what_is_anothers_is_as_absent() {
    let plane = Plane::new().await;
    let group = group(&plane, "group").await;
    let made = id(&api(&plane, least(&group, "some_api", "/a")).await);
    let target = format!("{}envs", v2());
    let own = plane
        .huawei("POST", &target, json!({ "name": "own_env" }))
        .await;
    let own = id(&own.json());
    let act = json!({ "env_id": own, "api_id": made, "action": "online" });
    plane
        .huawei("POST", &format!("{}apis/action", v2()), act.clone())
        .await;
    let before = plane.store.snapshot().revision();
    let release = json!({ "env_id": "DEFAULT_ENVIRONMENT_RELEASE_ID" });
    let named = json!({ "name": "mine" });
    let definition = least(&group, "mine", "/mine");
    for (method, rest, body) in [
        ("GET", format!("api-groups/{group}"), Value::Null),
        ("PUT", format!("api-groups/{group}"), named.clone()),
        ("DELETE", format!("api-groups/{group}"), Value::Null),
        ("PUT", format!("envs/{own}"), named),
        ("DELETE", format!("envs/{own}"), Value::Null),
        ("POST", "apis".to_owned(), definition.clone()),
        ("GET", format!("apis/{made}"), Value::Null),
        ("PUT", format!("apis/{made}"), definition),
        ("DELETE", format!("apis/{made}"), Value::Null),
        ("GET", format!("apis/publish/{made}"), Value::Null),
    ] {
        for base in [V1.to_owned(), v2_of(&plane, "2002")] {
            let target = format!("{base}{rest}");
            let answer = plane
                .huawei_as(STRANGER, method, &target, body.clone())
                .await;
            assert_eq!(
                answer.status,
                StatusCode::NOT_FOUND,
                "{method} {target}: {answer}"
            );
        }
    }
    let target = format!("{V1}apis/publish/{made}");
    let answer = plane.huawei_as(STRANGER, "POST", &target, release).await;
    assert_eq!(answer.huawei_code(), (404, "APIG.3002".to_owned()));
    let target = format!("{}apis/action", v2_of(&plane, "2002"));
    let answer = plane.huawei_as(STRANGER, "POST", &target, act).await;
    assert_eq!(answer.huawei_code(), (404, "APIG.3003".to_owned()));
    let batch = json!({ "apis": [made], "env_id": "DEFAULT_ENVIRONMENT_RELEASE_ID" });
    let target = format!("{V1}apis/publish?action=online");
    let answer = plane
        .huawei_as(STRANGER, "POST", &target, batch)
        .await
        .json();
    assert_eq!(answer["success"], json!([]));
    assert_eq!(answer["failure"][0]["api_name"], Value::Null);
    assert_eq!(plane.store.snapshot().revision(), before);
    for (_, base) in bases() {
        let base = if base == V1 {
            base
        } else {
            v2_of(&plane, "2002")
        };
        for (rest, total) in [("apis", 0), ("api-groups", 0), ("envs", 3)] {
            let target = format!("{base}{rest}");
            let list = plane.huawei_as(STRANGER, "GET", &target, Value::Null).await;
            assert_eq!(list.json()["total"], total, "{target}");
        }
    }
}
