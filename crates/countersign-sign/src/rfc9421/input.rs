//! The signatures that a message carries (RFC 9421 sections 4.1 and 4.2).

use sfv::BareItem;

use super::component::{BadComponent, ComponentId};
use super::message::Message;
use super::parameters::write_params_line;
use super::structured::{
    BadField, Member, PARSED_COMPONENTS_MAX, Params, read_dictionary, write_params,
};
use super::value::{NoValue, write_value};
use super::{SIGNATURE_HEADER, SIGNATURE_INPUT_HEADER};

/// The two fields of the signatures in a message. Members fit each other by label.
pub(super) struct Signatures {
    pub(super) inputs: Vec<Member>,
    pub(super) signatures: Vec<Member>,
}

/// One member of `Signature-Input`.
pub(super) struct SignatureInput {
    pub(super) components: Vec<ComponentId>,
    pub(super) created: Option<i64>,
    pub(super) expires: Option<i64>,
    pub(super) nonce: Option<String>,
    pub(super) algorithm: Option<String>,
    pub(super) key_id: Option<String>,
    pub(super) tag: Option<String>,
    /// The inner list with all of its parameters, unknown ones included, serialised.
    pub(super) text: String,
}

/// Why a message or one of its signatures can not be read as a signed one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// One of the two fields can not be read.
    #[error("{field} is not readable: {why}")]
    Field {
        /// `signature-input`, `signature` or `content-digest`.
        field: &'static str,
        /// Why.
        why: BadField,
    },
    /// `Signature-Input` has a signature that `Signature` has not, or not as bytes.
    #[error("Signature has no bytes for the label")]
    NoBytes,
    /// The member of `Signature-Input` is not an inner list.
    #[error("the signature has no list of components")]
    NoComponents,
    /// An item of the list is no component that is spoken here.
    #[error(transparent)]
    Component(BadComponent),
    /// A component is in the list more than once.
    #[error("component {name} is covered more than once")]
    ComponentRepeated {
        /// Its identifier.
        name: String,
    },
    /// More components to parse than [`PARSED_COMPONENTS_MAX`].
    #[error("more than {PARSED_COMPONENTS_MAX} components have to be parsed")]
    TooManyParsed,
    /// A parameter of the signature is not of its type: `created` and `expires` are
    /// integers, all others strings.
    #[error("parameter {parameter} is of the wrong type")]
    Parameter {
        /// Its name.
        parameter: &'static str,
    },
    /// `created` is missing and demanded.
    #[error("the signature does not say when it was created")]
    NoCreated,
    /// The component can not be read from the message.
    #[error("component {name} is {why}")]
    Value {
        /// Its identifier.
        name: String,
        /// Why; not [`NoValue::Missing`].
        why: NoValue,
    },
    /// `Content-Digest` holds no digest by SHA-256 or SHA-512.
    #[error("Content-Digest has no digest by SHA-256 or SHA-512")]
    NoUsableDigest,
}

impl Signatures {
    /// Reads both fields; `None` when the message has neither.
    pub(super) fn read(message: &Message<'_>) -> Result<Option<Self>, Malformed> {
        let inputs = read(message, SIGNATURE_INPUT_HEADER)?;
        let signatures = read(message, SIGNATURE_HEADER)?;
        if inputs.is_none() && signatures.is_none() {
            return Ok(None);
        }
        Ok(Some(Self {
            inputs: inputs.unwrap_or_default(),
            signatures: signatures.unwrap_or_default(),
        }))
    }

    /// The bytes of the signature `label`.
    pub(super) fn bytes(&self, label: &str) -> Result<&[u8], Malformed> {
        self.signatures
            .iter()
            .find(|member| member.key == label)
            .and_then(Member::bytes)
            .ok_or(Malformed::NoBytes)
    }

    /// Whether `label` is in either field.
    pub(super) fn has(&self, label: &str) -> bool {
        let mut members = self.inputs.iter().chain(&self.signatures);
        members.any(|member| member.key == label)
    }
}

fn read(message: &Message<'_>, field: &'static str) -> Result<Option<Vec<Member>>, Malformed> {
    message
        .field(field)
        .map(|text| read_dictionary(&text))
        .transpose()
        .map_err(|why| Malformed::Field { field, why })
}

impl SignatureInput {
    pub(super) fn read(member: &Member) -> Result<Self, Malformed> {
        if !member.inner_list {
            return Err(Malformed::NoComponents);
        }
        let mut components: Vec<ComponentId> = Vec::with_capacity(member.items.len());
        for item in &member.items {
            let id = ComponentId::from_item(item).map_err(Malformed::Component)?;
            if components.contains(&id) {
                let name = id.as_str().to_owned();
                return Err(Malformed::ComponentRepeated { name });
            }
            components.push(id);
        }
        if components.iter().filter(|id| id.is_parsed()).count() > PARSED_COMPONENTS_MAX {
            return Err(Malformed::TooManyParsed);
        }
        let params = &member.params;
        let mut text = component_list(&components);
        write_params(params, &mut text);
        Ok(Self {
            components,
            created: time(params, "created")?,
            expires: time(params, "expires")?,
            nonce: string(params, "nonce")?,
            algorithm: string(params, "alg")?,
            key_id: string(params, "keyid")?,
            tag: tag(params)?,
            text,
        })
    }

    /// The signature base of `message` for this signature.
    pub(super) fn base(&self, message: &Message<'_>) -> Result<String, (String, NoValue)> {
        let mut base = String::new();
        write_base(&self.components, message, &self.text, &mut base)?;
        Ok(base)
    }
}

/// The value of `tag`, which is looked at before the rest of a signature is read.
pub(super) fn tag(params: &Params) -> Result<Option<String>, Malformed> {
    string(params, "tag")
}

/// The identifiers in brackets.
pub(super) fn component_list(components: &[ComponentId]) -> String {
    let names: Vec<&str> = components.iter().map(ComponentId::as_str).collect();
    format!("({})", names.join(" "))
}

/// Appends the signature base (section 2.5). An error names the component.
pub(super) fn write_base(
    components: &[ComponentId],
    message: &Message<'_>,
    params: &str,
    out: &mut String,
) -> Result<(), (String, NoValue)> {
    for id in components {
        out.push_str(id.as_str());
        out.push_str(": ");
        write_value(id, message, out).map_err(|why| (id.as_str().to_owned(), why))?;
        out.push('\n');
    }
    write_params_line(params, out);
    Ok(())
}

fn find<'a>(params: &'a Params, parameter: &str) -> Option<&'a BareItem> {
    params
        .iter()
        .find_map(|(key, value)| (key == parameter).then_some(value))
}

fn time(params: &Params, parameter: &'static str) -> Result<Option<i64>, Malformed> {
    find(params, parameter)
        .map(|value| value.as_integer().map(i64::from))
        .map(|value| value.ok_or(Malformed::Parameter { parameter }))
        .transpose()
}

fn string(params: &Params, parameter: &'static str) -> Result<Option<String>, Malformed> {
    find(params, parameter)
        .map(|value| value.as_string().map(|text| text.as_str().to_owned()))
        .map(|value| value.ok_or(Malformed::Parameter { parameter }))
        .transpose()
}
