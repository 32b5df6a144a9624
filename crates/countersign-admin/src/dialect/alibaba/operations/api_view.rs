//! What is told of APIs (spec 3.5).

use countersign_core::{
    Api, EnvironmentName, MethodMatch, PublicationKey, Snapshot, Visibility, environment,
};

use super::{
    Call,
    api::visibility,
    definition::{Document, path_text},
    ids::group_and_api,
    list::{exact, fuzzy, page_fields},
};
use crate::dialect::alibaba::{Answer, Fault, params::stage, render::Fields};

const PAGE_SIZE_MAX: usize = 100;

/// `DescribeApi`: the definition that the next deployment makes live, as real
/// objects.
pub(super) async fn describe(call: &Call<'_>) -> Result<Answer, Fault> {
    let (group, id) = group_and_api(call.params)?;
    let ops = &call.plane.ops;
    let snapshot = ops.snapshot();
    let api = ops.api(call.caller, &snapshot, group, id)?;
    let fields = identity(&snapshot, &api, &call.plane.region)
        .with("Visibility", visibility_word(&api))
        .with("Description", api.description.as_str())
        .with("CreatedTime", api.created)
        .with("ModifiedTime", api.modified);
    let fields = Document::of(&api.definition).tell(fields).with_list(
        "DeployedInfos",
        "DeployedInfo",
        deployed_infos(&snapshot, &api),
    );
    Ok(Answer::of(fields))
}

/// `DescribeApis`. A filter that nothing passes gives an empty list.
pub(super) async fn list(call: &Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    let page = params.page(PAGE_SIZE_MAX)?;
    let wanted_visibility = params.optional("Visibility").map(visibility).transpose()?;
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

    let snapshot = call.plane.ops.snapshot();
    let keep = |api: &Api| {
        exact(id, &api.id.to_string())
            && exact(group, &api.group.to_string())
            && fuzzy(name, api.name.as_str())
            && wanted_visibility.is_none_or(|wanted| wanted == api.visibility)
            && wanted_stage
                .as_ref()
                .is_none_or(|stage| is_deployed(&snapshot, api, stage))
            && wanted_method
                .as_ref()
                .is_none_or(|method| *method == api.definition.method)
            && path.is_none_or(|path| path == path_text(&api.definition, &api.definition.path))
    };
    let paged = call.plane.ops.apis(call.caller, &snapshot, keep, page)?;
    let fields = page_fields(page, paged, "ApiSummarys", "ApiSummary", |api| {
        summary(&snapshot, api, &call.plane.region)
    });
    Ok(Answer::of(fields))
}

fn is_deployed(snapshot: &Snapshot, api: &Api, stage: &EnvironmentName) -> bool {
    snapshot
        .publication(&PublicationKey {
            api: api.id,
            environment: stage.clone(),
        })
        .is_some()
}

/// Which API it is.
pub(super) fn identity(snapshot: &Snapshot, api: &Api, region: &str) -> Fields {
    let group_name = snapshot
        .group(api.group)
        .map_or("", |group| group.name.as_str());
    Fields::new()
        .with("RegionId", region)
        .with("GroupId", api.group.to_string())
        .with("GroupName", group_name)
        .with("ApiId", api.id.to_string())
        .with("ApiName", api.name.as_str())
}

/// `PUBLIC` or `PRIVATE`.
pub(super) fn visibility_word(api: &Api) -> &'static str {
    match api.visibility {
        Visibility::Public => "PUBLIC",
        Visibility::Private => "PRIVATE",
    }
}

fn summary(snapshot: &Snapshot, api: &Api, region: &str) -> Fields {
    identity(snapshot, api, region)
        .with("ApiPath", path_text(&api.definition, &api.definition.path))
        .with("ApiMethod", api.definition.method.as_str())
        .with("Visibility", visibility_word(api))
        .with("Description", api.description.as_str())
        .with("CreatedTime", api.created)
        .with("ModifiedTime", api.modified)
        .with_list(
            "DeployedInfos",
            "DeployedInfo",
            deployed_infos(snapshot, api),
        )
}

/// All three stages; the version in force is the change that published it.
fn deployed_infos(snapshot: &Snapshot, api: &Api) -> Vec<Fields> {
    let publications: Vec<_> = snapshot.publications_of_api(api.id).collect();
    let info = |stage: &'static str| {
        let fields = Fields::new().with("StageName", stage);
        match publications
            .iter()
            .find(|publication| publication.key.environment.as_str() == stage)
        {
            Some(publication) => fields
                .with(
                    "EffectiveVersion",
                    publication.published_revision.to_string(),
                )
                .with("DeployedStatus", "DEPLOYED"),
            None => fields.with("DeployedStatus", "NONDEPLOYED"),
        }
    };
    environment::INITIAL.into_iter().map(info).collect()
}
