//! Status and body of every operation on keys, bindings and the instance, in
//! both versions.

use std::fmt::Write;

use countersign_core::{
    ApiId, Environment, EnvironmentName, PublicationId,
    environment::{DEFAULT, INITIAL},
};
use serde_json::{Value, json};

use super::support::{V1, id, v2};
use crate::support::{PROJECT, Plane, redact};

/// Calls in order, and writes down what comes back.
struct Diary<'a> {
    plane: &'a Plane,
    base: String,
    text: String,
}

impl Diary<'_> {
    async fn call(&mut self, method: &str, rest: &str, body: Value) -> Value {
        // Some time passes between two calls, and not in whole milliseconds.
        self.plane.wait_nanos(1_000_123_456);
        let target = format!("{}{rest}", self.base);
        let answer = self.plane.huawei(method, &target, body.clone()).await;
        assert!(answer.status.is_success(), "{method} {rest}: {answer}");
        let request_id = answer.header("x-request-id").unwrap();
        assert_eq!(request_id.len(), 32);
        let shown = rest.split('?').next().unwrap();
        let call = redact(&format!("{method} {shown} {body}"));
        writeln!(self.text, "--- {call}\n{answer}\n").unwrap();
        match answer.body.as_str() {
            "" => Value::Null,
            _ => answer.json(),
        }
    }
}

/// The publish id of an API in one of the environments that all accounts have.
pub(super) fn publish_id(api: &str, environment: &str) -> String {
    assert!(INITIAL.contains(&environment));
    let name = EnvironmentName::parse(environment).unwrap();
    let environment = Environment::initial(&name).unwrap().id;
    PublicationId::of(ApiId::parse(api).unwrap(), environment).to_string()
}

/// An API of the owner, made through Alibaba's dialect and published there.
pub(super) async fn published(plane: &Plane, name: &str, path: &str, stages: &[&str]) -> String {
    let group = plane.group(&format!("group_{name}")).await;
    let api = plane.api(&group, name, path).await;
    for stage in stages {
        deploy(plane, &group, &api, stage).await;
    }
    api
}

pub(super) async fn deploy(plane: &Plane, group: &str, api: &str, stage: &str) {
    let params = [
        ("GroupId", group),
        ("ApiId", api),
        ("StageName", stage),
        ("Description", "now"),
    ];
    plane.make("DeployApi", &params, "RequestId").await;
}

async fn every_success(base: String) -> String {
    let plane = Plane::new().await;
    let first = published(&plane, "first", "/a/[id]", &[DEFAULT, "TEST"]).await;
    let second = published(&plane, "second", "/b", &[DEFAULT]).await;
    let mut diary = Diary {
        plane: &plane,
        base,
        text: String::new(),
    };
    let pair = json!({
        "name": "signature01",
        "sign_key": "abcd_1234",
        "sign_secret": "abcd_1234!@#$%-_abcd",
    });
    let key = id(&diary.call("POST", "signs", pair).await);
    let made = json!({ "name": "签名密钥", "sign_type": "hmac" });
    let other = id(&diary.call("POST", "signs", made).await);
    if diary.base != V1 {
        for body in [
            json!({ "name": "by_basic", "sign_type": "basic" }),
            json!({ "name": "by_pair", "sign_type": "public_key" }),
            json!({ "name": "by_aes", "sign_type": "aes" }),
            json!({ "name": "by_aes_256", "sign_type": "aes", "sign_algorithm": "aes-256-cfb" }),
        ] {
            diary.call("POST", "signs", body).await;
        }
    }
    let renamed = json!({ "name": "signature02" });
    diary.call("PUT", &format!("signs/{key}"), renamed).await;

    let places = [publish_id(&first, "TEST"), publish_id(&second, DEFAULT)];
    let bind = json!({ "sign_id": key, "publish_ids": places });
    let bound = diary.call("POST", "sign-bindings", bind).await;
    let bind = json!({ "sign_id": other, "publish_ids": [publish_id(&first, DEFAULT)] });
    diary.call("POST", "sign-bindings", bind).await;
    diary.call("GET", "signs", Value::Null).await;
    let of_key = format!("sign-bindings/binded-apis?sign_id={key}");
    diary.call("GET", &of_key, Value::Null).await;
    let beside_key = format!("sign-bindings/unbinded-apis?sign_id={key}");
    diary.call("GET", &beside_key, Value::Null).await;
    let of_api = format!("sign-bindings/binded-signs?api_id={first}");
    diary.call("GET", &of_api, Value::Null).await;

    let binding = bound.get("bindings").unwrap_or(&bound)[0].clone();
    let binding = format!("sign-bindings/{}", id(&binding));
    diary.call("DELETE", &binding, Value::Null).await;
    diary
        .call("DELETE", &format!("signs/{key}"), Value::Null)
        .await;
    diary.call("GET", "signs?name=02", Value::Null).await;
    diary.text
}

#[tokio::test]
async fn in_v1() {
    insta::assert_snapshot!(every_success(V1.to_owned()).await);
}

#[tokio::test]
async fn in_v2() {
    insta::assert_snapshot!(every_success(v2()).await);
}

#[tokio::test]
async fn of_the_instance() {
    let plane = Plane::new().await;
    let mut diary = Diary {
        plane: &plane,
        base: format!("/v2/{PROJECT}/apigw/"),
        text: String::new(),
    };
    let instances = diary.call("GET", "instances", Value::Null).await;
    let instance = format!("instances/{}", id(&instances["instances"][0]));
    diary.call("GET", &instance, Value::Null).await;
    for rest in ["features", "instance-features"] {
        let target = format!("{instance}/{rest}");
        diary.call("GET", &target, Value::Null).await;
    }
    for (filter, total) in [
        ("instance_name=counter", 1),
        ("instance_name=other", 0),
        ("status=Running", 1),
        ("status=Frozen", 0),
        ("instance_id=other", 0),
        ("offset=1", 1),
    ] {
        let target = format!("/v2/{PROJECT}/apigw/instances?{filter}");
        let listed = plane.huawei("GET", &target, Value::Null).await.json();
        assert_eq!(listed["total"], total, "{filter}");
    }
    insta::assert_snapshot!(diary.text);
}
