//! The vendors' vectors, as the captured requests of their official SDKs.

use std::{fs, path::Path};

use serde::Deserialize;

/// The parts of `alibaba-vectors.json` that a management plane is shown.
#[derive(Deserialize)]
pub struct AlibabaVectors {
    /// Captured v1 requests.
    pub request_auth_v1: Vec<CapturedRequest>,
    /// Captured V3 requests.
    pub request_auth_v3: Vec<CapturedRequest>,
    /// Edited requests, and what a server has to say to them.
    pub verdicts: Vec<Verdict>,
}

/// One captured request.
#[derive(Deserialize)]
pub struct CapturedRequest {
    /// The entry's name.
    pub id: String,
    /// Whose access key signed it.
    pub access_key_id: String,
    /// Its secret half.
    pub access_key_secret: String,
    /// What was sent.
    pub request: HttpRequest,
}

/// A request and the verdict on it.
#[derive(Deserialize)]
pub struct Verdict {
    /// The entry's name.
    pub id: String,
    /// What the server's clock shows.
    pub server_time: String,
    /// Access keys that the server knows, with their secrets.
    pub known_keys: std::collections::BTreeMap<String, String>,
    /// What is sent.
    pub request: HttpRequest,
    /// `accept` or `reject`.
    pub expected: String,
    /// The code of a refusal.
    pub expected_code: Option<String>,
    /// Nonces that the access key has used before.
    #[serde(default)]
    pub seen_nonces: Vec<String>,
}

/// A request as it went over the wire.
#[derive(Deserialize)]
pub struct HttpRequest {
    /// The method.
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    /// Names and values in the order sent.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// The parts of `huawei-vectors.json` that a management plane is shown.
#[derive(Deserialize)]
pub struct HuaweiVectors {
    /// Requests to the management plane.
    pub request_auth: HuaweiRequests,
}

/// Signed requests, and changes to them.
#[derive(Deserialize)]
pub struct HuaweiRequests {
    /// The requests.
    pub vectors: Vec<HuaweiRequest>,
    /// The changes.
    pub cases: Vec<HuaweiCase>,
}

/// One signed request.
#[derive(Clone, Deserialize)]
pub struct HuaweiRequest {
    /// The entry's name.
    pub name: String,
    /// Whose access key signed it.
    pub access_key: String,
    /// Its secret half.
    pub secret_key: String,
    /// The method.
    pub method: String,
    /// Path and query as sent.
    pub request_target: String,
    /// Names and values in the order sent.
    pub headers: Vec<(String, String)>,
    /// The body, where it is text.
    pub body_utf8: Option<String>,
}

/// A change to a request, and the verdict on it.
#[derive(Deserialize)]
pub struct HuaweiCase {
    /// The entry's name.
    pub name: String,
    /// The request that is changed.
    pub base: String,
    /// What the server's clock shows.
    pub now: String,
    /// What is changed.
    pub change: HuaweiChange,
    /// `accept` or `reject`.
    pub expect: String,
}

/// What is changed of a request.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HuaweiChange {
    method: Option<String>,
    request_target: Option<String>,
    body_utf8: Option<String>,
    set_header: Option<(String, String)>,
    remove_header: Option<String>,
    rename_header: Option<(String, String)>,
    reverse_headers: bool,
}

impl HuaweiVectors {
    /// Reads the repository's copy.
    pub fn load() -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../countersign-sign/vectors/huawei-vectors.json");
        let text = fs::read_to_string(file).expect("the vectors are in the repository");
        serde_json::from_str(&text).expect("the vectors have their documented form")
    }

    /// The request of a case, changed.
    pub fn request_of(&self, case: &HuaweiCase) -> HuaweiRequest {
        let mut all = self.request_auth.vectors.iter();
        let base = all.find(|request| request.name == case.base);
        let mut request = base.expect("a case has its base").clone();
        let change = case.change.clone();
        request.method = change.method.unwrap_or(request.method);
        request.request_target = change.request_target.unwrap_or(request.request_target);
        request.body_utf8 = change.body_utf8.or(request.body_utf8);
        let same = |own: &str, other: &str| own.eq_ignore_ascii_case(other);
        if let Some((name, value)) = change.set_header {
            request.headers.retain(|(own, _)| !same(own, &name));
            request.headers.push((name, value));
        }
        if let Some(name) = change.remove_header {
            request.headers.retain(|(own, _)| !same(own, &name));
        }
        if let Some((from, to)) = change.rename_header {
            let mut headers = request.headers.iter_mut();
            let header = headers.find(|(own, _)| *own == from);
            header.expect("the header to rename is there").0 = to;
        }
        if change.reverse_headers {
            request.headers.reverse();
        }
        request
    }
}

impl AlibabaVectors {
    /// Reads the repository's copy.
    pub fn load() -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../countersign-sign/vectors/alibaba-vectors.json");
        let text = fs::read_to_string(file).expect("the vectors are in the repository");
        serde_json::from_str(&text).expect("the vectors have their documented form")
    }
}
