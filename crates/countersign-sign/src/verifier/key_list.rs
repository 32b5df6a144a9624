//! Lists of keys in JSON, as a file or the gateway's feed has them.

use std::fmt;

use serde::Deserialize;

use super::key::{BadKey, Key, KeyState};
use super::scheme::Scheme;
use crate::rfc9421::PublicKey;
use crate::secret::Secret;

/// A list of keys. `Debug` shows no secret.
#[derive(Debug, Clone, Default)]
pub struct KeyList {
    /// The revision of the gateway's keys, in a feed.
    pub revision: Option<u64>,
    /// How long keys that go are accepted, in seconds, in a feed.
    pub grace_secs: Option<u64>,
    /// The keys.
    pub keys: Vec<Key>,
    /// Entries that are no keys here: of a scheme that a newer gateway has, say.
    /// Requests signed with them are refused. In a file they are mistakes.
    pub skipped: Vec<Skipped>,
}

/// An entry that is no key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Its place in the list, from 0.
    pub index: usize,
    /// Why, without a secret.
    pub why: &'static str,
}

/// A text that is no list of keys. The text is not repeated: it holds secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a list of keys in JSON: line {line}, column {column}")]
pub struct BadKeyList {
    /// Where reading stopped, from 1.
    pub line: usize,
    /// Where in the line, in bytes.
    pub column: usize,
}

#[derive(Deserialize)]
struct WireList {
    revision: Option<u64>,
    grace_seconds: Option<u64>,
    keys: Vec<WireKey>,
}

/// Members that a newer gateway adds are passed over.
#[derive(Deserialize)]
struct WireKey {
    scheme: String,
    sign_key: String,
    secret: Option<WireSecret>,
    public_key: Option<String>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    version: u64,
    state: Option<String>,
}

struct WireSecret(Secret);

impl KeyList {
    /// Reads `{"keys": [...]}`; see `verifiers/README.md` for the members of a key. A
    /// key without `state` is active.
    ///
    /// # Errors
    /// [`BadKeyList`].
    pub fn from_json(text: &[u8]) -> Result<Self, BadKeyList> {
        let list: WireList = serde_json::from_slice(text).map_err(|error| BadKeyList {
            line: error.line(),
            column: error.column(),
        })?;
        let (mut keys, mut skipped) = (Vec::with_capacity(list.keys.len()), Vec::new());
        for (index, wire) in list.keys.into_iter().enumerate() {
            match wire.key() {
                Ok(key) => keys.push(key),
                Err(why) => skipped.push(Skipped { index, why }),
            }
        }
        Ok(Self {
            revision: list.revision,
            grace_secs: list.grace_seconds,
            keys,
            skipped,
        })
    }
}

impl WireKey {
    fn key(self) -> Result<Key, &'static str> {
        let scheme: Scheme = self.scheme.parse().map_err(|_| "the scheme is not known")?;
        let state = match self.state.as_deref() {
            None | Some("active") => KeyState::Active,
            Some("next") => KeyState::Next,
            Some("retired") => KeyState::Retired,
            Some(_) => return Err("the state is not known"),
        };
        let key = match (scheme, self.secret, self.public_key) {
            (Scheme::Rfc9421KeyPair, None, Some(text)) => {
                let public_key =
                    PublicKey::from_spki(&text).map_err(|_| "the public key can not be used")?;
                Key::key_pair(&self.sign_key, public_key)
            }
            (_, Some(WireSecret(secret)), None) => Key::shared(scheme, &self.sign_key, secret)
                .map_err(|bad| match bad {
                    BadKey::KeyPair(_) => "the scheme has key pairs, and a secret is given",
                    BadKey::EmptySecret => "the secret is empty",
                })?,
            (_, None, None) if state == KeyState::Retired => Key::retired(scheme, &self.sign_key),
            (_, None, None) => return Err("secret or public_key is missing"),
            _ => return Err("the scheme has secrets, and a public key is given"),
        };
        Ok(key.named(&self.name, self.version).in_state(state))
    }
}

impl<'de> Deserialize<'de> for WireSecret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Secret::new(text)))
    }
}

impl fmt::Debug for WireSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
