//! Domains, which are accounts: the name is the account's id, and the id is
//! made from it here.

use countersign_core::{AccountId, Snapshot};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::super::{errors::Fault, fields::Fields};

/// The id of an account as a domain: 32 hex digits, the second half of its
/// SHA-256. A project that was given no id has the first half.
pub(super) fn id_of(account: &AccountId) -> String {
    let mut half = [0; 16];
    half.copy_from_slice(&Sha256::digest(account.as_str())[16..]);
    format!("{:032x}", u128::from_be_bytes(half))
}

/// The account as IAM shows it inside other things.
pub(super) fn show(account: &AccountId) -> Value {
    json!({ "id": id_of(account), "name": account.as_str() })
}

/// How a caller names a domain.
#[derive(Clone, Debug)]
pub(super) enum Named {
    Id(String),
    Name(String),
}

impl Named {
    /// Reads `id` or else `name`.
    pub(super) fn read(fields: &Fields<'_>) -> Result<Self, Fault> {
        let id = fields.text("id")?.filter(|id| !id.is_empty());
        Ok(match id {
            Some(id) => Self::Id(id.to_owned()),
            None => Self::Name(fields.required("name")?.to_owned()),
        })
    }

    /// Whether it is this account.
    pub(super) fn is(&self, account: &AccountId) -> bool {
        match self {
            Self::Id(id) => *id == id_of(account),
            Self::Name(name) => name == account.as_str(),
        }
    }

    /// The account, if there is one.
    pub(super) fn account(&self, snapshot: &Snapshot) -> Option<AccountId> {
        let mut all = snapshot.accounts();
        let found = all.find(|account| self.is(&account.id));
        found.map(|account| account.id.clone())
    }

    /// What the caller wrote.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Id(text) | Self::Name(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use countersign_core::ProjectId;

    use super::*;

    #[test]
    fn the_id_is_32_hex_digits_and_no_project() {
        let account = AccountId::parse("1000000000000001").unwrap();
        let id = id_of(&account);
        // `printf 1000000000000001 | sha256sum`, from the 33rd digit.
        assert_eq!(id, "aeac2b5be1e3f0797bd5fa56a6ccc6bc");
        assert_ne!(id, ProjectId::made_from(&account).to_string());
        assert!(Named::Id(id).is(&account));
        assert!(!Named::Name("1".to_owned()).is(&account));
    }
}
