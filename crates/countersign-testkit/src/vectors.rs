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

impl AlibabaVectors {
    /// Reads the repository's copy.
    pub fn load() -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../countersign-sign/vectors/alibaba-vectors.json");
        let text = fs::read_to_string(file).expect("the vectors are in the repository");
        serde_json::from_str(&text).expect("the vectors have their documented form")
    }
}
