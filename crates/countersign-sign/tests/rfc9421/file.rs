//! The file of vectors.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_sign::Secret;
use countersign_sign::rfc9421::message::Target;
use countersign_sign::rfc9421::{BadKeyPair, Message, Scheme, Signer};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
pub(crate) struct File {
    keys: BTreeMap<String, Key>,
    pub(crate) cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Key {
    Pair { public: String, private: String },
    Shared { secret: String },
}

#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) key: String,
    message: Texts,
    pub(crate) label: String,
    pub(crate) components: Vec<String>,
    /// The parameters of the signature, serialised.
    pub(crate) params: String,
    /// In Base64.
    pub(crate) signature: String,
    pub(crate) base: String,
    /// Whether the algorithm makes the same signature each time.
    pub(crate) deterministic: bool,
}

#[derive(Deserialize)]
struct Texts {
    method: Option<String>,
    authority: Option<String>,
    path: Option<String>,
    query: Option<String>,
    status: Option<u16>,
    headers: Vec<(String, String)>,
    body: String,
}

impl File {
    pub(crate) fn load() -> Self {
        serde_json::from_str(include_str!("../../vectors/rfc9421.json")).expect("the vectors")
    }

    /// Messages that another library signed: PyPI `http-message-signatures`, by
    /// `tests/sdk/huawei/make_rfc9421_cases.py`.
    pub(crate) fn of_another_library() -> Self {
        let text = include_str!("../../vectors/rfc9421-library.json");
        serde_json::from_str(text).expect("the vectors")
    }

    pub(crate) fn case(&self, name: &str) -> &Case {
        let mut cases = self.cases.iter();
        cases.find(|case| case.name == name).expect(name)
    }

    pub(crate) fn signer(&self, name: &str) -> Option<Signer> {
        Some(match self.keys.get(name)? {
            Key::Pair { .. } => self.pair(name, name).expect(name).with_key_id(name),
            Key::Shared { secret } => {
                Signer::hmac_bytes(name, &STANDARD.decode(secret).expect("Base64"))
            }
        })
    }

    /// The public key of one name with the private one of another.
    pub(crate) fn pair(&self, public: &str, private: &str) -> Result<Signer, BadKeyPair> {
        let half = |name: &str| match &self.keys[name] {
            Key::Pair { public, private } => (public.clone(), private.clone()),
            Key::Shared { .. } => panic!("{name} is a shared secret"),
        };
        Signer::from_key_pair(&half(public).0, &Secret::new(half(private).1))
    }
}

impl Case {
    pub(crate) fn signature(&self) -> Vec<u8> {
        STANDARD.decode(&self.signature).expect("Base64")
    }

    pub(crate) fn headers(&self) -> Vec<(&str, &str)> {
        self.message
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    pub(crate) fn message<'a>(&'a self, headers: &'a [(&'a str, &'a str)]) -> Message<'a> {
        let texts = &self.message;
        let body = Some(texts.body.as_bytes());
        match texts.status {
            Some(status) => Message::response(status, None, headers, body),
            None => {
                let target = Target {
                    method: texts.method.as_deref().expect("a request"),
                    scheme: Scheme::Https,
                    authority: texts.authority.as_deref().expect("a request"),
                    path: texts.path.as_deref().expect("a request"),
                    query: texts.query.as_deref(),
                };
                Message::request(target, headers, body)
            }
        }
    }
}
