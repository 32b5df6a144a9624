//! Commands on users and their tokens.

use std::sync::Arc;

use super::{Command, Plan, PlanError};
use crate::{
    account::AccountId,
    change::Change,
    id::UserId,
    snapshot::Snapshot,
    text::{Description, UserName},
    time::Timestamp,
    user::{PasswordHash, Token, TokenHash, User},
};

/// Makes a user.
#[derive(Clone, Debug)]
pub struct CreateUser {
    /// The new id.
    pub id: UserId,
    /// Whose user it will be.
    pub account: AccountId,
    /// Its name, not taken in the account.
    pub name: UserName,
    /// Free text.
    pub description: Description,
    /// What its password is checked against.
    pub password: Option<PasswordHash>,
    /// How many users an account may have.
    pub users_max: usize,
}

impl Command for CreateUser {
    type Outcome = Arc<User>;

    fn plan(&self, snapshot: &Snapshot, now: Timestamp) -> Result<Plan<Arc<User>>, PlanError> {
        if snapshot.user_named(&self.account, &self.name).is_some() {
            return Err(PlanError::UserNameTaken);
        }
        if snapshot.users(&self.account).count() >= self.users_max {
            let max = self.users_max;
            return Err(PlanError::TooManyUsers { max });
        }
        let user = Arc::new(User {
            id: self.id,
            account: self.account.clone(),
            name: self.name.clone(),
            description: self.description.clone(),
            password: self.password.clone(),
            created: now,
            modified: now,
            created_revision: snapshot.revision().next(),
        });
        Ok(Plan {
            changes: vec![Change::PutUser(Arc::clone(&user))],
            outcome: user,
        })
    }
}

/// Gives a user another password, or none. Its tokens are revoked: whoever had
/// the old password has them.
#[derive(Clone, Debug)]
pub struct SetPassword {
    /// Whose user it is.
    pub account: AccountId,
    /// Which.
    pub id: UserId,
    /// The new password; `None` lets no password in.
    pub password: Option<PasswordHash>,
}

impl Command for SetPassword {
    type Outcome = Arc<User>;

    fn plan(&self, snapshot: &Snapshot, now: Timestamp) -> Result<Plan<Arc<User>>, PlanError> {
        let user = user(snapshot, &self.account, self.id)?;
        let modified = Arc::new(User {
            password: self.password.clone(),
            modified: now,
            ..User::clone(user)
        });
        let revoked = snapshot.tokens_of_user(user.id);
        let mut changes: Vec<_> = revoked
            .map(|token| Change::RemoveToken(token.hash))
            .collect();
        changes.push(Change::PutUser(Arc::clone(&modified)));
        Ok(Plan {
            changes,
            outcome: modified,
        })
    }
}

/// Removes a user, and its tokens.
#[derive(Clone, Debug)]
pub struct DeleteUser {
    /// Whose user it is.
    pub account: AccountId,
    /// Which.
    pub id: UserId,
}

impl Command for DeleteUser {
    type Outcome = ();

    fn plan(&self, snapshot: &Snapshot, _now: Timestamp) -> Result<Plan<()>, PlanError> {
        let user = user(snapshot, &self.account, self.id)?;
        let revoked = snapshot.tokens_of_user(user.id);
        let mut changes: Vec<_> = revoked
            .map(|token| Change::RemoveToken(token.hash))
            .collect();
        changes.push(Change::RemoveUser(user.id));
        Ok(Plan {
            changes,
            outcome: (),
        })
    }
}

/// How many tokens of one user are in force at a time; the first to expire
/// makes room. A client that asks for one at each call must not fill the memory.
pub const TOKENS_PER_USER_MAX: usize = 100;

/// Remembers a token that a user got, and forgets those that have expired.
#[derive(Clone, Debug)]
pub struct IssueToken {
    /// Whose user it is.
    pub account: AccountId,
    /// Which.
    pub user: UserId,
    /// The password that was shown was checked against this; if it is another
    /// by now, no token is given.
    pub password: PasswordHash,
    /// The token's hash.
    pub hash: TokenHash,
    /// From when it is refused.
    pub expires: Timestamp,
}

impl Command for IssueToken {
    type Outcome = Arc<Token>;

    fn plan(&self, snapshot: &Snapshot, now: Timestamp) -> Result<Plan<Arc<Token>>, PlanError> {
        let user = user(snapshot, &self.account, self.user)?;
        if user.password.as_ref() != Some(&self.password) {
            return Err(PlanError::UserNotFound);
        }
        let token = Arc::new(Token {
            hash: self.hash,
            user: user.id,
            account: user.account.clone(),
            issued: now,
            expires: self.expires,
        });
        let kept = snapshot.tokens_of_user(user.id).count();
        let room = kept.saturating_sub(TOKENS_PER_USER_MAX - 1);
        let gone = snapshot.tokens_of_user(user.id).enumerate();
        let gone = gone.filter(|(place, own)| *place < room || own.expires <= now);
        let mut changes: Vec<_> = gone.map(|(_, own)| Change::RemoveToken(own.hash)).collect();
        changes.push(Change::PutToken(Arc::clone(&token)));
        Ok(Plan {
            changes,
            outcome: token,
        })
    }
}

fn user<'a>(
    snapshot: &'a Snapshot,
    account: &AccountId,
    id: UserId,
) -> Result<&'a Arc<User>, PlanError> {
    snapshot
        .user(id)
        .filter(|user| user.account == *account)
        .ok_or(PlanError::UserNotFound)
}
