//! Groups (spec 3.1).

use countersign_core::{Description, Group, GroupId, GroupName, command::PlanError, environment};

use super::{
    Call,
    ids::group_id,
    list::{exact, fuzzy, page_fields},
    made_by,
};
use crate::{
    dialect::alibaba::{Answer, Fault, params::ruled, render::Fields, rules},
    ops::{NewGroup, OpError},
};

/// `CreateApiGroup`. Tags and instances are not here; both are passed over, as
/// nothing that is served depends on them.
pub(super) async fn create(call: &Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    let name = ruled(
        "GroupName",
        params.required("GroupName")?,
        &rules::GROUP_NAME,
        GroupName::parse,
    )?;
    let description = params.given("Description").unwrap_or_default();
    let description = ruled(
        "Description",
        description,
        &rules::DESCRIPTION,
        Description::parse,
    )?;
    if params
        .optional("BasePath")
        .is_some_and(|path| path != BASE_PATH)
    {
        return Err(Fault::invalid_inside("BasePath", "Only '/' is supported."));
    }
    let new = NewGroup {
        name,
        description,
        made_by: made_by(),
    };
    let done = call.plane.ops.create_group(call.caller, new).await?;
    let group = &done.outcome;
    let fields = Fields::new()
        .with("GroupId", group.id.to_string())
        .with("GroupName", group.name.as_str())
        .with("SubDomain", group.host.as_str())
        .with("Description", group.description.as_str())
        .with("BasePath", BASE_PATH);
    Ok(Answer::changed(&done, fields))
}

const BASE_PATH: &str = "/";
/// This list's pages are shorter than the others'.
const PAGE_SIZE_MAX: usize = 50;

/// `DescribeApiGroups`. A filter that nothing passes gives an empty list.
pub(super) async fn list(call: &Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    let page = params.page(PAGE_SIZE_MAX)?;
    let ascending = match params.optional("Sort") {
        None => false,
        Some(order) if order.eq_ignore_ascii_case("desc") => false,
        Some(order) if order.eq_ignore_ascii_case("asc") => true,
        Some(_) => return Err(Fault::invalid("Sort")),
    };
    let (id, name) = (params.optional("GroupId"), params.optional("GroupName"));
    let keep = |group: &Group| exact(id, &group.id.to_string()) && fuzzy(name, group.name.as_str());
    let mut groups = call.plane.ops.groups(call.caller, keep)?;
    // By the time of the last change; what changed in one moment, by age.
    groups.sort_by_key(|group| (group.modified, group.created_revision));
    if !ascending {
        groups.reverse();
    }
    let region = &call.plane.region;
    let fields = page_fields(
        page,
        page.of(groups.iter()),
        "ApiGroupAttributes",
        "ApiGroupAttribute",
        |group| attributes(group, region),
    );
    Ok(Answer::of(fields))
}

/// `DescribeApiGroup`: one group, flat.
pub(super) async fn describe(call: &Call<'_>) -> Result<Answer, Fault> {
    let id = group_id(call.params.required("GroupId")?)?;
    let group = call.plane.ops.group(call.caller, id)?;
    // Stages have no ids here: their names are as good.
    let stage = |name: &'static str| {
        Fields::new()
            .with("StageId", name)
            .with("StageName", name)
            .with("Description", "")
    };
    let fields = attributes(&group, &call.plane.region)
        .with_list(
            "StageItems",
            "StageInfo",
            environment::INITIAL.into_iter().map(stage).collect(),
        )
        .with_list("CustomDomains", "DomainItem", Vec::new());
    Ok(Answer::of(fields))
}

fn attributes(group: &Group, region: &str) -> Fields {
    Fields::new()
        .with("GroupId", group.id.to_string())
        .with("GroupName", group.name.as_str())
        .with("SubDomain", group.host.as_str())
        .with("Description", group.description.as_str())
        .with("BasePath", BASE_PATH)
        .with("CreatedTime", group.created)
        .with("ModifiedTime", group.modified)
        .with("RegionId", region)
}

/// `DeleteApiGroup`. The vendor's quirk: deleting a group that does not exist
/// succeeds. Nothing has changed then, and the answer names no revision.
pub(super) async fn delete(call: &Call<'_>) -> Result<Answer, Fault> {
    let id = call.params.required("GroupId")?;
    let Ok(id) = GroupId::parse(id) else {
        return Ok(Answer::default());
    };
    match call.plane.ops.delete_group(call.caller, id).await {
        Ok(done) => Ok(Answer::changed(&done, Fields::new())),
        Err(OpError::Refused(PlanError::GroupNotFound)) => Ok(Answer::default()),
        Err(error) => Err(error.into()),
    }
}
