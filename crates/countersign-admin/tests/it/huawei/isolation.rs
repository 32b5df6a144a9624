//! What another account has answers as absent, in every operation on keys,
//! bindings and the instance.

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    successes::{publish_id, published},
    support::{V1, id, v2, v2_of},
};
use crate::support::{Plane, STRANGER};

#[tokio::test]
async fn another_accounts_ids_are_absent() {
    let plane = Plane::new().await;
    let api = published(&plane, "theApi", "/a", &["RELEASE"]).await;
    let place = publish_id(&api, "RELEASE");
    let key = id(&plane.huawei_key("theKey", json!({})).await);
    let bind = json!({ "sign_id": key, "publish_ids": [place] });
    let target = format!("{}sign-bindings", v2());
    let bound = plane.huawei_ok(StatusCode::CREATED, "POST", &target, bind.clone());
    let binding = id(&bound.await["bindings"][0]);

    for base in [V1.to_owned(), v2_of(&plane, "2002")] {
        let own = json!({ "name": "strangers" });
        let target = format!("{base}signs");
        let own = plane.huawei_as(STRANGER, "POST", &target, own).await;
        let own = id(&own.json());
        let before = plane.store.snapshot().revision();
        let bind_own = json!({ "sign_id": own, "publish_ids": [place] });
        for (method, rest, body, code) in [
            (
                "PUT",
                format!("signs/{key}"),
                json!({ "name": "abc" }),
                "APIG.3017",
            ),
            ("DELETE", format!("signs/{key}"), Value::Null, "APIG.3017"),
            (
                "POST",
                "sign-bindings".to_owned(),
                bind.clone(),
                "APIG.3017",
            ),
            ("POST", "sign-bindings".to_owned(), bind_own, "APIG.3015"),
            (
                "DELETE",
                format!("sign-bindings/{binding}"),
                Value::Null,
                "APIG.3018",
            ),
            (
                "GET",
                format!("sign-bindings/binded-apis?sign_id={key}"),
                Value::Null,
                "APIG.3017",
            ),
            (
                "GET",
                format!("sign-bindings/unbinded-apis?sign_id={key}"),
                Value::Null,
                "APIG.3017",
            ),
            (
                "GET",
                format!("sign-bindings/binded-signs?api_id={api}"),
                Value::Null,
                "APIG.3002",
            ),
        ] {
            let target = format!("{base}{rest}");
            let answer = plane.huawei_as(STRANGER, method, &target, body).await;
            assert_eq!(answer.huawei_code(), (404, code.into()), "{method} {rest}");
        }
        for rest in [
            format!("signs?id={key}"),
            "signs?name=theKey".to_owned(),
            format!("sign-bindings/binded-apis?sign_id={own}"),
            format!("sign-bindings/unbinded-apis?sign_id={own}"),
        ] {
            let target = format!("{base}{rest}");
            let answer = plane.huawei_as(STRANGER, "GET", &target, Value::Null).await;
            assert_eq!(answer.json()["total"], 0, "{rest}: {answer}");
        }
        assert_eq!(plane.store.snapshot().revision(), before);
        let target = format!("{base}signs/{own}");
        plane
            .huawei_as(STRANGER, "DELETE", &target, Value::Null)
            .await;
    }
}

/// Another's project answers as one that nobody has.
#[tokio::test]
async fn another_accounts_project_and_instance() {
    let plane = Plane::new().await;
    let nobodys = v2().replace("0a1b2c3d4e5f", "000000000000");
    let mixed = {
        let own = v2_of(&plane, "2002");
        let (project, _) = own.split_once("/instances/").unwrap();
        let (_, instance) = v2()
            .split_once("/instances/")
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        format!("{project}/instances/{instance}")
    };
    for (base, code) in [
        (v2(), (403, "APIG.1005")),
        (nobodys, (403, "APIG.1005")),
        ("/v2/x/apigw/instances/y/".to_owned(), (403, "APIG.1005")),
        (mixed, (404, "APIG.3030")),
    ] {
        let target = format!("{base}signs");
        let answer = plane.huawei_as(STRANGER, "GET", &target, Value::Null).await;
        assert_eq!(answer.huawei_code(), (code.0, code.1.into()), "{base}");
    }
}
