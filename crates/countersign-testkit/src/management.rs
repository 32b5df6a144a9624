//! A caller of the management plane: Alibaba's API with the first of its
//! request authentications, and Huawei's.

mod huawei;

use std::net::SocketAddr;

use countersign_sign::{
    Secret,
    alibaba::request_auth::{clock, v1},
    params::percent_encode,
};
use serde_json::Value;

use crate::{
    gateway::{ACCESS_KEY_ID, ACCESS_KEY_SECRET},
    sources::FixedSources,
    wire::{Connection, Message},
};

/// A caller with an access key. It keeps its connection.
pub struct Management {
    address: SocketAddr,
    connection: Option<Connection>,
    access_key_id: String,
    secret: Secret,
    now: Box<dyn Fn() -> i64 + Send>,
    nonce: Box<dyn FnMut() -> String + Send>,
}

/// An API that clients can call.
#[derive(Clone, Debug)]
pub struct LiveApi {
    /// Its group's id.
    pub group: String,
    /// The host its group is called at.
    pub host: String,
    /// Its id.
    pub api: String,
}

/// What the management plane answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status, headers and bytes.
    pub message: Message,
    /// The body, read as JSON.
    pub json: Value,
}

impl Answer {
    /// A text of the answer.
    pub fn text(&self, field: &str) -> &str {
        self.json[field]
            .as_str()
            .unwrap_or_else(|| panic!("no {field} in {}", self.json))
    }

    /// The revision that the change is in force with.
    pub fn revision(&self) -> u64 {
        let value = self
            .message
            .value("X-Countersign-Revision")
            .expect("a change's answer has its revision");
        value.parse().expect("a revision is a number")
    }
}

impl Management {
    /// The owner, by the test's own clock.
    pub fn new(address: SocketAddr, sources: FixedSources) -> Self {
        let clock = sources.clone();
        Self::with(
            address,
            move || clock.seconds(),
            move || hex::encode(sources.draw()),
        )
    }

    /// The owner, by the clock and the nonces of the caller's choice.
    pub fn with(
        address: SocketAddr,
        now: impl Fn() -> i64 + Send + 'static,
        nonce: impl FnMut() -> String + Send + 'static,
    ) -> Self {
        Self {
            address,
            connection: None,
            access_key_id: ACCESS_KEY_ID.to_owned(),
            secret: Secret::new(ACCESS_KEY_SECRET.to_owned()),
            now: Box::new(now),
            nonce: Box::new(nonce),
        }
    }

    /// The same caller with another access key.
    #[must_use]
    pub fn as_user(self, access_key_id: &str, secret: Secret) -> Self {
        Self {
            access_key_id: access_key_id.to_owned(),
            secret,
            ..self
        }
    }

    /// Calls an operation, and returns whatever is answered.
    ///
    /// # Errors
    /// The connection breaks before the answer is there.
    pub fn try_call(
        &mut self,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> std::io::Result<Answer> {
        let request = self.request(action, parameters);
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::try_to(self.address)?,
        };
        let message = connection.call(&request)?;
        self.connection = Some(connection);
        let json = serde_json::from_slice(&message.body)?;
        Ok(Answer { message, json })
    }

    /// Calls an operation that has to succeed.
    pub fn call(&mut self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        let answer = self
            .try_call(action, parameters)
            .expect("the management plane answers");
        assert_eq!(answer.message.status(), 200, "{action}: {}", answer.json);
        answer
    }

    /// Calls an operation that has to be refused, and returns the code.
    pub fn refused(&mut self, action: &str, parameters: &[(&str, &str)]) -> String {
        let answer = self
            .try_call(action, parameters)
            .expect("the management plane answers");
        assert_ne!(answer.message.status(), 200, "{action}: {}", answer.json);
        answer.text("Code").to_owned()
    }

    /// A group with one API that answers to every method at `path` and below
    /// nothing else, live in RELEASE.
    pub fn live_api(&mut self, name: &str, path: &str, backend: &str) -> LiveApi {
        let group = self.call("CreateApiGroup", &[("GroupName", name)]);
        let (group, host) = (
            group.text("GroupId").to_owned(),
            group.text("SubDomain").to_owned(),
        );
        let api = self.api(&group, name, path, backend);
        LiveApi { group, host, api }
    }

    /// One more API of a group, live in RELEASE.
    pub fn api(&mut self, group: &str, name: &str, path: &str, backend: &str) -> String {
        let request = serde_json::json!({
            "RequestProtocol": "HTTP", "RequestHttpMethod": "ANY", "RequestPath": path, "RequestMode": "PASSTHROUGH",
        });
        let service = serde_json::json!({ "ServiceProtocol": "HTTP", "ServiceAddress": backend, "ServiceTimeout": 10_000 });
        let api = self.call(
            "CreateApi",
            &[
                ("GroupId", group),
                ("ApiName", name),
                ("Visibility", "PRIVATE"),
                ("RequestConfig", &request.to_string()),
                ("ServiceConfig", &service.to_string()),
            ],
        );
        let id = api.text("ApiId").to_owned();
        let live = [
            ("GroupId", group),
            ("ApiId", &id),
            ("StageName", "RELEASE"),
            ("Description", "test"),
        ];
        self.call("DeployApi", &live);
        id
    }

    /// A signature key.
    pub fn key(&mut self, name: &str, sign_key: &str, sign_secret: &str) -> String {
        let pair = [
            ("SignatureName", name),
            ("SignatureKey", sign_key),
            ("SignatureSecret", sign_secret),
        ];
        self.call("CreateSignature", &pair)
            .text("SignatureId")
            .to_owned()
    }

    /// Binds a signature key to an API in RELEASE.
    pub fn bind(&mut self, key: &str, api: &LiveApi) -> Answer {
        let binding = [
            ("SignatureId", key),
            ("GroupId", &api.group),
            ("ApiIds", &api.api),
            ("StageName", "RELEASE"),
        ];
        self.call("SetSignatureApis", &binding)
    }

    /// Gives a signature key another pair.
    pub fn modify(&mut self, key: &str, sign_key: &str, sign_secret: &str) -> Answer {
        let pair = [
            ("SignatureId", key),
            ("SignatureKey", sign_key),
            ("SignatureSecret", sign_secret),
        ];
        self.call("ModifySignature", &pair)
    }

    fn request(&mut self, action: &str, parameters: &[(&str, &str)]) -> String {
        let timestamp = clock::format((self.now)());
        let nonce = (self.nonce)();
        let mut all = vec![
            ("Action", action),
            ("Version", "2016-07-14"),
            ("Format", "JSON"),
            ("AccessKeyId", &self.access_key_id),
            ("SignatureMethod", "HMAC-SHA1"),
            ("SignatureVersion", "1.0"),
            ("SignatureNonce", &nonce),
            ("Timestamp", &timestamp),
        ];
        all.extend(parameters);
        let signature = v1::sign(&self.secret, &v1::string_to_sign("GET", &all));
        let query = v1::canonical_query(&all);
        let signature = percent_encode(&signature);
        format!(
            "GET /?{query}&{}={signature} HTTP/1.1\r\nHost: {}\r\n\r\n",
            v1::SIGNATURE_PARAMETER,
            self.address
        )
    }
}
