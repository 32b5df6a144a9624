//! APIs (spec 4.3). A body tells the whole definition, and `PUT` replaces it
//! whole, but for what this dialect has no words for.

mod backend;
mod backend_params;
mod definition;
mod document;
mod extras;
mod list;
mod req_params;
mod view;
mod words;

use countersign_core::{Api, ApiName, Description, Visibility};

use self::definition::Given;
pub(super) use self::{document::Document, list::list};
use super::{Answer, Call, Fault, groups, made_by, publications::api_id};
use crate::{
    dialect::huawei::{
        fields::{Body, Fields},
        time::Told,
    },
    ops::{ApiPatch, NewApi},
};

/// A body, read.
struct Asked {
    /// The group's id, as it was written.
    group: String,
    name: ApiName,
    description: Description,
    visibility: Visibility,
}

pub(super) async fn create(call: &Call<'_>) -> Result<Answer, Fault> {
    let body = Body::read(call.body)?;
    let fields = body.fields();
    let (asked, given) = (asked(call, &fields)?, given(call, &fields)?);
    let definition = given.definition();
    let warning = extras::warning(&Document::of(&definition));
    let new = NewApi {
        group: groups::id(&asked.group)?,
        name: asked.name,
        description: asked.description,
        visibility: asked.visibility,
        definition,
        made_by: made_by(),
    };
    let done = call.plane.ops.create_api(call.caller, new).await;
    let done = done.map_err(Fault::of(&asked.group))?;
    let shown = view::whole(call, &done.outcome, Told::Made);
    Ok(Answer::created(&done, shown).warn(warning))
}

pub(super) fn show(call: &Call<'_>) -> Result<Answer, Fault> {
    let id = api_id(call.id)?;
    let api = call.plane.ops.api(call.caller, &call.snapshot, None, id);
    let api = api.map_err(Fault::of(call.id))?;
    Ok(Answer::of(view::whole(call, &api, Told::Listed)))
}

/// Clients of the API see the change once it is published again.
pub(super) async fn update(call: &Call<'_>) -> Result<Answer, Fault> {
    let body = Body::read(call.body)?;
    let fields = body.fields();
    // Whether the body is good is told before whether there is such an API.
    let asked = asked(call, &fields)?;
    given(call, &fields)?;
    let (id, group) = (api_id(call.id)?, groups::id(&asked.group)?);
    let ops = &call.plane.ops;
    let found = ops.group(call.caller, group);
    found.map_err(Fault::of(&asked.group))?;
    let patch = ApiPatch {
        name: Some(asked.name),
        description: Some(asked.description),
        visibility: Some(asked.visibility),
    };
    let redefine = |api: &Api| {
        if api.group != group {
            let why = "An API stays in its group";
            return Err(fields.invalid_because("group_id", why));
        }
        let given = given(call, &fields)?;
        Ok(Some(given.in_place_of(&api.definition)))
    };
    let done = ops.modify_api(call.caller, None, id, patch, redefine);
    let done = done.await.map_err(|fault| match fault {
        Fault::Op { error, .. } => Fault::of(call.id)(error),
        fault => fault,
    })?;
    let warning = extras::warning(&Document::of(&done.outcome.definition));
    let shown = view::whole(call, &done.outcome, Told::Changed);
    Ok(Answer::changed(&done, shown).warn(warning))
}

pub(super) async fn delete(call: &Call<'_>) -> Result<Answer, Fault> {
    let id = api_id(call.id)?;
    let done = call.plane.ops.delete_api(call.caller, None, id).await;
    let done = done.map_err(Fault::of(call.id))?;
    Ok(Answer::deleted(&done))
}

fn asked(call: &Call<'_>, fields: &Fields<'_>) -> Result<Asked, Fault> {
    let group = fields.required("group_id")?.to_owned();
    let rule = extras::name_rule(call.version, call.plane.huawei.ideographs_in_names);
    let name = ApiName::parse(fields.required("name")?, &rule);
    Ok(Asked {
        group,
        name: name.map_err(|_| fields.invalid("name"))?,
        description: groups::remark(fields, 255)?,
        visibility: words::visibility(extras::is_public(fields)?),
    })
}

fn given(call: &Call<'_>, fields: &Fields<'_>) -> Result<Given, Fault> {
    let document = extras::read(fields, call.version)?;
    definition::read(fields, call.version, document)
}
