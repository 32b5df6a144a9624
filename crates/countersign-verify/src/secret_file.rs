//! Files that hold a secret.

use std::{fs::File, io::Read, os::unix::fs::MetadataExt, path::Path};

use countersign_sign::Secret;

/// Longer than any token.
const BYTES_MAX: u64 = 4096;

/// Why a file gives no secret. It repeats nothing of it.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(std::io::Error),
    /// Others than its owner may read it.
    #[error("others than its owner may read it: chmod 600 it")]
    Open,
    /// It holds nothing, too much, or what no header can carry.
    #[error("it holds no token: one line of visible ASCII")]
    NoToken,
}

/// Reads a token from a file that only its owner may read, without the line end.
///
/// # Errors
/// [`SecretFileError`].
pub fn read_secret_file(path: &Path) -> Result<Secret, SecretFileError> {
    let file = File::open(path).map_err(SecretFileError::Unreadable)?;
    let metadata = file.metadata().map_err(SecretFileError::Unreadable)?;
    if metadata.mode() & 0o077 != 0 {
        return Err(SecretFileError::Open);
    }
    let mut text = String::new();
    let read = file.take(BYTES_MAX + 1).read_to_string(&mut text);
    read.map_err(SecretFileError::Unreadable)?;
    token(text)
}

/// A token as a header can carry it.
pub(crate) fn token(text: String) -> Result<Secret, SecretFileError> {
    let token = text.trim_end_matches(['\r', '\n']);
    let is_token = !token.is_empty()
        && token.len() as u64 <= BYTES_MAX
        && token.bytes().all(|byte| byte.is_ascii_graphic());
    match is_token {
        true => Ok(Secret::new(token.to_owned())),
        false => Err(SecretFileError::NoToken),
    }
}
