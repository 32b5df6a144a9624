//! The management plane as a whole: its configuration and its router.

use std::{fmt, net::IpAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    routing::{any, get},
};
use countersign_core::{Clock, Entropy, Timestamp};
use countersign_store::Store;
use tokio::sync::watch;

use crate::{
    auth::Gate,
    console,
    dialect::{
        alibaba,
        huawei::{self, HuaweiConfig},
        native,
    },
    health,
    locks::Locks,
    ops::Ops,
    password::{PasswordCosts, Passwords},
    request_id::RequestId,
    throttle::Throttle,
};

/// What the management plane is told at start.
#[derive(Clone, Debug)]
pub struct AdminConfig {
    /// The one region that answers name.
    pub region: String,
    /// A new group is called at `<group id>.<domain_suffix>`.
    pub domain_suffix: String,
    /// How far a caller's clock may be off, either way.
    pub clock_window: Duration,
    /// How many nonces are remembered; when no room is left, calls are refused
    /// rather than a nonce forgotten.
    pub nonce_capacity: usize,
    /// Most groups of one account.
    pub groups_per_account_max: usize,
    /// Most calls of one access key to one operation in a second, all of which
    /// may come at once; 0 is no limit.
    pub requests_per_second: u32,
    /// How dear a guess at a user's password is made.
    pub password_costs: PasswordCosts,
    /// The choices of Huawei's dialect.
    pub huawei: HuaweiConfig,
}

/// What `/metrics` and `/readyz` need from the rest of the process.
pub trait StatusSource: Send + Sync {
    /// All metrics in Prometheus's text format.
    fn metrics_text(&self) -> String;
    /// Why this node should get no traffic now; `None` when it is ready.
    fn not_ready(&self) -> Option<String>;
}

/// The management plane.
#[derive(Clone, Debug)]
pub struct Admin {
    plane: Arc<Plane>,
}

/// What every request of the management plane works with.
pub(crate) struct Plane {
    pub(crate) ops: Ops,
    pub(crate) gate: Gate,
    pub(crate) throttle: Throttle,
    pub(crate) region: String,
    pub(crate) passwords: Passwords,
    /// By a hash of the user that was named, and the peer's address.
    pub(crate) password_locks: Locks<([u8; 32], Option<IpAddr>)>,
    pub(crate) huawei: HuaweiConfig,
    pub(crate) status: Arc<dyn StatusSource>,
    /// Told when the process is about to end.
    pub(crate) stopping: watch::Sender<bool>,
    clock: Clock,
    entropy: Entropy,
}

impl Admin {
    /// A management plane over `store`. It reads no clock and draws no
    /// randomness of its own.
    pub fn new(
        store: Store,
        config: AdminConfig,
        clock: Clock,
        entropy: Entropy,
        status: Arc<dyn StatusSource>,
    ) -> Self {
        let plane = Plane {
            gate: Gate::new(config.clock_window, config.nonce_capacity),
            throttle: Throttle::new(config.requests_per_second, Arc::clone(&clock)),
            region: config.region.clone(),
            passwords: Passwords::new(&config.password_costs),
            password_locks: Locks::default(),
            huawei: config.huawei.clone(),
            status,
            stopping: watch::Sender::new(false),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            ops: Ops::new(store, config, clock, entropy),
        };
        Self {
            plane: Arc::new(plane),
        }
    }

    /// Everything behind the management listener. Serve it with
    /// `into_make_service_with_connect_info::<SocketAddr>()`: without the
    /// peer's address nobody counts as local, and HTTP Basic is refused.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/", any(alibaba::handle))
            .route("/v1.0/", any(huawei::handle))
            .route("/v1.0/{*rest}", any(huawei::handle))
            .route("/v2/", any(huawei::handle))
            .route("/v2/{*rest}", any(huawei::handle))
            .route("/v3/", any(huawei::handle))
            .route("/v3/{*rest}", any(huawei::handle))
            .route("/api/v1/verifier/keys", get(native::verifier_keys))
            .route("/api/v1/{*rest}", any(native::handle))
            .route("/healthz", get(health::alive))
            .route("/readyz", get(health::ready))
            .route("/metrics", get(health::metrics))
            .route("/console", get(console::redirect))
            .route("/console/", get(console::page))
            .route("/console/{*rest}", get(console::page))
            .fallback(native::unknown_path)
            .with_state(Arc::clone(&self.plane))
    }
}

impl Admin {
    /// Answers every verifier that waits for a change, now and from now on, so
    /// that a graceful end does not wait for them.
    pub fn stop_waiting(&self) {
        self.plane.stopping.send_replace(true);
    }
}

impl Plane {
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn random(&self) -> [u8; 16] {
        (self.entropy)()
    }

    pub(crate) fn request_id(&self) -> RequestId {
        RequestId::from_random(self.random())
    }
}

impl fmt::Debug for Plane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plane")
            .field("region", &self.region)
            .field("gate", &self.gate)
            .field("throttle", &self.throttle)
            .finish_non_exhaustive()
    }
}
