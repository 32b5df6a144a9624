//! What the dialect is told at start: where the vendor's pages leave a choice,
//! and the vendor's quotas.

use countersign_core::ProjectId;

/// `[management.huawei]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HuaweiConfig {
    /// The id of the one instance that this gateway is; `None` takes the
    /// caller's project id, written as a UUID.
    pub instance_id: Option<String>,
    /// Whether names in v1.0 may hold ideographs: the vendor's Chinese pages
    /// say yes, the English ones no.
    pub ideographs_in_names: bool,
    /// What binding answers in v1.0.
    pub bind_answer: BindAnswer,
    /// Whether deleting a key that is bound is refused, as the vendor's console
    /// asks, or deletes its bindings, as the vendor's API pages say.
    pub refuse_delete_of_bound: bool,
    /// Whether a caller may leave the body out of the signature.
    pub allow_unsigned_payload: bool,
    /// Most signature keys of one account (`SIGN_NUM_LIMIT`).
    pub signature_keys_max: usize,
    /// Most environments that one account makes.
    pub environments_max: usize,
}

/// What binding answers in v1.0: the vendor's pages have the array, its
/// machine-readable definition the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindAnswer {
    /// `[...]`.
    Array,
    /// `{"bindings": [...]}`.
    Object,
}

impl HuaweiConfig {
    /// The id of the one instance, as callers of this project name it.
    pub fn instance_id_of(&self, project: ProjectId) -> String {
        if let Some(id) = &self.instance_id {
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
}

impl Default for HuaweiConfig {
    /// The choices of the spec, and the vendor's quotas (spec 3.5).
    fn default() -> Self {
        Self {
            instance_id: None,
            ideographs_in_names: true,
            bind_answer: BindAnswer::Array,
            refuse_delete_of_bound: false,
            allow_unsigned_payload: true,
            signature_keys_max: 200,
            environments_max: 10,
        }
    }
}
