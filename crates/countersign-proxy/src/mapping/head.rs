//! The target and the headers that the backend gets.

use bytes::Bytes;
use countersign_core::{
    mapping::{ContentType, Location},
    path,
};
use countersign_sign::alibaba::backend::{BodyKind, body_kind};
use http::{HeaderMap, HeaderName, HeaderValue, Uri, header};

use super::{ClientsBody, Input, MappedBody, Values, text};
use crate::{
    fault::Fault,
    header_policy,
    target::{self, BYTES_MAX},
};

/// Describe a body that is passed on.
const OF_BODY: [HeaderName; 3] = [
    header::CONTENT_TYPE,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
];

/// Fit no other body than the client's.
const DIGESTS: [&str; 4] = ["content-md5", "digest", "content-digest", "repr-digest"];

/// The type of a form made here.
const FORM: HeaderValue =
    HeaderValue::from_static("application/x-www-form-urlencoded; charset=UTF-8");

/// The target: the path, `query` and what the service table adds to it.
pub(super) fn target(
    values: &Values<'_>,
    input: &Input<'_>,
    mut query: String,
) -> Result<Uri, Fault> {
    let mut target = path(values, input)?;
    for (parameter, value) in values.at(Location::Query) {
        text::push_field(&mut query, &parameter.name, &value, text::percent_encode);
    }
    if !query.is_empty() {
        target.push('?');
        target.push_str(&query);
    }
    if target.len() > BYTES_MAX {
        return Err(Fault::TargetTooLong { max: BYTES_MAX });
    }
    Uri::from_maybe_shared(Bytes::from(target)).map_err(|_| Fault::BackendPath)
}

fn path(values: &Values<'_>, input: &Input<'_>) -> Result<String, Fault> {
    let Some(pattern) = &input.route.definition.backend.path else {
        return Ok(input.path.to_owned());
    };
    let mut fault = None;
    let mut text = pattern.render(|name, out| {
        if let Err(met) = segment(values, name, out) {
            fault.get_or_insert(met);
        }
    });
    if let Some(fault) = fault {
        return Err(fault);
    }
    target::push_rest(&mut text, input.route.captures(input.path).rest());
    Ok(text)
}

/// Writes the value of the path's parameter `name` as one segment.
fn segment(values: &Values<'_>, name: &str, out: &mut String) -> Result<(), Fault> {
    let mut table = values.mapping.service.iter();
    let parameter = table
        .find(|parameter| parameter.location == Location::Path && *parameter.name == *name)
        .ok_or(Fault::Definition)?;
    let value = values
        .value(&parameter.source)
        .ok_or_else(|| values.absent(&parameter.source))?;
    if value.is_empty() || path::is_dot_segment(&value) {
        return Err(values.unfit(&parameter.source));
    }
    text::percent_encode(out, &value);
    Ok(())
}

/// The headers: unknown ones, those of the body, those of the service table.
pub(super) fn headers(
    values: &Values<'_>,
    input: &Input<'_>,
    body: &MappedBody,
) -> Result<HeaderMap, Fault> {
    let mut headers = HeaderMap::new();
    if values.mapping.passes_unknown {
        pass_unknown(values, input, body, &mut headers);
    }
    describe(values, input, body, &mut headers)?;
    for (parameter, value) in values.at(Location::Header) {
        let Ok(name) = HeaderName::from_bytes(parameter.name.as_bytes()) else {
            continue;
        };
        if !header_policy::table_may_set(&name, input.owned) {
            continue;
        }
        let is_plain = |b: u8| (b' '..=b'~').contains(&b) || b == b'\t';
        // Values may come from a form, which may be much longer.
        if value.len() > BYTES_MAX || !value.bytes().all(is_plain) {
            return Err(values.unfit(&parameter.source));
        }
        let value = HeaderValue::from_str(&value).map_err(|_| values.unfit(&parameter.source))?;
        headers.insert(name, value);
    }
    Ok(headers)
}

fn pass_unknown(
    values: &Values<'_>,
    input: &Input<'_>,
    body: &MappedBody,
    headers: &mut HeaderMap,
) {
    let mapping = values.mapping;
    let consumed = mapping.request.iter().map(|own| (own.location, &own.name));
    let set = mapping.service.iter().map(|own| (own.location, &own.name));
    let taken: Vec<&str> = consumed
        .chain(set)
        .filter(|(location, _)| *location == Location::Header)
        .map(|(_, name)| &**name)
        .collect();
    for (name, value) in input.headers {
        let is_taken = || {
            let mut taken = taken.iter();
            taken.any(|other| header_policy::is_same_folded(name.as_str(), other))
        };
        let is_of_other_body = || *body != MappedBody::Clients && DIGESTS.contains(&name.as_str());
        if !OF_BODY.contains(name) && !is_of_other_body() && !is_taken() {
            headers.append(name.clone(), value.clone());
        }
    }
}

/// Says what the body is.
fn describe(
    values: &Values<'_>,
    input: &Input<'_>,
    body: &MappedBody,
    headers: &mut HeaderMap,
) -> Result<(), Fault> {
    let sent = |name: &HeaderName| input.headers.get_all(name).iter();
    let has_body = match body {
        MappedBody::Clients => {
            let is_described = input.body != ClientsBody::None || values.mapping.passes_unknown;
            for name in OF_BODY {
                if is_described || name == header::CONTENT_LENGTH {
                    for value in sent(&name) {
                        headers.append(&name, value.clone());
                    }
                }
            }
            input.body != ClientsBody::None
        }
        MappedBody::Form(form) => !form.is_empty(),
    };
    if !has_body {
        return Ok(());
    }
    let content_type = match (&values.mapping.content_type, body) {
        (ContentType::Custom(text), _) => {
            HeaderValue::from_str(text).map_err(|_| Fault::Definition)?
        }
        (_, MappedBody::Clients) => return Ok(()),
        (ContentType::Default, MappedBody::Form(_)) => FORM,
        (ContentType::Client, MappedBody::Form(_)) => sent(&header::CONTENT_TYPE)
            .next()
            .filter(|value| {
                let text = String::from_utf8_lossy(value.as_bytes());
                body_kind("GET", Some(&text)) == BodyKind::Form
            })
            .cloned()
            .unwrap_or(FORM),
    };
    headers.insert(header::CONTENT_TYPE, content_type);
    Ok(())
}
