//! What lists beside the catalogue tell of an API in this vendor's words.

use countersign_core::{Api, ApiDefinition, Visibility};

use super::apis::Document;

/// `api_type`, `type`: 1 public, 2 private.
pub(super) fn kind(api: &Api) -> u8 {
    match api.visibility {
        Visibility::Public => 1,
        Visibility::Private => 2,
    }
}

/// What of an API's document is told outside the catalogue.
pub(super) struct Words {
    /// Empty for an API that another dialect made: it has none.
    pub(super) tags: Vec<String>,
    /// How the vendor's gateway would authenticate callers. `NONE` for an API
    /// that another dialect made, as it is here.
    pub(super) auth_type: String,
}

impl Words {
    /// Those of an API as it is defined, or as it is published.
    pub(super) fn of(definition: &ApiDefinition) -> Self {
        let document = Document::of(definition);
        let tags = document.tags().into_iter();
        Self {
            tags: tags.map(ToOwned::to_owned).collect(),
            auth_type: document.auth_type().to_owned(),
        }
    }
}
