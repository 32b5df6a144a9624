//! Environments: where an API is live. Alibaba calls one a stage.

use std::{fmt, sync::Arc};

use crate::{
    account::AccountId,
    id::{EnvironmentId, Revision},
    text::Description,
    time::Timestamp,
};

/// An environment's name: 1 to 64 ASCII letters, digits, `-` or `_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnvironmentName(Arc<str>);

/// The text is not an environment's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an environment's name is 1 to 64 ASCII letters, digits, '-' or '_'")]
pub struct MalformedEnvironmentName;

/// The environment a request goes to when it names none.
pub const DEFAULT: &str = "RELEASE";

/// The environments that every account has from the start, which nobody
/// changes or removes.
pub const INITIAL: [&str; 3] = [DEFAULT, "PRE", "TEST"];

/// Their ids.
const INITIAL_IDS: [EnvironmentId; 3] = [
    EnvironmentId::from_random([0x52; 16]),
    EnvironmentId::from_random([0x50; 16]),
    EnvironmentId::from_random([0x54; 16]),
];

impl EnvironmentName {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, MalformedEnvironmentName> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if text.is_empty() || text.len() > 64 || !text.bytes().all(allowed) {
            return Err(MalformedEnvironmentName);
        }
        Ok(Self(text.into()))
    }

    /// What sorts before every name, for the start of a range.
    pub(crate) fn lowest() -> Self {
        Self("".into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EnvironmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One environment that APIs can be published in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// Its id, through all of its names.
    pub id: EnvironmentId,
    /// Whose it is; `None` for one that every account has.
    pub account: Option<AccountId>,
    /// Its name, unique among those of an account and those that all have.
    pub name: EnvironmentName,
    /// Free text.
    pub description: Description,
    /// When it was made.
    pub created: Timestamp,
    /// The change that made it; lists are ordered by it.
    pub created_revision: Revision,
}

impl Environment {
    /// The environment of this name that every account has, if there is one.
    pub fn initial(name: &EnvironmentName) -> Option<Self> {
        let at = INITIAL.iter().position(|own| *own == name.as_str())?;
        Some(Self {
            id: INITIAL_IDS[at],
            account: None,
            name: name.clone(),
            description: Description::from_stored(""),
            created: Timestamp::from_millis(0),
            created_revision: Revision::ZERO,
        })
    }
}
