//! The operations that are spoken, one table. Every other one answers
//! `InvalidApi.NotFound` (spec 3.7): at once where the vendor has none of that
//! name, and after the caller was authenticated where it has.

mod api;
mod api_view;
mod definition;
mod deployment;
mod group;
mod ids;
mod list;
#[cfg(test)]
mod page;
mod plugin;
mod plugin_binding;
mod plugin_data;
mod signature;
mod signature_binding;
mod signature_list;
pub mod table;
mod vendor;

use super::{Answer, Fault, Params};
use crate::{admin::Plane, auth::Caller};

/// An authenticated call.
pub(super) struct Call<'a> {
    pub(super) plane: &'a Plane,
    pub(super) caller: &'a Caller,
    pub(super) params: &'a Params,
}

/// An operation that the vendor has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// It is carried out here.
    Spoken(Operation),
    /// It is refused, once the caller is known.
    Unspoken,
}

macro_rules! operations {
    ($($name:ident => $run:path,)*) => {
        /// One operation of the dialect.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Operation {
            $($name,)*
        }

        /// The names of the Alibaba operations that are spoken.
        pub const OPERATION_NAMES: &[&str] = &[$(stringify!($name),)*];

        impl Operation {
            /// By its name, case and all.
            pub(super) fn find(name: &str) -> Option<Named> {
                match name {
                    $(stringify!($name) => Some(Named::Spoken(Self::$name)),)*
                    _ => vendor::has(name).then_some(Named::Unspoken),
                }
            }

            /// Its name.
            pub(super) fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// Carries it out.
            pub(super) async fn run(self, call: &Call<'_>) -> Result<Answer, Fault> {
                match self {
                    $(Self::$name => $run(call).await,)*
                }
            }
        }
    };
}

operations! {
    CreateApiGroup => group::create,
    DescribeApiGroups => group::list,
    DescribeApiGroup => group::describe,
    DeleteApiGroup => group::delete,
    CreateApi => api::create,
    ModifyApi => api::modify,
    DescribeApi => api_view::describe,
    DescribeApis => api_view::list,
    DeployApi => deployment::deploy,
    AbolishApi => deployment::abolish,
    DescribeDeployedApi => deployment::describe,
    DescribeDeployedApis => deployment::list,
    DeleteApi => api::delete,
    CreateSignature => signature::create,
    ModifySignature => signature::modify,
    DeleteSignature => signature::delete,
    DescribeSignatures => signature::describe,
    SetSignatureApis => signature_binding::set,
    RemoveSignatureApis => signature_binding::remove,
    DescribeSignaturesByApi => signature_list::by_api,
    DescribeApisBySignature => signature_list::apis,
    DescribeApiSignatures => signature_list::of_group,
    CreatePlugin => plugin::create,
    ModifyPlugin => plugin::modify,
    DeletePlugin => plugin::delete,
    DescribePlugins => plugin::list,
    AttachPlugin => plugin_binding::attach,
    DetachPlugin => plugin_binding::detach,
    DescribePluginsByApi => plugin::by_api,
    DescribePluginApis => plugin_binding::apis,
}

/// The dialect's name, in the records it makes.
fn made_by() -> countersign_core::DialectName {
    countersign_core::DialectName::from_stored("alibaba")
}
