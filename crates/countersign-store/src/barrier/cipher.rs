//! AES-256-GCM over one text: `nonce || ciphertext || tag`.

use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit};
use zeroize::Zeroize;

use crate::random::{RandomError, RandomSource};

/// How long a key is.
pub(super) const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;

/// Seals and opens with one key, whose schedule is wiped when it is dropped.
pub(super) struct Cipher(Aes256Gcm);

impl Cipher {
    pub(super) fn new(key: &[u8; KEY_BYTES]) -> Self {
        Self(Aes256Gcm::new(key.into()))
    }

    pub(super) fn seal(
        &self,
        associated_data: &[u8],
        plain: &[u8],
        random: &RandomSource,
    ) -> Result<Vec<u8>, RandomError> {
        let mut nonce = [0; NONCE_BYTES];
        random.fill(&mut nonce)?;
        // Room for everything at once: growing would leave a copy of the
        // plain text behind.
        let mut sealed = Vec::with_capacity(NONCE_BYTES + plain.len() + TAG_BYTES);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let tag = self.0.encrypt_inout_detached(
            &nonce.into(),
            associated_data,
            (&mut sealed[NONCE_BYTES..]).into(),
        );
        let tag = tag.expect("AES-GCM seals up to 64 GiB, and these are fields of a record");
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// `None` if it was altered, or sealed with another key or other
    /// associated data.
    pub(super) fn open(&self, associated_data: &[u8], mut sealed: Vec<u8>) -> Option<Vec<u8>> {
        let tag_at = sealed
            .len()
            .checked_sub(TAG_BYTES)
            .filter(|at| *at >= NONCE_BYTES)?;
        let tag: [u8; TAG_BYTES] = sealed[tag_at..].try_into().ok()?;
        sealed.truncate(tag_at);
        let nonce: [u8; NONCE_BYTES] = sealed[..NONCE_BYTES].try_into().ok()?;
        let message = (&mut sealed[NONCE_BYTES..]).into();
        self.0
            .decrypt_inout_detached(&nonce.into(), associated_data, message, &tag.into())
            .ok()?;
        sealed.copy_within(NONCE_BYTES.., 0);
        // The moved text's last bytes stand twice.
        sealed[tag_at - NONCE_BYTES..].zeroize();
        sealed.truncate(tag_at - NONCE_BYTES);
        Some(sealed)
    }
}

/// The text in an opened buffer, without a copy; wiped if it is none.
pub(super) fn into_text(opened: Vec<u8>) -> Option<String> {
    String::from_utf8(opened)
        .map_err(|error| error.into_bytes().zeroize())
        .ok()
}
