//! The same caller in Huawei's dialect, signing as the vendor's SDK does, and in
//! the native API.

use base64::{Engine, engine::general_purpose::STANDARD};
use countersign_sign::huawei::{
    date::SdkDate,
    request_auth::{Request, client},
};
use serde_json::{Value, json};

use super::{Answer, LiveApi, Management};
use crate::{gateway::PROJECT, wire::Connection};

impl Management {
    /// The base of v2 for the owner, whose instance has the project's id.
    pub fn huawei_v2() -> String {
        let instance = [
            &PROJECT[..8],
            &PROJECT[8..12],
            &PROJECT[12..16],
            &PROJECT[16..20],
            &PROJECT[20..],
        ];
        format!("/v2/{PROJECT}/apigw/instances/{}", instance.join("-"))
    }

    /// Calls `target`, a path with a query, and returns whatever is answered. A
    /// body of null is none; so is the JSON of an answer without one.
    pub fn huawei(&mut self, method: &str, target: &str, body: &Value) -> Answer {
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let host = self.address.to_string();
        let headers = [
            ("host", host.as_str()),
            ("content-type", "application/json"),
        ];
        let request = Request {
            method,
            path,
            query,
            headers: &headers,
            body: body.as_bytes(),
        };
        let date = SdkDate::from_unix((self.now)());
        let signed = ["host", "content-type", "x-sdk-date"];
        let authorization =
            client::sign(&request, &self.access_key_id, &self.secret, &date, &signed);
        let authenticated = format!(
            "X-Sdk-Date: {}\r\nAuthorization: {authorization}",
            date.as_str()
        );
        self.exchange(method, target, &authenticated, &body)
    }

    /// The same with a token instead of a signature; `None` shows nothing.
    pub fn huawei_by_token(
        &mut self,
        token: Option<&str>,
        method: &str,
        target: &str,
        body: &Value,
    ) -> Answer {
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let authenticated = match token {
            Some(token) => format!("X-Auth-Token: {token}"),
            None => "Accept: application/json".to_owned(),
        };
        self.exchange(method, target, &authenticated, &body)
    }

    /// A call that has to succeed.
    pub fn huawei_ok(&mut self, method: &str, target: &str, body: &Value) -> Answer {
        let answer = self.huawei(method, target, body);
        let status = answer.message.status();
        assert!(status < 300, "{method} {target}: {status} {}", answer.json);
        answer
    }

    /// A group with one API that answers to every method at `path`, online in
    /// RELEASE, and its publish id.
    pub fn huawei_live_api(&mut self, name: &str, path: &str, backend: &str) -> (LiveApi, String) {
        let base = Self::huawei_v2();
        let group = self.huawei_ok(
            "POST",
            &format!("{base}/api-groups"),
            &json!({ "name": name }),
        );
        let (group, host) = (
            group.text("id").to_owned(),
            group.text("sl_domain").to_owned(),
        );
        let api = json!({
            "name": name,
            "group_id": group,
            "type": 1,
            "auth_type": "NONE",
            "req_protocol": "HTTP",
            "req_method": "ANY",
            "req_uri": path,
            "backend_type": "HTTP",
            "backend_api": {
                "url_domain": backend.trim_start_matches("http://"),
                "req_protocol": "HTTP",
                "req_method": "ANY",
                "req_uri": path,
                "timeout": 10_000,
            },
        });
        let api = self.huawei_ok("POST", &format!("{base}/apis"), &api);
        let api = api.text("id").to_owned();
        let online = json!({
            "action": "online",
            "api_id": api,
            "env_id": "DEFAULT_ENVIRONMENT_RELEASE_ID",
        });
        let online = self.huawei_ok("POST", &format!("{base}/apis/action"), &online);
        let publish_id = online.text("publish_id").to_owned();
        (LiveApi { group, host, api }, publish_id)
    }

    /// A call of the native API that has to succeed, by HTTP Basic.
    pub fn native_ok(&mut self, method: &str, target: &str, body: &Value) -> Answer {
        let credentials = format!("{}:{}", self.access_key_id, self.secret.expose());
        let authenticated = format!("Authorization: Basic {}", STANDARD.encode(credentials));
        let answer = self.exchange(method, target, &authenticated, &body.to_string());
        let status = answer.message.status();
        assert!(status < 300, "{method} {target}: {status} {}", answer.json);
        answer
    }

    fn exchange(&mut self, method: &str, target: &str, authenticated: &str, body: &str) -> Answer {
        let address = self.address;
        let length = body.len();
        let request = format!(
            "{method} {target} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n{authenticated}\r\n\r\n{body}"
        );
        let connection = self
            .connection
            .get_or_insert_with(|| Connection::to(address));
        let message = connection.call(&request).expect("the plane answers");
        let json = match message.body.as_slice() {
            [] => Value::Null,
            body => serde_json::from_slice(body).expect("every body is JSON"),
        };
        Answer { message, json }
    }
}
