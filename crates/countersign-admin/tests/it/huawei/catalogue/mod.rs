//! Huawei's catalogue: environments, groups, APIs and publications (spec 4).

mod apis;
mod bad_input;
mod definitions;
mod environments;
mod groups;
mod publications;
mod quotas;
mod round_trip;

use std::fmt::Write;

use http::StatusCode;
use serde_json::{Value, json};

use super::support::{V1, id, v2};
use crate::support::{Plane, redact};

/// Calls in order, and writes down what comes back.
struct Diary {
    plane: Plane,
    base: String,
    text: String,
}

impl Diary {
    async fn new(base: String) -> Self {
        Self {
            plane: Plane::new().await,
            base,
            text: String::new(),
        }
    }

    async fn in_v1() -> Self {
        Self::new(V1.to_owned()).await
    }

    async fn in_v2() -> Self {
        Self::new(v2()).await
    }

    /// Carries out a call and writes it down; the answer's JSON.
    async fn call(&mut self, method: &str, rest: &str, body: Value) -> Value {
        self.plane.wait_nanos(1_000_123_456);
        let target = format!("{}{rest}", self.base);
        let answer = self.plane.huawei(method, &target, body.clone()).await;
        let call = redact(&format!("{method} {rest} {body}"));
        writeln!(self.text, "--- {call}\n{answer}\n").unwrap();
        match answer.body.as_str() {
            "" => Value::Null,
            _ => answer.json(),
        }
    }

    /// Makes something without writing it down; its JSON.
    async fn make(&self, rest: &str, body: Value) -> Value {
        let target = format!("{}{rest}", self.base);
        let created = StatusCode::CREATED;
        self.plane.huawei_ok(created, "POST", &target, body).await
    }
}

/// The least that makes an API in either version.
pub(super) fn least(group: &str, name: &str, uri: &str) -> Value {
    json!({
        "group_id": group,
        "name": name,
        "type": 1,
        "req_protocol": "HTTP",
        "req_method": "GET",
        "req_uri": uri,
        "auth_type": "NONE",
        "backend_type": "HTTP",
        "backend_api": {
            "url_domain": "127.0.0.1:9000",
            "req_protocol": "HTTP",
            "req_method": "GET",
            "req_uri": "/backend",
            "timeout": 5000,
        },
    })
}

/// `base` with the fields of `patch` put over it, deep.
pub(super) fn patched(mut base: Value, patch: Value) -> Value {
    match (&mut base, patch) {
        (Value::Object(own), Value::Object(patch)) => {
            for (name, value) in patch {
                let former = own.remove(&name).unwrap_or(Value::Null);
                own.insert(name, patched(former, value));
            }
            base
        }
        (_, patch) => patch,
    }
}

/// A group of the owner, made in v2.
pub(super) async fn group(plane: &Plane, name: &str) -> String {
    let target = format!("{}api-groups", v2());
    let body = json!({ "name": name });
    let made = plane.huawei_ok(StatusCode::CREATED, "POST", &target, body);
    id(&made.await)
}

/// An API of the owner, made in v2.
pub(super) async fn api(plane: &Plane, body: Value) -> Value {
    let target = format!("{}apis", v2());
    let made = plane.huawei_ok(StatusCode::CREATED, "POST", &target, body);
    made.await
}
