//! What answers: `backend_type`, `backend_api` and `mock_info` (spec 4.3).

use countersign_core::{
    BackendAddress, BackendTarget, MethodMatch, MockAnswer, PathPattern,
    api::{MalformedAddress, TIMEOUT_MS_MAX},
    path::ParameterStyle,
};
use serde_json::{Map, Value};

use super::{
    document::Document,
    extras::short,
    words::{METHODS, plain},
};
use crate::dialect::{
    huawei::{Version, errors::Fault, fields::Fields},
    tables::NOWHERE,
};

const TYPES: [&str; 4] = ["HTTP", "MOCK", "FUNCTION", "GRPC"];
const PROTOCOLS: [&str; 5] = ["HTTP", "HTTPS", "GRPC", "GRPCS", "BOTH"];

/// Most characters of a path, and of an address.
const URI_MAX: usize = 512;
const DOMAIN_MAX: usize = 255;

/// The longest wait in v1.0, and that when the body does not say.
const TIMEOUT_MS_MAX_V1: u32 = 60_000;
const TIMEOUT_MS_DEFAULT: u32 = 5_000;

/// A backend, and whether the gateway answers in its place.
pub(super) struct Answering {
    pub(super) target: BackendTarget,
    pub(super) mock: Option<MockAnswer>,
}

/// Lists that pick a backend by the request. To pass over one would serve
/// something else than was asked for.
const POLICIES: [&str; 3] = ["policy_https", "policy_mocks", "policy_functions"];

/// Reads it. What is only to be told again goes into the document.
pub(super) fn read(
    fields: &Fields<'_>,
    version: Version,
    document: &mut Document,
) -> Result<Answering, Fault> {
    for policy in POLICIES {
        if fields.list(policy)?.is_some_and(|list| !list.is_empty()) {
            let why = "Backends chosen by a policy are not supported yet";
            return Err(fields.invalid_because(policy, why));
        }
    }
    let kind = plain(fields, "backend_type", &TYPES)?;
    match kind.ok_or_else(|| fields.missing("backend_type"))? {
        "HTTP" => {
            let own = fields.object("backend_api")?;
            let own = own.ok_or_else(|| fields.missing("backend_api"))?;
            let own = Fields::inside(own, "backend_api.");
            document.set("backend_api", kept_of_backend(&own)?);
            let (target, mock) = (target(&own, version)?, None);
            Ok(Answering { target, mock })
        }
        "MOCK" => {
            let own = fields.object("mock_info")?;
            let own = own.ok_or_else(|| fields.missing("mock_info"))?;
            let own = Fields::inside(own, "mock_info.");
            document.set(
                "mock_info",
                kept(&own, &[("remark", 255), ("version", 64)])?,
            );
            let body = own.text("result_content")?.unwrap_or_default();
            Ok(Answering {
                target: nowhere(fields)?,
                mock: Some(MockAnswer {
                    status: 200,
                    headers: Vec::new(),
                    body: body.into(),
                }),
            })
        }
        _ => {
            let why = "Only HTTP and MOCK are supported yet";
            Err(fields.invalid_because("backend_type", why))
        }
    }
}

fn nowhere(fields: &Fields<'_>) -> Result<BackendTarget, Fault> {
    let address = BackendAddress::parse(NOWHERE);
    Ok(BackendTarget {
        address: address.map_err(|_| fields.invalid("mock_info"))?,
        path: None,
        method: None,
        timeout_ms: TIMEOUT_MS_DEFAULT,
    })
}

fn target(own: &Fields<'_>, version: Version) -> Result<BackendTarget, Fault> {
    check_supported(own)?;
    let method = plain(own, "req_method", &METHODS)?;
    let method = method.ok_or_else(|| own.missing("req_method"))?;
    let method = MethodMatch::parse(method).map_err(|_| own.invalid("req_method"))?;
    Ok(BackendTarget {
        address: address(own)?,
        path: Some(path(own, "req_uri")?),
        method: match method {
            MethodMatch::Any => None,
            MethodMatch::Only(method) => Some(method),
        },
        timeout_ms: timeout(own, version)?,
    })
}

fn check_supported(own: &Fields<'_>) -> Result<(), Fault> {
    let protocol = plain(own, "req_protocol", &PROTOCOLS)?;
    match protocol.ok_or_else(|| own.missing("req_protocol"))? {
        "HTTP" => {}
        "HTTPS" => {
            let why = "Backends over TLS are not supported yet";
            return Err(own.invalid_because("req_protocol", why));
        }
        _ => return Err(own.invalid_because("req_protocol", "Only HTTP is supported yet")),
    }
    for channel in ["vpc_status", "vpc_channel_status"] {
        if own.integer(channel)?.is_some_and(|status| status != 2) {
            let why = "Load channels are not supported yet";
            return Err(own.invalid_because(channel, why));
        }
    }
    for switch in ["enable_client_ssl", "enable_sm_channel"] {
        if own.flag(switch)? == Some(true) {
            return Err(own.invalid_because(switch, "It is not supported yet"));
        }
    }
    if short(own, "authorizer_id", 64)?.is_some() {
        let why = "Authorizers of backends are not supported yet";
        return Err(own.invalid_because("authorizer_id", why));
    }
    Ok(())
}

fn address(own: &Fields<'_>) -> Result<BackendAddress, Fault> {
    const FIELD: &str = "url_domain";
    let text = own.required(FIELD)?;
    if text.len() > DOMAIN_MAX || text.contains('/') {
        return Err(own.invalid_because(FIELD, "It is a host, and a port after a colon"));
    }
    BackendAddress::parse(&format!("http://{text}")).map_err(|error| match error {
        MalformedAddress::BadHost | MalformedAddress::BadPort => {
            own.invalid_because(FIELD, &error.to_string())
        }
        _ => own.invalid_because(FIELD, "It is a host, and a port after a colon"),
    })
}

fn timeout(own: &Fields<'_>, version: Version) -> Result<u32, Fault> {
    let max = match version {
        Version::V1 => TIMEOUT_MS_MAX_V1,
        Version::V2 => TIMEOUT_MS_MAX,
    };
    let Some(given) = own.integer("timeout")? else {
        return Ok(TIMEOUT_MS_DEFAULT);
    };
    let given = u32::try_from(given).ok();
    let given = given.filter(|given| (1..=max).contains(given));
    given.ok_or_else(|| {
        let why = format!("It is a number of milliseconds from 1 to {max}");
        own.invalid_because("timeout", &why)
    })
}

/// A path with parameters in braces.
pub(super) fn path(own: &Fields<'_>, name: &str) -> Result<PathPattern, Fault> {
    let text = own.required(name)?;
    if text.chars().count() > URI_MAX {
        return Err(own.invalid(name));
    }
    if text.split('/').any(|segment| segment == "*") {
        let why = "An asterisk stands for nothing. match_mode SWA means all paths below";
        return Err(own.invalid_because(name, why));
    }
    PathPattern::parse(text, ParameterStyle::BRACES)
        .map_err(|error| own.invalid_because(name, &error.to_string()))
}

fn kept_of_backend(own: &Fields<'_>) -> Result<Map<String, Value>, Fault> {
    let mut kept = kept(own, &[("remark", 255), ("version", 16)])?;
    let retries = match own.value("retry_count") {
        Some(Value::String(text)) if text.is_empty() => None,
        _ => own.integer("retry_count")?,
    };
    if let Some(retries) = retries {
        if !(-1..=10).contains(&retries) {
            return Err(own.invalid("retry_count"));
        }
        kept.insert("retry_count".to_owned(), retries.to_string().into());
    }
    Ok(kept)
}

/// The texts that are told again.
pub(super) fn kept(own: &Fields<'_>, texts: &[(&str, usize)]) -> Result<Map<String, Value>, Fault> {
    let mut kept = Map::new();
    for (name, max) in texts {
        if let Some(text) = short(own, name, *max)? {
            kept.insert((*name).to_owned(), text.into());
        }
    }
    Ok(kept)
}
