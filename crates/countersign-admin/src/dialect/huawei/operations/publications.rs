//! Publishing, taking offline, versions (spec 4.4).

use super::{Answer, Call, Fault};

pub(super) async fn batch(_call: &Call<'_>) -> Result<Answer, Fault> {
    Err(Fault::NotFound)
}

pub(super) async fn publish(_call: &Call<'_>) -> Result<Answer, Fault> {
    Err(Fault::NotFound)
}

pub(super) async fn take_offline(_call: &Call<'_>) -> Result<Answer, Fault> {
    Err(Fault::NotFound)
}

pub(super) async fn act(_call: &Call<'_>) -> Result<Answer, Fault> {
    Err(Fault::NotFound)
}

pub(super) async fn switch(_call: &Call<'_>) -> Result<Answer, Fault> {
    Err(Fault::NotFound)
}

pub(super) fn versions(_call: &Call<'_>) -> Result<Answer, Fault> {
    Err(Fault::NotFound)
}
