//! Environments (spec 4.1).

use super::{Answer, Call, Fault};

pub(super) async fn create(_call: &Call<'_>) -> Result<Answer, Fault> {
    Err(Fault::NotFound)
}

pub(super) async fn update(_call: &Call<'_>) -> Result<Answer, Fault> {
    Err(Fault::NotFound)
}

pub(super) async fn delete(_call: &Call<'_>) -> Result<Answer, Fault> {
    Err(Fault::NotFound)
}

pub(super) fn list(_call: &Call<'_>) -> Result<Answer, Fault> {
    Err(Fault::NotFound)
}
