//! Publishing, taking offline, versions.

use serde_json::{Value, json};

use super::{Diary, id, least};
use crate::support::NOW;

const NONE: &str = "0123456789abcdef0123456789abcdef";
const RELEASE: &str = "DEFAULT_ENVIRONMENT_RELEASE_ID";

async fn with_api(diary: &Diary) -> (String, String, String) {
    let group = id(&diary.make("api-groups", json!({ "name": "group" })).await);
    let api = id(&diary.make("apis", least(&group, "first", "/a")).await);
    let own = id(&diary.make("envs", json!({ "name": "own_env" })).await);
    (group, api, own)
}

#[tokio::test]
async fn in_v1() {
    let mut diary = Diary::in_v1().await;
    let (group, api, own) = with_api(&diary).await;
    let path = format!("apis/publish/{api}");
    let online = json!({ "env_id": RELEASE, "remark": "first time" });
    diary.call("POST", &path, online.clone()).await;
    diary.call("POST", &path, json!({ "env_id": own })).await;
    diary.call("POST", &path, online.clone()).await;
    diary.call("GET", &format!("apis/{api}"), Value::Null).await;
    diary.call("GET", &path, Value::Null).await;
    diary
        .call("GET", &format!("{path}?env_id={own}"), Value::Null)
        .await;
    diary
        .call("GET", &format!("{path}?env_name=RELEASE"), Value::Null)
        .await;
    diary
        .call("DELETE", &format!("apis/{api}"), Value::Null)
        .await;
    diary
        .call("DELETE", &format!("envs/{own}"), Value::Null)
        .await;
    for body in [json!({}), json!({ "env_id": NONE }), json!({ "env_id": 1 })] {
        diary.call("POST", &path, body).await;
    }
    diary
        .call("POST", &format!("apis/publish/{NONE}"), online)
        .await;
    diary.call("DELETE", &path, Value::Null).await;
    for env in [RELEASE, RELEASE, own.as_str(), "x"] {
        diary
            .call("DELETE", &format!("{path}?env_id={env}"), Value::Null)
            .await;
    }
    let batch = json!({ "apis": [api, NONE, "x", api], "env_id": RELEASE });
    diary
        .call("POST", "apis/publish?action=online", batch.clone())
        .await;
    diary
        .call("POST", "apis/publish?action=offline", batch.clone())
        .await;
    diary
        .call("POST", "apis/publish?action=offline", batch)
        .await;
    diary
        .call("DELETE", &format!("apis/{api}"), Value::Null)
        .await;
    diary
        .call("DELETE", &format!("api-groups/{group}"), Value::Null)
        .await;
    insta::assert_snapshot!(diary.text);
}

#[tokio::test]
async fn in_v2() {
    let mut diary = Diary::in_v2().await;
    let (group, api, own) = with_api(&diary).await;
    let act = |action: &str, env: &str| json!({ "action": action, "env_id": env, "api_id": api, "remark": "now" });
    let first = diary
        .call("POST", "apis/action", act("online", RELEASE))
        .await;
    diary.call("POST", "apis/action", act("online", &own)).await;
    diary
        .call("POST", "apis/action", act("online", RELEASE))
        .await;
    diary.call("GET", &format!("apis/{api}"), Value::Null).await;
    diary
        .call("GET", &format!("apis?env_id={own}"), Value::Null)
        .await;
    let path = format!("apis/publish/{api}");
    diary.call("GET", &path, Value::Null).await;
    diary
        .call("GET", &format!("{path}?limit=1&offset=1"), Value::Null)
        .await;
    diary
        .call("GET", &format!("{path}?env_id=x"), Value::Null)
        .await;
    let back = json!({ "version_id": first["version_id"] });
    let again = diary.call("PUT", &path, back).await;
    assert_eq!(again["publish_id"], first["publish_id"]);
    assert_eq!(again["version_id"], first["version_id"]);
    for body in [
        json!({ "version_id": NONE }),
        json!({ "version_id": "x" }),
        json!({}),
    ] {
        diary.call("PUT", &path, body).await;
    }
    diary
        .call("DELETE", &format!("apis/{api}"), Value::Null)
        .await;
    diary
        .call("DELETE", &format!("envs/{own}"), Value::Null)
        .await;
    for body in [
        act("on", RELEASE),
        act("online", NONE),
        json!({ "action": "online", "env_id": RELEASE, "api_id": NONE }),
        json!({ "action": "online", "env_id": RELEASE }),
        act("offline", RELEASE),
        act("offline", RELEASE),
        act("offline", &own),
    ] {
        diary.call("POST", "apis/action", body).await;
    }
    let of_group = json!({ "group_id": group, "env_id": RELEASE });
    diary
        .call("POST", "apis/publish?action=online", of_group.clone())
        .await;
    diary
        .call("POST", "apis/publish?action=offline", of_group)
        .await;
    for (action, body) in [
        ("", json!({ "apis": [api], "env_id": RELEASE })),
        ("?action=x", json!({ "apis": [api], "env_id": RELEASE })),
        ("?action=online", json!({ "env_id": RELEASE })),
        ("?action=online", json!({ "apis": [api] })),
        ("?action=online", json!({ "apis": [7], "env_id": RELEASE })),
        (
            "?action=online",
            json!({ "group_id": NONE, "env_id": RELEASE }),
        ),
    ] {
        diary
            .call("POST", &format!("apis/publish{action}"), body)
            .await;
    }
    insta::assert_snapshot!(diary.text);
}

#[tokio::test]
async fn ten_versions_are_kept() {
    let diary = Diary::in_v2().await;
    let (_, api, _) = with_api(&diary).await;
    let act = json!({ "action": "online", "env_id": RELEASE, "api_id": api });
    for second in 0..12 {
        diary.plane.set_time(NOW + second);
        diary.make("apis/action", act.clone()).await;
    }
    let target = format!("{}apis/publish/{api}", diary.base);
    let list = diary.plane.huawei("GET", &target, Value::Null).await.json();
    let versions = list["api_versions"].as_array().unwrap();
    let numbers: Vec<_> = versions
        .iter()
        .map(|own| own["version_no"].as_str().unwrap())
        .collect();
    assert_eq!(list["total"], 10);
    assert_eq!(
        (numbers[0], numbers[9]),
        ("20260102030416", "20260102030407")
    );
    let live: Vec<_> = versions
        .iter()
        .map(|own| own["status"].as_i64().unwrap())
        .collect();
    assert_eq!(live, [1, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
}
