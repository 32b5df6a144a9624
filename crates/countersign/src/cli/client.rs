//! A caller of the native management API. It signs each call with
//! ACS3-HMAC-SHA256, so that the access key's secret never crosses the network.

use std::time::Duration;

use countersign_sign::alibaba::request_auth::{clock, v3};
use serde_json::{Value, json};
use ureq::http::{self, Uri};

use super::{Credentials, Failure};
use crate::gateway::Sources;

/// Longer than any change takes to be in force.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The most that the API gives at once.
const PAGE_SIZE: usize = 1000;

pub(super) struct Client {
    credentials: Credentials,
    sources: Sources,
    agent: ureq::Agent,
}

impl Client {
    pub(super) fn new(credentials: Credentials) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            .proxy(None);
        Self {
            credentials,
            sources: Sources::system(),
            agent: config.build().into(),
        }
    }

    pub(super) fn get(&self, path_and_query: &str) -> Result<Value, Failure> {
        self.call("GET", path_and_query, "")
    }

    /// All pages of a list as one.
    pub(super) fn list(&self, path: &str, records: &str) -> Result<Value, Failure> {
        let mut all = Vec::new();
        for page in 1_usize.. {
            let mut answer = self.get(&format!("{path}?page={page}&page_size={PAGE_SIZE}"))?;
            let Value::Array(found) = answer[records].take() else {
                break;
            };
            let is_last = found.len() < PAGE_SIZE;
            all.extend(found);
            if is_last {
                break;
            }
        }
        Ok(json!({ records: all }))
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.call("POST", path, &body.to_string())
    }

    pub(super) fn put(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.call("PUT", path, &body.to_string())
    }

    pub(super) fn patch(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.call("PATCH", path, &body.to_string())
    }

    pub(super) fn delete(&self, path: &str) -> Result<Value, Failure> {
        self.call("DELETE", path, "")
    }

    fn call(&self, method: &str, path_and_query: &str, body: &str) -> Result<Value, Failure> {
        let request = self.signed(method, path_and_query, body)?;
        let server = &self.credentials.server;
        let unreachable = |error: ureq::Error| Failure::Failed(format!("{server}: {error}"));
        let mut answer = self.agent.run(request).map_err(unreachable)?;
        let text = answer.body_mut().read_to_string().map_err(unreachable)?;
        let value: Value = serde_json::from_str(&text).map_err(|_| {
            Failure::Failed(format!(
                "{server}: {} and no JSON: is this Countersign's management plane?",
                answer.status()
            ))
        })?;
        if answer.status().is_success() {
            Ok(value)
        } else {
            Err(refusal(&value, answer.status()))
        }
    }

    fn signed(
        &self,
        method: &str,
        path_and_query: &str,
        body: &str,
    ) -> Result<http::Request<String>, Failure> {
        let Credentials {
            server,
            access_key_id,
            access_key_secret,
        } = &self.credentials;
        let bad_server = || {
            Failure::Usage(format!(
                "{server}: no address of a management plane, as in http://127.0.0.1:8700"
            ))
        };
        let uri: Uri = format!("{}{path_and_query}", server.trim_end_matches('/'))
            .parse()
            .map_err(|_| bad_server())?;
        let host = uri.authority().ok_or_else(bad_server)?.as_str().to_owned();

        let date = clock::format((self.sources.clock)().seconds());
        let nonce = hex::encode((self.sources.entropy)());
        let digest = v3::body_sha256(body.as_bytes());
        let headers = [
            ("host", host.as_str()),
            ("x-acs-date", &date),
            ("x-acs-signature-nonce", &nonce),
            ("x-acs-content-sha256", &digest),
        ];
        let authorization = v3::sign_request(
            access_key_id,
            access_key_secret,
            &v3::Request {
                method,
                path: uri.path(),
                query: uri.query(),
                headers: &headers,
                body: body.as_bytes(),
            },
        );
        let mut request = http::Request::builder()
            .method(method)
            .uri(&uri)
            .header("authorization", authorization);
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        request.body(body.to_owned()).map_err(|_| bad_server())
    }
}

/// The path of one record below `list`. Names and ids stand in a path as they
/// are; anything else is encoded.
pub(super) fn path_of(list: &str, named: &str) -> Result<String, Failure> {
    if named.is_empty() {
        return Err(Failure::Usage("the id or name is empty".to_owned()));
    }
    let mut path = format!("{list}/");
    for byte in named.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    Ok(path)
}

fn refusal(answer: &Value, status: http::StatusCode) -> Failure {
    let text = |field: &str| answer[field].as_str().unwrap_or_default();
    Failure::Failed(format!(
        "{} ({}, {status}; request {})",
        text("message"),
        text("code"),
        text("request_id")
    ))
}
