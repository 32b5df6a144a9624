//! Environments (spec 4.1). Those that every account has are shown as well,
//! and nobody changes them.

use countersign_core::{
    Description, Environment, EnvironmentId, EnvironmentName, FieldRule, command::PlanError,
    rule::CharSet,
};
use serde_json::{Value, json};

use super::{Answer, Call, Fault, groups::remark};
use crate::{
    dialect::huawei::{
        fields::{Body, Fields},
        ids, listing,
        time::Told,
    },
    ops::NewEnvironment,
};

const NAME: FieldRule = FieldRule {
    min: 3,
    max: 64,
    first: Some(CharSet::LETTERS),
    rest: Some(CharSet {
        letters: true,
        digits: true,
        ideographs: false,
        others: "_",
    }),
};

/// Most characters of a remark.
const REMARK_MAX: usize = 255;

pub(super) async fn create(call: &Call<'_>) -> Result<Answer, Fault> {
    let body = Body::read(call.body)?;
    let (name, description) = read(&body.fields())?;
    let new = NewEnvironment {
        name,
        description,
        environments_max: call.plane.huawei.environments_max,
    };
    let done = call.plane.ops.create_environment(call.caller, new).await?;
    Ok(Answer::created(&done, shown(&done.outcome, Told::Made)))
}

/// The body takes the place of the former one whole: without a remark in it
/// there is none.
pub(super) async fn update(call: &Call<'_>) -> Result<Answer, Fault> {
    let body = Body::read(call.body)?;
    let (name, description) = read(&body.fields())?;
    let id = id(call.id)?;
    let ops = &call.plane.ops;
    let done = ops.modify_environment(call.caller, id, Some(name), Some(description));
    let done = done.await.map_err(Fault::of(call.id))?;
    Ok(Answer::changed(&done, shown(&done.outcome, Told::Changed)))
}

pub(super) async fn delete(call: &Call<'_>) -> Result<Answer, Fault> {
    let id = id(call.id)?;
    let done = call.plane.ops.delete_environment(call.caller, id);
    let done = done.await.map_err(Fault::of(call.id))?;
    Ok(Answer::deleted(&done))
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Fault> {
    let (page, name) = (call.page()?, call.filter("name"));
    let mut all = call.plane.ops.environments(call.caller, &call.snapshot)?;
    all.retain(|own| name.keeps(own.name.as_str()));
    let page = page.of(all.iter());
    let list = listing::wrapped("envs", page, |own| shown(&own, Told::Listed));
    Ok(Answer::of(list))
}

/// The environment of this id; a text that is none names nothing.
pub(super) fn id(text: &str) -> Result<EnvironmentId, Fault> {
    let id = ids::read_environment(text);
    id.ok_or_else(|| Fault::plan(PlanError::EnvironmentNotFound, text))
}

fn read(fields: &Fields<'_>) -> Result<(EnvironmentName, Description), Fault> {
    let name = fields.required("name")?;
    NAME.check(name).map_err(|_| fields.invalid("name"))?;
    let name = EnvironmentName::parse(name).map_err(|_| fields.invalid("name"))?;
    Ok((name, remark(fields, REMARK_MAX)?))
}

fn shown(environment: &Environment, told: Told) -> Value {
    let mut shown = json!({
        "id": ids::show_environment(environment.id),
        "name": environment.name.as_str(),
        "create_time": told.made(environment.created),
    });
    if !environment.description.as_str().is_empty() {
        shown["remark"] = environment.description.as_str().into();
    }
    shown
}
