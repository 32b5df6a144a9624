//! Users of an account who show a password, and the tokens they get for it.

use std::fmt;

use crate::{
    account::AccountId,
    id::{Revision, UserId},
    text::{Description, UserName},
    time::Timestamp,
};

/// One user of an account.
#[derive(Clone, Debug)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Whose user it is.
    pub account: AccountId,
    /// Its name, unique in the account.
    pub name: UserName,
    /// Free text.
    pub description: Description,
    /// What its password is checked against; `None` lets no password in.
    pub password: Option<PasswordHash>,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub modified: Timestamp,
    /// The change that made it; lists are ordered by it.
    pub created_revision: Revision,
}

/// A password's hash in the PHC string format, with algorithm, costs and salt.
/// `Debug` withholds it: whoever has it can guess at leisure.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(std::sync::Arc<str>);

impl PasswordHash {
    /// From its PHC string, which whoever hashes or stores it vouches for.
    pub fn from_phc(text: &str) -> Self {
        Self(text.into())
    }

    /// The PHC string.
    pub fn as_phc(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A token's SHA-256: the token itself is told once and kept nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenHash(pub [u8; 32]);

/// What a user gets for a password, for some hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Which token.
    pub hash: TokenHash,
    /// Who got it.
    pub user: UserId,
    /// Whose user that is.
    pub account: AccountId,
    /// When.
    pub issued: Timestamp,
    /// From when it is refused.
    pub expires: Timestamp,
}
