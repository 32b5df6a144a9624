//! Which APIs a plugin is attached to (spec 3.6): the same bindings as those
//! of a signature key.

use std::collections::BTreeSet;

use countersign_core::{ApiId, EnvironmentName, GroupId, SignatureKeyId, path::ParameterStyle};

use super::{
    Call,
    api_view::identity,
    ids::{api_id, api_ids, group_id, split},
    list::{exact, fuzzy, page_fields},
    plugin::plugin_id,
};
use crate::{
    dialect::alibaba::{Answer, Fault, Params, render::Fields},
    ops::BoundApi,
};

const PAGE_SIZE_MAX: usize = 100;

/// `AttachPlugin`: all of the APIs or none, and only where they are published.
/// Another plugin that one of them has is replaced.
pub(super) async fn attach(call: &Call<'_>) -> Result<Answer, Fault> {
    let Target {
        plugin,
        group,
        apis,
        stage,
    } = Target::read(call.params)?;
    let done = call
        .plane
        .ops
        .bind_published(call.caller, plugin, group, apis, stage)
        .await
        .map_err(Fault::Plugin)?;
    Ok(Answer::changed(&done, Fields::new()))
}

/// `DetachPlugin`: an API that has another plugin, or none, is passed over.
pub(super) async fn detach(call: &Call<'_>) -> Result<Answer, Fault> {
    let Target {
        plugin,
        group,
        apis,
        stage,
    } = Target::read(call.params)?;
    let done = call
        .plane
        .ops
        .unbind_anywhere(call.caller, plugin, group, apis, stage)
        .await
        .map_err(Fault::Plugin)?;
    Ok(Answer::changed(&done, Fields::new()))
}

struct Target {
    plugin: SignatureKeyId,
    group: Option<GroupId>,
    apis: BTreeSet<ApiId>,
    stage: EnvironmentName,
}

impl Target {
    /// `ApiId` or `ApiIds`; of both, all are meant.
    fn read(params: &Params) -> Result<Self, Fault> {
        let plugin = params.required("PluginId")?;
        let stage = params.stage()?;
        let one = params.optional("ApiId");
        let several = params.optional("ApiIds").map(split).transpose()?;
        if one.is_none() && several.is_none() {
            return Err(Fault::Missing("ApiId"));
        }
        let plugin = plugin_id(plugin)?;
        let group = params.optional("GroupId").map(group_id).transpose()?;
        let mut apis = api_ids(several.unwrap_or_default())?;
        apis.extend(one.map(api_id).transpose()?);
        Ok(Self {
            plugin,
            group,
            apis,
            stage,
        })
    }
}

/// `DescribePluginApis`: one entry for each API and stage.
pub(super) async fn apis(call: &Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    let id = params.required("PluginId")?;
    let page = params.page(PAGE_SIZE_MAX)?;
    let (group, group_name) = (params.optional("GroupId"), params.optional("GroupName"));
    let (api, api_name) = (params.optional("ApiId"), params.optional("ApiName"));
    let (method, path) = (params.optional("Method"), params.optional("Path"));
    let id = plugin_id(id)?;
    let path_of = |bound: &BoundApi| bound.api.definition.path.to_text(ParameterStyle::BRACKETS);
    let keep = |bound: &&BoundApi| {
        exact(group, &bound.group.id.to_string())
            && fuzzy(group_name, bound.group.name.as_str())
            && exact(api, &bound.api.id.to_string())
            && fuzzy(api_name, bound.api.name.as_str())
            && exact(method, bound.api.definition.method.as_str())
            && exact(path, &path_of(bound))
    };
    let ops = &call.plane.ops;
    let snapshot = ops.snapshot();
    let all = ops
        .apis_of_key(call.caller, &snapshot, id)
        .map_err(Fault::Plugin)?;
    let paged = page.of(all.iter().filter(keep));
    let item = |bound: &BoundApi| {
        identity(&snapshot, &bound.api, &call.plane.region)
            .with("StageName", bound.environment.name.as_str())
            .with("Description", bound.api.description.as_str())
            .with("Method", bound.api.definition.method.as_str())
            .with("Path", path_of(bound))
    };
    let fields = page_fields(page, paged, "ApiSummarys", "ApiPluginSummary", item);
    Ok(Answer::of(fields))
}
