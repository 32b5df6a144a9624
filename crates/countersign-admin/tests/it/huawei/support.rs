//! Calls of Huawei's dialect, and what they answer.

use axum::body::Body;
use countersign_core::AccountId;
use countersign_sign::{
    Secret,
    huawei::{
        date::SdkDate,
        request_auth::{Request as Signed, client},
    },
};
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, HOST, INSTANCE, Key, NOW, OWNER, PROJECT, Plane};

/// The base of v1.0, with the slash that ends it.
pub(crate) const V1: &str = "/v1.0/apigw/";

/// The base of v2 for the owner.
pub(crate) fn v2() -> String {
    format!("/v2/{PROJECT}/apigw/instances/{INSTANCE}/")
}

/// Both bases for the owner, with a name for messages.
pub(crate) fn bases() -> [(&'static str, String); 2] {
    [("v1.0", V1.to_owned()), ("v2", v2())]
}

/// The base of v2 for an account without a record of its own.
pub(crate) fn v2_of(plane: &Plane, account: &str) -> String {
    let account = AccountId::parse(account).unwrap();
    let project = plane.store.snapshot().project_of(&account).to_string();
    let instance = [
        &project[..8],
        &project[8..12],
        &project[12..16],
        &project[16..20],
        &project[20..],
    ];
    format!("/v2/{project}/apigw/instances/{}/", instance.join("-"))
}

/// A call, signed over host, content type and date at `unix`.
pub(crate) fn signed(
    key: Key,
    unix: i64,
    method: &str,
    target: &str,
    body: &[u8],
) -> Request<Body> {
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let headers = [("host", HOST), ("content-type", "application/json")];
    let date = SdkDate::from_unix(unix);
    let request = Signed {
        method,
        path,
        query,
        headers: &headers,
        body,
    };
    let secret = Secret::new(key.secret.to_owned());
    let names = ["host", "content-type", "x-sdk-date"];
    let authorization = client::sign(&request, key.id, &secret, &date, &names);
    let mut request = Request::builder()
        .method(method)
        .uri(target)
        .header("x-sdk-date", date.as_str())
        .header("authorization", authorization);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    request.body(Body::from(body.to_vec())).unwrap()
}

impl Plane {
    /// The owner's call of `target`, path and query, with these bytes.
    pub(crate) async fn huawei_bytes(&self, method: &str, target: &str, body: &[u8]) -> Answer {
        self.send(signed(OWNER, self.unix(), method, target, body))
            .await
    }

    /// The owner's call; a body of null is none.
    pub(crate) async fn huawei(&self, method: &str, target: &str, body: Value) -> Answer {
        self.huawei_as(OWNER, method, target, body).await
    }

    pub(crate) async fn huawei_as(
        &self,
        key: Key,
        method: &str,
        target: &str,
        body: Value,
    ) -> Answer {
        let text = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        self.send(signed(key, self.unix(), method, target, text.as_bytes()))
            .await
    }

    /// A call that has to answer with this status, and its JSON (null if none).
    pub(crate) async fn huawei_ok(
        &self,
        status: StatusCode,
        method: &str,
        target: &str,
        body: Value,
    ) -> Value {
        let answer = self.huawei(method, target, body).await;
        assert_eq!(answer.status, status, "{method} {target}: {answer}");
        match answer.body.as_str() {
            "" => Value::Null,
            _ => answer.json(),
        }
    }

    /// A key of the owner, made in v2 with this name and the rest of `fields`.
    pub(crate) async fn huawei_key(&self, name: &str, mut fields: Value) -> Value {
        fields["name"] = json!(name);
        let target = format!("{}signs", v2());
        self.huawei_ok(StatusCode::CREATED, "POST", &target, fields)
            .await
    }
}

impl Answer {
    /// Status and code of an error of Huawei's dialect.
    pub(crate) fn huawei_code(&self) -> (u16, String) {
        let code = self.json()["error_code"].as_str().map(ToOwned::to_owned);
        (self.status.as_u16(), code.unwrap_or_default())
    }
}

/// The text of an id field.
pub(crate) fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

/// At second `second` after the clock's start.
pub(crate) fn later(second: i64) -> i64 {
    NOW + second
}
