//! Groups: a name for some APIs, and the host they are called at.

use std::{fmt, sync::Arc};

use crate::{
    account::AccountId,
    id::{GroupId, Revision},
    text::{Description, DialectName, GroupName},
    time::Timestamp,
};

/// A host name as routing compares it: lower case, without a port.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Host(Arc<str>);

/// The text is not a host name that can be routed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a host name is 1 to 253 letters, digits, '-', '_' or '.', in parts of 1 to 63")]
pub struct MalformedHost;

impl Host {
    /// Reads a host name and folds it to lower case (RFC 3986, 3.2.2).
    pub fn parse(text: &str) -> Result<Self, MalformedHost> {
        let part_is_good = |part: &str| {
            !part.is_empty()
                && part.len() <= 63
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        if text.len() > 253 || !text.split('.').all(part_is_good) {
            return Err(MalformedHost);
        }
        Ok(Self(text.to_ascii_lowercase().into()))
    }

    /// The name, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A group of APIs, called at one host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Whose it is.
    pub account: AccountId,
    /// Its name, unique in the account.
    pub name: GroupName,
    /// Where its APIs are called.
    pub host: Host,
    /// Free text.
    pub description: Description,
    /// Which dialect made it.
    pub made_by: DialectName,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub modified: Timestamp,
    /// The change that made it; lists are ordered by it.
    pub created_revision: Revision,
}
