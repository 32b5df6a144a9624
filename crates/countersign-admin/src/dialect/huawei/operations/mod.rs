//! The operations. Each module has those on one kind of thing, in both of the
//! vendor's versions.

mod api_words;
mod apis;
mod binding_view;
mod bindings;
mod bound;
mod environments;
mod groups;
pub(super) mod instances;
mod keys;
mod publications;
pub(super) mod sign_type;

use countersign_core::DialectName;

use super::{Call, answer::Answer, errors::Fault};

/// Every operation that is spoken; its paths are in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    CreateSignatureKey,
    UpdateSignatureKey,
    DeleteSignatureKey,
    ListSignatureKeys,
    BindSignatureKey,
    UnbindSignatureKey,
    ListBoundApis,
    ListUnboundApis,
    ListBoundSignatureKeys,
    CreateEnvironment,
    UpdateEnvironment,
    DeleteEnvironment,
    ListEnvironments,
    CreateGroup,
    ShowGroup,
    UpdateGroup,
    DeleteGroup,
    ListGroups,
    BatchPublish,
    Publish,
    TakeOffline,
    PublishOrTakeOffline,
    ListVersions,
    SwitchVersion,
    CreateApi,
    ShowApi,
    UpdateApi,
    DeleteApi,
    ListApis,
    ListInstances,
    ShowInstance,
    ListFeatures,
    ListFeatureNames,
}

impl Operation {
    /// Its name in the log and for the throttle: that of the vendor's SDK
    /// without the version, or the like where the SDK has none.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::CreateSignatureKey => "CreateSignatureKey",
            Self::UpdateSignatureKey => "UpdateSignatureKey",
            Self::DeleteSignatureKey => "DeleteSignatureKey",
            Self::ListSignatureKeys => "ListSignatureKeys",
            Self::BindSignatureKey => "AssociateSignatureKey",
            Self::UnbindSignatureKey => "DisassociateSignatureKey",
            Self::ListBoundApis => "ListApisBindedToSignatureKey",
            Self::ListUnboundApis => "ListApisNotBoundWithSignatureKey",
            Self::ListBoundSignatureKeys => "ListSignatureKeysBindedToApi",
            Self::CreateEnvironment => "CreateEnvironment",
            Self::UpdateEnvironment => "UpdateEnvironment",
            Self::DeleteEnvironment => "DeleteEnvironment",
            Self::ListEnvironments => "ListEnvironments",
            Self::CreateGroup => "CreateApiGroup",
            Self::ShowGroup => "ShowDetailsOfApiGroup",
            Self::UpdateGroup => "UpdateApiGroup",
            Self::DeleteGroup => "DeleteApiGroup",
            Self::ListGroups => "ListApiGroups",
            Self::BatchPublish => "BatchPublishOrOfflineApi",
            Self::Publish => "PublishApi",
            Self::TakeOffline => "OfflineApi",
            Self::PublishOrTakeOffline => "CreateOrDeletePublishRecordForApi",
            Self::ListVersions => "ListApiVersions",
            Self::SwitchVersion => "ChangeApiVersion",
            Self::CreateApi => "CreateApi",
            Self::ShowApi => "ShowDetailsOfApi",
            Self::UpdateApi => "UpdateApi",
            Self::DeleteApi => "DeleteApi",
            Self::ListApis => "ListApis",
            Self::ListInstances => "ListInstances",
            Self::ShowInstance => "ShowDetailsOfInstance",
            Self::ListFeatures => "ListFeatures",
            Self::ListFeatureNames => "ListInstanceFeatures",
        }
    }

    /// Carries out a call.
    pub(super) async fn run(self, call: &Call<'_>) -> Result<Answer, Fault> {
        match self {
            Self::CreateSignatureKey => keys::create(call).await,
            Self::UpdateSignatureKey => keys::update(call).await,
            Self::DeleteSignatureKey => keys::delete(call).await,
            Self::ListSignatureKeys => keys::list(call),
            Self::BindSignatureKey => bindings::bind(call).await,
            Self::UnbindSignatureKey => bindings::unbind(call).await,
            Self::ListBoundApis => bound::apis_of_key(call),
            Self::ListUnboundApis => bound::other_apis(call),
            Self::ListBoundSignatureKeys => bound::keys_of_api(call),
            Self::CreateEnvironment => environments::create(call).await,
            Self::UpdateEnvironment => environments::update(call).await,
            Self::DeleteEnvironment => environments::delete(call).await,
            Self::ListEnvironments => environments::list(call),
            Self::CreateGroup => groups::create(call).await,
            Self::ShowGroup => groups::show(call),
            Self::UpdateGroup => groups::update(call).await,
            Self::DeleteGroup => groups::delete(call).await,
            Self::ListGroups => groups::list(call),
            Self::BatchPublish => publications::batch(call).await,
            Self::Publish => publications::publish(call).await,
            Self::TakeOffline => publications::take_offline(call).await,
            Self::PublishOrTakeOffline => publications::act(call).await,
            Self::ListVersions => publications::versions(call),
            Self::SwitchVersion => publications::switch(call).await,
            Self::CreateApi => apis::create(call).await,
            Self::ShowApi => apis::show(call),
            Self::UpdateApi => apis::update(call).await,
            Self::DeleteApi => apis::delete(call).await,
            Self::ListApis => apis::list(call),
            Self::ListInstances => instances::list(call),
            Self::ShowInstance => instances::show(call),
            Self::ListFeatures => instances::features(call),
            Self::ListFeatureNames => instances::feature_names(call),
        }
    }
}

/// Which dialect things made here are of.
fn made_by() -> DialectName {
    DialectName::from_stored("huawei")
}
