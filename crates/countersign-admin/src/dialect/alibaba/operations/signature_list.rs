//! Which key signs for which APIs, from three sides (spec 2.9 to 2.11).

use countersign_core::Visibility;

use super::{
    Call,
    ids::{api_id, api_ids, group_id, signature_id, split},
    list::page_fields,
};
use crate::{
    dialect::alibaba::{Answer, Fault, render::Fields},
    ops::BoundApi,
};

const PAGE_SIZE_MAX: usize = 100;

/// `DescribeSignaturesByApi`: a list of one or none, since an API has at most
/// one key in a stage.
pub(super) async fn by_api(call: &Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    let (group, api) = (params.required("GroupId")?, params.required("ApiId")?);
    let stage = params.stage()?;
    let (group, api) = (group_id(group)?, api_id(api)?);
    let ops = &call.plane.ops;
    let bound = ops.key_of_api(call.caller, &ops.snapshot(), Some(group), api, &stage)?;
    let items = bound.iter().map(signature).collect();
    Ok(Answer::of(Fields::new().with_list(
        "Signatures",
        "SignatureItem",
        items,
    )))
}

/// `DescribeApisBySignature`: one entry for each API and stage.
pub(super) async fn apis(call: &Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    let id = params.required("SignatureId")?;
    let page = params.page(PAGE_SIZE_MAX)?;
    let id = signature_id(id)?;
    let ops = &call.plane.ops;
    let snapshot = ops.snapshot();
    let paged = page.of(ops.apis_of_key(call.caller, &snapshot, id)?.iter());
    let fields = page_fields(page, paged, "ApiInfos", "ApiInfo", |bound: &BoundApi| {
        let api = &bound.api;
        let visibility = match api.visibility {
            Visibility::Public => "PUBLIC",
            Visibility::Private => "PRIVATE",
        };
        Fields::new()
            .with("RegionId", call.plane.region.as_str())
            .with("GroupId", api.group.to_string())
            .with("GroupName", bound.group.name.as_str())
            .with("StageName", bound.environment.name.as_str())
            .with("ApiId", api.id.to_string())
            .with("ApiName", api.name.as_str())
            .with("Description", api.description.as_str())
            .with("Visibility", visibility)
            .with("BoundTime", bound.binding.bound)
    });
    Ok(Answer::of(fields))
}

/// `DescribeApiSignatures`: the APIs of a group that have a key in the stage.
pub(super) async fn of_group(call: &Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    let group = params.required("GroupId")?;
    let stage = params.stage()?;
    let ids = params.optional("ApiIds").map(split).transpose()?;
    let page = params.page(PAGE_SIZE_MAX)?;
    let group = group_id(group)?;
    let ids = ids.map(api_ids).transpose()?;
    let ops = &call.plane.ops;
    let snapshot = ops.snapshot();
    let bound = ops.keys_of_group(call.caller, &snapshot, group, ids.as_ref(), &stage)?;
    let fields = page_fields(
        page,
        page.of(bound.iter()),
        "ApiSignatures",
        "ApiSignatureItem",
        |bound| {
            let api = Fields::new()
                .with("ApiId", bound.api.id.to_string())
                .with("ApiName", bound.api.name.as_str());
            with_signature(api, bound)
        },
    );
    Ok(Answer::of(fields))
}

fn signature(bound: &BoundApi) -> Fields {
    with_signature(Fields::new(), bound)
}

fn with_signature(fields: Fields, bound: &BoundApi) -> Fields {
    fields
        .with("SignatureId", bound.key.id.to_string())
        .with("SignatureName", bound.key.name.as_str())
        .with("BoundTime", bound.binding.bound)
}
