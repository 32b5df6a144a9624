//! The encryption barrier: what is secret in a record is sealed before a
//! backend sees it. Envelope encryption: data keys seal the fields, the master
//! key wraps the data keys, and the wrapped data keys lie in the store as a
//! ring with a version for each.

mod cipher;
mod keyring;

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use countersign_sign::Secret;

use self::keyring::{DataKey, Keyring};
use crate::{
    master_key::MasterKey,
    random::{RandomError, RandomSource},
};

pub use keyring::KeyringError;

/// The record that holds the wrapped data keys.
pub(crate) const KEYRING_KEY: &str = "meta/keyring";

/// The way of sealing, in front of every sealed text.
const SEALED_VERSION: &str = "v1";

/// Where a sealed field stands, and what of its record it must not be parted
/// from. All of it is associated data: in another place, or beside other
/// values, the field does not open.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    /// The key of the record.
    pub(crate) record: &'a str,
    /// The name of the field.
    pub(crate) field: &'a str,
    /// The values beside it that it belongs to, in a fixed order.
    pub(crate) beside: &'a [&'a str],
}

/// A secret could not be sealed.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the field {field} of {kind} cannot be sealed")]
pub struct SealError {
    /// The field.
    pub field: &'static str,
    /// What kind of record it is in.
    pub kind: &'static str,
    /// Why.
    pub source: RandomError,
}

/// A sealed field does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenSealedError {
    /// It is not written as sealed fields are.
    #[error("it is not written as 'v1.<data key version>.<base64>'")]
    Malformed,
    /// The ring has no such data key.
    #[error("it is sealed with data key {version}, which is not in the key ring")]
    UnknownDataKey {
        /// The version.
        version: u32,
    },
    /// Another key sealed it, or it was altered, or it was brought here from
    /// another place.
    #[error("it was altered, or was not sealed for this record")]
    Refused,
    /// What was sealed is no text.
    #[error("it does not hold a text")]
    NotText,
}

/// Seals and opens secret fields. `Debug` prints no key.
pub(crate) struct Barrier {
    keyring: Keyring,
    random: RandomSource,
}

impl Barrier {
    /// A barrier for a store that has none yet, with a new data key.
    pub(crate) fn generate(random: &RandomSource) -> Result<Self, RandomError> {
        Ok(Self {
            keyring: Keyring::new(DataKey::generate(1, random)?),
            random: random.clone(),
        })
    }

    /// The barrier of a store, from its key ring record.
    pub(crate) fn unwrap(
        record: &[u8],
        master_key: &MasterKey,
        random: &RandomSource,
    ) -> Result<Self, KeyringError> {
        Ok(Self {
            keyring: Keyring::unwrap(record, master_key)?,
            random: random.clone(),
        })
    }

    /// The key ring record.
    pub(crate) fn wrap(&self, master_key: &MasterKey) -> Result<Vec<u8>, RandomError> {
        self.keyring.wrap(master_key, &self.random)
    }

    /// Seals a secret for one place.
    pub(crate) fn seal(&self, place: Place<'_>, secret: &Secret) -> Result<String, RandomError> {
        let key = self.keyring.newest();
        let sealed = key.cipher.seal(
            &place.associated_data(),
            secret.expose().as_bytes(),
            &self.random,
        )?;
        Ok(format!(
            "{SEALED_VERSION}.{}.{}",
            key.version,
            STANDARD.encode(sealed)
        ))
    }

    /// Opens a secret that was sealed for this place.
    pub(crate) fn open(&self, place: Place<'_>, text: &str) -> Result<Secret, OpenSealedError> {
        let (version, sealed) = split(text).ok_or(OpenSealedError::Malformed)?;
        let key = self
            .keyring
            .get(version)
            .ok_or(OpenSealedError::UnknownDataKey { version })?;
        let opened = key
            .cipher
            .open(&place.associated_data(), sealed)
            .ok_or(OpenSealedError::Refused)?;
        cipher::into_text(opened)
            .map(Secret::new)
            .ok_or(OpenSealedError::NotText)
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Barrier")
            .field("newest", &self.keyring.newest().version)
            .finish_non_exhaustive()
    }
}

impl Place<'_> {
    /// Each part with its length before it, so that no two places give the
    /// same bytes.
    fn associated_data(&self) -> Vec<u8> {
        let mut data = Vec::with_capacity(160);
        for part in [self.record, self.field].iter().chain(self.beside) {
            data.extend_from_slice(&(part.len() as u64).to_be_bytes());
            data.extend_from_slice(part.as_bytes());
        }
        data
    }
}

/// Splits `v1.<data key version>.<base64>`.
fn split(text: &str) -> Option<(u32, Vec<u8>)> {
    let rest = text.strip_prefix(SEALED_VERSION)?.strip_prefix('.')?;
    let (version, sealed) = rest.split_once('.')?;
    if !version.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((version.parse().ok()?, STANDARD.decode(sealed).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'_> = Place {
        record: "signature-key/1",
        field: "sign_secret",
        beside: &["account", "1"],
    };

    fn barrier() -> Barrier {
        Barrier::generate(&RandomSource::system()).unwrap()
    }

    fn sealed(barrier: &Barrier) -> String {
        barrier
            .seal(PLACE, &Secret::new("planted".to_owned()))
            .unwrap()
    }

    #[test]
    fn what_is_sealed_opens_in_its_place() {
        let barrier = barrier();
        let text = sealed(&barrier);
        assert!(
            text.starts_with("v1.1.") && !text.contains("planted"),
            "{text}"
        );
        assert_eq!(barrier.open(PLACE, &text).unwrap().expose(), "planted");
    }

    #[test]
    fn the_same_secret_is_never_sealed_alike() {
        let barrier = barrier();
        assert_ne!(sealed(&barrier), sealed(&barrier));
    }

    #[test]
    fn it_opens_in_no_other_place() {
        let barrier = barrier();
        let text = sealed(&barrier);
        for place in [
            Place {
                record: "signature-key/2",
                ..PLACE
            },
            Place {
                field: "secret",
                ..PLACE
            },
            Place {
                beside: &["other", "1"],
                ..PLACE
            },
            Place {
                beside: &["account", "2"],
                ..PLACE
            },
            Place {
                beside: &["account"],
                ..PLACE
            },
            Place {
                beside: &["account1", ""],
                ..PLACE
            },
        ] {
            assert_eq!(
                barrier.open(place, &text).unwrap_err(),
                OpenSealedError::Refused
            );
        }
    }

    #[test]
    fn any_altered_byte_is_refused() {
        let barrier = barrier();
        let text = sealed(&barrier);
        let bytes = STANDARD
            .decode(text.strip_prefix("v1.1.").unwrap())
            .unwrap();
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            let altered = format!("v1.1.{}", STANDARD.encode(altered));
            assert_eq!(
                barrier.open(PLACE, &altered).unwrap_err(),
                OpenSealedError::Refused,
                "byte {at}"
            );
        }
        for length in 0..bytes.len() {
            let truncated = format!("v1.1.{}", STANDARD.encode(&bytes[..length]));
            assert_eq!(
                barrier.open(PLACE, &truncated).unwrap_err(),
                OpenSealedError::Refused,
                "{length} bytes"
            );
        }
    }

    #[test]
    fn what_is_not_sealed_says_so() {
        let barrier = barrier();
        for text in [
            "",
            "planted",
            "v1",
            "v1.1",
            "v2.1.AAAA",
            "v1..AAAA",
            "v1.+1.AAAA",
            "v1.1.A",
            "v1.1.AAAA.",
            "v1.4294967296.AAAA",
        ] {
            assert_eq!(
                barrier.open(PLACE, text).unwrap_err(),
                OpenSealedError::Malformed,
                "{text}"
            );
        }
        let other = sealed(&barrier).replacen("v1.1.", "v1.2.", 1);
        assert_eq!(
            barrier.open(PLACE, &other).unwrap_err(),
            OpenSealedError::UnknownDataKey { version: 2 }
        );
    }
}
