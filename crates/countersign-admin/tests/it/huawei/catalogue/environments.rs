//! Environments.

use serde_json::{Value, json};

use super::{Diary, id};
use crate::huawei::support::v2;

const NONE: &str = "0123456789abcdef0123456789abcdef";

async fn life(mut diary: Diary) -> String {
    let made = diary.call(
        "POST",
        "envs",
        json!({ "name": "stage_1", "remark": "mine" }),
    );
    let own = id(&made.await);
    diary.call("POST", "envs", json!({ "name": "other" })).await;
    diary.call("POST", "envs", json!({ "name": "other" })).await;
    diary
        .call("POST", "envs", json!({ "name": "RELEASE" }))
        .await;
    for bad in [
        json!("ab"),
        json!("1st"),
        json!("a-b"),
        json!("环境名"),
        json!(7),
        json!(""),
    ] {
        diary.call("POST", "envs", json!({ "name": bad })).await;
    }
    diary
        .call(
            "POST",
            "envs",
            json!({ "name": "abc", "remark": "x".repeat(256) }),
        )
        .await;
    diary.call("GET", "envs", Value::Null).await;
    diary.call("GET", "envs?name=stage", Value::Null).await;
    diary
        .call("GET", "envs?name=stage&precise_search=name", Value::Null)
        .await;
    let modified = json!({ "name": "stage_2" });
    diary.call("PUT", &format!("envs/{own}"), modified).await;
    for initial in [
        "DEFAULT_ENVIRONMENT_RELEASE_ID",
        "50505050505050505050505050505050",
    ] {
        let renamed = json!({ "name": "mine" });
        diary.call("PUT", &format!("envs/{initial}"), renamed).await;
        diary
            .call("DELETE", &format!("envs/{initial}"), Value::Null)
            .await;
    }
    diary
        .call("DELETE", &format!("envs/{own}"), Value::Null)
        .await;
    for gone in [own.as_str(), NONE, "a%2Fb"] {
        diary
            .call("DELETE", &format!("envs/{gone}"), Value::Null)
            .await;
        diary
            .call("PUT", &format!("envs/{gone}"), json!({ "name": "some" }))
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
async fn there_are_ten_of_an_accounts_own() {
    let diary = Diary::in_v2().await;
    for n in 0..10 {
        diary
            .make("envs", json!({ "name": format!("own_{n}") }))
            .await;
    }
    let target = format!("{}envs", v2());
    let answer = diary
        .plane
        .huawei("POST", &target, json!({ "name": "more" }));
    assert_eq!(answer.await.huawei_code(), (403, "APIG.3104".to_owned()));
    let page = format!("{}envs?offset=8&limit=3", v2());
    let page = diary.plane.huawei("GET", &page, Value::Null).await.json();
    let names: Vec<_> = page["envs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| &own["name"])
        .collect();
    assert_eq!(
        (page["total"].as_u64(), page["size"].as_u64()),
        (Some(13), Some(3))
    );
    assert_eq!(names, ["own_1", "own_0", "PRE"]);
}
