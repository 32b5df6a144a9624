//! Plugins of type `backendSignature` (spec 3.6). A plugin is a signature key
//! seen through the vendor's plugin operations: `PluginId` is `SignatureId`,
//! so that a change through either shows in the other. The vendor copies
//! changes of a signature into its plugin and not back.

use std::sync::Arc;

use countersign_core::{
    Description, Scheme, SignatureKey, SignatureKeyId, SignatureKeyName,
    command::signature_key::BesideOthers,
};

use super::{
    Call,
    ids::{api_id, group_id, signature_id},
    list::{exact, made_page},
    made_by, plugin_data,
};
use crate::{
    dialect::alibaba::{Answer, Fault, params::ruled, render::Fields, rules},
    ops::{NewSignatureKey, OpError, Page, Paged, SignatureKeyPatch},
};

/// The one type of plugin that is spoken.
const TYPE: &str = "backendSignature";
const PAGE_SIZE_MAX: usize = 100;

/// `CreatePlugin`. It has no effect until it is attached.
pub(super) async fn create(call: &Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    let (name, kind, data) = (
        params.required("PluginName")?,
        params.required("PluginType")?,
        params.required("PluginData")?,
    );
    let name = read_name(name)?;
    if kind != TYPE {
        let why = "Only backendSignature is supported.";
        return Err(Fault::invalid_inside("PluginType", why));
    }
    let description = read_description(params.given("Description").unwrap_or_default())?;
    let (sign_key, sign_secret) = plugin_data::read(data)?;
    let new = NewSignatureKey {
        scheme: Scheme::Alibaba,
        beside: BesideOthers::default(),
        name,
        description,
        sign_key,
        sign_secret,
        made_by: made_by(),
    };
    let done = call
        .plane
        .ops
        .create_signature_key(call.caller, new)
        .await
        .map_err(Fault::Plugin)?;
    let fields = Fields::new().with("PluginId", done.outcome.id.to_string());
    Ok(Answer::changed(&done, fields))
}

/// `ModifyPlugin`. What is absent stays as it is, and so does what is empty.
pub(super) async fn modify(call: &Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    let id = params.required("PluginId")?;
    let name = params.optional("PluginName").map(read_name).transpose()?;
    let description = params
        .optional("Description")
        .map(read_description)
        .transpose()?;
    let pair = params.optional("PluginData").map(plugin_data::read);
    let (sign_key, sign_secret) = pair.transpose()?.unzip();
    let patch = SignatureKeyPatch {
        scheme: None,
        unique_name: false,
        name,
        description,
        sign_key,
        sign_secret,
    };
    let done = call
        .plane
        .ops
        .modify_signature_key(call.caller, plugin_id(id)?, patch)
        .await
        .map_err(Fault::Plugin)?;
    Ok(Answer::changed(&done, Fields::new()))
}

/// `DeletePlugin`: one that is attached is refused.
pub(super) async fn delete(call: &Call<'_>) -> Result<Answer, Fault> {
    let id = plugin_id(call.params.required("PluginId")?)?;
    let done = call
        .plane
        .ops
        .delete_signature_key(call.caller, id, false)
        .await
        .map_err(Fault::Plugin)?;
    Ok(Answer::changed(&done, Fields::new()))
}

/// `DescribePlugins`. The secret is shown in clear, as the vendor shows it to
/// the owner. A filter that nothing passes gives an empty list.
pub(super) async fn list(call: &Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    let page = params.page(PAGE_SIZE_MAX)?;
    let (id, name, kind) = (
        params.optional("PluginId"),
        params.optional("PluginName"),
        params.optional("PluginType"),
    );
    let keep = |key: &SignatureKey| {
        exact(id, &key.id.to_string()) && exact(name, key.name.as_str()) && exact(kind, TYPE)
    };
    let ops = &call.plane.ops;
    let paged = ops.signature_keys(call.caller, &ops.snapshot(), keep, page)?;
    let with_tags = |key: &Arc<SignatureKey>| {
        let fields = attributes(call, key)?;
        Ok(fields.with_list("Tags", "TagInfo", Vec::new()))
    };
    Ok(Answer::of(listed(page, paged, with_tags)?))
}

/// `DescribePluginsByApi`: a list of one or none.
pub(super) async fn by_api(call: &Call<'_>) -> Result<Answer, Fault> {
    let params = call.params;
    let api = params.required("ApiId")?;
    let stage = params.stage()?;
    let page = params.page(PAGE_SIZE_MAX)?;
    let group = params.optional("GroupId").map(group_id).transpose()?;
    let api = api_id(api)?;
    let ops = &call.plane.ops;
    let bound = ops.key_of_api(call.caller, &ops.snapshot(), group, api, &stage)?;
    let keys: Vec<Arc<SignatureKey>> = bound.into_iter().map(|bound| bound.key).collect();
    let without_tags = |key: &Arc<SignatureKey>| attributes(call, key);
    let fields = listed(page, page.of(keys.iter()), without_tags)?;
    Ok(Answer::of(fields))
}

/// Plugins as a page of a list. The secret of each is asked for, which may be
/// refused.
fn listed(
    page: Page,
    paged: Paged<Arc<SignatureKey>>,
    fields: impl FnMut(&Arc<SignatureKey>) -> Result<Fields, OpError>,
) -> Result<Fields, OpError> {
    let items = paged.items.iter().map(fields).collect::<Result<_, _>>()?;
    let total = paged.total;
    let paged = Paged { total, items };
    Ok(made_page(page, paged, "Plugins", "PluginAttribute"))
}

fn attributes(call: &Call<'_>, key: &SignatureKey) -> Result<Fields, OpError> {
    let secret = call.plane.ops.reveal(call.caller, key)?;
    Ok(Fields::new()
        .with("PluginId", key.id.to_string())
        .with("PluginName", key.name.as_str())
        .with("PluginType", TYPE)
        .with(
            "PluginData",
            plugin_data::write(&key.active.sign_key, &secret),
        )
        .with("Description", key.description.as_str())
        .with("RegionId", call.plane.region.as_str())
        .with("CreatedTime", key.created)
        .with("ModifiedTime", key.modified))
}

/// An id that is none names no plugin.
pub(super) fn plugin_id(text: &str) -> Result<SignatureKeyId, Fault> {
    signature_id(text).map_err(as_plugin)
}

/// What is wrong with a signature key, said of a plugin.
fn as_plugin(fault: Fault) -> Fault {
    match fault {
        Fault::Op(error) => Fault::Plugin(error),
        other => other,
    }
}

fn read_name(text: &str) -> Result<SignatureKeyName, Fault> {
    ruled(
        "PluginName",
        text,
        &rules::PLUGIN_NAME,
        SignatureKeyName::parse,
    )
}

fn read_description(text: &str) -> Result<Description, Fault> {
    ruled(
        "Description",
        text,
        &rules::PLUGIN_DESCRIPTION,
        Description::parse,
    )
}
