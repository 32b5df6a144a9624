//! What each operation takes: a call that succeeds, and its fields. An
//! operation that is new fails the tests until it is here.

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    successes::{deploy, publish_id},
    support::{id, v2},
};
use crate::support::Plane;

/// What a field has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// A text that has to be there.
    Required,
    Number,
    Flag,
    Texts,
    Objects,
    Object,
}

/// An operation and what it takes.
pub(super) struct Row {
    /// The id in its path.
    pub(super) id: String,
    /// With which it succeeds; null for none.
    pub(super) body: Value,
    /// JSON pointers into the body. Some need not be there.
    pub(super) fields: Vec<(&'static str, Kind)>,
    /// The query with which it succeeds.
    pub(super) query: String,
    /// Parameters that have to be there.
    pub(super) required: Vec<&'static str>,
    /// Other parameters, all of them filters.
    pub(super) filters: Vec<&'static str>,
}

/// Something of each kind, for calls to name.
pub(super) struct State {
    group: String,
    empty_group: String,
    api: String,
    offline_api: String,
    environment: String,
    key: String,
    binding: String,
    publish: String,
    version: String,
}

impl State {
    pub(super) async fn new(plane: &Plane) -> Self {
        let group = plane.group("theGroup").await;
        let api = plane.api(&group, "theApi", "/a").await;
        deploy(plane, &group, &api, "RELEASE").await;
        let key = id(&plane.huawei_key("theKey", json!({})).await);
        let publish = publish_id(&api, "RELEASE");
        let created = StatusCode::CREATED;
        let target = format!("{}sign-bindings", v2());
        let body = json!({ "sign_id": key, "publish_ids": [publish] });
        let bound = plane.huawei_ok(created, "POST", &target, body).await;
        let target = format!("{}envs", v2());
        let body = json!({ "name": "theEnvironment" });
        let environment = plane.huawei_ok(created, "POST", &target, body).await;
        let target = format!("{}apis/publish/{api}", v2());
        let versions = plane.huawei_ok(StatusCode::OK, "GET", &target, Value::Null);
        let versions = versions.await;
        let version = versions["api_versions"][0]["version_id"].as_str().unwrap();
        Self {
            empty_group: plane.group("emptyGroup").await,
            offline_api: plane.api(&group, "offline", "/b").await,
            binding: id(&bound["bindings"][0]),
            environment: id(&environment),
            version: version.to_owned(),
            group,
            api,
            key,
            publish,
        }
    }

    /// What the operation of this name takes.
    pub(super) fn row(&self, operation: &str) -> Option<Row> {
        let none = || Row {
            id: String::new(),
            body: Value::Null,
            fields: Vec::new(),
            query: String::new(),
            required: Vec::new(),
            filters: Vec::new(),
        };
        let of = |id: &str| Row {
            id: id.to_owned(),
            ..none()
        };
        let with = |body: Value, fields: Vec<(&'static str, Kind)>| Row {
            body,
            fields,
            ..none()
        };
        let list = |filters: &[&'static str]| Row {
            filters: filters.to_vec(),
            ..none()
        };
        use Kind::{Required, Text, Texts};
        let key_fields = || {
            vec![
                ("/name", Required),
                ("/sign_key", Text),
                ("/sign_secret", Text),
            ]
        };
        let named = || vec![("/name", Required), ("/remark", Text)];
        const RELEASE: &str = "DEFAULT_ENVIRONMENT_RELEASE_ID";
        Some(match operation {
            "CreateSignatureKey" => with(json!({ "name": "another" }), key_fields()),
            "UpdateSignatureKey" => Row {
                id: self.key.clone(),
                ..with(json!({ "name": "another" }), key_fields())
            },
            "DeleteSignatureKey" => of(&self.key),
            "ListSignatureKeys" => list(&["id", "name", "precise_search"]),
            "AssociateSignatureKey" => with(
                json!({ "sign_id": self.key, "publish_ids": [self.publish] }),
                vec![("/sign_id", Required), ("/publish_ids", Texts)],
            ),
            "DisassociateSignatureKey" => of(&self.binding),
            "ListApisBindedToSignatureKey" | "ListApisNotBoundWithSignatureKey" => Row {
                query: format!("sign_id={}", self.key),
                required: vec!["sign_id"],
                ..list(&["env_id", "api_id", "api_name", "group_id", "tags"])
            },
            "ListSignatureKeysBindedToApi" => Row {
                query: format!("api_id={}", self.api),
                required: vec!["api_id"],
                ..list(&["sign_id", "sign_name", "env_id"])
            },
            "CreateEnvironment" => with(json!({ "name": "another" }), named()),
            "UpdateEnvironment" => Row {
                id: self.environment.clone(),
                ..with(json!({ "name": "another" }), named())
            },
            "DeleteEnvironment" => of(&self.environment),
            "ListEnvironments" => list(&["name"]),
            "CreateApiGroup" => with(json!({ "name": "another" }), named()),
            "UpdateApiGroup" => Row {
                id: self.group.clone(),
                ..with(json!({ "name": "another" }), named())
            },
            "ShowDetailsOfApiGroup" => of(&self.group),
            "DeleteApiGroup" => of(&self.empty_group),
            "ListApiGroups" => list(&["id", "name", "precise_search"]),
            "BatchPublishOrOfflineApi" => Row {
                query: "action=online".to_owned(),
                required: vec!["action"],
                ..with(
                    json!({ "apis": [self.api], "env_id": RELEASE, "remark": "r" }),
                    vec![("/apis", Texts), ("/env_id", Required), ("/remark", Text)],
                )
            },
            "PublishApi" => Row {
                id: self.api.clone(),
                ..with(
                    json!({ "env_id": RELEASE }),
                    vec![("/env_id", Required), ("/remark", Text)],
                )
            },
            "OfflineApi" => Row {
                query: format!("env_id={RELEASE}"),
                required: vec!["env_id"],
                ..of(&self.api)
            },
            "CreateOrDeletePublishRecordForApi" => with(
                json!({ "action": "online", "env_id": RELEASE, "api_id": self.api }),
                vec![
                    ("/action", Required),
                    ("/env_id", Required),
                    ("/api_id", Required),
                    ("/remark", Text),
                ],
            ),
            "ListApiVersions" => Row {
                id: self.api.clone(),
                ..list(&["env_id", "env_name"])
            },
            "ChangeApiVersion" => Row {
                id: self.api.clone(),
                ..with(
                    json!({ "version_id": self.version }),
                    vec![("/version_id", Required)],
                )
            },
            "CreateApi" => with(self.api_body(), api_fields()),
            "UpdateApi" => Row {
                id: self.offline_api.clone(),
                ..with(self.api_body(), api_fields())
            },
            "ShowDetailsOfApi" => of(&self.api),
            "DeleteApi" => of(&self.offline_api),
            "ListApis" => list(&["id", "name", "group_id", "req_uri", "env_id", "tags"]),
            "ListInstances" => list(&["instance_id", "instance_name", "status"]),
            "ShowDetailsOfInstance" | "ListFeatures" | "ListInstanceFeatures" => {
                of(crate::support::INSTANCE)
            }
            _ => return None,
        })
    }

    fn api_body(&self) -> Value {
        json!({
            "group_id": self.group,
            "name": "another",
            "type": 1,
            "req_protocol": "HTTP",
            "req_method": "GET",
            "req_uri": "/another/{id}",
            "auth_type": "NONE",
            "auth_opt": { "app_code_auth_type": "DISABLE" },
            "backend_type": "HTTP",
            "backend_api": {
                "url_domain": "127.0.0.1:9000",
                "req_protocol": "HTTP",
                "req_method": "GET",
                "req_uri": "/backend",
                "timeout": 5000,
            },
            "req_params": [
                { "name": "id", "type": "STRING", "location": "PATH" },
                { "name": "q", "type": "NUMBER", "location": "QUERY" },
            ],
            "backend_params": [
                { "name": "to", "location": "QUERY", "origin": "REQUEST", "value": "q" },
            ],
        })
    }
}

fn api_fields() -> Vec<(&'static str, Kind)> {
    use Kind::{Flag, Number, Object, Objects, Required, Text, Texts};

    vec![
        ("/group_id", Required),
        ("/name", Required),
        ("/type", Number),
        ("/req_protocol", Text),
        ("/req_method", Required),
        ("/req_uri", Required),
        ("/match_mode", Text),
        ("/auth_type", Required),
        ("/auth_opt", Object),
        ("/auth_opt/app_code_auth_type", Text),
        ("/backend_type", Required),
        ("/remark", Text),
        ("/version", Text),
        ("/authorizer_id", Text),
        ("/response_id", Text),
        ("/tag", Text),
        ("/content_type", Text),
        ("/body_remark", Text),
        ("/result_normal_sample", Text),
        ("/cors", Flag),
        ("/trace_enabled", Flag),
        ("/tags", Texts),
        ("/backend_api", Object),
        ("/backend_api/url_domain", Required),
        ("/backend_api/req_protocol", Required),
        ("/backend_api/req_method", Required),
        ("/backend_api/req_uri", Required),
        ("/backend_api/timeout", Number),
        ("/backend_api/retry_count", Number),
        ("/backend_api/remark", Text),
        ("/req_params", Objects),
        ("/req_params/0/name", Required),
        ("/req_params/0/type", Required),
        ("/req_params/0/location", Required),
        ("/req_params/0/required", Number),
        ("/req_params/0/pass_through", Number),
        ("/req_params/0/valid_enable", Number),
        ("/req_params/1/default_value", Text),
        ("/req_params/1/sample_value", Text),
        ("/req_params/1/remark", Text),
        ("/backend_params", Objects),
        ("/backend_params/0/name", Required),
        ("/backend_params/0/location", Required),
        ("/backend_params/0/origin", Required),
        ("/backend_params/0/value", Required),
        ("/backend_params/0/remark", Text),
    ]
}
