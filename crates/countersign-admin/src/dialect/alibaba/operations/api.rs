//! APIs (spec 3.2 and 3.5).

use countersign_core::{
    Api, ApiName, Description, EnvironmentName, MethodMatch, PublicationKey, Snapshot, Visibility,
    environment, path::ParameterStyle,
};

use super::{
    Call, api_definition,
    ids::{group_and_api, group_id},
    list::{exact, fuzzy, page_fields},
    made_by,
};
use crate::{
    dialect::alibaba::{
        Answer, Fault, Params,
        params::{ruled, stage},
        render::Fields,
        rules,
    },
    ops::NewApi,
};

/// `CreateApi`.
pub(super) async fn create(call: &Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    let group = params.required("GroupId")?;
    let name = params.required("ApiName")?;
    let visibility_text = params.required("Visibility")?;
    let definition_texts = (
        params.required("RequestConfig")?,
        params.required("ServiceConfig")?,
    );

    let name = ruled("ApiName", name, &rules::API_NAME, ApiName::parse)?;
    let visibility = visibility(visibility_text)?;
    let description = params.given("Description").unwrap_or_default();
    let description = ruled(
        "Description",
        description,
        &rules::DESCRIPTION,
        Description::parse,
    )?;
    let definition = api_definition::read(definition_texts.0, definition_texts.1)?;
    check_unsupported(params)?;
    let warning = warning(params)?;
    let group = group_id(group)?;

    let new = NewApi {
        group,
        name,
        description,
        visibility,
        definition,
        made_by: made_by(),
    };
    let done = call.plane.ops.create_api(call.caller, new).await?;
    let fields = Fields::new().with("ApiId", done.outcome.id.to_string());
    Ok(Answer {
        warning,
        ..Answer::changed(&done, fields)
    })
}

fn visibility(text: &str) -> Result<Visibility, Fault> {
    match text {
        "PUBLIC" => Ok(Visibility::Public),
        "PRIVATE" => Ok(Visibility::Private),
        _ => Err(Fault::invalid("Visibility")),
    }
}

/// What would change how an API is served and is not here yet is refused: to
/// pass over it would serve something else than the caller asked for. The
/// tables that are documentation only (`RequestParameters`, `ResultSample`,
/// …) have no effect in PASSTHROUGH mode and are passed over.
fn check_unsupported(params: &Params) -> Result<(), Fault> {
    for table in [
        "ServiceParameters",
        "ServiceParametersMap",
        "ConstantParameters",
        "SystemParameters",
    ] {
        let Some(text) = params.optional(table) else {
            continue;
        };
        match serde_json::from_str::<Vec<serde::de::IgnoredAny>>(text) {
            Ok(entries) if entries.is_empty() => {}
            Ok(_) => {
                return Err(Fault::invalid_inside(
                    table,
                    "Mapping of parameters is not supported yet.",
                ));
            }
            Err(_) => return Err(Fault::invalid_inside(table, "It is not a JSON array.")),
        }
    }
    for switch in ["BackendEnable", "ForceNonceCheck", "DisableInternet"] {
        if params.flag(switch)? {
            return Err(Fault::invalid_inside(switch, "It is not supported yet."));
        }
    }
    match params.optional("WebSocketApiType") {
        None | Some("COMMON") => Ok(()),
        Some(_) => Err(Fault::invalid_inside(
            "WebSocketApiType",
            "Only COMMON is supported.",
        )),
    }
}

/// `AuthType` says how the gateway authenticates clients, which it does not
/// do: taking it silently would let a provider believe that it does.
fn warning(params: &Params) -> Result<Option<&'static str>, Fault> {
    match params.optional("AuthType") {
        None | Some("ANONYMOUS") => Ok(None),
        Some(other)
            if other.len() <= 32 && other.bytes().all(|b| b.is_ascii_uppercase() || b == b'_') =>
        {
            Ok(Some(
                "AuthType has no effect: callers of this API are not authenticated by this gateway",
            ))
        }
        Some(_) => Err(Fault::invalid("AuthType")),
    }
}

const PAGE_SIZE_MAX: usize = 100;

/// `DescribeApis`. A filter that nothing passes gives an empty list.
pub(super) async fn describe(call: &Call<'_>) -> Result<Answer, Fault> {
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
            && path.is_none_or(|path| path == api.definition.path.to_text(ParameterStyle::BRACKETS))
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

fn summary(snapshot: &Snapshot, api: &Api, region: &str) -> Fields {
    let group_name = snapshot
        .group(api.group)
        .map_or("", |group| group.name.as_str());
    let visibility = match api.visibility {
        Visibility::Public => "PUBLIC",
        Visibility::Private => "PRIVATE",
    };
    Fields::new()
        .with("RegionId", region)
        .with("GroupId", api.group.to_string())
        .with("GroupName", group_name)
        .with("ApiId", api.id.to_string())
        .with("ApiName", api.name.as_str())
        .with(
            "ApiPath",
            api.definition.path.to_text(ParameterStyle::BRACKETS),
        )
        .with("ApiMethod", api.definition.method.as_str())
        .with("Visibility", visibility)
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

/// `DeleteApi`.
pub(super) async fn delete(call: &Call<'_>) -> Result<Answer, Fault> {
    let (group, api) = group_and_api(call.params)?;
    let done = call.plane.ops.delete_api(call.caller, group, api).await?;
    Ok(Answer::changed(&done, Fields::new()))
}
