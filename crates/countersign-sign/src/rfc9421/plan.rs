//! Signing any components of any message, beside signatures that it has already.

use super::component::ComponentId;
use super::input::{Signatures, component_list, write_base};
use super::message::Message;
use super::parameters::{Parameters, is_label};
use super::signer::{SignFailed, Signed, Signer};
use super::structured::{BadField, COMPONENTS_MAX, SIGNATURES_MAX, read_dictionary};

/// What a signature is to cover and to say of itself. Parameters are written in the
/// order of the fields here, `alg` and `keyid` between nonce and tag.
#[derive(Clone, Copy)]
pub struct Plan<'a> {
    /// The label, a key of structured fields that no signature of the message has.
    pub label: &'a str,
    /// What to cover, in this order.
    pub components: &'a [ComponentId],
    /// `created`, in Unix seconds.
    pub created: Option<i64>,
    /// `expires`, in Unix seconds.
    pub expires: Option<i64>,
    /// `nonce`, in printable ASCII.
    pub nonce: Option<&'a str>,
    /// Whether to state the algorithm in `alg`.
    pub name_algorithm: bool,
    /// Whether to state the key in `keyid`.
    pub name_key: bool,
    /// `tag`, in printable ASCII.
    pub tag: Option<&'a str>,
    /// Random bytes for the salt of RSA-PSS and its blinding; not used otherwise.
    pub random: [u8; 32],
}

impl Signer {
    /// Signs `message` as `plan` says. The answer holds the new signature only; see
    /// [`Signed::beside`] for messages that have signatures.
    ///
    /// # Errors
    /// See [`SignFailed`].
    pub fn sign_message(
        &self,
        message: &Message<'_>,
        plan: &Plan<'_>,
    ) -> Result<Signed, SignFailed> {
        if !is_label(plan.label) {
            return Err(SignFailed::BadLabel);
        }
        let present = Signatures::read(message).map_err(SignFailed::Malformed)?;
        if present.is_some_and(|present| present.has(plan.label)) {
            return Err(SignFailed::LabelTaken);
        }
        let params = self.params(plan)?;
        let base = plan.base(message, &params)?;
        self.sign_base(plan.label, &params, &base, &plan.random)
    }

    /// The signature base of `message` for `plan`, for explanations and tests.
    ///
    /// # Errors
    /// As [`Signer::sign_message`], but for the label.
    pub fn message_signature_base(
        &self,
        message: &Message<'_>,
        plan: &Plan<'_>,
    ) -> Result<String, SignFailed> {
        plan.base(message, &self.params(plan)?)
    }

    fn params(&self, plan: &Plan<'_>) -> Result<String, SignFailed> {
        if plan.components.len() > COMPONENTS_MAX {
            return Err(SignFailed::TooManyComponents);
        }
        let mut earlier = plan.components;
        while let Some((last, rest)) = earlier.split_last() {
            if rest.contains(last) {
                let name = last.as_str().to_owned();
                return Err(SignFailed::ComponentRepeated { name });
            }
            earlier = rest;
        }
        let mut params = component_list(plan.components);
        Parameters {
            created: plan.created,
            expires: plan.expires,
            nonce: plan.nonce,
            algorithm: plan.name_algorithm.then(|| self.algorithm()),
            key_id: plan.name_key.then(|| self.key_id()),
            tag: plan.tag,
        }
        .write(&mut params)?;
        Ok(params)
    }
}

impl Plan<'_> {
    fn base(&self, message: &Message<'_>, params: &str) -> Result<String, SignFailed> {
        let mut base = String::new();
        write_base(self.components, message, params, &mut base)
            .map_err(|(name, why)| SignFailed::NoValue { name, why })?;
        Ok(base)
    }
}

/// Why a signature cannot stand beside others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BesideFailed {
    /// One of the values is no dictionary that is read here.
    #[error("a field of signatures is not readable: {0}")]
    Field(BadField),
    /// The label is there already.
    #[error("the message has a signature of the label")]
    LabelTaken,
    /// There would be more than [`SIGNATURES_MAX`].
    #[error("more than {SIGNATURES_MAX} signatures")]
    TooMany,
}

impl Signed {
    /// The fields of a message that has `signature_input` and `signature` already
    /// (all lines of each joined by `, `): theirs as they are, then this one's.
    ///
    /// # Errors
    /// See [`BesideFailed`].
    pub fn beside(&self, signature_input: &str, signature: &str) -> Result<Self, BesideFailed> {
        Ok(Self {
            signature_input: append(signature_input, &self.signature_input)?,
            signature: append(signature, &self.signature)?,
        })
    }
}

fn append(present: &str, new: &str) -> Result<String, BesideFailed> {
    let members = read_dictionary(present).map_err(BesideFailed::Field)?;
    let added = read_dictionary(new).map_err(BesideFailed::Field)?;
    for member in &added {
        if members.iter().any(|present| present.key == member.key) {
            return Err(BesideFailed::LabelTaken);
        }
    }
    if members.len() + added.len() > SIGNATURES_MAX {
        return Err(BesideFailed::TooMany);
    }
    let present = present.trim_matches([' ', '\t']);
    Ok(if present.is_empty() {
        new.to_owned()
    } else {
        format!("{present}, {new}")
    })
}

#[cfg(test)]
mod tests;
