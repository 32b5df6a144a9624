//! Environments: where an API is live. Alibaba calls one a stage.

use std::{fmt, sync::Arc};

/// An environment's name: 1 to 64 ASCII letters, digits, `-` or `_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnvironmentName(Arc<str>);

/// The text is not an environment's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an environment's name is 1 to 64 ASCII letters, digits, '-' or '_'")]
pub struct MalformedEnvironmentName;

/// The environment a request goes to when it names none.
pub const DEFAULT: &str = "RELEASE";

/// The environments that every store starts with.
pub const INITIAL: [&str; 3] = [DEFAULT, "PRE", "TEST"];

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
    /// Its name, and its identity.
    pub name: EnvironmentName,
}
