//! Groups.

use serde_json::{Value, json};

use super::{Diary, id, least};

const NONE: &str = "0123456789abcdef0123456789abcdef";

async fn life(mut diary: Diary) -> String {
    let made =
        json!({ "name": "group_分组", "remark": "first", "version": "V2", "roma_app_id": "x" });
    let own = id(&diary.call("POST", "api-groups", made).await);
    diary
        .call("POST", "api-groups", json!({ "name": "group_分组" }))
        .await;
    for name in ["second/v1:（a）、\\b", "2nd", "ab", "a b"] {
        diary
            .call("POST", "api-groups", json!({ "name": name }))
            .await;
    }
    let long = json!({ "name": "long_remark", "remark": "x".repeat(256) });
    diary.call("POST", "api-groups", long).await;
    diary
        .call("POST", "api-groups", json!({ "remark": "" }))
        .await;
    diary
        .call("GET", &format!("api-groups/{own}"), Value::Null)
        .await;
    let renamed = json!({ "name": "renamed" });
    diary
        .call("PUT", &format!("api-groups/{own}"), renamed)
        .await;
    for query in [
        "",
        "?name=name",
        "?name=name&precise_search=name",
        "?page_size=1&limit=1",
    ] {
        diary
            .call("GET", &format!("api-groups{query}"), Value::Null)
            .await;
    }
    diary
        .call("GET", &format!("api-groups?id={own}"), Value::Null)
        .await;
    let api = diary.make("apis", least(&own, "first_api", "/a")).await;
    diary
        .call("DELETE", &format!("api-groups/{own}"), Value::Null)
        .await;
    diary
        .call("DELETE", &format!("apis/{}", id(&api)), Value::Null)
        .await;
    diary
        .call("DELETE", &format!("api-groups/{own}"), Value::Null)
        .await;
    for gone in [own.as_str(), NONE, "x"] {
        let path = format!("api-groups/{gone}");
        diary.call("DELETE", &path, Value::Null).await;
        diary.call("GET", &path, Value::Null).await;
        diary.call("PUT", &path, json!({ "name": "some" })).await;
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
