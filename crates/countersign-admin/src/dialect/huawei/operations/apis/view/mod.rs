//! What is told of an API (spec 4.3).

mod params;

use std::{cmp::Reverse, sync::Arc};

use countersign_core::{
    Api, ApiDefinition, BackendTarget, Environment, MockAnswer, Publication, Visibility,
    mapping::{ContentType, RequestParameter, ServiceParameter},
    path::ParameterStyle,
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{
    definition::{backend_path, tables},
    document::Document,
    words::{self, MATCH_MODES},
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
