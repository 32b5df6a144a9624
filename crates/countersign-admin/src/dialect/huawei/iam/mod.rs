//! As much of IAM as clients need who show a token, or who ask for the ids of
//! their project and domain (spec 1.2, 1.6).
//!
//! Vendor's words and ours: a *domain* is an account, and so is a *project*,
//! the one that the account has in the one region that is served here.

mod asked;
mod domain;
mod lists;
pub(super) mod token;
mod tokens;

use countersign_core::Snapshot;
use http::request::Parts;

use super::{
    answer::Answer,
    auth,
    errors::Fault,
    table::IamEndpoint::{self, CreateToken, ListDomains, ListProjects},
};
use crate::{admin::Plane, request_id::RequestId};

/// What is called, and all that came with it.
struct Call<'a> {
    plane: &'a Plane,
    parts: &'a Parts,
    body: &'a [u8],
    snapshot: &'a Snapshot,
    id: &'a RequestId,
}

/// Serves one call of IAM.
pub(super) async fn serve(
    plane: &Plane,
    endpoint: IamEndpoint,
    parts: &Parts,
    body: &[u8],
    snapshot: &Snapshot,
    id: &RequestId,
) -> Result<Answer, Fault> {
    let call = Call {
        plane,
        parts,
        body,
        snapshot,
        id,
    };
    let list = match endpoint {
        CreateToken => return tokens::create(&call).await,
        ListProjects => lists::projects,
        ListDomains => lists::domains,
    };
    // Who asks for the id of a project cannot show a token that is bound to it.
    let caller = auth::authenticate_in_any_scope(plane, parts, body, snapshot)?;
    let throttled = plane.throttle.check(&caller, endpoint.name());
    throttled.map_err(Fault::Throttled)?;
    list(&call, &caller)
}

impl IamEndpoint {
    /// Its name in the log and for the throttle: that of the vendor's SDK.
    fn name(self) -> &'static str {
        match self {
            CreateToken => "KeystoneCreateUserTokenByPassword",
            ListProjects => "KeystoneListProjects",
            ListDomains => "KeystoneListAuthDomains",
        }
    }
}
