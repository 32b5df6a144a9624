//! As much of IAM as clients need who show a token (spec 1.2, 1.6).

use countersign_core::Snapshot;
use http::request::Parts;

use super::{answer::Answer, errors::Fault, table::IamEndpoint};
use crate::admin::Plane;

/// Serves one call of IAM.
pub(super) async fn serve(
    _plane: &Plane,
    _endpoint: IamEndpoint,
    _parts: &Parts,
    _body: &[u8],
    _snapshot: &Snapshot,
) -> Result<Answer, Fault> {
    Err(Fault::NotFound)
}
