//! Component values: what stands behind an identifier (RFC 9421 sections 2.1, 2.2).

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sfv::{Dictionary, FieldType, Item, List, ListEntry, Parser};

use super::component::{ComponentId, FieldForm, Name};
use super::message::{Message, Start, Target, write_authority};
use super::structured::FIELD_BYTES_MAX;

/// Why a component of a message has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoValue {
    /// The message has no such field, member, query parameter or part.
    #[error("not in the message")]
    Missing,
    /// The query has more than one parameter of the name (section 2.2.8).
    #[error("in the query more than once")]
    Repeated,
    /// The value has bytes that a signature base cannot hold (section 2.5).
    #[error("not printable ASCII")]
    NotPrintable,
    /// The field can not be read as the kind of structured field that it is.
    #[error("not a structured field of its kind")]
    NotStructured,
    /// `;sf` for a field whose kind is not known here.
    #[error("of unknown structure")]
    UnknownStructure,
}

/// Percent-encoded in `@query-param` (section 2.2.8): all but the characters that
/// the URL standard's application/x-www-form-urlencoded set leaves alone.
const QUERY_PARAM: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'*')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_');

/// Appends the value of `id` in `message`.
pub(crate) fn write_value(
    id: &ComponentId,
    message: &Message<'_>,
    out: &mut String,
) -> Result<(), NoValue> {
    let message = match (id.params.req, message.start) {
        (false, _) => message,
        (true, Start::Response { request, .. }) => request.ok_or(NoValue::Missing)?,
        (true, Start::Request(_)) => return Err(NoValue::Missing),
    };
    let start = out.len();
    match (&id.name, message.start) {
        (Name::Field(name), _) => write_field(name, &id.params.form, message, out)?,
        (Name::Status, Start::Response { status, .. }) => out.push_str(&format!("{status:03}")),
        (Name::Status, Start::Request(_)) | (_, Start::Response { .. }) => {
            return Err(NoValue::Missing);
        }
        (derived, Start::Request(target)) => write_derived(derived, &target, out)?,
    }
    if is_printable(&out[start..]) {
        Ok(())
    } else {
        Err(NoValue::NotPrintable)
    }
}

/// Whether a signature base may hold `value`: no line end, nothing but ASCII. Tabs
/// are left as they are, for fields may have them.
pub(super) fn is_printable(value: &str) -> bool {
    value
        .bytes()
        .all(|byte| matches!(byte, b'\t' | b' '..=b'~'))
}

fn write_derived(name: &Name, target: &Target<'_>, out: &mut String) -> Result<(), NoValue> {
    match name {
        Name::Method => out.push_str(target.method),
        Name::Authority => write_authority(target.scheme, target.authority, out),
        Name::Scheme => out.push_str(target.scheme.as_str()),
        Name::Path => write_path(target.path, out),
        Name::Query => write_query(target.query.unwrap_or_default(), out),
        Name::TargetUri => {
            out.push_str(target.scheme.as_str());
            out.push_str("://");
            out.push_str(target.authority);
            write_path(target.path, out);
            if let Some(query) = target.query {
                write_query(query, out);
            }
        }
        Name::RequestTarget if target.method == "CONNECT" => out.push_str(target.authority),
        Name::RequestTarget => {
            write_path(target.path, out);
            if let Some(query) = target.query {
                write_query(query, out);
            }
        }
        Name::QueryParam(name) => return write_query_param(name, target, out),
        Name::Field(_) | Name::Status => return Err(NoValue::Missing),
    }
    Ok(())
}

/// Appends the raw path; an empty one is `/` (section 2.2.6).
pub(super) fn write_path(path: &str, out: &mut String) {
    out.push_str(if path.is_empty() { "/" } else { path });
}

/// Appends the raw query with its `?` (section 2.2.7).
pub(super) fn write_query(query: &str, out: &mut String) {
    out.push('?');
    out.push_str(query);
}

/// The `name` of the identifier is percent-encoded as the value is.
fn write_query_param(name: &str, target: &Target<'_>, out: &mut String) -> Result<(), NoValue> {
    let query = target.query.ok_or(NoValue::Missing)?;
    let mut values = form_urlencoded::parse(query.as_bytes())
        .filter(|(candidate, _)| encoded(candidate) == name)
        .map(|(_, value)| value);
    let value = values.next().ok_or(NoValue::Missing)?;
    if values.next().is_some() {
        return Err(NoValue::Repeated);
    }
    out.push_str(&encoded(&value));
    Ok(())
}

fn encoded(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, QUERY_PARAM).into()
}

fn write_field(
    name: &str,
    form: &FieldForm,
    message: &Message<'_>,
    out: &mut String,
) -> Result<(), NoValue> {
    match form {
        FieldForm::Joined => {
            let mut lines = message.fields(name);
            out.push_str(lines.next().ok_or(NoValue::Missing)?);
            for line in lines {
                out.push_str(", ");
                out.push_str(line);
            }
        }
        FieldForm::Bytes => {
            let mut lines = message.fields(name).peekable();
            lines.peek().ok_or(NoValue::Missing)?;
            for (index, line) in lines.enumerate() {
                out.push_str(if index == 0 { ":" } else { ", :" });
                STANDARD.encode_string(line, out);
                out.push(':');
            }
        }
        FieldForm::Structured => {
            let value = structured_text(name, message)?;
            out.push_str(&serialised(name, &value)?);
        }
        FieldForm::Member(key) => {
            let value = structured_text(name, message)?;
            let dictionary: Dictionary = parse(&value)?;
            let member = dictionary.get(key.as_str()).ok_or(NoValue::Missing)?;
            out.push_str(&member_text(member)?);
        }
    }
    Ok(())
}

fn structured_text(name: &str, message: &Message<'_>) -> Result<String, NoValue> {
    let value = message.field(name).ok_or(NoValue::Missing)?;
    if value.len() > FIELD_BYTES_MAX {
        return Err(NoValue::NotStructured);
    }
    Ok(value)
}

/// The field serialised anew. Its kind has to be known, for the same text may be a
/// list and a dictionary.
fn serialised(name: &str, value: &str) -> Result<String, NoValue> {
    match name {
        "accept-signature"
        | "cdn-cache-control"
        | "content-digest"
        | "priority"
        | "repr-digest"
        | "signature"
        | "signature-input"
        | "want-content-digest"
        | "want-repr-digest" => parse::<Dictionary>(value)?.serialize(),
        "accept-ch" | "cache-status" | "client-cert-chain" | "proxy-status" => {
            parse::<List>(value)?.serialize()
        }
        "client-cert" => return Ok(parse::<Item>(value)?.serialize()),
        _ => return Err(NoValue::UnknownStructure),
    }
    .ok_or(NoValue::Missing)
}

fn parse<T: FieldType>(value: &str) -> Result<T, NoValue> {
    Parser::new(value)
        .parse()
        .map_err(|_| NoValue::NotStructured)
}

fn member_text(member: &ListEntry) -> Result<String, NoValue> {
    match member {
        ListEntry::Item(item) => Ok(item.serialize()),
        ListEntry::InnerList(_) => vec![member.clone()]
            .serialize()
            .ok_or(NoValue::NotStructured),
    }
}

#[cfg(test)]
mod tests;
