//! The fields of an API that change nothing of how it is served: they are kept
//! and told again. Where a caller may believe otherwise, the answer warns.

use countersign_core::{FieldRule, rule::CharSet};

use super::{
    document::Document,
    words::{self, plain},
};
use crate::dialect::huawei::{
    Version,
    errors::Fault,
    fields::Fields,
    operations::groups::{FIRST_V2, name_v1},
};

/// The texts, and most characters of each.
const TEXTS: [(&str, usize); 12] = [
    ("version", 16),
    ("authorizer_id", 64),
    ("response_id", 65),
    ("roma_app_id", 64),
    ("domain_name", 255),
    ("tag", 128),
    ("content_type", 64),
    ("sampling_strategy", 64),
    ("sampling_param", 64),
    ("body_remark", 20_480),
    ("result_normal_sample", 20_480),
    ("result_failure_sample", 20_480),
];

const FLAGS: [&str; 3] = ["cors", "trace_enabled", "is_send_fg_body_base64"];

const AUTH_TYPES: [&str; 4] = ["NONE", "APP", "IAM", "AUTHORIZER"];
const APP_CODE_TYPES: [&str; 2] = ["DISABLE", "HEADER"];
const PROTOCOLS: [&str; 4] = ["HTTP", "HTTPS", "BOTH", "GRPCS"];

/// Most tags of an API (spec 3.5).
const TAGS_MAX: usize = 10;

const TAG: FieldRule = FieldRule {
    min: 1,
    max: 128,
    first: Some(CharSet {
        digits: false,
        ..FIRST_V2
    }),
    rest: Some(CharSet {
        others: "-*#%.:_",
        ..FIRST_V2
    }),
};

/// An API's name in v2; for v1.0 it is that of groups.
const NAME_V2: FieldRule = FieldRule {
    min: 3,
    max: 255,
    first: Some(FIRST_V2),
    rest: Some(CharSet {
        others: "-_./():\u{ff08}\u{ff09}\u{ff1a}\u{3001}",
        ..FIRST_V2
    }),
};

/// What an API's name may be.
pub(super) fn name_rule(version: Version, ideographs: bool) -> FieldRule {
    match version {
        Version::V1 => name_v1(ideographs),
        Version::V2 => NAME_V2,
    }
}

/// Reads them.
pub(super) fn read(fields: &Fields<'_>, version: Version) -> Result<Document, Fault> {
    let mut document = Document::default();
    let protocol = plain(fields, "req_protocol", &PROTOCOLS)?;
    let protocol = match (protocol, version) {
        (Some("GRPCS"), _) => {
            let why = "Calls by gRPC are not supported yet";
            return Err(fields.invalid_because("req_protocol", why));
        }
        (Some(protocol), _) => protocol,
        (None, Version::V1) => "HTTPS",
        (None, Version::V2) => return Err(fields.missing("req_protocol")),
    };
    document.set("req_protocol", protocol);
    let auth_type = plain(fields, "auth_type", &AUTH_TYPES)?;
    let auth_type = auth_type.ok_or_else(|| fields.missing("auth_type"))?;
    document.set("auth_type", auth_type);
    if let Some(options) = fields.object("auth_opt")? {
        let options = Fields::inside(options, "auth_opt.");
        let kind = plain(&options, "app_code_auth_type", &APP_CODE_TYPES)?;
        if let Some(kind) = kind {
            document.set(
                "auth_opt",
                serde_json::json!({ "app_code_auth_type": kind }),
            );
        }
    }
    for (name, max) in TEXTS {
        if let Some(text) = short(fields, name, max)? {
            document.set(name, text);
        }
    }
    for name in FLAGS {
        if let Some(on) = fields.flag(name)? {
            document.set(name, on);
        }
    }
    if let Some(tags) = tags(fields)? {
        document.set("tags", tags);
    }
    Ok(document)
}

/// A text of at most `max` characters; an empty one counts as absent.
pub(super) fn short<'a>(
    fields: &Fields<'a>,
    name: &str,
    max: usize,
) -> Result<Option<&'a str>, Fault> {
    match fields.text(name)? {
        Some(text) if text.chars().count() > max => Err(fields.invalid(name)),
        text => Ok(text.filter(|text| !text.is_empty())),
    }
}

fn tags<'a>(fields: &Fields<'a>) -> Result<Option<Vec<&'a str>>, Fault> {
    let Some(all) = fields.texts("tags")? else {
        return Ok(None);
    };
    let mut tags: Vec<&str> = Vec::new();
    for tag in all {
        TAG.check(tag).map_err(|_| fields.invalid("tags"))?;
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    if tags.len() > TAGS_MAX {
        return Err(Fault::TooManyTags);
    }
    Ok(Some(tags))
}

/// What of it has no effect, though a caller may believe that it has: the
/// weightiest.
pub(super) fn warning(document: &Document) -> Option<&'static str> {
    if document.auth_type() != "NONE" {
        return Some(
            "auth_type has no effect: callers of this API are not authenticated by this gateway",
        );
    }
    let is_on = |name| document.get(name) == Some(&true.into());
    if is_on("cors") {
        return Some("cors has no effect: preflight requests are passed to the backend");
    }
    if document.text("req_protocol") == Some("HTTPS") {
        return Some("req_protocol has no effect: this gateway is called over HTTP");
    }
    if is_on("trace_enabled") {
        return Some("trace_enabled has no effect");
    }
    let backend = document.object("backend_api");
    let retries = backend.get("retry_count").and_then(|own| own.as_str());
    if retries.is_some_and(|count| count != "-1") {
        return Some("retry_count has no effect: idempotent methods are tried once more");
    }
    None
}

/// `type`: whether it is public.
pub(super) fn is_public(fields: &Fields<'_>) -> Result<bool, Fault> {
    words::one_or_two(fields, "type")?.ok_or_else(|| fields.missing("type"))
}
