//! A management plane to call, and the calls.

use std::{
    fmt,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo};
use base64::{Engine, engine::general_purpose::STANDARD};
use countersign_admin::{Admin, AdminConfig, HuaweiConfig, PasswordCosts, StatusSource};
use countersign_core::{
    AccessKey, AccessKeyId, AccountId, Change, Clock, Entropy, ProjectId, Snapshot, Timestamp,
    command::{Command, Plan, PlanError, bootstrap::Bootstrap},
};
use countersign_sign::{
    Secret,
    alibaba::request_auth::{clock, v1, v3},
    params::percent_encode,
};
use countersign_store::{MasterKey, Store, memory::MemoryBackend};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use quick_xml::escape::unescape;
use serde_json::Value;
use tower::ServiceExt;

/// 2026-01-02T03:04:05Z.
pub(crate) const NOW: i64 = 1_767_323_045;
/// The owner's access key.
pub(crate) const OWNER: Key = Key {
    id: "testAccessKeyId",
    secret: "testAccessKeySecret",
};
/// Another account's access key.
pub(crate) const STRANGER: Key = Key {
    id: "otherAccessKeyId",
    secret: "otherAccessKeySecret",
};
/// What the owner's account is called as a project, and as an instance.
pub(crate) const PROJECT: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
pub(crate) const INSTANCE: &str = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";
pub(crate) const HOST: &str = "127.0.0.1:18080";

#[derive(Clone, Copy)]
pub(crate) struct Key {
    pub(crate) id: &'static str,
    pub(crate) secret: &'static str,
}

/// A management plane under test.
pub(crate) struct Plane {
    pub(crate) router: Router,
    pub(crate) admin: Admin,
    pub(crate) store: Store,
    /// In nanoseconds.
    now: Arc<AtomicI64>,
    nonces: AtomicU64,
}

pub(crate) struct FixedStatus(pub(crate) Option<String>);

impl StatusSource for FixedStatus {
    fn metrics_text(&self) -> String {
        "countersign_up 1\n".to_owned()
    }

    fn not_ready(&self) -> Option<String> {
        self.0.clone()
    }
}

pub(crate) fn config() -> AdminConfig {
    AdminConfig {
        region: "cn-test".to_owned(),
        domain_suffix: "gw.localhost".to_owned(),
        clock_window: Duration::from_secs(15 * 60),
        nonce_capacity: 10_000,
        groups_per_account_max: 200,
        // The clock stands still; the tests of the limit set one.
        requests_per_second: 0,
        password_costs: PasswordCosts::DANGEROUSLY_CHEAP,
        huawei: HuaweiConfig::default(),
    }
}

impl Plane {
    pub(crate) async fn new() -> Self {
        Self::with(config(), FixedStatus(None)).await
    }

    pub(crate) async fn with(config: AdminConfig, status: FixedStatus) -> Self {
        let backend = Arc::new(MemoryBackend::new());
        let store = Store::open(backend, &MasterKey::from_bytes([7; 32]))
            .await
            .unwrap();
        let at = Timestamp::from_millis(NOW * 1000);
        store
            .execute(
                Bootstrap {
                    access_key: access_key(OWNER, "1001"),
                    project: ProjectId::parse(PROJECT).unwrap(),
                },
                at,
            )
            .await
            .unwrap();
        store
            .execute(AddAccessKey(access_key(STRANGER, "2002")), at)
            .await
            .unwrap();

        let now = Arc::new(AtomicI64::new(at.nanos()));
        let clock: Clock = {
            let now = Arc::clone(&now);
            Arc::new(move || Timestamp::from_nanos(now.load(Ordering::Relaxed)))
        };
        let drawn = AtomicU64::new(1);
        let entropy: Entropy = Arc::new(move || {
            let mut bytes = [0; 16];
            bytes[8..].copy_from_slice(&drawn.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            bytes
        });
        let admin = Admin::new(store.clone(), config, clock, entropy, Arc::new(status));
        Self {
            router: admin.router(),
            admin,
            store,
            now,
            nonces: AtomicU64::new(0),
        }
    }

    pub(crate) fn set_time(&self, unix: i64) {
        let at = Timestamp::from_millis(unix * 1000);
        self.now.store(at.nanos(), Ordering::Relaxed);
    }

    /// The second that the clock shows.
    pub(crate) fn unix(&self) -> i64 {
        Timestamp::from_nanos(self.now.load(Ordering::Relaxed)).seconds()
    }

    pub(crate) fn wait(&self, millis: i64) {
        self.wait_nanos(millis * 1_000_000);
    }

    pub(crate) fn wait_nanos(&self, nanos: i64) {
        self.now.fetch_add(nanos, Ordering::Relaxed);
    }

    pub(crate) fn nonce(&self) -> String {
        format!("{:032x}", self.nonces.fetch_add(1, Ordering::Relaxed))
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    /// An Alibaba call, signed by v1, all in the query.
    pub(crate) async fn call(&self, action: &str, params: &[(&str, &str)]) -> Answer {
        self.call_as(OWNER, action, params).await
    }

    pub(crate) async fn call_as(&self, key: Key, action: &str, params: &[(&str, &str)]) -> Answer {
        let mut params = v1_params(key, action, params, &self.nonce());
        let now = clock::format(self.unix());
        set(&mut params, "Timestamp", Some(&now));
        self.send(v1_get(&sign_v1("GET", params, key.secret))).await
    }

    /// A call that has to succeed, and one field of its answer.
    pub(crate) async fn make(&self, action: &str, params: &[(&str, &str)], field: &str) -> String {
        let answer = self.call(action, params).await;
        assert_eq!(answer.status, StatusCode::OK, "{action}: {answer}");
        answer.json()[field].as_str().unwrap().to_owned()
    }

    /// A native call by HTTP Basic from this machine.
    pub(crate) async fn native(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.native_as(OWNER, method, path, body).await
    }

    pub(crate) async fn native_as(
        &self,
        key: Key,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let request = native_request(method, path, body, Some(&basic(key)), "127.0.0.1:50000");
        self.send(request).await
    }

    pub(crate) async fn group(&self, name: &str) -> String {
        self.make("CreateApiGroup", &[("GroupName", name)], "GroupId")
            .await
    }

    pub(crate) async fn api(&self, group: &str, name: &str, path: &str) -> String {
        let request = format!(
            r#"{{"RequestHttpMethod":"GET","RequestPath":"{path}","RequestMode":"PASSTHROUGH"}}"#
        );
        let params = [
            ("GroupId", group),
            ("ApiName", name),
            ("Visibility", "PUBLIC"),
            ("RequestConfig", request.as_str()),
            ("ServiceConfig", SERVICE),
        ];
        self.make("CreateApi", &params, "ApiId").await
    }

    pub(crate) async fn signature(&self, name: &str) -> String {
        let params = [
            ("SignatureName", name),
            ("SignatureKey", "qwertyuiop"),
            ("SignatureSecret", "asdfghjkl"),
        ];
        self.make("CreateSignature", &params, "SignatureId").await
    }
}

pub(crate) const SERVICE: &str =
    r#"{"ServiceProtocol":"HTTP","ServiceAddress":"http://127.0.0.1:9000","ServiceTimeout":5000}"#;

fn access_key(key: Key, account: &str) -> AccessKey {
    AccessKey {
        id: AccessKeyId::parse(key.id).unwrap(),
        secret: Secret::new(key.secret.to_owned()),
        account: AccountId::parse(account).unwrap(),
        created: Timestamp::from_millis(0),
    }
}

struct AddAccessKey(AccessKey);

impl Command for AddAccessKey {
    type Outcome = ();

    fn plan(&self, _: &Snapshot, _: Timestamp) -> Result<Plan<()>, PlanError> {
        Ok(Plan {
            changes: vec![Change::PutAccessKey(Arc::new(self.0.clone()))],
            outcome: (),
        })
    }
}

/// What came back. It prints what a snapshot pins: status, our headers, the
/// body; ids are made the same for all.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Status and code of an Alibaba error, in whichever format.
    pub(crate) fn code(&self) -> (u16, String) {
        let code = self.field("Code").unwrap_or_else(|| "no error".to_owned());
        (self.status.as_u16(), code)
    }

    /// A text at the top of an Alibaba answer, in whichever format.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        if self.is_xml() {
            let (_, after) = self.body.split_once(&format!("<{name}>"))?;
            let (text, _) = after.split_once(&format!("</{name}>"))?;
            Some(unescape(text).unwrap().into_owned())
        } else {
            self.json()[name].as_str().map(ToOwned::to_owned)
        }
    }

    pub(crate) fn is_xml(&self) -> bool {
        self.header("content-type") == Some("text/xml;charset=utf-8")
    }

    /// Status and code of a native error.
    pub(crate) fn native_code(&self) -> (u16, String) {
        (
            self.status.as_u16(),
            self.json()["code"]
                .as_str()
                .unwrap_or("no error")
                .to_owned(),
        )
    }

    pub(crate) fn message(&self) -> String {
        self.field("Message").unwrap_or_default()
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.status)?;
        for name in [
            "x-countersign-revision",
            "x-countersign-error",
            "x-countersign-warning",
        ] {
            if let Some(value) = self.header(name) {
                writeln!(f, "{name}: {value}")?;
            }
        }
        let body = if self.is_xml() {
            // One element a line; a text keeps its own lines.
            self.body.replace("><", ">\n<")
        } else if self.body.is_empty() {
            String::new()
        } else {
            serde_json::to_string_pretty(&self.json()).unwrap()
        };
        f.write_str(&redact(&body))
    }
}

/// Ids become `[id]`, request ids `[request id]`.
pub(crate) fn redact(text: &str) -> String {
    let mut out = String::new();
    let is_id = |b: u8| b.is_ascii_hexdigit() || b == b'-';
    let mut rest = text;
    while !rest.is_empty() {
        let run = rest.bytes().take_while(|b| is_id(*b)).count();
        let (word, after) = rest.split_at(run);
        match run {
            36 => out.push_str("[request id]"),
            32 => out.push_str("[id]"),
            _ => out.push_str(word),
        }
        let mut characters = after.chars();
        out.extend(characters.next());
        rest = characters.as_str();
    }
    out
}

pub(crate) type Params = Vec<(String, String)>;

/// The common parameters of v1 and those of the operation, not yet signed.
pub(crate) fn v1_params(key: Key, action: &str, params: &[(&str, &str)], nonce: &str) -> Params {
    let date = clock::format(NOW);
    let common = [
        ("Action", action),
        ("Version", "2016-07-14"),
        ("Format", "JSON"),
        ("AccessKeyId", key.id),
        ("SignatureMethod", "HMAC-SHA1"),
        ("SignatureVersion", "1.0"),
        ("SignatureNonce", nonce),
        ("Timestamp", date.as_str()),
    ];
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    params
        .iter()
        .map(owned)
        .chain(common.iter().map(owned))
        .collect()
}

pub(crate) fn set(params: &mut Params, name: &str, value: Option<&str>) {
    params.retain(|(own, _)| own != name);
    params.extend(value.map(|value| (name.to_owned(), value.to_owned())));
}

pub(crate) fn sign_v1(method: &str, mut params: Params, secret: &str) -> Params {
    let text = v1::string_to_sign(method, &params);
    let signature = v1::sign(&Secret::new(secret.to_owned()), &text);
    params.push(("Signature".to_owned(), signature));
    params
}

pub(crate) fn encode(params: &[(impl AsRef<str>, impl AsRef<str>)]) -> String {
    let pairs = params.iter();
    let pairs = pairs.map(|(name, value)| {
        format!(
            "{}={}",
            percent_encode(name.as_ref()),
            percent_encode(value.as_ref())
        )
    });
    pairs.collect::<Vec<_>>().join("&")
}

pub(crate) fn v1_get(params: &Params) -> Request<Body> {
    Request::get(format!("/?{}", encode(params)))
        .header("host", HOST)
        .body(Body::empty())
        .unwrap()
}

/// Everything in a form body.
pub(crate) fn v1_post(params: &Params) -> Request<Body> {
    Request::post("/")
        .header("host", HOST)
        .header(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        )
        .body(Body::from(encode(params)))
        .unwrap()
}

/// A V3 call. The query and the form are given decoded.
pub(crate) struct V3<'a> {
    pub(crate) key: Key,
    pub(crate) action: &'a str,
    pub(crate) query: &'a [(&'a str, &'a str)],
    pub(crate) form: &'a [(&'a str, &'a str)],
    pub(crate) nonce: &'a str,
}

impl V3<'_> {
    /// The headers, `authorization` among them, and the body.
    pub(crate) fn request(&self) -> Request<Body> {
        let (query, body) = (encode(self.query), encode(self.form));
        let standard = v3::standard_headers(
            HOST,
            self.action,
            "2016-07-14",
            NOW,
            self.nonce,
            body.as_bytes(),
        );
        let mut headers: Vec<(&str, &str)> = standard
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        if !self.form.is_empty() {
            headers.push(("content-type", "application/x-www-form-urlencoded"));
        }
        let signed = v3::Request {
            method: "POST",
            path: "/",
            query: Some(&query),
            headers: &headers,
            body: body.as_bytes(),
        };
        let authorization = v3::sign_request(
            self.key.id,
            &Secret::new(self.key.secret.to_owned()),
            &signed,
        );
        let mut request =
            Request::post(format!("/?{query}")).header("authorization", authorization);
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        request.body(Body::from(body.clone())).unwrap()
    }
}

pub(crate) fn basic(key: Key) -> String {
    format!(
        "Basic {}",
        STANDARD.encode(format!("{}:{}", key.id, key.secret))
    )
}

/// A native call from `peer`.
pub(crate) fn native_request(
    method: &str,
    path: &str,
    body: Option<Value>,
    authorization: Option<&str>,
    peer: &str,
) -> Request<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", HOST);
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    if body.is_some() {
        request = request.header("content-type", "application/json");
    }
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    let mut request = request.body(body).unwrap();
    request
        .extensions_mut()
        .insert(ConnectInfo::<SocketAddr>(peer.parse().unwrap()));
    request
}

/// A native call signed with ACS3-HMAC-SHA256, from far away. `leave_out` is
/// a header that is sent and not signed.
pub(crate) fn native_signed(
    key: Key,
    method: &str,
    path: &str,
    body: Option<&Value>,
    nonce: &str,
    leave_out: Option<&str>,
) -> Request<Body> {
    let text = body.map(ToString::to_string).unwrap_or_default();
    let (date, digest) = (clock::format(NOW), v3::body_sha256(text.as_bytes()));
    let headers = [
        ("host", HOST),
        ("x-acs-date", date.as_str()),
        ("x-acs-signature-nonce", nonce),
        ("x-acs-content-sha256", digest.as_str()),
    ];
    let signed: Vec<_> = headers
        .into_iter()
        .filter(|(name, _)| leave_out != Some(*name))
        .collect();
    let (raw_path, query) = path
        .split_once('?')
        .map_or((path, None), |(path, query)| (path, Some(query)));
    let to_sign = v3::Request {
        method,
        path: raw_path,
        query,
        headers: &signed,
        body: text.as_bytes(),
    };
    let authorization = v3::sign_request(key.id, &Secret::new(key.secret.to_owned()), &to_sign);
    let mut request = native_request(
        method,
        path,
        body.cloned(),
        Some(&authorization),
        "203.0.113.9:1",
    );
    for (name, value) in headers.into_iter().skip(1) {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    assert_eq!(
        request.method(),
        &Method::from_bytes(method.as_bytes()).unwrap()
    );
    request
}
