//! Which publications a signature key signs for (spec 2.3, 2.4).

use super::{Answer, Call, Fault};

pub(super) async fn bind(_call: &Call<'_>) -> Result<Answer, Fault> {
    Err(Fault::NotFound)
}

pub(super) async fn unbind(_call: &Call<'_>) -> Result<Answer, Fault> {
    Err(Fault::NotFound)
}

pub(super) fn bound_apis(_call: &Call<'_>) -> Result<Answer, Fault> {
    Err(Fault::NotFound)
}

pub(super) fn unbound_apis(_call: &Call<'_>) -> Result<Answer, Fault> {
    Err(Fault::NotFound)
}

pub(super) fn bound_keys(_call: &Call<'_>) -> Result<Answer, Fault> {
    Err(Fault::NotFound)
}
