//! Groups (spec 4.2).

use countersign_core::{
    Description, FieldRule, Group, GroupId, GroupName, command::PlanError, rule::CharSet,
};
use serde_json::{Value, json};

use super::{Answer, Call, Fault, made_by};
use crate::{
    dialect::huawei::{
        Version,
        fields::{Body, Fields},
        listing,
        time::Told,
    },
    ops::{NewGroup, OpError},
};

/// A name in v1.0, where an account's configuration may leave ideographs out.
pub(super) const fn name_v1(ideographs: bool) -> FieldRule {
    let letters = CharSet {
        letters: true,
        digits: false,
        ideographs,
        others: "",
    };
    let all = CharSet {
        digits: true,
        others: "_",
        ..letters
    };
    FieldRule {
        min: 3,
        max: 64,
        first: Some(letters),
        rest: Some(all),
    }
}

/// What a name in v2 begins with, groups' and APIs' alike.
pub(super) const FIRST_V2: CharSet = CharSet {
    letters: true,
    digits: true,
    ideographs: true,
    others: "",
};

const NAME_V2: FieldRule = FieldRule {
    min: 3,
    max: 255,
    first: Some(FIRST_V2),
    rest: Some(CharSet {
        others: ":._()\\/-\u{ff08}\u{ff09}\u{ff1a}\u{3001}",
        ..FIRST_V2
    }),
};

pub(super) async fn create(call: &Call<'_>) -> Result<Answer, Fault> {
    let body = Body::read(call.body)?;
    let (name, description) = read(call, &body.fields())?;
    let new = NewGroup {
        name,
        description,
        made_by: made_by(),
    };
    let done = call.plane.ops.create_group(call.caller, new).await?;
    let shown = shown(call, &done.outcome, Told::Made);
    Ok(Answer::created(&done, shown))
}

pub(super) fn show(call: &Call<'_>) -> Result<Answer, Fault> {
    let group = call.plane.ops.group(call.caller, id(call.id)?);
    let group = group.map_err(Fault::of(call.id))?;
    Ok(Answer::of(shown(call, &group, Told::Listed)))
}

/// The body takes the place of the former one whole: without a remark in it
/// there is none.
pub(super) async fn update(call: &Call<'_>) -> Result<Answer, Fault> {
    let body = Body::read(call.body)?;
    let (name, description) = read(call, &body.fields())?;
    let (id, ops) = (id(call.id)?, &call.plane.ops);
    let done = ops.modify_group(call.caller, id, Some(name), Some(description));
    let done = done.await.map_err(Fault::of(call.id))?;
    let shown = shown(call, &done.outcome, Told::Changed);
    Ok(Answer::changed(&done, shown))
}

pub(super) async fn delete(call: &Call<'_>) -> Result<Answer, Fault> {
    let id = id(call.id)?;
    let done = call.plane.ops.delete_group(call.caller, id).await;
    let done = done.map_err(|error| match error {
        OpError::Refused(PlanError::GroupNotEmpty { .. }) => not_empty(call, id, error),
        error => Fault::of(call.id)(error),
    })?;
    Ok(Answer::deleted(&done))
}

/// The operation page of v2 names an API that is in the way.
fn not_empty(call: &Call<'_>, id: GroupId, error: OpError) -> Fault {
    let snapshot = call.plane.ops.snapshot();
    let api = snapshot.apis_of_group(id).next();
    let api = api.filter(|_| call.version == Version::V2);
    Fault::of(&api.map_or(String::new(), |api| api.id.to_string()))(error)
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Fault> {
    let (page, id, name) = (call.page()?, call.exact("id"), call.filter("name"));
    let keep = |group: &Group| id.keeps(&group.id.to_string()) && name.keeps(group.name.as_str());
    let groups = call.plane.ops.groups(call.caller, keep)?;
    let page = page.of(groups.iter());
    let list = listing::wrapped("groups", page, |own| shown(call, &own, Told::Listed));
    Ok(Answer::of(list))
}

/// The group of this id; a text that is none names nothing.
pub(super) fn id(text: &str) -> Result<GroupId, Fault> {
    GroupId::parse(text).map_err(|_| Fault::plan(PlanError::GroupNotFound, text))
}

fn read(call: &Call<'_>, fields: &Fields<'_>) -> Result<(GroupName, Description), Fault> {
    let (rule, remark_max) = match call.version {
        Version::V1 => (name_v1(call.plane.huawei.ideographs_in_names), 255),
        Version::V2 => (NAME_V2, 1000),
    };
    let name = GroupName::parse(fields.required("name")?, &rule);
    let name = name.map_err(|_| fields.invalid("name"))?;
    Ok((name, remark(fields, remark_max)?))
}

/// `remark`, of at most `max` characters.
pub(super) fn remark(fields: &Fields<'_>, max: usize) -> Result<Description, Fault> {
    let text = fields.text("remark")?.unwrap_or_default();
    if text.chars().count() > max {
        return Err(fields.invalid("remark"));
    }
    Ok(Description::from_stored(text))
}

fn shown(call: &Call<'_>, group: &Group, told: Told) -> Value {
    let mut shown = json!({
        "id": group.id.to_string(),
        "name": group.name.as_str(),
        "status": 1,
        "sl_domain": group.host.as_str(),
        "sl_domains": [group.host.as_str()],
        "register_time": told.made(group.created),
        "update_time": told.changed(group.created, group.modified),
        "on_sell_status": 2,
        "is_default": 2,
    });
    if !group.description.as_str().is_empty() {
        shown["remark"] = group.description.as_str().into();
    }
    if call.version == Version::V2 {
        shown["version"] = "V1".into();
        shown["sl_domain_access_enabled"] = true.into();
        shown["url_domains"] = json!([]);
    }
    shown
}
