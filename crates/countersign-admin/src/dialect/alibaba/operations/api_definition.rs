//! `RequestConfig` and `ServiceConfig`: JSON texts inside a parameter (spec
//! 3.4). Only PASSTHROUGH is served so far. Fields that say nothing about how
//! a request is matched or forwarded are passed over.

use countersign_core::{
    ApiDefinition, BackendAddress, BackendTarget, MatchMode, MethodMatch, PathPattern,
    api::{MalformedAddress, TIMEOUT_MS_MAX},
    path::ParameterStyle,
};
use serde_json::{Map, Value};

use crate::dialect::alibaba::Fault;

/// The longest wait when the text does not say.
const TIMEOUT_MS_DEFAULT: u32 = 10_000;

/// Reads both texts.
pub(super) fn read(request_config: &str, service_config: &str) -> Result<ApiDefinition, Fault> {
    let request = Config::read("RequestConfig", request_config)?;
    let service = Config::read("ServiceConfig", service_config)?;
    let (method, path) = read_request(&request)?;
    let backend = read_backend(&service)?;
    Ok(ApiDefinition {
        method,
        path,
        match_mode: MatchMode::Exact,
        backend,
        mapping: None,
        mock: None,
        document: None,
    })
}

fn read_request(config: &Config) -> Result<(MethodMatch, PathPattern), Fault> {
    if let Some(protocols) = config.text("RequestProtocol")? {
        let all: Vec<&str> = protocols.split(',').map(str::trim).collect();
        if !all
            .iter()
            .all(|protocol| matches!(*protocol, "HTTP" | "HTTPS"))
        {
            return Err(config.bad("RequestProtocol", "it is HTTP, HTTPS or HTTP,HTTPS"));
        }
        if !all.contains(&"HTTP") {
            return Err(config.bad(
                "RequestProtocol",
                "it has to contain HTTP: calls over TLS are not supported yet",
            ));
        }
    }
    // The vendor's default is MAPPING. Without any table of parameters, which
    // are refused, both modes do the same.
    match config.text("RequestMode")? {
        None | Some("PASSTHROUGH") => {}
        Some("MAPPING" | "MAPPING_PASSTHROUGH") => {
            return Err(config.bad("RequestMode", "only PASSTHROUGH is supported yet"));
        }
        Some(_) => {
            return Err(config.bad(
                "RequestMode",
                "it is MAPPING, MAPPING_PASSTHROUGH or PASSTHROUGH",
            ));
        }
    }
    let method = config.required("RequestHttpMethod")?;
    let method =
        MethodMatch::parse(method).map_err(|error| config.bad("RequestHttpMethod", error))?;
    let path = config.path("RequestPath", config.required("RequestPath")?)?;
    Ok((method, path))
}

fn read_backend(config: &Config) -> Result<BackendTarget, Fault> {
    match config.text("ServiceProtocol")? {
        None | Some("HTTP") => {}
        Some(_) => return Err(config.bad("ServiceProtocol", "only HTTP is supported yet")),
    }
    for switch in ["Mock", "ServiceVpcEnable"] {
        if config.switched_on(switch)? {
            return Err(config.bad(switch, "it is not supported yet"));
        }
    }
    let address = config.required("ServiceAddress")?;
    let address = BackendAddress::parse(address).map_err(|error| match error {
        MalformedAddress::BadScheme if address.starts_with("https://") => config.bad(
            "ServiceAddress",
            "a backend behind TLS is not supported yet",
        ),
        error => config.bad("ServiceAddress", error),
    })?;
    let path = config
        .text("ServicePath")?
        .map(|text| config.path("ServicePath", text))
        .transpose()?;
    let method = config
        .text("ServiceHttpMethod")?
        .map(MethodMatch::parse)
        .transpose();
    let method = match method.map_err(|error| config.bad("ServiceHttpMethod", error))? {
        None | Some(MethodMatch::Any) => None,
        Some(MethodMatch::Only(method)) => Some(method),
    };
    Ok(BackendTarget {
        address,
        path,
        method,
        timeout_ms: timeout(config)?,
    })
}

/// SDKs send it as a number or as text.
fn timeout(config: &Config) -> Result<u32, Fault> {
    const FIELD: &str = "ServiceTimeout";
    let number = match config.object.get(FIELD) {
        None | Some(Value::Null) => return Ok(TIMEOUT_MS_DEFAULT),
        Some(Value::String(text)) if text.is_empty() => return Ok(TIMEOUT_MS_DEFAULT),
        Some(Value::String(text)) => text
            .bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| text.parse::<u64>().ok())
            .flatten(),
        Some(value) => value.as_u64(),
    };
    number
        .and_then(|number| u32::try_from(number).ok())
        .filter(|number| (1..=TIMEOUT_MS_MAX).contains(number))
        .ok_or_else(|| {
            config.bad(
                FIELD,
                format!("it is a number of milliseconds from 1 to {TIMEOUT_MS_MAX}"),
            )
        })
}

/// One of the two JSON objects. What is wrong with it names the field, and
/// never repeats what stands there.
struct Config {
    parameter: &'static str,
    object: Map<String, Value>,
}

impl Config {
    fn read(parameter: &'static str, text: &str) -> Result<Self, Fault> {
        let object = serde_json::from_str(text);
        let object =
            object.map_err(|_| Fault::invalid_inside(parameter, "It is not a JSON object."))?;
        Ok(Self { parameter, object })
    }

    fn bad(&self, field: &str, why: impl std::fmt::Display) -> Fault {
        Fault::invalid_inside(self.parameter, format!("{field}: {why}."))
    }

    /// A text; null and the empty text count as absent.
    fn text(&self, field: &str) -> Result<Option<&str>, Fault> {
        match self.object.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
            Some(_) => Err(self.bad(field, "it has to be text")),
        }
    }

    fn required(&self, field: &str) -> Result<&str, Fault> {
        self.text(field)?
            .ok_or_else(|| self.bad(field, "it is mandatory"))
    }

    /// `TRUE` or `FALSE` as text, as the vendor has it, or a JSON boolean.
    fn switched_on(&self, field: &str) -> Result<bool, Fault> {
        if let Some(Value::Bool(on)) = self.object.get(field) {
            return Ok(*on);
        }
        match self.text(field)? {
            None => Ok(false),
            Some(text) if text.eq_ignore_ascii_case("FALSE") => Ok(false),
            Some(text) if text.eq_ignore_ascii_case("TRUE") => Ok(true),
            Some(_) => Err(self.bad(field, "it is TRUE or FALSE")),
        }
    }

    fn path(&self, field: &str, text: &str) -> Result<PathPattern, Fault> {
        // The vendor's console writes `/*` for "all paths below". Taken as a
        // plain path it would match nothing but an asterisk.
        if text.split('/').any(|segment| segment == "*") {
            return Err(self.bad(field, "matching all paths below one is not supported yet"));
        }
        PathPattern::parse(text, ParameterStyle::BRACKETS).map_err(|error| self.bad(field, error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &str = r#"{"RequestHttpMethod":"GET","RequestPath":"/a/[id]"}"#;
    const SERVICE: &str = r#"{"ServiceAddress":"http://b:81"}"#;

    /// `base` with `patch`'s fields put over it.
    fn patched(base: &str, patch: &str) -> String {
        let mut object: Map<String, Value> = serde_json::from_str(base).unwrap();
        object.extend(serde_json::from_str::<Map<String, Value>>(patch).unwrap());
        Value::Object(object).to_string()
    }

    fn read_patched(request: &str, service: &str) -> Result<ApiDefinition, String> {
        read(&patched(REQUEST, request), &patched(SERVICE, service)).map_err(|fault| match fault {
            Fault::Invalid { parameter, detail } => {
                format!("{parameter} {}", detail.unwrap_or_default())
            }
            other => format!("{other:?}"),
        })
    }

    #[test]
    fn the_least_and_the_most() {
        let least = read(REQUEST, SERVICE).unwrap();
        assert_eq!(least.path.to_text(ParameterStyle::BRACKETS), "/a/[id]");
        assert_eq!(
            (
                least.backend.path,
                least.backend.method,
                least.backend.timeout_ms
            ),
            (None, None, 10_000)
        );
        assert_eq!(least.backend.address.to_string(), "http://b:81");

        let most = read_patched(
            r#"{"RequestProtocol":"HTTP,HTTPS","RequestHttpMethod":"ANY","RequestMode":"PASSTHROUGH","BodyFormat":"STREAM"}"#,
            r#"{"ServiceProtocol":"HTTP","ServicePath":"/b/[id]","ServiceHttpMethod":"POST","ServiceTimeout":"600000","Mock":"FALSE"}"#,
        )
        .unwrap();
        assert_eq!(most.method, MethodMatch::Any);
        assert_eq!(
            most.backend.path.unwrap().to_text(ParameterStyle::BRACKETS),
            "/b/[id]"
        );
        assert_eq!(
            (most.backend.method.as_deref(), most.backend.timeout_ms),
            (Some("POST"), 600_000)
        );
    }

    #[test]
    fn what_is_wrong_names_the_field() {
        for (patch, why) in [
            (
                r#"{"RequestMode":"MAPPING"}"#,
                "RequestMode: only PASSTHROUGH is supported yet.",
            ),
            (
                r#"{"RequestMode":"x"}"#,
                "RequestMode: it is MAPPING, MAPPING_PASSTHROUGH or PASSTHROUGH.",
            ),
            (
                r#"{"RequestProtocol":"HTTPS"}"#,
                "RequestProtocol: it has to contain HTTP: calls over TLS are not supported yet.",
            ),
            (
                r#"{"RequestProtocol":"FTP"}"#,
                "RequestProtocol: it is HTTP, HTTPS or HTTP,HTTPS.",
            ),
            (
                r#"{"RequestHttpMethod":"get"}"#,
                "RequestHttpMethod: a method is one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, ANY.",
            ),
            (
                r#"{"RequestHttpMethod":null}"#,
                "RequestHttpMethod: it is mandatory.",
            ),
            (r#"{"RequestPath":""}"#, "RequestPath: it is mandatory."),
            (r#"{"RequestPath":7}"#, "RequestPath: it has to be text."),
            (
                r#"{"RequestPath":"a"}"#,
                "RequestPath: a path begins with '/'.",
            ),
            (
                r#"{"RequestPath":"/a/*"}"#,
                "RequestPath: matching all paths below one is not supported yet.",
            ),
        ] {
            assert_eq!(
                read_patched(patch, "{}").unwrap_err(),
                format!("RequestConfig {why}"),
                "{patch}"
            );
        }
        for (patch, why) in [
            (
                r#"{"ServiceProtocol":"OSS"}"#,
                "ServiceProtocol: only HTTP is supported yet.",
            ),
            (
                r#"{"ServiceAddress":null}"#,
                "ServiceAddress: it is mandatory.",
            ),
            (
                r#"{"ServiceAddress":"https://b"}"#,
                "ServiceAddress: a backend behind TLS is not supported yet.",
            ),
            (
                r#"{"ServiceAddress":"b"}"#,
                "ServiceAddress: a backend's address begins with 'http://'.",
            ),
            (
                r#"{"ServicePath":"b"}"#,
                "ServicePath: a path begins with '/'.",
            ),
            (
                r#"{"ServiceHttpMethod":"x"}"#,
                "ServiceHttpMethod: a method is one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, ANY.",
            ),
            (
                r#"{"ServiceTimeout":0}"#,
                "ServiceTimeout: it is a number of milliseconds from 1 to 600000.",
            ),
            (
                r#"{"ServiceTimeout":"600001"}"#,
                "ServiceTimeout: it is a number of milliseconds from 1 to 600000.",
            ),
            (
                r#"{"ServiceTimeout":"+5"}"#,
                "ServiceTimeout: it is a number of milliseconds from 1 to 600000.",
            ),
            (r#"{"Mock":"TRUE"}"#, "Mock: it is not supported yet."),
            (r#"{"Mock":true}"#, "Mock: it is not supported yet."),
            (
                r#"{"ServiceVpcEnable":"TRUE"}"#,
                "ServiceVpcEnable: it is not supported yet.",
            ),
        ] {
            assert_eq!(
                read_patched("{}", patch).unwrap_err(),
                format!("ServiceConfig {why}"),
                "{patch}"
            );
        }
        for text in ["", "[]", "{", "1"] {
            assert!(read(text, SERVICE).is_err(), "{text}");
            assert!(read(REQUEST, text).is_err(), "{text}");
        }
    }
}
