//! Who may do what. So far an access key is its account's owner, and may do
//! everything in that account and nothing outside it: every use case takes the
//! account from here and finds only what is in it, so that another account's
//! ids answer as absent.

use countersign_core::AccountId;

use super::OpError;
use crate::auth::Caller;

/// What is done, as a policy will name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Read,
    /// To read a sign secret is a right of its own.
    ReadSignSecret,
    Create,
    Change,
    Delete,
    Publish,
    Bind,
}

/// The account in which `caller` may do `action`.
pub(super) fn authorise(caller: &Caller, _action: Action) -> Result<&AccountId, OpError> {
    Ok(&caller.account)
}
