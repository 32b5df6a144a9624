//! What lists beside the catalogue tell of an API in this vendor's words.

use countersign_core::{Api, ApiDefinition, Visibility};
use serde_json::{Map, Value};

use super::made_by;

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
    pub(super) fn of(api: &Api, definition: &ApiDefinition) -> Self {
        let document = definition.document.as_deref();
        let document = document.filter(|_| api.made_by == made_by());
        let fields: Map<String, Value> = document
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        let tags = fields.get("tags").and_then(Value::as_array);
        let tags = tags.into_iter().flatten().filter_map(Value::as_str);
        let auth_type = fields.get("auth_type").and_then(Value::as_str);
        Self {
            tags: tags.map(ToOwned::to_owned).collect(),
            auth_type: auth_type.unwrap_or("NONE").to_owned(),
        }
    }
}
