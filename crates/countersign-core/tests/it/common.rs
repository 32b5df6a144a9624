//! A state that commands are run against, one revision each.

use std::sync::Arc;

use countersign_core::{
    AccessKey, AccessKeyId, AccountId, ApiDefinition, ApiId, ApiName, BackendAddress,
    BackendTarget, BindingId, Change, Description, DialectName, Environment, EnvironmentId,
    EnvironmentName, FieldRule, GroupId, GroupName, Host, MatchMode, MethodMatch, PathPattern,
    PayloadPolicy, ProjectId, PublicationKey, Revision, Scheme, SignKey, SignSecret,
    SignatureKeyId, SignatureKeyName, Snapshot, Timestamp, Visibility,
    command::{
        Bind, Command, Plan, PlanError,
        api::CreateApi,
        bootstrap::Bootstrap,
        environment::CreateEnvironment,
        group::CreateGroup,
        publication::{Publish, Unpublish},
        signature_key::{BesideOthers, CreateSignatureKey, ModifySignatureKey},
    },
    path::ParameterStyle,
};
use countersign_sign::Secret;

pub(crate) const ANYTHING: FieldRule = FieldRule {
    min: 0,
    max: 1000,
    first: None,
    rest: None,
};

pub(crate) struct State {
    pub(crate) snapshot: Snapshot,
    pub(crate) now: Timestamp,
}

impl State {
    pub(crate) fn new() -> Self {
        let mut state = Self {
            snapshot: Snapshot::default(),
            now: Timestamp::from_millis(1_000),
        };
        state
            .run(&Bootstrap {
                access_key: access_key("owner", account(), 0),
                project: project(7),
            })
            .unwrap();
        state
    }

    pub(crate) fn run<C: Command>(&mut self, command: &C) -> Result<C::Outcome, PlanError> {
        let plan = command.plan(&self.snapshot, self.now)?;
        if !plan.changes.is_empty() {
            let mut draft = self.snapshot.draft();
            draft.apply(self.snapshot.revision().next(), &plan.changes);
            self.snapshot = draft.finish().unwrap();
        }
        Ok(plan.outcome)
    }

    pub(crate) fn revision(&self) -> Revision {
        self.snapshot.revision()
    }

    pub(crate) fn group(&mut self, number: u8) -> GroupId {
        self.run(&create_group(number)).unwrap().id
    }

    /// An API answering to GET, published in RELEASE.
    pub(crate) fn live_api(&mut self, group: GroupId, number: u8, path: &str) -> ApiId {
        let id = self.run(&create_api(group, number, path)).unwrap().id;
        self.run(&publish(id, "RELEASE")).unwrap();
        id
    }

    pub(crate) fn key(&mut self, number: u8) -> SignatureKeyId {
        self.run(&create_key(number)).unwrap().id
    }

    /// An environment of the account's own, called `env<number>`.
    pub(crate) fn environment(&mut self, number: u8) -> EnvironmentId {
        self.run(&create_environment(number)).unwrap().id
    }

    /// Why the command is refused.
    #[track_caller]
    pub(crate) fn refused<C: Command>(&mut self, command: &C) -> PlanError {
        let before = self.revision();
        let refused = self.run(command).err().expect("it was carried out");
        assert_eq!(self.revision(), before, "a refusal changes nothing");
        refused
    }
}

/// Writes these changes, whatever the snapshot holds.
pub(crate) struct Apply(pub(crate) Vec<Change>);

impl Command for Apply {
    type Outcome = ();

    fn plan(&self, _snapshot: &Snapshot, _now: Timestamp) -> Result<Plan<()>, PlanError> {
        Ok(Plan {
            changes: self.0.clone(),
            outcome: (),
        })
    }
}

pub(crate) fn account() -> AccountId {
    AccountId::parse("1000000000000001").unwrap()
}

/// Another account, of which the store knows nothing.
pub(crate) fn stranger() -> AccountId {
    AccountId::parse("2000000000000002").unwrap()
}

pub(crate) fn project(number: u8) -> ProjectId {
    ProjectId::from_random([number; 16])
}

pub(crate) fn environment(name: &str) -> EnvironmentName {
    EnvironmentName::parse(name).unwrap()
}

/// The id of an environment that every account has.
pub(crate) fn initial(name: &str) -> EnvironmentId {
    Environment::initial(&environment(name)).unwrap().id
}

pub(crate) fn host(number: u8) -> Host {
    Host::parse(&format!("g{number}.gw.localhost")).unwrap()
}

pub(crate) fn dialect() -> DialectName {
    DialectName::from_stored("test")
}

pub(crate) fn secret(text: &str) -> SignSecret {
    SignSecret::parse(Secret::new(text.to_owned()), &ANYTHING).unwrap()
}

pub(crate) fn access_key(id: &str, account: AccountId, created_ms: i64) -> AccessKey {
    AccessKey {
        id: AccessKeyId::parse(id).unwrap(),
        secret: Secret::new("owner-secret".to_owned()),
        account,
        created: Timestamp::from_millis(created_ms),
    }
}

pub(crate) fn create_environment(number: u8) -> CreateEnvironment {
    CreateEnvironment {
        id: EnvironmentId::from_random([number << 4; 16]),
        account: account(),
        name: environment(&format!("env{number}")),
        description: Description::from_stored(""),
        environments_max: 10,
    }
}

pub(crate) fn create_group(number: u8) -> CreateGroup {
    CreateGroup {
        id: GroupId::from_random([number; 16]),
        account: account(),
        name: GroupName::parse(&format!("group{number}"), &ANYTHING).unwrap(),
        host: host(number),
        description: Description::from_stored(""),
        made_by: dialect(),
        groups_max: 100,
    }
}

pub(crate) fn create_api(group: GroupId, number: u8, path: &str) -> CreateApi {
    CreateApi {
        id: ApiId::from_random([number; 16]),
        account: account(),
        group,
        name: ApiName::from_stored(&format!("api{number}")),
        description: Description::from_stored(""),
        visibility: Visibility::Public,
        definition: Arc::new(definition("GET", path, MatchMode::Exact)),
        made_by: dialect(),
    }
}

pub(crate) fn definition(method: &str, path: &str, match_mode: MatchMode) -> ApiDefinition {
    ApiDefinition {
        method: MethodMatch::parse(method).unwrap(),
        path: PathPattern::parse(path, ParameterStyle::BRACKETS).unwrap(),
        match_mode,
        backend: BackendTarget {
            address: BackendAddress::parse("http://127.0.0.1:1").unwrap(),
            path: None,
            method: None,
            timeout_ms: 1000,
        },
        mapping: None,
        mock: None,
        payload: PayloadPolicy::default(),
        document: None,
    }
}

pub(crate) fn publish(api: ApiId, environment_name: &str) -> Publish {
    Publish {
        account: account(),
        group: None,
        api,
        environment: environment(environment_name),
        description: Description::from_stored(""),
    }
}

pub(crate) fn create_key(number: u8) -> CreateSignatureKey {
    CreateSignatureKey {
        id: SignatureKeyId::from_random([number; 16]),
        account: account(),
        name: SignatureKeyName::from_stored(&format!("key{number}")),
        description: Description::from_stored(""),
        scheme: Scheme::Alibaba,
        sign_key: SignKey::from_stored(&format!("SignKey{number}")),
        sign_secret: secret(&format!("planted-secret-{number}")),
        made_by: dialect(),
        beside: BesideOthers::default(),
    }
}

/// Changes nothing yet.
pub(crate) fn modify_key(key: SignatureKeyId) -> ModifySignatureKey {
    ModifySignatureKey {
        account: account(),
        id: key,
        name: None,
        description: None,
        scheme: None,
        sign_key: None,
        sign_secret: None,
        unique_name: false,
    }
}

pub(crate) fn unpublish(api: ApiId, environment_name: &str) -> Unpublish {
    Unpublish {
        account: account(),
        group: None,
        api,
        environment: environment(environment_name),
    }
}

pub(crate) fn place(api: ApiId, environment_name: &str) -> PublicationKey {
    PublicationKey {
        api,
        environment: environment(environment_name),
    }
}

pub(crate) fn released(api: ApiId) -> PublicationKey {
    place(api, "RELEASE")
}

/// Binds in RELEASE.
pub(crate) fn bind(key: SignatureKeyId, apis: &[ApiId]) -> Bind {
    Bind {
        account: account(),
        signature_key: key,
        group: None,
        publications: apis.iter().copied().map(released).collect(),
        published_only: false,
        first_id: binding_id(1),
    }
}

pub(crate) fn binding_id(number: u8) -> BindingId {
    BindingId::from_random([number; 16])
}
