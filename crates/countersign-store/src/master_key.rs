//! The master key, which wraps the data keys. It is kept outside the store.

use std::{
    env, fmt,
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::random::{RandomError, RandomSource};

/// How long a master key is.
pub(crate) const KEY_BYTES: usize = 32;

/// No key's text is longer, with its line end.
const TEXT_BYTES_MAX: u64 = 128;

/// 256 bits that wrap the data keys. `Debug` prints fixed text; the bytes are
/// wiped when it is dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MasterKey([u8; KEY_BYTES]);

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// The file cannot be read.
    #[error("cannot read the master key file {}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file cannot be made.
    #[error("cannot make the master key file {}", path.display())]
    Create {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others than the owner can read or write the file.
    #[error("the master key file {} has mode {mode:04o}: only its owner may have access (mode 0600 or 0400)", path.display())]
    Exposed {
        /// Which.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The environment variable is not set, or is not text.
    #[error("cannot read the master key from the environment variable {name}")]
    Variable {
        /// Which.
        name: String,
    },
    /// What was there is no key.
    #[error(
        "{origin} holds no master key: it must be 64 hex digits, or 32 bytes in base64 (44 characters)"
    )]
    Malformed {
        /// Where it came from.
        origin: String,
    },
    /// A new one cannot be drawn.
    #[error("cannot make a master key")]
    Random(#[from] RandomError),
}

impl MasterKey {
    /// Draws a new one.
    pub fn random() -> Result<Self, RandomError> {
        let mut key = Self([0; KEY_BYTES]);
        RandomSource::system().fill(&mut key.0)?;
        Ok(key)
    }

    /// From its bytes.
    pub const fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// Reads a file: 64 hex digits or 44 characters of base64, and at most one
    /// line end.
    ///
    /// # Errors
    /// Also when the file's group or others may read or write it.
    pub fn from_file(path: &Path) -> Result<Self, MasterKeyError> {
        let failed = |source| MasterKeyError::Read {
            path: path.to_owned(),
            source,
        };
        let mut file = File::open(path).map_err(failed)?;
        let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(MasterKeyError::Exposed {
                path: path.to_owned(),
                mode,
            });
        }
        let mut text = Zeroizing::new(Vec::with_capacity(TEXT_BYTES_MAX as usize));
        (&mut file)
            .take(TEXT_BYTES_MAX)
            .read_to_end(&mut text)
            .map_err(failed)?;
        Self::parse(&text).ok_or_else(|| MasterKeyError::Malformed {
            origin: format!("the file {}", path.display()),
        })
    }

    /// Reads an environment variable, written as in a file.
    pub fn from_env(name: &str) -> Result<Self, MasterKeyError> {
        let text = env::var(name)
            .map(Zeroizing::new)
            .map_err(|_| MasterKeyError::Variable {
                name: name.to_owned(),
            })?;
        let malformed = || MasterKeyError::Malformed {
            origin: format!("the environment variable {name}"),
        };
        Self::parse(text.as_bytes()).ok_or_else(malformed)
    }

    /// Draws a new one and writes it, in hex, to a new file that only its
    /// owner can read. It is on the disk when this returns.
    ///
    /// # Errors
    /// Also when the file is there already.
    pub fn create_file(path: &Path) -> Result<Self, MasterKeyError> {
        let key = Self::random()?;
        let written = key.write_new_file(path);
        written.map_err(|source| MasterKeyError::Create {
            path: path.to_owned(),
            source,
        })?;
        Ok(key)
    }

    fn write_new_file(&self, path: &Path) -> io::Result<()> {
        let mut text = Zeroizing::new(vec![0; 2 * KEY_BYTES]);
        hex::encode_to_slice(self.0, &mut text).expect("the buffer has two digits for each byte");
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(&text)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        let directory = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        File::open(directory)?.sync_all()
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let mut key = Self([0; KEY_BYTES]);
        match text.len() {
            64 => hex::decode_to_slice(text, &mut key.0).ok()?,
            44 => {
                // The decoder wants room for what 44 characters can hold at most.
                let mut buffer = Zeroizing::new([0; KEY_BYTES + 1]);
                let length = STANDARD.decode_slice(text, &mut *buffer).ok()?;
                key.0.copy_from_slice(
                    buffer
                        .get(..length)
                        .filter(|bytes| bytes.len() == KEY_BYTES)?,
                );
            }
            _ => return None,
        }
        Some(key)
    }

    /// The bytes, for the barrier.
    pub(crate) fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const BASE64: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    #[test]
    fn hex_and_base64_give_the_same_key() {
        for text in [
            HEX.to_owned(),
            HEX.to_uppercase(),
            BASE64.to_owned(),
            format!("{HEX}\n"),
            format!("{BASE64}\r\n"),
        ] {
            let key = MasterKey::parse(text.as_bytes()).expect(&text);
            assert!(key.expose().iter().copied().eq(0..32), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let bad = [
            "",
            "00",
            &HEX[1..],
            &format!("{HEX}0"),
            &format!("{HEX}\n\n"),
            &format!(" {HEX}"),
            &BASE64[..43],
        ];
        let longer = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8A";
        let not_hex = HEX.replace('0', "g");
        for text in bad.into_iter().chain([longer, &not_hex]) {
            assert!(MasterKey::parse(text.as_bytes()).is_none(), "{text:?}");
        }
    }

    #[test]
    fn a_file_made_is_read_back_and_not_made_again() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("master.key");
        let made = MasterKey::create_file(&path).unwrap();
        assert_eq!(MasterKey::from_file(&path).unwrap().expose(), made.expose());
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert!(matches!(
            MasterKey::create_file(&path),
            Err(MasterKeyError::Create { .. })
        ));
        assert_eq!(MasterKey::from_file(&path).unwrap().expose(), made.expose());
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("master.key");
        MasterKey::create_file(&path).unwrap();
        for mode in [0o640, 0o604, 0o620, 0o602] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let error = MasterKey::from_file(&path).unwrap_err();
            assert!(
                matches!(error, MasterKeyError::Exposed { mode: found, .. } if found == mode),
                "{error}"
            );
        }
    }

    #[test]
    fn errors_and_debug_hold_no_key() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("master.key");
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .unwrap();
        file.write_all(b"planted").unwrap();
        let error = MasterKey::from_file(&path).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("planted"));
        assert_eq!(
            format!("{:?}", MasterKey::from_bytes([1; 32])),
            "MasterKey([redacted])"
        );
        assert!(matches!(
            MasterKey::from_env("COUNTERSIGN_NO_SUCH_VARIABLE"),
            Err(MasterKeyError::Variable { .. })
        ));
    }
}
