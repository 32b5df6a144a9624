//! APIs in a stage (spec 3.5).

use countersign_core::{Description, MethodMatch};

use super::{
    Call,
    api_view::{identity, visibility_word},
    definition::{Document, path_text},
    ids::group_and_api,
    list::{exact, fuzzy, page_fields},
};
use crate::{
    dialect::alibaba::{
        Answer, Fault,
        params::{ruled, stage},
        render::Fields,
        rules,
    },
    ops::PublishedApi,
};

const PAGE_SIZE_MAX: usize = 100;

/// `DeployApi`.
pub(super) async fn deploy(call: &Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    params.required("ApiId")?;
    let stage = params.stage()?;
    let description = params.required("Description")?;
    let description = ruled(
        "Description",
        description,
        &rules::DEPLOY_DESCRIPTION,
        Description::parse,
    )?;
    let (group, api) = group_and_api(params)?;
    let done = call
        .plane
        .ops
        .publish(call.caller, group, api, stage, description)
        .await?;
    Ok(Answer::changed(&done, Fields::new()))
}

/// `AbolishApi`.
pub(super) async fn abolish(call: &Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    params.required("ApiId")?;
    let stage = params.stage()?;
    let (group, api) = group_and_api(params)?;
    let done = call
        .plane
        .ops
        .unpublish(call.caller, group, api, stage)
        .await?;
    Ok(Answer::changed(&done, Fields::new()))
}

/// `DescribeDeployedApi`: the definition that is live, which may be older than
/// that of `DescribeApi`.
pub(super) async fn describe(call: &Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    params.required("ApiId")?;
    let stage = params.stage()?;
    let (group, id) = group_and_api(params)?;
    let ops = &call.plane.ops;
    let snapshot = ops.snapshot();
    let PublishedApi { api, publication } =
        ops.published_api(call.caller, &snapshot, group, id, &stage)?;
    let fields = identity(&snapshot, &api, &call.plane.region)
        .with("StageName", stage.as_str())
        .with("Visibility", visibility_word(&api))
        .with("Description", api.description.as_str())
        .with("DeployedTime", publication.published);
    Ok(Answer::of(
        Document::of(&publication.definition).tell(fields),
    ))
}

/// `DescribeDeployedApis`. A filter that nothing passes gives an empty list.
pub(super) async fn list(call: &Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    let page = params.page(PAGE_SIZE_MAX)?;
    let wanted_stage = params
        .optional("StageName")
        .map(|text| stage("StageName", text))
        .transpose()?;
    let wanted_method = params
        .optional("ApiMethod")
        .map(MethodMatch::parse)
        .transpose();
    let wanted_method = wanted_method.map_err(|_| Fault::invalid("ApiMethod"))?;
    let (id, group, name) = (
        params.optional("ApiId"),
        params.optional("GroupId"),
        params.optional("ApiName"),
    );
    let path = params.optional("ApiPath");
    let keep = |published: &PublishedApi| {
        let (api, publication) = (&published.api, &published.publication);
        exact(id, &api.id.to_string())
            && exact(group, &api.group.to_string())
            && fuzzy(name, api.name.as_str())
            && wanted_stage
                .as_ref()
                .is_none_or(|stage| *stage == publication.key.environment)
            && wanted_method
                .as_ref()
                .is_none_or(|method| *method == publication.definition.method)
            && path.is_none_or(|path| {
                path == path_text(&publication.definition, &publication.definition.path)
            })
    };
    let ops = &call.plane.ops;
    let snapshot = ops.snapshot();
    let all = ops.published_apis(call.caller, &snapshot, keep)?;
    let paged = page.of(all.iter());
    let item = |published: &PublishedApi| {
        let (api, publication) = (&published.api, &published.publication);
        let definition = &publication.definition;
        identity(&snapshot, api, &call.plane.region)
            .with("StageName", publication.key.environment.as_str())
            .with("ApiPath", path_text(definition, &definition.path))
            .with("ApiMethod", definition.method.as_str())
            .with("Visibility", visibility_word(api))
            .with("Description", api.description.as_str())
            .with("DeployedTime", publication.published)
    };
    let fields = page_fields(page, paged, "DeployedApis", "DeployedApiItem", item);
    Ok(Answer::of(fields))
}
