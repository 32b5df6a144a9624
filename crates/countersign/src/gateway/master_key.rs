//! Where the master key comes from.

use countersign_store::MasterKey;

use super::StartError;
use crate::config::MasterKeySource;

/// Reads the master key. Beside embedded data one is made at the first start,
/// and said so once.
pub(super) fn load(source: &MasterKeySource) -> Result<MasterKey, StartError> {
    let (place, read) = match source {
        MasterKeySource::Ephemeral => return MasterKey::random().map_err(StartError::Random),
        MasterKeySource::Environment(name) => {
            (format!("the variable {name}"), MasterKey::from_env(name))
        }
        MasterKeySource::File(path) => (path.display().to_string(), MasterKey::from_file(path)),
        MasterKeySource::BesideData(path) if path.exists() => {
            (path.display().to_string(), MasterKey::from_file(path))
        }
        MasterKeySource::BesideData(path) => {
            let made = MasterKey::create_file(path);
            if made.is_ok() {
                tracing::warn!(
                    path = %path.display(),
                    "a master key was made beside the data: keep a copy elsewhere, and keep it apart from backups of the data"
                );
            }
            (path.display().to_string(), made)
        }
    };
    read.map_err(|cause| StartError::MasterKey { place, cause })
}
