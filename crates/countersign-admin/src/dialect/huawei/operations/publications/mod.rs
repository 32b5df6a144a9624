//! Publishing, taking offline, versions (spec 4.4).

mod batch;
mod versions;

use countersign_core::{
    ApiId, Description, Environment, EnvironmentId, Publication, PublicationId, command::PlanError,
};
use serde_json::{Value, json};

pub(super) use self::{
    batch::batch,
    versions::{switch, versions},
};
use super::{Answer, Call, Fault, environments, groups};
use crate::{
    dialect::huawei::{
        fields::{Body, Fields},
        ids, time,
    },
    ops::Done,
};

/// Most characters of a remark.
const REMARK_MAX: usize = 255;

/// What `action` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Online,
    Offline,
}

impl Action {
    fn read(text: &str) -> Option<Self> {
        match text {
            "online" => Some(Self::Online),
            "offline" => Some(Self::Offline),
            _ => None,
        }
    }
}

/// An API and an environment, as a call names them.
struct Place<'a> {
    /// The API's id, as it was written.
    api: &'a str,
    environment: &'a Environment,
}

/// v1.0: makes the definition of now live.
pub(super) async fn publish(call: &Call<'_>) -> Result<Answer, Fault> {
    let body = Body::read(call.body)?;
    let fields = body.fields();
    let (env_id, remark) = (fields.required("env_id")?, remark(&fields)?);
    let environment = environment(call, env_id)?;
    let place = Place {
        api: call.id,
        environment: &environment,
    };
    let done = go_online(call, &place, remark).await?;
    Ok(Answer::created(&done, place.shown(call, &done.outcome)))
}

/// v1.0: takes an API off an environment.
pub(super) async fn take_offline(call: &Call<'_>) -> Result<Answer, Fault> {
    let environment = environment(call, call.required_query("env_id")?)?;
    let place = Place {
        api: call.id,
        environment: &environment,
    };
    let done = go_offline(call, &place).await?;
    Ok(Answer::deleted(&done))
}

/// v2: either.
pub(super) async fn act(call: &Call<'_>) -> Result<Answer, Fault> {
    let body = Body::read(call.body)?;
    let fields = body.fields();
    let action = fields.required("action")?;
    let action = Action::read(action).ok_or_else(|| fields.invalid("action"))?;
    let (env_id, api) = (fields.required("env_id")?, fields.required("api_id")?);
    let remark = remark(&fields)?;
    let environment = environment(call, env_id)?;
    let place = Place {
        api,
        environment: &environment,
    };
    match action {
        Action::Online => {
            let done = go_online(call, &place, remark).await?;
            Ok(Answer::created(&done, place.shown(call, &done.outcome)))
        }
        // The Go client takes no 204 for a POST (spec 4.4).
        Action::Offline => {
            let done = go_offline(call, &place).await?;
            Ok(Answer::created(&done, place.named(call)))
        }
    }
}

async fn go_online(
    call: &Call<'_>,
    place: &Place<'_>,
    remark: Description,
) -> Result<Done<std::sync::Arc<Publication>>, Fault> {
    let (api, environment) = (api_id(place.api)?, place.environment.name.clone());
    let ops = &call.plane.ops;
    let done = ops.publish(call.caller, None, api, environment, remark);
    done.await.map_err(Fault::of(place.api))
}

async fn go_offline(call: &Call<'_>, place: &Place<'_>) -> Result<Done<()>, Fault> {
    let (api, environment) = (api_id(place.api)?, place.environment.name.clone());
    let ops = &call.plane.ops;
    let done = ops.unpublish(call.caller, None, api, environment);
    done.await.map_err(Fault::of(place.api))
}

/// The API of this id; a text that is none names nothing.
pub(super) fn api_id(text: &str) -> Result<ApiId, Fault> {
    ApiId::parse(text).map_err(|_| Fault::plan(PlanError::ApiNotFound, text))
}

/// The environment of the caller that has this id.
fn environment(call: &Call<'_>, text: &str) -> Result<std::sync::Arc<Environment>, Fault> {
    let id = environments::id(text)?;
    let found = call.plane.ops.environment(call.caller, &call.snapshot, id);
    found.map_err(Fault::of(text))
}

fn remark(fields: &Fields<'_>) -> Result<Description, Fault> {
    groups::remark(fields, REMARK_MAX)
}

impl Place<'_> {
    /// Which API, where.
    fn named(&self, call: &Call<'_>) -> Value {
        let mut named = json!({
            "api_id": self.api,
            "env_id": ids::show_environment(self.environment.id),
        });
        if let Ok(id) = ApiId::parse(self.api) {
            named["publish_id"] = publish_id(id, self.environment.id).into();
            if let Some(api) = call.plane.ops.snapshot().api(id) {
                named["api_name"] = api.name.as_str().into();
            }
        }
        named
    }

    /// What is live now.
    fn shown(&self, call: &Call<'_>, publication: &Publication) -> Value {
        let mut shown = self.named(call);
        let version = publication.version(self.environment.id);
        shown["version_id"] = version.to_string().into();
        shown["publish_time"] = time::nanoseconds(publication.published).into();
        shown["remark"] = publication.description.as_str().into();
        shown
    }
}

/// The id that an API in an environment has, published there or not.
pub(super) fn publish_id(api: ApiId, environment: EnvironmentId) -> String {
    PublicationId::of(api, environment).to_string()
}
