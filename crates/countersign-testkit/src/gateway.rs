//! A whole gateway on port 0, in the test's own process.

use std::{net::SocketAddr, num::NonZeroUsize, path::Path, sync::Arc, time::Duration};

use countersign::{
    config::{
        AccessLogTarget, BootstrapConfig, Config, GatewayConfig, ManagementConfig, MasterKeySource,
        StoreConfig, StoreKind,
    },
    gateway::Gateway,
};
use countersign_core::{
    AccessKey, AccessKeyId, AccountId, Change, Host, ProjectId, Snapshot, Timestamp,
    command::{Command, Plan, PlanError},
};
use countersign_sign::Secret;

use crate::{management::Management, sources::FixedSources, wire::Connection};

/// The account that owns everything in a test gateway.
pub const ACCOUNT: &str = "1000000000000001";
/// The owner's access key of every test gateway, as the vectors have it.
pub const ACCESS_KEY_ID: &str = "testAccessKeyId";
/// What the account is called as a project.
pub const PROJECT: &str = "73d69ae0cfcf460190522d06b60f05ad";
/// The secret half of the owner's access key.
pub const ACCESS_KEY_SECRET: &str = "testAccessKeySecret";

/// A gateway that serves in the test's own process.
pub struct TestGateway {
    gateway: Option<Gateway>,
    /// The clock and the ids that it uses.
    pub sources: FixedSources,
}

impl TestGateway {
    /// With a store that ends with it.
    pub fn start() -> Self {
        Self::with(|_| {})
    }

    /// With a configuration that the test has changed.
    pub fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = config();
        change(&mut config);
        let sources = FixedSources::new();
        let gateway = Gateway::start(&config, &sources.sources()).expect("the gateway starts");
        Self {
            gateway: Some(gateway),
            sources,
        }
    }

    fn gateway(&self) -> &Gateway {
        self.gateway
            .as_ref()
            .expect("the gateway runs until the test ends it")
    }

    /// Where clients are served.
    pub fn address(&self) -> SocketAddr {
        self.gateway().gateway_addresses()[0]
    }

    /// Where the management plane is served.
    pub fn management_address(&self) -> SocketAddr {
        self.gateway().management_address()
    }

    /// A client.
    pub fn connect(&self) -> Connection {
        Connection::to(self.address())
    }

    /// A caller of the management plane, with the owner's access key.
    pub fn management(&self) -> Management {
        Management::new(self.management_address(), self.sources.clone())
    }

    /// One more user of the owner's account, which no operation can make yet: a
    /// caller with an access key of its own.
    pub fn another_user(&self, access_key_id: &str) -> Management {
        let secret = Secret::new(format!("secret of {access_key_id}"));
        let command = PutAccessKey(AccessKey {
            id: AccessKeyId::parse(access_key_id).expect("an access key id"),
            secret: secret.clone(),
            account: AccountId::parse(ACCOUNT).expect("an account id"),
            created: Timestamp::from_millis(0),
        });
        let gateway = self.gateway();
        let stored = gateway
            .runtime()
            .block_on(gateway.store().execute(command, Timestamp::from_millis(0)));
        stored.expect("the store takes an access key");
        self.management().as_user(access_key_id, secret)
    }

    /// Ends it as SIGTERM would.
    pub fn shut_down(mut self) {
        self.gateway
            .take()
            .expect("it was not ended before")
            .shut_down();
    }
}

impl Drop for TestGateway {
    fn drop(&mut self) {
        if let Some(gateway) = self.gateway.take() {
            gateway.shut_down();
        }
    }
}

struct PutAccessKey(AccessKey);

impl Command for PutAccessKey {
    type Outcome = ();

    fn plan(&self, _: &Snapshot, _: Timestamp) -> Result<Plan<()>, PlanError> {
        let changes = vec![Change::PutAccessKey(Arc::new(self.0.clone()))];
        Ok(Plan {
            changes,
            outcome: (),
        })
    }
}

/// What a test gateway is configured with: port 0, memory, no access log.
pub fn config() -> Config {
    let loopback: SocketAddr = "127.0.0.1:0".parse().expect("an address");
    let defaults = Config::parse("", &|_| None).expect("an empty file is all defaults");
    Config {
        gateway: GatewayConfig {
            listen: vec![loopback],
            workers: NonZeroUsize::new(2).expect("2 is not 0"),
            domain_suffix: Host::parse("gw.localhost").expect("a host"),
            access_log: AccessLogTarget::Off,
            body_buffer_bytes_max: 1024 * 1024,
            drain_timeout: Duration::from_secs(5),
            ..defaults.gateway
        },
        management: ManagementConfig {
            listen: loopback,
            region: "local".to_owned(),
            // A clock that stands still would never let a caller go on.
            requests_per_second: 0,
            ..defaults.management
        },
        store: StoreConfig {
            kind: StoreKind::Memory,
            master_key: MasterKeySource::Ephemeral,
        },
        bootstrap: Some(BootstrapConfig {
            account: AccountId::parse(ACCOUNT).expect("an account id"),
            access_key_id: AccessKeyId::parse(ACCESS_KEY_ID).expect("an access key id"),
            access_key_secret: Secret::new(ACCESS_KEY_SECRET.to_owned()),
            project: ProjectId::parse(PROJECT).expect("a project id"),
        }),
    }
}

/// A store in a directory, with its master key beside it.
pub fn embedded(directory: &Path) -> StoreConfig {
    StoreConfig {
        kind: StoreKind::Embedded(directory.to_owned()),
        master_key: MasterKeySource::BesideData(directory.join("master.key")),
    }
}
