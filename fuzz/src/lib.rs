//! A management plane over a store in memory, to throw bytes at.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Body};
use countersign_admin::{Admin, AdminConfig, StatusSource};
use countersign_core::{
    AccessKey, AccessKeyId, AccountId, Clock, Entropy, Timestamp, command::bootstrap::Bootstrap,
};
use countersign_sign::{
    Secret,
    alibaba::request_auth::{clock, v1},
    params::percent_encode,
};
use countersign_store::{MasterKey, Store, memory::MemoryBackend};
use http::{Request, Response};
use http_body_util::BodyExt;
use quick_xml::{Reader, events::Event};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

/// 2026-01-02T03:04:05Z.
const NOW: i64 = 1_767_323_045;
const KEY: &str = "testAccessKeyId";
const SECRET: &str = "testAccessKeySecret";

struct Ready;

impl StatusSource for Ready {
    fn metrics_text(&self) -> String {
        String::new()
    }

    fn not_ready(&self) -> Option<String> {
        None
    }
}

/// The plane, and a group in it.
pub struct Plane {
    runtime: Runtime,
    router: Router,
    nonces: AtomicU64,
    pub group: String,
}

impl Plane {
    /// One for all inputs.
    pub fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let router = runtime.block_on(router());
        let mut plane = Self {
            runtime,
            router,
            nonces: AtomicU64::new(0),
            group: String::new(),
        };
        let answer = plane.call("CreateApiGroup", &[("GroupName", "group")]);
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        plane.group = answer["GroupId"].as_str().unwrap().to_owned();
        plane
    }

    /// Sends a request, whatever it is, and checks that it is answered in good
    /// order; gives back the answer's body.
    pub fn send(&self, request: Request<Body>) -> String {
        let response = self.router.clone().oneshot(request);
        let response = self.runtime.block_on(async {
            let (parts, body) = response.await.unwrap().into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            Response::from_parts(parts, String::from_utf8(body.to_vec()).unwrap())
        });
        assert!(response.status().as_u16() < 500, "{response:?}");
        let body = response.body();
        match response.headers()["content-type"].to_str().unwrap() {
            "text/xml;charset=utf-8" => {
                let mut reader = Reader::from_str(body);
                while reader.read_event().unwrap() != Event::Eof {}
            }
            "application/json;charset=utf-8" => {
                let _: serde_json::Value = serde_json::from_str(body).unwrap();
            }
            other => panic!("{other}"),
        }
        response.into_body()
    }

    /// Sends a call that is signed by v1.
    pub fn call(&self, action: &str, params: &[(&str, &str)]) -> String {
        let nonce = self.nonces.fetch_add(1, Ordering::Relaxed).to_string();
        let now = clock::format(NOW);
        let common = [
            ("Action", action),
            ("Version", "2016-07-14"),
            ("Format", "JSON"),
            ("AccessKeyId", KEY),
            ("SignatureMethod", "HMAC-SHA1"),
            ("SignatureVersion", "1.0"),
            ("SignatureNonce", nonce.as_str()),
            ("Timestamp", now.as_str()),
        ];
        let mut all: Vec<(String, String)> = params
            .iter()
            .chain(&common)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let text = v1::string_to_sign("POST", &all);
        let signature = v1::sign(&Secret::new(SECRET.to_owned()), &text);
        all.push(("Signature".to_owned(), signature));
        let form: Vec<_> = all
            .iter()
            .map(|(name, value)| format!("{}={}", percent_encode(name), percent_encode(value)))
            .collect();
        self.send(form_request(form.join("&").into_bytes()))
    }
}

impl Default for Plane {
    fn default() -> Self {
        Self::new()
    }
}

/// A form of these bytes.
pub fn form_request(form: Vec<u8>) -> Request<Body> {
    Request::post("/")
        .header("host", "127.0.0.1")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap()
}

async fn router() -> Router {
    let store = Store::open(
        Arc::new(MemoryBackend::new()),
        &MasterKey::from_bytes([7; 32]),
    )
    .await
    .unwrap();
    let at = Timestamp::from_millis(NOW * 1000);
    let access_key = AccessKey {
        id: AccessKeyId::parse(KEY).unwrap(),
        secret: Secret::new(SECRET.to_owned()),
        account: AccountId::parse("1001").unwrap(),
        created: at,
    };
    store.execute(Bootstrap { access_key }, at).await.unwrap();
    let clock: Clock = Arc::new(move || at);
    let drawn = AtomicU64::new(1);
    let entropy: Entropy =
        Arc::new(move || u128::from(drawn.fetch_add(1, Ordering::Relaxed)).to_be_bytes());
    let config = AdminConfig {
        region: "cn-test".to_owned(),
        domain_suffix: "gw.localhost".to_owned(),
        clock_window: Duration::from_secs(15 * 60),
        // The clock stands still, so nothing is ever forgotten.
        nonce_capacity: usize::MAX,
        groups_per_account_max: 200,
        requests_per_second: 0,
    };
    Admin::new(store, config, clock, entropy, Arc::new(Ready)).router()
}
