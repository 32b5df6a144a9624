//! What is told of an API (spec 4.3).

use std::{cmp::Reverse, sync::Arc};

use countersign_core::{
    Api, ApiDefinition, BackendTarget, Environment, MockAnswer, Publication, Visibility,
    mapping::{
        ContentType, Location, ParameterType, RequestParameter, ServiceParameter, ValueSource,
    },
    path::ParameterStyle,
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{
    backend_params::is_content_type,
    definition::{backend_path, tables},
    document::{BACKEND_PARAMS, Document, REQ_PARAMS},
    req_params::tell_limits,
    words::{self, LOCATIONS, MATCH_MODES, SYSTEM},
};
use crate::dialect::huawei::{
    Call, Version, ids,
    operations::publications::publish_id,
    time::{self, Told},
};

/// One API, whole.
pub(super) fn whole(call: &Call<'_>, api: &Api, told: Told) -> Value {
    let view = View::of(call, api, told);
    let mut shown = view.summary();
    shown.insert("backend_params".to_owned(), view.backend_params());
    if let Some(mock) = &api.definition.mock {
        shown.insert("mock_info".to_owned(), view.mock(mock));
    }
    Value::Object(shown)
}

/// One API in a list.
pub(super) fn listed(call: &Call<'_>, api: &Api) -> Value {
    Value::Object(View::of(call, api, Told::Listed).summary())
}

struct View<'a> {
    call: &'a Call<'a>,
    api: &'a Api,
    definition: &'a ApiDefinition,
    document: Document,
    request: Vec<RequestParameter>,
    service: Vec<ServiceParameter>,
    content_type: ContentType,
    told: Told,
}

impl<'a> View<'a> {
    fn of(call: &'a Call<'a>, api: &'a Api, told: Told) -> Self {
        let definition = &*api.definition;
        let (request, service, content_type) = tables(definition);
        Self {
            call,
            api,
            definition,
            document: Document::of(definition),
            request,
            service,
            content_type,
            told,
        }
    }

    fn summary(&self) -> Map<String, Value> {
        let (api, definition) = (self.api, self.definition);
        let mut shown = self.document.extras();
        let mut set = |name: &str, value: Value| {
            shown.insert(name.to_owned(), value);
        };
        set("id", api.id.to_string().into());
        set("name", api.name.as_str().into());
        set(
            "type",
            words::number(api.visibility == Visibility::Public).into(),
        );
        set("group_id", api.group.to_string().into());
        set("auth_type", self.document.auth_type().into());
        set("req_protocol", self.document.req_protocol().into());
        set("req_method", definition.method.as_str().into());
        set("req_uri", definition.path.to_string().into());
        let match_mode = words::told(&MATCH_MODES, &definition.match_mode);
        set("match_mode", match_mode.into());
        set("remark", api.description.as_str().into());
        set("status", 1.into());
        set("arrange_necessary", 2.into());
        set("register_time", self.told.made(api.created).into());
        set(
            "update_time",
            self.told.changed(api.created, api.modified).into(),
        );
        set("req_params", self.req_params());
        let backend_type = if definition.mock.is_some() {
            "MOCK"
        } else {
            "HTTP"
        };
        set("backend_type", backend_type.into());
        if definition.mock.is_none() {
            set("backend_api", self.backend(&definition.backend));
        }
        // The state of now: a change is told with what is live after it.
        let snapshot = self.call.plane.ops.snapshot();
        if let Some(group) = snapshot.group(api.group) {
            set("group_name", group.name.as_str().into());
        }
        if self.call.version == Version::V2 {
            set("group_version", "V1".into());
        }
        let live: Vec<_> = snapshot.publications_of_api(api.id).cloned().collect();
        self.tell_live(&mut shown, live);
        shown
    }

    /// Where it is live, the newest first. v1.0 tells of the newest only: its
    /// clients know of one.
    fn tell_live(&self, shown: &mut Map<String, Value>, mut live: Vec<Arc<Publication>>) {
        live.sort_by_key(|own| Reverse(own.published_revision));
        if self.call.version == Version::V1 {
            live.truncate(1);
        }
        let snapshot = self.call.plane.ops.snapshot();
        let account = &self.api.account;
        let all = live.iter().filter_map(|own| {
            let environment = snapshot.environment(account, &own.key.environment)?;
            Some((own, environment))
        });
        let joined = |tell: &dyn Fn(&Publication, &Environment) -> String| {
            let all = all.clone().map(|(own, environment)| tell(own, environment));
            all.collect::<Vec<_>>().join("|")
        };
        if live.is_empty() {
            return;
        }
        let fields = [
            (
                "run_env_id",
                joined(&|_, own| ids::show_environment(own.id)),
            ),
            ("run_env_name", joined(&|_, own| own.name.to_string())),
            (
                "publish_id",
                joined(&|own, at| publish_id(own.key.api, at.id)),
            ),
            (
                "publish_time",
                joined(&|own, _| time::seconds(own.published)),
            ),
        ];
        for (name, text) in fields {
            shown.insert(name.to_owned(), text.into());
        }
    }

    fn backend(&self, target: &BackendTarget) -> Value {
        let address = &target.address;
        let url_domain = match address.port() {
            80 => address.host().to_owned(),
            port => format!("{}:{port}", address.host()),
        };
        let mut shown = self.document.object("backend_api");
        let channel = match self.call.version {
            Version::V1 => "vpc_status",
            Version::V2 => "vpc_channel_status",
        };
        let told = json!({
            "id": self.id_of("backend_api"),
            "url_domain": url_domain,
            "req_protocol": "HTTP",
            "req_method": target.method.as_deref().unwrap_or("ANY"),
            "req_uri": backend_path(self.definition).to_text(ParameterStyle::BRACES),
            "timeout": target.timeout_ms,
            channel: 2,
            "status": 1,
            "register_time": self.told.made(self.api.created),
            "update_time": self.told.changed(self.api.created, self.api.modified),
        });
        shown.extend(told.as_object().cloned().unwrap_or_default());
        Value::Object(shown)
    }

    fn mock(&self, mock: &MockAnswer) -> Value {
        let mut shown = self.document.object("mock_info");
        let told = json!({
            "id": self.id_of("mock_info"),
            "result_content": &*mock.body,
            "status": 1,
            "register_time": self.told.made(self.api.created),
            "update_time": self.told.changed(self.api.created, self.api.modified),
        });
        shown.extend(told.as_object().cloned().unwrap_or_default());
        Value::Object(shown)
    }

    fn req_params(&self) -> Value {
        let all = self.request.iter().enumerate();
        all.map(|(index, own)| self.req_param(index, own)).collect()
    }

    fn req_param(&self, index: usize, own: &RequestParameter) -> Value {
        let kept = self.document.parameter(REQ_PARAMS, own.location, &own.name);
        let is_checked = own.kind != ParameterType::String || own.limits != Default::default();
        // What holds is told from the definition, what does not from the text.
        let mut shown = kept.clone();
        if is_checked {
            for name in ["min_num", "max_num", "min_size", "max_size", "enumerations"] {
                shown.remove(name);
            }
            tell_limits(&own.limits, &mut shown);
            shown.insert("valid_enable".to_owned(), 1.into());
            let kind = match own.kind {
                ParameterType::String | ParameterType::Boolean => "STRING",
                _ => "NUMBER",
            };
            shown.insert("type".to_owned(), kind.into());
        }
        if own.kind == ParameterType::Boolean {
            shown.insert("enumerations".to_owned(), "true,false".into());
        }
        for (name, absent) in [("type", json!("STRING")), ("valid_enable", json!(2))] {
            shown.entry(name.to_owned()).or_insert(absent);
        }
        if let Some(default) = &own.default {
            shown.insert("default_value".to_owned(), (**default).into());
        }
        let told = json!({
            "id": self.request_id(own),
            "name": &*own.name,
            "location": words::told(&LOCATIONS, &own.location),
            "required": words::number(own.required),
            "pass_through": words::number(self.passes(index, own)),
        });
        shown.extend(told.as_object().cloned().unwrap_or_default());
        Value::Object(shown)
    }

    /// Whether the text says that it passes as it is, and it does.
    fn passes(&self, index: usize, own: &RequestParameter) -> bool {
        let kept = self.document.parameter(REQ_PARAMS, own.location, &own.name);
        if kept.get("pass_through") != Some(&1.into()) {
            return false;
        }
        if is_content_type(own.location, &own.name) {
            return self.content_type == ContentType::Client;
        }
        // Where none can get to, it says nothing, and may go on saying it.
        let is_same = |to: &ServiceParameter| {
            to.location == own.location
                && to.name == own.name
                && to.source == ValueSource::Request(index)
        };
        let has_place = own.location != Location::Path
            || backend_path(self.definition).position(&own.name).is_some();
        self.service.iter().any(is_same) || !has_place || self.definition.mock.is_some()
    }

    fn backend_params(&self) -> Value {
        let passes: Vec<bool> = self
            .request
            .iter()
            .enumerate()
            .map(|(index, own)| self.passes(index, own))
            .collect();
        let is_told = |own: &&ServiceParameter| match &own.source {
            ValueSource::Request(index) => self.request.get(*index).is_none_or(|from| {
                !(passes[*index] && from.location == own.location && from.name == own.name)
            }),
            ValueSource::Constant(_) | ValueSource::System(_) => true,
        };
        let told = self.service.iter().filter(is_told);
        let mut shown: Vec<Value> = told.map(|own| self.backend_param(own)).collect();
        shown.extend(self.content_type(&passes));
        Value::Array(shown)
    }

    /// The media type of bodies, where it is said and not by passing.
    fn content_type(&self, passes: &[bool]) -> Option<Value> {
        let source = match &self.content_type {
            ContentType::Default => return None,
            ContentType::Custom(text) => ValueSource::Constant(text.clone()),
            ContentType::Client => {
                let is_it = |own: &RequestParameter| is_content_type(own.location, &own.name);
                let index = self.request.iter().position(is_it)?;
                if passes[index] {
                    return None;
                }
                ValueSource::Request(index)
            }
        };
        Some(self.backend_param(&ServiceParameter {
            name: "Content-Type".into(),
            location: Location::Header,
            source,
        }))
    }

    fn backend_param(&self, own: &ServiceParameter) -> Value {
        let mut shown = self
            .document
            .parameter(BACKEND_PARAMS, own.location, &own.name);
        let location = words::told(&LOCATIONS, &own.location);
        let (origin, value) = match &own.source {
            ValueSource::Request(index) => {
                let from = self.request.get(*index);
                if let Some(from) = from {
                    shown.insert("req_param_id".to_owned(), self.request_id(from).into());
                }
                ("REQUEST", from.map_or("", |from| &*from.name))
            }
            ValueSource::Constant(text) => ("CONSTANT", &**text),
            ValueSource::System(meaning) => ("SYSTEM", words::told(&SYSTEM, meaning)),
        };
        let told = json!({
            "id": self.id_of(&format!("backend_params/{location}/{}", own.name)),
            "name": &*own.name,
            "location": location,
            "origin": origin,
            "value": value,
        });
        shown.extend(told.as_object().cloned().unwrap_or_default());
        Value::Object(shown)
    }

    fn request_id(&self, own: &RequestParameter) -> String {
        let location = words::told(&LOCATIONS, &own.location);
        self.id_of(&format!("req_params/{location}/{}", own.name))
    }

    /// The id of a part of the API: 32 hex digits that stay the same as long as
    /// the part has its name.
    fn id_of(&self, part: &str) -> String {
        let digest = Sha256::digest(format!("{}/{part}", self.api.id));
        digest[..16]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}
