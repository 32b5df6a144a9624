//! Whose manners a request and its answer have: that of the dialect which made
//! what is called.

use countersign_core::DialectName;
use http::HeaderName;

use crate::header_name;

/// The dialect whose clients expect manners of their own.
const HUAWEI: &str = "huawei";

/// Which headers are read and set for a client, and in which form it is told
/// of an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Alibaba's, which are also those of what the native API made, and of
    /// requests whose host is unknown.
    #[default]
    Alibaba,
    /// Huawei's.
    Huawei,
}

impl Manner {
    /// The manners of what this dialect made.
    pub(crate) fn of(made_by: &DialectName) -> Self {
        match made_by.as_str() {
            HUAWEI => Self::Huawei,
            _ => Self::Alibaba,
        }
    }

    /// The header that says which environment a request is for.
    pub(crate) fn environment_header(self) -> HeaderName {
        match self {
            Self::Alibaba => header_name::ENVIRONMENT,
            Self::Huawei => header_name::HUAWEI_ENVIRONMENT,
        }
    }
}
