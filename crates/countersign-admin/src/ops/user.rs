//! Use cases on users and on the tokens they get for a password.

use std::sync::Arc;

use countersign_core::{
    AccountId, Description, PasswordHash, Snapshot, Timestamp, Token, TokenHash, User, UserId,
    UserName,
    command::{
        PlanError,
        user::{CreateUser, DeleteUser, IssueToken, SetPassword},
    },
};

use super::{
    Done, OpError, Ops,
    authorise::{Action, authorise},
};
use crate::auth::Caller;

/// How many users an account may have.
pub(crate) const USERS_MAX: usize = 1000;

/// A user that is to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewUser {
    pub(crate) name: UserName,
    pub(crate) description: Description,
    pub(crate) password: Option<PasswordHash>,
}

impl Ops {
    /// Makes a user of the caller's account.
    pub(crate) async fn create_user(
        &self,
        caller: &Caller,
        new: NewUser,
    ) -> Result<Done<Arc<User>>, OpError> {
        let account = authorise(caller, Action::Create)?.clone();
        let NewUser {
            name,
            description,
            password,
        } = new;
        self.execute(CreateUser {
            id: UserId::from_random(self.random()),
            account,
            name,
            description,
            password,
            users_max: USERS_MAX,
        })
        .await
    }

    /// The users of the caller's account, by name.
    pub(crate) fn users(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
    ) -> Result<Vec<Arc<User>>, OpError> {
        let account = authorise(caller, Action::Read)?;
        Ok(snapshot.users(account).cloned().collect())
    }

    /// The user of the caller's account that has this id or, if none has, this
    /// name.
    pub(crate) fn user(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
        id_or_name: &str,
    ) -> Result<Arc<User>, OpError> {
        let account = authorise(caller, Action::Read)?;
        let by_id = UserId::parse(id_or_name)
            .ok()
            .and_then(|id| snapshot.user(id))
            .filter(|user| user.account == *account);
        let by_name = || snapshot.user_named(account, &UserName::from_stored(id_or_name));
        let found = by_id.or_else(by_name).cloned();
        found.ok_or(PlanError::UserNotFound.into())
    }

    /// Gives a user another password, or none, and revokes its tokens.
    pub(crate) async fn set_password(
        &self,
        caller: &Caller,
        id: UserId,
        password: Option<PasswordHash>,
    ) -> Result<Done<Arc<User>>, OpError> {
        let account = authorise(caller, Action::Change)?.clone();
        self.execute(SetPassword {
            account,
            id,
            password,
        })
        .await
    }

    /// Removes a user, and its tokens.
    pub(crate) async fn delete_user(
        &self,
        caller: &Caller,
        id: UserId,
    ) -> Result<Done<()>, OpError> {
        let account = authorise(caller, Action::Delete)?.clone();
        self.execute(DeleteUser { account, id }).await
    }

    /// Remembers a token for a user whose password, `password`, was just shown:
    /// whoever shows it needs no other right.
    pub(crate) async fn issue_token(
        &self,
        account: AccountId,
        user: UserId,
        password: PasswordHash,
        hash: TokenHash,
        expires: Timestamp,
    ) -> Result<Done<Arc<Token>>, OpError> {
        self.execute(IssueToken {
            account,
            user,
            password,
            hash,
            expires,
        })
        .await
    }
}
