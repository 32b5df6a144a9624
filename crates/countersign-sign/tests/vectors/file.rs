//! The file of vectors, and what its requests have in common.

use std::collections::BTreeMap;

use countersign_sign::alibaba::request_auth::v3;
use countersign_sign::params::decode;
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Vectors {
    pub(crate) request_auth_v1: Vec<RequestAuth>,
    pub(crate) request_auth_v3: Vec<RequestAuth>,
    pub(crate) verdicts: Vec<Verdict>,
    pub(crate) backend_signature: Vec<Backend>,
}

#[derive(Deserialize)]
pub(crate) struct RequestAuth {
    pub(crate) id: String,
    pub(crate) access_key_id: String,
    pub(crate) access_key_secret: String,
    pub(crate) request: WireRequest,
    pub(crate) decoded_parameters: BTreeMap<String, String>,
    pub(crate) canonical_query: Option<String>,
    pub(crate) canonical_request: Option<String>,
    pub(crate) signed_headers: Option<Vec<String>>,
    pub(crate) string_to_sign: String,
    pub(crate) signature: String,
}

#[derive(Deserialize)]
pub(crate) struct Verdict {
    pub(crate) id: String,
    pub(crate) server_time: String,
    pub(crate) known_keys: BTreeMap<String, String>,
    pub(crate) request: WireRequest,
    pub(crate) expected: String,
    pub(crate) expected_code: Option<String>,
    #[serde(default)]
    pub(crate) seen_nonces: Vec<String>,
}

#[derive(Deserialize)]
pub(crate) struct WireRequest {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

#[derive(Deserialize)]
pub(crate) struct Backend {
    pub(crate) id: String,
    pub(crate) header_lookup: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) params: Vec<BackendParam>,
    pub(crate) body_base64: Option<String>,
    pub(crate) key: String,
    pub(crate) secret: String,
    pub(crate) content_md5: String,
    pub(crate) string_to_sign: String,
    pub(crate) signature: String,
    pub(crate) wire_illustration: Option<WireIllustration>,
}

#[derive(Deserialize)]
pub(crate) struct BackendParam {
    pub(crate) name: String,
    #[serde(flatten)]
    pub(crate) value: BackendValue,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum BackendValue {
    String { value: String },
    List { values: Vec<Option<String>> },
    Array { values: Vec<Option<String>> },
    Null,
}

#[derive(Deserialize)]
pub(crate) struct WireIllustration {
    pub(crate) target: String,
    pub(crate) content_type: Option<String>,
    pub(crate) body: String,
}

pub(crate) fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../vectors/alibaba-vectors.json"))
        .expect("the file has the form declared here")
}

/// Path and query of a request target.
pub(crate) fn split_target(target: &str) -> (&str, Option<&str>) {
    match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    }
}

impl WireRequest {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self
            .headers
            .iter()
            .find(|(candidate, _)| candidate.eq_ignore_ascii_case(name))?;
        Some(value.trim())
    }

    /// The decoded parameters of query and form, in that order.
    pub(crate) fn params(&self) -> Vec<(String, String)> {
        let (_, query) = split_target(&self.target);
        let is_form = self
            .header("content-type")
            .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
        let form = if is_form { self.body.as_str() } else { "" };
        decode(query.unwrap_or_default().as_bytes())
            .chain(decode(form.as_bytes()))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect()
    }

    pub(crate) fn header_pairs(&self) -> Vec<(&str, &str)> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    pub(crate) fn as_v3<'a>(&'a self, headers: &'a [(&'a str, &'a str)]) -> v3::Request<'a> {
        let (path, query) = split_target(&self.target);
        v3::Request {
            method: &self.method,
            path,
            query,
            headers,
            body: self.body.as_bytes(),
        }
    }
}
