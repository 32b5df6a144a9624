//! An explanation for programs.

use serde_json::{Value, json};

use super::cause::{Cause, Evidence};
use super::explanation::Explanation;

impl Explanation {
    /// The stable form: names of outcomes, verdicts and causes do not change, and
    /// members are only added.
    pub fn to_json(&self) -> Value {
        let carried = &self.carried;
        let computed = self.computed.as_ref().map(|computed| {
            let pieces: Vec<_> = computed
                .pieces
                .iter()
                .map(|piece| json!({ "what": piece.label, "text": piece.text.as_str() }))
                .collect();
            json!({
                "pieces": pieces,
                "string_to_sign": match &computed.string_to_sign {
                    Some(text) => text.as_str().to_owned(),
                    None => computed.pieces.iter().map(|piece| piece.text.as_str()).collect(),
                },
                "body_digest": computed.digest,
            })
        });
        json!({
            "outcome": self.outcome.as_str(),
            "verdict": self.verdict,
            "detail": self.detail,
            "scheme": self.scheme.map(|scheme| scheme.as_str()),
            "key": self.key,
            "causes": self.causes.iter().map(cause).collect::<Vec<_>>(),
            "carried": {
                "signature": carried.signature,
                "sign_key": carried.sign_key,
                "signed_list": carried.list,
                "date": carried.date,
                "body_digest": carried.digest,
            },
            "computed": computed,
            "signed": self.signed.as_ref().map(|text| text.as_str()),
            "tried": self.tried.iter().map(|code| code.as_str()).collect::<Vec<_>>(),
            "signatures": self.signatures,
            "notes": self.notes,
            "text": self.to_string(),
        })
    }
}

fn cause(cause: &Cause) -> Value {
    json!({
        "code": cause.code.as_str(),
        "subject": cause.subject,
        "carried": cause.carried,
        "signed": cause.signed,
        "known": match cause.evidence {
            Evidence::Recomputed => "recomputed",
            Evidence::Seen => "seen",
        },
        "says": cause.code.says(),
        "advice": cause.code.advice(),
    })
}
