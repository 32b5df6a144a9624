//! Lists of APIs.

use countersign_core::{Api, PublicationKey, Visibility};

use super::{
    super::{Answer, Call, Fault, environments},
    document::Document,
    view,
};
use crate::{
    dialect::huawei::{Version, listing},
    ops::Page,
};

/// Stands for APIs without any (v2).
const NO_TAGS: &str = "#no_tags#";

pub(in super::super) fn list(call: &Call<'_>) -> Result<Answer, Fault> {
    let page = match (call.version, call.query("page_size")) {
        (Version::V1, Some("0")) => Page::ALL,
        _ => call.page()?,
    };
    let (id, group, name) = (
        call.exact("id"),
        call.exact("group_id"),
        call.filter("name"),
    );
    let (uri, kind) = (call.filter("req_uri"), kind(call)?);
    let environment = call.query("env_id").map(|text| {
        let id = environments::id(text).ok()?;
        let found = call.snapshot.environment_by_id(&call.caller.account, id);
        found.map(|own| own.name.clone())
    });
    // No API here has a load channel.
    let has_channel = call.query("vpc_channel_name").is_some() && call.version == Version::V2;
    let keep = |api: &Api| {
        let (definition, document) = (&api.definition, Document::of(&api.definition));
        let is_live = |environment| {
            let at = PublicationKey {
                api: api.id,
                environment,
            };
            call.snapshot.publication(&at).is_some()
        };
        !has_channel
            && id.keeps(&api.id.to_string())
            && group.keeps(&api.group.to_string())
            && name.keeps(api.name.as_str())
            && uri.keeps(&definition.path.to_string())
            && kind.is_none_or(|wanted| wanted == api.visibility)
            && is_word(call, "req_method", definition.method.as_str())
            && is_word(call, "req_protocol", document.req_protocol())
            && is_word(call, "auth_type", document.auth_type())
            && has_tag(call, &document)
            && environment
                .clone()
                .is_none_or(|own| own.is_some_and(is_live))
    };
    let paged = call
        .plane
        .ops
        .apis(call.caller, &call.snapshot, keep, page)?;
    let list = listing::wrapped("apis", paged, |api| view::listed(call, &api));
    Ok(Answer::of(list))
}

/// `type`.
fn kind(call: &Call<'_>) -> Result<Option<Visibility>, Fault> {
    match call.query("type") {
        None => Ok(None),
        Some("1") => Ok(Some(Visibility::Public)),
        Some("2") => Ok(Some(Visibility::Private)),
        Some(_) => Err(Fault::invalid_query("type")),
    }
}

/// Words are asked for in any case.
fn is_word(call: &Call<'_>, name: &'static str, value: &str) -> bool {
    let wanted = call.query(name);
    wanted.is_none_or(|wanted| wanted.eq_ignore_ascii_case(value))
}

/// Any of several, with commas between.
fn has_tag(call: &Call<'_>, document: &Document) -> bool {
    let (Some(wanted), tags) = (call.query("tags"), document.tags()) else {
        return true;
    };
    wanted.split(',').any(|tag| match tag.trim() {
        NO_TAGS => tags.is_empty(),
        tag => tags.contains(&tag),
    })
}
