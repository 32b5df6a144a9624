//! The data keys, and the record that holds them wrapped.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::{
    KEYRING_KEY, Place,
    cipher::{Cipher, KEY_BYTES},
};
use crate::{
    master_key::MasterKey,
    random::{RandomError, RandomSource},
};

/// Why the key ring record gives no data keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// A store that holds something has no key ring.
    #[error("the record {KEYRING_KEY} is missing")]
    Missing,
    /// The record is not JSON of the right shape.
    #[error("the record {KEYRING_KEY} cannot be read")]
    Json(#[source] serde_json::Error),
    /// A wrapped key is not base64, or there is no key at all, or one twice.
    #[error("the record {KEYRING_KEY} is malformed")]
    Malformed,
    /// The master key is not the one that wrapped the data keys, or the record
    /// was altered.
    #[error(
        "the master key does not open the record {KEYRING_KEY}: it is not the master key of this store, or the record was altered"
    )]
    WrongMasterKey,
}

/// All data keys of a store: the newest seals, the others still open.
pub(super) struct Keyring {
    /// Never empty; the newest is last.
    keys: Vec<DataKey>,
}

/// One data key, ready for use.
pub(super) struct DataKey {
    pub(super) version: u32,
    pub(super) cipher: Cipher,
    bytes: Zeroizing<[u8; KEY_BYTES]>,
}

#[derive(Serialize, Deserialize)]
struct KeyringRecord {
    keys: Vec<WrappedKey>,
}

#[derive(Serialize, Deserialize)]
struct WrappedKey {
    version: u32,
    wrapped: String,
}

impl DataKey {
    /// Draws a new one.
    pub(super) fn generate(version: u32, random: &RandomSource) -> Result<Self, RandomError> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        random.fill(&mut *bytes)?;
        Ok(Self::new(version, bytes))
    }

    fn new(version: u32, bytes: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        Self {
            version,
            cipher: Cipher::new(&bytes),
            bytes,
        }
    }
}

impl Keyring {
    pub(super) fn new(key: DataKey) -> Self {
        Self { keys: vec![key] }
    }

    pub(super) fn newest(&self) -> &DataKey {
        self.keys
            .last()
            .expect("a ring is made with one key and loses none")
    }

    pub(super) fn get(&self, version: u32) -> Option<&DataKey> {
        self.keys.iter().find(|key| key.version == version)
    }

    /// The record.
    pub(super) fn wrap(
        &self,
        master_key: &MasterKey,
        random: &RandomSource,
    ) -> Result<Vec<u8>, RandomError> {
        let cipher = Cipher::new(master_key.expose());
        let wrap = |key: &DataKey| {
            let sealed = cipher.seal(&associated_data(key.version), &*key.bytes, random)?;
            Ok(WrappedKey {
                version: key.version,
                wrapped: STANDARD.encode(sealed),
            })
        };
        let keys = self
            .keys
            .iter()
            .map(wrap)
            .collect::<Result<_, RandomError>>()?;
        Ok(serde_json::to_vec(&KeyringRecord { keys })
            .expect("numbers and texts always become JSON"))
    }

    /// Reads the record.
    pub(super) fn unwrap(record: &[u8], master_key: &MasterKey) -> Result<Self, KeyringError> {
        let record: KeyringRecord = serde_json::from_slice(record).map_err(KeyringError::Json)?;
        let cipher = Cipher::new(master_key.expose());
        let mut keys: Vec<DataKey> = Vec::with_capacity(record.keys.len());
        for WrappedKey { version, wrapped } in record.keys {
            if keys.last().is_some_and(|last| last.version >= version) {
                return Err(KeyringError::Malformed);
            }
            let wrapped = STANDARD
                .decode(wrapped)
                .map_err(|_| KeyringError::Malformed)?;
            let mut opened = cipher
                .open(&associated_data(version), wrapped)
                .ok_or(KeyringError::WrongMasterKey)?;
            let bytes = opened.as_slice().try_into().map(Zeroizing::new);
            opened.zeroize();
            keys.push(DataKey::new(
                version,
                bytes.map_err(|_| KeyringError::Malformed)?,
            ));
        }
        if keys.is_empty() {
            Err(KeyringError::Malformed)
        } else {
            Ok(Self { keys })
        }
    }
}

fn associated_data(version: u32) -> Vec<u8> {
    Place {
        record: KEYRING_KEY,
        field: "keys",
        beside: &[&version.to_string()],
    }
    .associated_data()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> Keyring {
        let random = RandomSource::system();
        let keys = [1, 2].map(|version| DataKey::generate(version, &random).unwrap());
        Keyring { keys: keys.into() }
    }

    fn wrapped(ring: &Keyring) -> Vec<u8> {
        ring.wrap(
            &MasterKey::from_bytes([1; KEY_BYTES]),
            &RandomSource::system(),
        )
        .unwrap()
    }

    #[test]
    fn a_wrapped_ring_unwraps_with_its_master_key_only() {
        let ring = ring();
        let record = wrapped(&ring);
        let again = Keyring::unwrap(&record, &MasterKey::from_bytes([1; KEY_BYTES])).unwrap();
        assert_eq!(again.newest().version, 2);
        assert!(
            again
                .keys
                .iter()
                .zip(&ring.keys)
                .all(|(left, right)| *left.bytes == *right.bytes)
        );
        let other = Keyring::unwrap(&record, &MasterKey::from_bytes([2; KEY_BYTES]));
        assert!(matches!(other, Err(KeyringError::WrongMasterKey)));
    }

    #[test]
    fn versions_cannot_be_swapped() {
        let record = String::from_utf8(wrapped(&ring())).unwrap();
        let swapped = record.replace("\"version\":2", "\"version\":3");
        let refused = Keyring::unwrap(swapped.as_bytes(), &MasterKey::from_bytes([1; KEY_BYTES]));
        assert!(matches!(refused, Err(KeyringError::WrongMasterKey)));
    }

    #[test]
    fn a_malformed_record_says_so() {
        let master_key = MasterKey::from_bytes([1; KEY_BYTES]);
        let unwrap = |text: &str| {
            Keyring::unwrap(text.as_bytes(), &master_key)
                .err()
                .map(|error| error.to_string())
        };
        let malformed = Some("the record meta/keyring is malformed".to_owned());
        assert_eq!(unwrap(r#"{"keys":[]}"#), malformed);
        assert_eq!(
            unwrap(r#"{"keys":[{"version":1,"wrapped":"!"}]}"#),
            malformed
        );
        assert_eq!(
            unwrap("{}"),
            Some("the record meta/keyring cannot be read".to_owned())
        );
    }
}
