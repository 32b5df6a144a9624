//! The file of vectors, and what its requests have in common.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_sign::Secret;
use countersign_sign::huawei::date::SdkDate;
use countersign_sign::huawei::request_auth::Request;
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Vectors {
    pub(crate) request_auth: RequestAuth,
    pub(crate) backend_signature: BackendSignature,
    pub(crate) backend_basic: BackendBasic,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestAuth {
    #[serde(rename = "note")]
    _note: String,
    pub(crate) vectors: Vec<Vector>,
    pub(crate) hash_only: Vec<HashOnly>,
    pub(crate) optional_derived: Vec<Derived>,
    pub(crate) cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BackendSignature {
    #[serde(rename = "note")]
    _note: String,
    pub(crate) vectors: Vec<Vector>,
    pub(crate) cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BackendBasic {
    #[serde(rename = "note")]
    _note: String,
    pub(crate) vectors: Vec<Basic>,
}

#[derive(Clone, Deserialize)]
pub(crate) struct Vector {
    pub(crate) name: String,
    pub(crate) access_key: String,
    secret_key: String,
    #[serde(flatten)]
    pub(crate) request: WireRequest,
    pub(crate) body_sha256: String,
    pub(crate) canonical_uri: String,
    pub(crate) canonical_query: String,
    pub(crate) java_canonical_query: Option<String>,
    pub(crate) canonical_headers: String,
    pub(crate) signed_headers: String,
    pub(crate) payload_line: String,
    pub(crate) canonical_request: String,
    pub(crate) canonical_request_sha256: String,
    pub(crate) string_to_sign: String,
    pub(crate) signature: String,
    pub(crate) authorization: String,
    pub(crate) published_signature: Option<String>,
    pub(crate) expect: Verdict,
}

#[derive(Deserialize)]
pub(crate) struct HashOnly {
    pub(crate) name: String,
    pub(crate) canonical_request: String,
    pub(crate) canonical_request_sha256: String,
}

#[derive(Deserialize)]
pub(crate) struct Derived {
    #[serde(flatten)]
    pub(crate) request: WireRequest,
}

#[derive(Deserialize)]
pub(crate) struct Basic {
    pub(crate) name: String,
    pub(crate) sign_key: String,
    pub(crate) sign_secret: String,
    pub(crate) authorization: String,
}

#[derive(Clone, Deserialize)]
pub(crate) struct WireRequest {
    pub(crate) method: String,
    request_target: String,
    pub(crate) headers: Vec<(String, String)>,
    body_utf8: Option<String>,
    body_base64: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    base: String,
    now: String,
    change: Change,
    pub(crate) expect: Verdict,
    pub(crate) reason: String,
}

/// What a case changes of its base. An unknown change would go unnoticed otherwise,
/// so it is refused.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Change {
    method: Option<String>,
    request_target: Option<String>,
    body_utf8: Option<String>,
    set_header: Option<(String, String)>,
    remove_header: Option<String>,
    rename_header: Option<(String, String)>,
    reverse_headers: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    Accept,
    Reject,
}

const FILE: &str = include_str!("../../vectors/huawei-vectors.json");

pub(crate) fn vectors() -> Vectors {
    serde_json::from_str(FILE).expect("the file has the form declared here")
}

/// How many entries the file has at this place, counted without the types above.
pub(crate) fn count(pointer: &str) -> usize {
    let file: serde_json::Value = serde_json::from_str(FILE).expect("the file is JSON");
    let list = file.pointer(pointer).and_then(|list| list.as_array());
    list.expect("there is a list").len()
}

impl Vector {
    pub(crate) fn secret(&self) -> Secret {
        Secret::new(self.secret_key.clone())
    }

    /// The date of its header, as signed.
    pub(crate) fn date(&self) -> SdkDate {
        let date = self.request.header("x-sdk-date").expect(&self.name);
        SdkDate::parse(date).expect(&self.name)
    }

    /// Its canonical request put together from the parts the file tells apart.
    pub(crate) fn assembled(&self) -> String {
        [
            &self.request.method,
            &self.canonical_uri,
            &self.canonical_query,
            &self.canonical_headers,
            &self.signed_headers,
            &self.payload_line,
        ]
        .map(String::as_str)
        .join("\n")
    }
}

impl WireRequest {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self
            .headers
            .iter()
            .find(|(candidate, _)| candidate.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    pub(crate) fn header_pairs(&self) -> Vec<(&str, &str)> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        match (&self.body_utf8, &self.body_base64) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(encoded)) => STANDARD.decode(encoded).expect("the file has good Base64"),
            other => panic!("not one body: {other:?}"),
        }
    }

    pub(crate) fn path_and_query(&self) -> (&str, Option<&str>) {
        match self.request_target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (&self.request_target, None),
        }
    }

    pub(crate) fn as_request<'a>(
        &'a self,
        headers: &'a [(&'a str, &'a str)],
        body: &'a [u8],
    ) -> Request<'a> {
        let (path, query) = self.path_and_query();
        Request {
            method: &self.method,
            path,
            query,
            headers,
            body,
        }
    }
}

impl Case {
    /// Its base, with the changes made to the request.
    pub(crate) fn changed(&self, vectors: &[Vector]) -> Vector {
        let found = vectors.iter().find(|vector| vector.name == self.base);
        let mut vector = found.expect(&self.name).clone();
        self.change.apply(&mut vector.request);
        vector
    }

    /// The clock of the server, in seconds since 1970.
    pub(crate) fn now_unix(&self) -> i64 {
        SdkDate::parse(&self.now).expect(&self.name).unix()
    }
}

impl Change {
    fn apply(&self, request: &mut WireRequest) {
        if let Some(method) = &self.method {
            request.method.clone_from(method);
        }
        if let Some(target) = &self.request_target {
            request.request_target.clone_from(target);
        }
        if let Some(body) = &self.body_utf8 {
            request.body_base64 = None;
            request.body_utf8 = Some(body.clone());
        }
        let is = |wanted: &str| {
            let wanted = wanted.to_owned();
            move |(name, _): &(String, String)| name.eq_ignore_ascii_case(&wanted)
        };
        if let Some((name, value)) = &self.set_header {
            match request.headers.iter().position(is(name)) {
                Some(at) => request.headers[at].1.clone_from(value),
                None => request.headers.push((name.clone(), value.clone())),
            }
        }
        if let Some(name) = &self.remove_header {
            let at = request.headers.iter().position(is(name));
            request.headers.remove(at.expect("the base has it"));
        }
        if let Some((from, to)) = &self.rename_header {
            let at = request.headers.iter().position(is(from));
            request.headers[at.expect("the base has it")]
                .0
                .clone_from(to);
        }
        if self.reverse_headers {
            request.headers.reverse();
        }
    }
}
