//! Component identifiers: what a signature covers (RFC 9421 section 2).

use std::fmt;
use std::str::FromStr;

use sfv::BareItem;

use super::CONTENT_DIGEST_HEADER;
use super::structured::{Item, read_dictionary, write_params};

/// A component that can be covered: the name of a field in lower case, or a derived
/// component, with its parameters.
///
/// Two are equal when name and parameters are, whatever the order of the parameters.
#[derive(Debug, Clone)]
pub struct ComponentId {
    pub(super) name: Name,
    pub(super) params: ComponentParams,
    /// As it stands in the signature base, quotes included.
    text: String,
}

/// The names that exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    Field(String),
    Method,
    TargetUri,
    Authority,
    Scheme,
    RequestTarget,
    Path,
    Query,
    QueryParam(String),
    Status,
}

/// The parameters that a component may have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ComponentParams {
    /// `;req`: taken from the request that a response answers.
    pub(super) req: bool,
    /// How the value of a field is written.
    pub(super) form: FieldForm,
}

/// How the value of a field is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum FieldForm {
    /// The lines, joined (section 2.1).
    #[default]
    Joined,
    /// `;sf`: as a structured field, serialised anew (section 2.1.1).
    Structured,
    /// `;key="..."`: one member of a dictionary (section 2.1.2).
    Member(String),
    /// `;bs`: each line as a byte sequence (section 2.1.3).
    Bytes,
}

/// Why something is no component identifier that is spoken here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadComponent {
    /// Not a string of structured fields, with or without parameters.
    #[error("a component identifier is not a string")]
    NotAString,
    /// Neither a field name in lower case nor a derived component.
    #[error("{name:?} is no name of a component")]
    BadName {
        /// The name.
        name: String,
    },
    /// A derived component, or a parameter of one, that is not spoken here. `;tr`
    /// (trailers) is among them.
    #[error("component {name:?} with parameter {parameter:?} is not supported")]
    Unsupported {
        /// The name of the component.
        name: String,
        /// The parameter.
        parameter: String,
    },
    /// `@query-param` without the name of the parameter.
    #[error("@query-param needs a name")]
    NameMissing,
}

impl ComponentId {
    /// The component `name` without parameters: a field in any case, or a derived
    /// component.
    ///
    /// # Errors
    /// [`BadComponent`].
    pub fn new(name: &str) -> Result<Self, BadComponent> {
        let name = if name.starts_with('@') {
            name.to_owned()
        } else {
            name.to_ascii_lowercase()
        };
        let value =
            sfv::String::from_string(name.clone()).map_err(|_| BadComponent::BadName { name })?;
        Self::from_item(&Item {
            value: BareItem::String(value),
            params: Vec::new(),
        })
    }

    /// The identifier as it stands in a signature base, such as
    /// `"@query-param";name="Pet"`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether this is the component `name` and has no parameters.
    pub fn is_plain(&self, name: &str) -> bool {
        self.text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
            .is_some_and(|own| own == name)
    }

    /// Whether a field or the query has to be parsed for the value.
    pub(super) fn is_parsed(&self) -> bool {
        matches!(self.name, Name::QueryParam(_))
            || matches!(
                self.params.form,
                FieldForm::Structured | FieldForm::Member(_)
            )
    }

    /// Whether the value comes from `Content-Digest` of the message itself.
    pub(super) fn is_content_digest(&self) -> bool {
        !self.params.req && matches!(&self.name, Name::Field(name) if name == CONTENT_DIGEST_HEADER)
    }

    pub(super) fn from_item(item: &Item) -> Result<Self, BadComponent> {
        let text = item.value.as_string().ok_or(BadComponent::NotAString)?;
        let text = text.as_str().to_owned();
        let (params, query_param) = read_params(&text, item)?;
        let name = name(&text, query_param)?;
        if params.form != FieldForm::Joined && !matches!(name, Name::Field(_)) {
            return Err(unsupported(&text, params.form.parameter()));
        }
        let mut written = format!("\"{text}\"");
        write_params(&item.params, &mut written);
        Ok(Self {
            name,
            params,
            text: written,
        })
    }
}

impl FieldForm {
    fn parameter(&self) -> &'static str {
        match self {
            Self::Joined => "",
            Self::Structured => "sf",
            Self::Member(_) => "key",
            Self::Bytes => "bs",
        }
    }
}

/// The parameters, and the `name` of a query parameter.
fn read_params(name: &str, item: &Item) -> Result<(ComponentParams, Option<String>), BadComponent> {
    let mut params = ComponentParams::default();
    let mut query_param = None;
    for (key, value) in &item.params {
        let flag = value.as_boolean() == Some(true);
        let form = match (key.as_str(), value.as_string()) {
            ("req", _) if flag => {
                params.req = true;
                continue;
            }
            ("name", Some(text)) if name == "@query-param" => {
                query_param = Some(text.as_str().to_owned());
                continue;
            }
            ("sf", _) if flag => FieldForm::Structured,
            ("bs", _) if flag => FieldForm::Bytes,
            ("key", Some(text)) => FieldForm::Member(text.as_str().to_owned()),
            _ => return Err(unsupported(name, key)),
        };
        // A member is serialised strictly anyway, so `;sf` beside `;key` says
        // nothing new; `;bs` goes with neither.
        params.form = match (std::mem::take(&mut params.form), form) {
            (FieldForm::Joined, form) => form,
            (member @ FieldForm::Member(_), FieldForm::Structured)
            | (FieldForm::Structured, member @ FieldForm::Member(_)) => member,
            _ => return Err(unsupported(name, key)),
        };
    }
    Ok((params, query_param))
}

fn name(text: &str, query_param: Option<String>) -> Result<Name, BadComponent> {
    Ok(match text {
        "@method" => Name::Method,
        "@target-uri" => Name::TargetUri,
        "@authority" => Name::Authority,
        "@scheme" => Name::Scheme,
        "@request-target" => Name::RequestTarget,
        "@path" => Name::Path,
        "@query" => Name::Query,
        "@query-param" => Name::QueryParam(query_param.ok_or(BadComponent::NameMissing)?),
        "@status" => Name::Status,
        field if is_field_name(field) => Name::Field(field.to_owned()),
        other => {
            return Err(BadComponent::BadName {
                name: other.to_owned(),
            });
        }
    })
}

/// Whether `name` is a field name (RFC 9110 section 5.1) in lower case.
pub(super) fn is_field_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(&byte)
        })
}

fn unsupported(name: &str, parameter: &str) -> BadComponent {
    BadComponent::Unsupported {
        name: name.to_owned(),
        parameter: parameter.to_owned(),
    }
}

impl FromStr for ComponentId {
    type Err = BadComponent;

    /// Reads an identifier as it stands in a signature base, quotes included.
    fn from_str(text: &str) -> Result<Self, BadComponent> {
        let members =
            read_dictionary(&format!("c={text}")).map_err(|_| BadComponent::NotAString)?;
        match members.as_slice() {
            [member] if !member.inner_list => Self::from_item(&member.items[0]),
            _ => Err(BadComponent::NotAString),
        }
    }
}

impl PartialEq for ComponentId {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.params == other.params
    }
}

impl Eq for ComponentId {}

impl fmt::Display for ComponentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_of_identifiers() {
        for text in [
            "\"@method\"",
            "\"@query-param\";name=\"Pet\"",
            "\"@authority\";req",
            "\"x-dictionary\";key=\"a\"",
            "\"x-dictionary\";req;key=\"a\"",
            "\"x-list\";sf",
            "\"x-any\";bs",
        ] {
            let id: ComponentId = text.parse().expect(text);
            assert_eq!(id.as_str(), text);
        }
        for (text, expected) in [
            ("@method", BadComponent::NotAString),
            ("1", BadComponent::NotAString),
            ("(\"a\")", BadComponent::NotAString),
            ("\"a\", b=\"c\"", BadComponent::NotAString),
            ("\"@query-param\"", BadComponent::NameMissing),
            ("\"x\";tr", unsupported("x", "tr")),
            ("\"x\";bs;sf", unsupported("x", "sf")),
            ("\"x\";sf=?0", unsupported("x", "sf")),
            ("\"x\";name=\"y\"", unsupported("x", "name")),
            ("\"@path\";sf", unsupported("@path", "sf")),
        ] {
            assert_eq!(text.parse::<ComponentId>().err(), Some(expected), "{text}");
        }
        for bad in ["Date", "", "@unknown", "@signature-params", "a b", "a:"] {
            let text = format!("\"{bad}\"");
            let name = bad.to_owned();
            assert_eq!(
                text.parse::<ComponentId>().err(),
                Some(BadComponent::BadName { name })
            );
        }
    }

    #[test]
    fn the_order_of_parameters_makes_no_other_component() {
        let of = |text: &str| text.parse::<ComponentId>().expect(text);
        assert_eq!(of("\"a\";req;sf"), of("\"a\";sf;req"));
        assert_ne!(of("\"a\";req"), of("\"a\""));
        assert_ne!(of("\"a\";key=\"x\""), of("\"a\";key=\"y\""));
    }

    #[test]
    fn a_field_may_be_named_in_any_case() {
        assert_eq!(
            ComponentId::new("Content-Type").map(|id| id.text),
            Ok("\"content-type\"".to_owned())
        );
        assert!(ComponentId::new("a\"b").is_err());
        assert!(ComponentId::new("content-type").is_ok_and(|id| id.is_plain("content-type")));
        assert!(
            "\"a\";sf"
                .parse::<ComponentId>()
                .is_ok_and(|id| !id.is_plain("a"))
        );
    }
}
