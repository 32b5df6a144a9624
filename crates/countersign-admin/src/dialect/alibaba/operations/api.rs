//! Making, changing and removing APIs (spec 3.2).

use countersign_core::{Api, ApiDefinition, ApiName, Description, Visibility};

use super::{
    Call,
    definition::Document,
    ids::{group_and_api, group_id},
    made_by,
};
use crate::{
    dialect::alibaba::{Answer, Fault, Params, params::ruled, render::Fields, rules},
    ops::{ApiPatch, NewApi},
};

/// `CreateApi`.
pub(super) async fn create(call: &Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    let group = params.required("GroupId")?;
    let name = params.required("ApiName")?;
    let visibility_text = params.required("Visibility")?;
    params.required("RequestConfig")?;
    params.required("ServiceConfig")?;

    let name = read_name(name)?;
    let visibility = visibility(visibility_text)?;
    let description = read_description(params.given("Description").unwrap_or_default())?;
    check_unsupported(params)?;
    let warning = warning(params)?;
    let mut document = Document::default();
    document.take(params)?;
    let definition = document.definition()?;
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

/// `ModifyApi`. What is absent stays as it is, and so does what is empty. A
/// JSON text that is there takes the place of the former one whole. Clients
/// see the change once the API is deployed again.
pub(super) async fn modify(call: &Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    params.required("ApiId")?;
    let patch = ApiPatch {
        name: params.optional("ApiName").map(read_name).transpose()?,
        description: params
            .optional("Description")
            .map(read_description)
            .transpose()?,
        visibility: params.optional("Visibility").map(visibility).transpose()?,
    };
    check_unsupported(params)?;
    let warning = warning(params)?;
    // Whether the texts are good is told before whether there is such an API.
    Document::default().take(params)?;
    let (group, id) = group_and_api(params)?;
    let redefine = |api: &Api| redefined(api, params);
    let done = call
        .plane
        .ops
        .modify_api(call.caller, group, id, patch, redefine)
        .await?;
    Ok(Answer {
        warning,
        ..Answer::changed(&done, Fields::new())
    })
}

/// The definition with what the call says put over it; `None` if that is
/// nothing.
fn redefined(api: &Api, params: &Params) -> Result<Option<ApiDefinition>, Fault> {
    let mut document = Document::of(&api.definition);
    let before = document.clone();
    document.take(params)?;
    if document == before {
        return Ok(None);
    }
    let mut definition = document.definition()?;
    definition.payload = api.definition.payload;
    Ok(Some(definition))
}

fn read_name(text: &str) -> Result<ApiName, Fault> {
    ruled("ApiName", text, &rules::API_NAME, ApiName::parse)
}

fn read_description(text: &str) -> Result<Description, Fault> {
    ruled("Description", text, &rules::DESCRIPTION, Description::parse)
}

/// `Visibility`.
pub(super) fn visibility(text: &str) -> Result<Visibility, Fault> {
    match text {
        "PUBLIC" => Ok(Visibility::Public),
        "PRIVATE" => Ok(Visibility::Private),
        _ => Err(Fault::invalid("Visibility")),
    }
}

/// What would change how an API is served and is not here is refused: to pass
/// over it would serve something else than the caller asked for.
fn check_unsupported(params: &Params) -> Result<(), Fault> {
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

/// `DeleteApi`.
pub(super) async fn delete(call: &Call<'_>) -> Result<Answer, Fault> {
    let (group, api) = group_and_api(call.params)?;
    let done = call.plane.ops.delete_api(call.caller, group, api).await?;
    Ok(Answer::changed(&done, Fields::new()))
}
