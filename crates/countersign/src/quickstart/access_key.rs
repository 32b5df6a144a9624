//! The owner's access key of the sample, made at the first run.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use countersign_sign::Secret;

use crate::{cli::Credentials, gateway::Sources};

/// Reads the access key, or makes one and writes it for its owner only.
pub(super) fn load_or_make(path: &Path, sources: &Sources) -> io::Result<Credentials> {
    if path.exists() {
        return Credentials::from_file_text(&fs::read_to_string(path)?);
    }
    let made = Credentials {
        server: String::new(),
        access_key_id: format!("CS{}", hex::encode_upper(&(sources.entropy)()[..8])),
        access_key_secret: Secret::new(hex::encode((sources.entropy)())),
    };
    write_private(path, &made.to_file_text())?;
    Ok(made)
}

/// Writes a file that only its owner may read, whole or not at all.
pub(super) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let unfinished = path.with_extension("new");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, path)
}
