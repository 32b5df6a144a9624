//! `[management.huawei]`.

use countersign_admin::{BindAnswer, HuaweiConfig};
use serde::Deserialize;

use super::Problems;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Huawei {
    instance_id: Option<String>,
    ideographs_in_names: Option<bool>,
    bind_answer: Option<String>,
    refuse_delete_of_bound: Option<bool>,
    allow_unsigned_payload: Option<bool>,
    signature_keys_max: Option<usize>,
    environments_max: Option<usize>,
}

impl Huawei {
    pub(super) fn build(self, problems: &mut Problems) -> Option<HuaweiConfig> {
        let own = HuaweiConfig::default();
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if self
            .instance_id
            .as_ref()
            .is_some_and(|id| id.is_empty() || id.len() > 64 || !id.bytes().all(allowed))
        {
            problems.add(
                "management.huawei.instance_id",
                "must be 1 to 64 letters, digits or '-', such as a UUID",
            );
        }
        let bind_answer = match self.bind_answer.as_deref() {
            None => Some(own.bind_answer),
            Some("array") => Some(BindAnswer::Array),
            Some("object") => Some(BindAnswer::Object),
            Some(_) => {
                problems.add(
                    "management.huawei.bind_answer",
                    "must be \"array\" or \"object\"",
                );
                None
            }
        };
        Some(HuaweiConfig {
            instance_id: self.instance_id.or(own.instance_id),
            ideographs_in_names: self.ideographs_in_names.unwrap_or(own.ideographs_in_names),
            bind_answer: bind_answer?,
            refuse_delete_of_bound: self
                .refuse_delete_of_bound
                .unwrap_or(own.refuse_delete_of_bound),
            allow_unsigned_payload: self
                .allow_unsigned_payload
                .unwrap_or(own.allow_unsigned_payload),
            signature_keys_max: self.signature_keys_max.unwrap_or(own.signature_keys_max),
            environments_max: self.environments_max.unwrap_or(own.environments_max),
        })
    }
}
