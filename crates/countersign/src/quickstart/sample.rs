//! The sample: one group, one API, one signature key bound to it.

use std::{net::SocketAddr, sync::Arc};

use countersign_core::{
    AccountId, Api, ApiDefinition, ApiId, ApiName, BackendAddress, BackendTarget, BindingId,
    Description, DialectName, EnvironmentName, Group, GroupId, GroupName, Host, MatchMode,
    MethodMatch, PathPattern, PayloadPolicy, PublicationKey, Scheme, SignKey, SignSecret,
    SignatureKey, SignatureKeyId, SignatureKeyName, Visibility,
    command::{
        Bind, Command,
        api::{CreateApi, DeleteApi},
        group::CreateGroup,
        publication::{Publish, Unpublish},
        signature_key::{BesideOthers, CreateSignatureKey},
    },
    environment,
    path::ParameterStyle,
};
use countersign_sign::Secret;
use countersign_store::{ExecuteError, Store};

use crate::gateway::Sources;

/// The sample's signature key, by name.
pub(super) const KEY: &str = "quickstart";
const GROUP: &str = "quickstart";
const API: &str = "hello";
const PATH: &str = "/hello";

/// Where the sample is called.
pub(super) struct Sample {
    pub(super) host: Host,
}

/// Makes what is missing; what a former run made is kept, with whatever key it
/// has been changed to since.
pub(super) async fn ensure(
    store: &Store,
    account: &AccountId,
    backend: SocketAddr,
    suffix: &Host,
    sources: &Sources,
) -> Result<Sample, ExecuteError> {
    let sample = Setup {
        store,
        account,
        sources,
    };
    let group = sample.group(suffix).await?;
    let api = sample.api(&group, backend).await?;
    let key = sample.signature_key().await?;
    let bind = Bind {
        account: account.clone(),
        signature_key: key.id,
        group: Some(group.id),
        publications: vec![PublicationKey {
            api: api.id,
            environment: release(),
        }],
        published_only: false,
        first_id: BindingId::from_random((sources.entropy)()),
    };
    sample.run(bind).await?;
    Ok(Sample {
        host: group.host.clone(),
    })
}

struct Setup<'a> {
    store: &'a Store,
    account: &'a AccountId,
    sources: &'a Sources,
}

impl Setup<'_> {
    async fn group(&self, suffix: &Host) -> Result<Arc<Group>, ExecuteError> {
        let name = GroupName::from_stored(GROUP);
        if let Some(group) = self.store.snapshot().group_named(self.account, &name) {
            return Ok(Arc::clone(group));
        }
        let id = GroupId::from_random((self.sources.entropy)());
        let host = Host::parse(&format!("{id}.{suffix}"))
            .expect("an id and a checked suffix make a host name");
        let create = CreateGroup {
            id,
            account: self.account.clone(),
            name,
            host,
            description: Description::from_stored("made by quickstart"),
            made_by: native(),
            groups_max: usize::MAX,
        };
        self.run(create).await
    }

    /// The API, live, with the backend where it is now.
    async fn api(&self, group: &Group, backend: SocketAddr) -> Result<Arc<Api>, ExecuteError> {
        let address = BackendAddress::parse(&format!("http://{backend}"))
            .expect("a socket address is a backend's address");
        let snapshot = self.store.snapshot();
        let existing = snapshot
            .apis_of_group(group.id)
            .find(|api| api.name.as_str() == API);
        if let Some(api) = existing {
            let key = PublicationKey {
                api: api.id,
                environment: release(),
            };
            let live = snapshot.publication(&key);
            if live.is_some_and(|live| live.definition.backend.address == address) {
                return Ok(Arc::clone(api));
            }
            let (account, api) = (self.account.clone(), api.id);
            if live.is_some() {
                self.run(Unpublish {
                    account: account.clone(),
                    group: None,
                    api,
                    environment: release(),
                })
                .await?;
            }
            self.run(DeleteApi {
                account,
                group: None,
                id: api,
            })
            .await?;
        }
        let api = self.run(self.create_api(group, address)).await?;
        let publish = Publish {
            account: self.account.clone(),
            group: None,
            api: api.id,
            environment: release(),
            description: Description::from_stored(""),
        };
        self.run(publish).await?;
        Ok(api)
    }

    fn create_api(&self, group: &Group, address: BackendAddress) -> CreateApi {
        CreateApi {
            id: ApiId::from_random((self.sources.entropy)()),
            account: self.account.clone(),
            group: group.id,
            name: ApiName::from_stored(API),
            description: Description::from_stored("made by quickstart"),
            visibility: Visibility::Private,
            definition: Arc::new(ApiDefinition {
                method: MethodMatch::Any,
                path: PathPattern::parse(PATH, ParameterStyle::BRACES)
                    .expect("the sample's path is a plain constant"),
                match_mode: MatchMode::Exact,
                backend: BackendTarget {
                    address,
                    path: None,
                    method: None,
                    timeout_ms: 10_000,
                },
                mapping: None,
                mock: None,
                payload: PayloadPolicy::default(),
                document: None,
            }),
            made_by: native(),
        }
    }

    async fn signature_key(&self) -> Result<Arc<SignatureKey>, ExecuteError> {
        if let Some(key) = self
            .store
            .snapshot()
            .signature_keys(self.account)
            .find(|key| key.name.as_str() == KEY)
        {
            return Ok(Arc::clone(key));
        }
        let create = CreateSignatureKey {
            id: SignatureKeyId::from_random((self.sources.entropy)()),
            account: self.account.clone(),
            name: SignatureKeyName::from_stored(KEY),
            description: Description::from_stored("made by quickstart"),
            scheme: Scheme::Alibaba,
            beside: BesideOthers::default(),
            sign_key: SignKey::from_stored("QuickstartKey"),
            sign_secret: SignSecret::from_stored(Secret::new(format!(
                "s{}",
                &hex::encode((self.sources.entropy)())[..29]
            ))),
            made_by: native(),
        };
        self.run(create).await
    }

    async fn run<C>(&self, command: C) -> Result<C::Outcome, ExecuteError>
    where
        C: Command + Send + 'static,
        C::Outcome: Send + 'static,
    {
        Ok(self
            .store
            .execute(command, (self.sources.clock)())
            .await?
            .outcome)
    }
}

fn release() -> EnvironmentName {
    EnvironmentName::parse(environment::DEFAULT)
        .expect("the default environment is a plain constant")
}

fn native() -> DialectName {
    DialectName::from_stored("native")
}
