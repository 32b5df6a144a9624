//! `ServiceConfig`: what answers, a backend or the gateway itself.

use std::sync::Arc;

use countersign_core::{
    BackendAddress, BackendTarget, MatchMode, MethodMatch, MockAnswer, PathPattern,
    api::{MalformedAddress, TIMEOUT_MS_MAX},
    mapping::ContentType,
};
use serde_json::Value;

use super::object::Object;
use crate::dialect::{
    alibaba::Fault,
    tables::{NOWHERE, header},
};

/// The longest wait when the text does not say.
const TIMEOUT_MS_DEFAULT: u32 = 10_000;

/// The backend, or what stands for one beside a mock answer.
pub(super) fn read(config: &Object<'_>, match_mode: MatchMode) -> Result<BackendTarget, Fault> {
    match config.text("ServiceProtocol") {
        None | Some("HTTP") => {}
        Some(_) => return Err(config.bad("ServiceProtocol", "only HTTP is supported yet")),
    }
    if config.is_on("ServiceVpcEnable") {
        return Err(config.bad("ServiceVpcEnable", "it is not supported yet"));
    }
    let address = match config.text("ServiceAddress") {
        None if config.is_on("Mock") => NOWHERE,
        None => return Err(config.bad("ServiceAddress", "it is mandatory")),
        Some(address) => address,
    };
    let address = BackendAddress::parse(address).map_err(|error| match error {
        MalformedAddress::BadScheme if address.starts_with("https://") => config.bad(
            "ServiceAddress",
            "a backend behind TLS is not supported yet",
        ),
        error => config.bad("ServiceAddress", error),
    })?;
    let path = config
        .text("ServicePath")
        .map(|text| path(config, text, match_mode))
        .transpose()?;
    let method = config
        .text("ServiceHttpMethod")
        .map(MethodMatch::parse)
        .transpose();
    let method = match method.map_err(|error| config.bad("ServiceHttpMethod", error))? {
        None | Some(MethodMatch::Any) => None,
        Some(MethodMatch::Only(method)) => Some(method),
    };
    let timeout_ms = config.number(
        "ServiceTimeout",
        format_args!("it is a number of milliseconds from 1 to {TIMEOUT_MS_MAX}"),
        |number| {
            u32::try_from(number)
                .ok()
                .filter(|number| (1..=TIMEOUT_MS_MAX).contains(number))
        },
    )?;
    Ok(BackendTarget {
        address,
        path,
        method,
        timeout_ms: timeout_ms.unwrap_or(TIMEOUT_MS_DEFAULT),
    })
}

/// What follows a prefix is passed on, so that both paths are beginnings, or
/// neither.
fn path(config: &Object<'_>, text: &str, match_mode: MatchMode) -> Result<PathPattern, Fault> {
    let (path, own) = config.path("ServicePath", text)?;
    match (match_mode, own) {
        (MatchMode::Prefix, MatchMode::Exact) => Err(config.bad(
            "ServicePath",
            "it has to end with '/*', as RequestPath does",
        )),
        (MatchMode::Exact, MatchMode::Prefix) => {
            Err(config.bad("ServicePath", "it ends with '/*', and RequestPath does not"))
        }
        _ => Ok(path),
    }
}

/// The answer that the gateway gives itself, if it is to.
pub(super) fn mock(config: &Object<'_>) -> Result<Option<MockAnswer>, Fault> {
    if !config.is_on("Mock") {
        return Ok(None);
    }
    let status = config.number("MockStatusCode", "it is from 200 to 599", |number| {
        u16::try_from(number)
            .ok()
            .filter(|status| (200..=599).contains(status))
    })?;
    let status = status.unwrap_or(200);
    let body = config.text("MockResult").unwrap_or_default();
    // RFC 9110, 15.3.5, 15.3.6 and 15.4.5.
    if matches!(status, 204 | 205 | 304) && !body.is_empty() {
        return Err(config.bad("MockResult", "an answer of this status has no body"));
    }
    let entries = config.fields.get("MockHeaders").and_then(Value::as_array);
    let headers = entries
        .into_iter()
        .flatten()
        .map(|entry| mock_header(config, entry))
        .collect::<Result<_, _>>()?;
    Ok(Some(MockAnswer {
        status,
        headers,
        body: body.into(),
    }))
}

fn mock_header(config: &Object<'_>, entry: &Value) -> Result<(Arc<str>, Arc<str>), Fault> {
    let text = |field| entry.get(field).and_then(Value::as_str).unwrap_or_default();
    let (name, value) = (text("HeaderName"), text("HeaderValue"));
    header::check_answer_name(name)
        .map_err(|error| config.bad("MockHeaders", format_args!("HeaderName: {error}")))?;
    header::check_value(value)
        .map_err(|error| config.bad("MockHeaders", format_args!("HeaderValue: {error}")))?;
    Ok((name.into(), value.into()))
}

/// `ContentTypeCatagory`, in the vendor's spelling, and `ContentTypeValue`.
pub(super) fn content_type(config: &Object<'_>) -> Result<ContentType, Fault> {
    #[derive(Clone, Copy)]
    enum Category {
        Default,
        Custom,
        Client,
    }
    let words = [
        ("DEFAULT", Category::Default),
        ("CUSTOM", Category::Custom),
        ("CLIENT", Category::Client),
    ];
    match config.word("ContentTypeCatagory", &words)? {
        None | Some(Category::Default) => Ok(ContentType::Default),
        Some(Category::Client) => Ok(ContentType::Client),
        Some(Category::Custom) => {
            let value = config.required("ContentTypeValue")?;
            header::check_value(value).map_err(|error| config.bad("ContentTypeValue", error))?;
            Ok(ContentType::Custom(value.into()))
        }
    }
}
