//! A state that commands are run against, one revision each.

use std::sync::Arc;

use countersign_core::{
    AccountId, ApiDefinition, ApiId, ApiName, BackendAddress, BackendTarget, Description,
    DialectName, EnvironmentName, FieldRule, GroupId, GroupName, Host, MatchMode, MethodMatch,
    PathPattern, Revision, SignKey, SignSecret, SignatureKeyId, SignatureKeyName, Snapshot,
    Timestamp, Visibility,
    command::{
        Command, PlanError, api::CreateApi, bootstrap::Bootstrap, group::CreateGroup,
        publication::Publish, signature_key::CreateSignatureKey,
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
                access_key: access_key(),
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
}

pub(crate) fn account() -> AccountId {
    AccountId::parse("1000000000000001").unwrap()
}

pub(crate) fn environment(name: &str) -> EnvironmentName {
    EnvironmentName::parse(name).unwrap()
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

fn access_key() -> countersign_core::AccessKey {
    countersign_core::AccessKey {
        id: countersign_core::AccessKeyId::parse("owner").unwrap(),
        secret: Secret::new("owner-secret".to_owned()),
        account: account(),
        created: Timestamp::from_millis(0),
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
        sign_key: SignKey::from_stored(&format!("SignKey{number}")),
        sign_secret: secret(&format!("planted-secret-{number}")),
        made_by: dialect(),
    }
}
