//! What is bound to what, and what is not (spec 2.3, 2.4). A binding of an API
//! that is offline is listed: it is in force again once the API is published,
//! and nobody could unbind what is not shown.

use std::cmp::Reverse;

use countersign_core::{Api, ApiId, Environment, EnvironmentId, command::PlanError};

use super::{Answer, Call, Fault, api_words::Words, binding_view, keys};
use crate::{
    dialect::huawei::{
        Version, ids,
        listing::{self, Filter},
        time,
    },
    ops::BoundApi,
};

/// The APIs that a key is bound to.
pub(super) fn apis_of_key(call: &Call<'_>) -> Result<Answer, Fault> {
    let sign_id = call.required_query("sign_id")?;
    let (filters, page) = (ApiFilters::read(call), call.page()?);
    let key = keys::find(call, sign_id)?;
    let ops = &call.plane.ops;
    let mut bound = ops.apis_of_key(call.caller, &call.snapshot, key.id)?;
    bound.retain(|own| filters.keep(&own.api, &own.environment));
    newest_first(&mut bound);
    let bound = page.of(bound.iter()).try_map(|own| {
        let time = time::seconds(own.binding.bound);
        match call.version {
            Version::V1 => binding_view::with_pair(call, &own, time),
            Version::V2 => Ok(binding_view::without_pair(call, &own, time)),
        }
    })?;
    Ok(Answer::of(listing::wrapped("bindings", bound, |own| own)))
}

/// The published APIs that a key is not bound to, one entry for each
/// environment.
pub(super) fn other_apis(call: &Call<'_>) -> Result<Answer, Fault> {
    let sign_id = call.required_query("sign_id")?;
    let (filters, page) = (ApiFilters::read(call), call.page()?);
    let key = keys::find(call, sign_id)?;
    let ops = &call.plane.ops;
    let mut unbound = ops.apis_without_key(call.caller, &call.snapshot, key.id)?;
    unbound.retain(|own| filters.keep(&own.api, &own.environment));
    let page = page.of(unbound.iter());
    let shown = listing::wrapped("apis", page, |own| binding_view::unbound(call, &own));
    Ok(Answer::of(shown))
}

/// The keys that are bound to an API, at most one in each environment.
pub(super) fn keys_of_api(call: &Call<'_>) -> Result<Answer, Fault> {
    let api_id = call.required_query("api_id")?;
    let (sign_id, sign_name) = (call.exact("sign_id"), call.filter("sign_name"));
    let (environment, page) = (EnvironmentFilter::read(call), call.page()?);
    let absent = |_| Fault::plan(PlanError::ApiNotFound, api_id);
    let api = ApiId::parse(api_id).map_err(absent)?;
    let ops = &call.plane.ops;
    let bound = ops.keys_of_api(call.caller, &call.snapshot, api);
    let mut bound = bound.map_err(Fault::of(api_id))?;
    bound.retain(|own| {
        sign_id.keeps(&own.key.id.to_string())
            && sign_name.keeps(own.key.name.as_str())
            && environment.keeps(&own.environment)
    });
    newest_first(&mut bound);
    let bound = page.of(bound.iter()).try_map(|own| {
        let time = time::seconds(own.binding.bound);
        binding_view::with_pair(call, &own, time)
    })?;
    Ok(Answer::of(listing::wrapped("bindings", bound, |own| own)))
}

/// By the time of binding. Of one time, in the order of their APIs' ids.
fn newest_first(bound: &mut [BoundApi]) {
    bound.sort_by_key(|own| Reverse(own.binding.bound));
}

/// Which APIs are wanted.
struct ApiFilters<'a> {
    environment: EnvironmentFilter,
    api: Filter<'a>,
    name: Filter<'a>,
    group: Filter<'a>,
    tags: Option<&'a str>,
}

impl<'a> ApiFilters<'a> {
    fn read(call: &'a Call<'_>) -> Self {
        Self {
            environment: EnvironmentFilter::read(call),
            api: call.exact("api_id"),
            name: call.filter("api_name"),
            group: call.exact("group_id"),
            tags: match call.version {
                Version::V1 => None,
                Version::V2 => call.query("tags"),
            },
        }
    }

    fn keep(&self, api: &Api, environment: &Environment) -> bool {
        self.environment.keeps(environment)
            && self.api.keeps(&api.id.to_string())
            && self.name.keeps(api.name.as_str())
            && self.group.keeps(&api.group.to_string())
            && self.keep_tags(api)
    }

    /// One of several tags with commas between, or `#no_tags#` for APIs that
    /// have none (the vendor's description of the parameter).
    fn keep_tags(&self, api: &Api) -> bool {
        let Some(wanted) = self.tags else {
            return true;
        };
        let tags = Words::of(&api.definition).tags;
        wanted.split(',').any(|wanted| match wanted {
            "#no_tags#" => tags.is_empty(),
            wanted => tags.iter().any(|own| own == wanted),
        })
    }
}

/// Which environment is wanted, under either of the ids that one may have.
enum EnvironmentFilter {
    Any,
    One(EnvironmentId),
    /// The id names none.
    None,
}

impl EnvironmentFilter {
    fn read(call: &Call<'_>) -> Self {
        match call.query("env_id") {
            None => Self::Any,
            Some(text) => ids::read_environment(text).map_or(Self::None, Self::One),
        }
    }

    fn keeps(&self, environment: &Environment) -> bool {
        match self {
            Self::Any => true,
            Self::One(wanted) => environment.id == *wanted,
            Self::None => false,
        }
    }
}
