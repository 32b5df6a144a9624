//! Publications: one API live in one environment.

use std::sync::Arc;

use crate::{
    api::ApiDefinition,
    environment::EnvironmentName,
    id::{ApiId, ApiVersionId, EnvironmentId, GroupId, PublicationId, Revision},
    text::Description,
    time::Timestamp,
};

/// Names one API in one environment, published there or not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicationKey {
    /// The API.
    pub api: ApiId,
    /// The environment.
    pub environment: EnvironmentName,
}

/// One API live in one environment, with its definition as it was when it was
/// published: later changes of the API do not reach it until it is published
/// again.
#[derive(Clone, Debug, PartialEq)]
pub struct Publication {
    /// Which API, where.
    pub key: PublicationKey,
    /// The API's group.
    pub group: GroupId,
    /// What is live.
    pub definition: Arc<ApiDefinition>,
    /// Free text given with the publication.
    pub description: Description,
    /// When it was published.
    pub published: Timestamp,
    /// The change that published it.
    pub published_revision: Revision,
}

/// How many publishings of one API in one environment are kept, that in force
/// among them; the oldest makes room (the limit of Huawei's dialect).
pub const VERSIONS_MAX: usize = 10;

impl Publication {
    /// Names this publishing.
    pub fn version(&self, environment: EnvironmentId) -> ApiVersionId {
        let id = PublicationId::of(self.key.api, environment);
        ApiVersionId::of(id, self.published_revision)
    }
}
