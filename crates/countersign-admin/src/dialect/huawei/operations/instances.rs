//! The one instance that this gateway is. Clients look here for its id and for
//! what it can do.

use countersign_core::ProjectId;

use super::{Answer, Call, Fault};
use crate::admin::Plane;

/// The id that an account's calls name: the configured one, or the project's id
/// written as a UUID.
pub(in crate::dialect::huawei) fn instance_id(plane: &Plane, project: ProjectId) -> String {
    if let Some(id) = &plane.huawei.instance_id {
        return id.clone();
    }
    let hex = project.to_string();
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

pub(super) fn list(_call: &Call<'_>) -> Result<Answer, Fault> {
    Err(Fault::NotFound)
}

pub(super) fn show(_call: &Call<'_>) -> Result<Answer, Fault> {
    Err(Fault::NotFound)
}

pub(super) fn features(_call: &Call<'_>) -> Result<Answer, Fault> {
    Err(Fault::NotFound)
}
