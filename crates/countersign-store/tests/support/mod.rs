//! What the tests of the store share: sample records, a command that makes
//! them, and a backend that can be held up and made to fail.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses its own part of this"
)]

use std::{
    fmt::Write,
    future::{Future, poll_fn},
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
};

use async_trait::async_trait;
use countersign_core::{
    AccessKey, AccessKeyId, Account, AccountId, Api, ApiDefinition, ApiId, ApiName, BackendAddress,
    BackendTarget, Binding, BindingId, Change, Description, DialectName, Environment,
    EnvironmentId, EnvironmentName, Group, GroupId, GroupName, Host, KeyVersion, MatchMode,
    MethodMatch, PasswordHash, PathPattern, PayloadPolicy, ProjectId, Publication, PublicationKey,
    RetiredVersion, Revision, Scheme, SignKey, SignSecret, SignatureKey, SignatureKeyId,
    SignatureKeyName, Snapshot, Timestamp, Token, TokenHash, User, UserId, UserName, Verifier,
    VerifierId, VerifierName, VerifierScope, VersionNumber, Visibility,
    command::{Command, Plan, PlanError, group::CreateGroup},
    path::ParameterStyle,
};
use countersign_sign::Secret;
use countersign_store::{
    Backend, BackendError, Batch, CommitError, Loaded, MasterKey, RandomSource, Store, Watch,
};
use tokio::sync::{Semaphore, mpsc};

pub const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
pub const LATER: Timestamp = Timestamp::from_millis(1_700_000_000_123);
pub const MASTER_KEY: MasterKey = MasterKey::from_bytes([7; 32]);

/// Bytes that count up: what is sealed comes out the same each time.
pub fn counting_bytes() -> RandomSource {
    RandomSource::from_fn(|buffer| {
        buffer
            .iter_mut()
            .zip(0..)
            .for_each(|(byte, number)| *byte = number);
        Ok(())
    })
}

pub async fn open(backend: &Arc<dyn Backend>) -> Store {
    Store::open(Arc::clone(backend), &MASTER_KEY).await.unwrap()
}

// ---- Commands ----

/// Writes these changes, whatever the snapshot holds.
pub struct Apply(pub Vec<Change>);

impl Command for Apply {
    type Outcome = ();

    fn plan(&self, _snapshot: &Snapshot, _now: Timestamp) -> Result<Plan<()>, PlanError> {
        Ok(Plan {
            changes: self.0.clone(),
            outcome: (),
        })
    }
}

/// Is a defect.
pub struct Panic;

impl Command for Panic {
    type Outcome = ();

    fn plan(&self, _snapshot: &Snapshot, _now: Timestamp) -> Result<Plan<()>, PlanError> {
        panic!("this command panics on purpose")
    }
}

/// Makes group `number`; a group's name and host can be taken.
pub fn create_group(number: u8, name: &str) -> CreateGroup {
    CreateGroup {
        id: GroupId::from_random([number; 16]),
        account: account(),
        name: GroupName::from_stored(name),
        host: Host::parse(&format!("{name}.example")).unwrap(),
        description: Description::from_stored(""),
        made_by: DialectName::from_stored("alibaba"),
        groups_max: 1_000_000,
    }
}

// ---- Sample records ----

pub fn account() -> AccountId {
    AccountId::parse("1000000000000001").unwrap()
}

pub fn environment(name: &str) -> EnvironmentName {
    EnvironmentName::parse(name).unwrap()
}

pub fn access_key(id: &str, secret: &str) -> AccessKey {
    let id = AccessKeyId::parse(id).unwrap();
    AccessKey {
        id,
        secret: Secret::new(secret.to_owned()),
        account: account(),
        created: NOW,
    }
}

pub fn group(number: u8) -> Group {
    Group {
        id: GroupId::from_random([number; 16]),
        account: account(),
        name: GroupName::from_stored(&format!("group_{number}")),
        host: Host::parse(&format!("g{number}.gw.localhost")).unwrap(),
        description: Description::from_stored("a \"group\" of 中文"),
        made_by: DialectName::from_stored("alibaba"),
        created: NOW,
        modified: LATER,
        created_revision: Revision::new(1),
    }
}

/// An API with everything that can be left out.
pub fn definition(path: &str) -> ApiDefinition {
    let path = PathPattern::parse(path, ParameterStyle::BRACES).unwrap();
    ApiDefinition {
        method: MethodMatch::parse("GET").unwrap(),
        path: path.clone(),
        match_mode: MatchMode::Exact,
        backend: BackendTarget {
            address: BackendAddress::parse("http://127.0.0.1:9000").unwrap(),
            path: Some(path),
            method: Some("POST".into()),
            timeout_ms: 10_000,
        },
        mapping: None,
        mock: None,
        payload: PayloadPolicy::Text,
        document: None,
    }
}

/// An API with nothing that can be left out.
pub fn plain_definition(path: &str) -> ApiDefinition {
    let full = definition(path);
    ApiDefinition {
        method: MethodMatch::Any,
        match_mode: MatchMode::Prefix,
        backend: BackendTarget {
            path: None,
            method: None,
            ..full.backend.clone()
        },
        ..full
    }
}

pub fn api(number: u8, in_group: u8, definition: ApiDefinition) -> Api {
    Api {
        id: ApiId::from_random([number; 16]),
        group: GroupId::from_random([in_group; 16]),
        account: account(),
        name: ApiName::from_stored(&format!("api_{number}")),
        description: Description::from_stored(""),
        visibility: if number.is_multiple_of(2) {
            Visibility::Public
        } else {
            Visibility::Private
        },
        definition: Arc::new(definition),
        made_by: DialectName::from_stored("huawei"),
        created: NOW,
        modified: LATER,
        created_revision: Revision::new(1),
    }
}

pub fn publication(api: &Api, environment_name: &str) -> Publication {
    Publication {
        key: PublicationKey {
            api: api.id,
            environment: environment(environment_name),
        },
        group: api.group,
        definition: Arc::clone(&api.definition),
        description: Description::from_stored("went live"),
        published: LATER,
        published_revision: Revision::new(1),
    }
}

pub fn signature_key(number: u8, sign_secret: &str) -> SignatureKey {
    let version = VersionNumber::new(2).unwrap();
    let sign_key = SignKey::from_stored(&format!("sign_key_{number}"));
    let sign_secret = SignSecret::from_stored(Secret::new(sign_secret.to_owned()));
    SignatureKey {
        id: SignatureKeyId::from_random([number; 16]),
        account: account(),
        name: SignatureKeyName::from_stored(&format!("key_{number}")),
        description: Description::from_stored(""),
        active: Arc::new(KeyVersion::new(
            version,
            Scheme::Alibaba,
            sign_key,
            sign_secret,
            LATER,
        )),
        next: None,
        made_by: DialectName::from_stored("alibaba"),
        created: NOW,
        modified: LATER,
        created_revision: Revision::new(1),
    }
}

pub fn retired_version(of: u8) -> RetiredVersion {
    RetiredVersion {
        signature_key: SignatureKeyId::from_random([of; 16]),
        number: VersionNumber::FIRST,
        scheme: Scheme::Alibaba,
        sign_key: SignKey::from_stored("sign_key_before"),
        created: NOW,
        retired: LATER,
    }
}

/// With the id that bindings get which were stored without one.
pub fn binding(api: &Api, environment_name: &str, key: u8) -> Binding {
    let publication = PublicationKey {
        api: api.id,
        environment: environment(environment_name),
    };
    Binding {
        id: BindingId::made_from(&publication),
        publication,
        signature_key: SignatureKeyId::from_random([key; 16]),
        bound: LATER,
    }
}

pub fn own_environment(number: u8, name: &str) -> Environment {
    Environment {
        id: EnvironmentId::from_random([number; 16]),
        account: Some(account()),
        name: environment(name),
        description: Description::from_stored("an account's own"),
        created: NOW,
        created_revision: Revision::new(1),
    }
}

pub fn user(number: u8, name: &str, password: Option<&str>) -> User {
    User {
        id: UserId::from_random([number; 16]),
        account: account(),
        name: UserName::from_stored(name),
        description: Description::from_stored("signs in"),
        password: password.map(PasswordHash::from_phc),
        created: NOW,
        modified: LATER,
        created_revision: Revision::new(1),
    }
}

pub fn token(number: u8, user: u8) -> Token {
    Token {
        hash: TokenHash([number; 32]),
        user: UserId::from_random([user; 16]),
        account: account(),
        issued: NOW,
        expires: LATER,
    }
}

pub fn verifier(number: u8, api: &Api) -> Verifier {
    let scope = VerifierScope {
        groups: [GroupId::from_random([0x61; 16])].into(),
        apis: [api.id].into(),
    };
    Verifier {
        id: VerifierId::from_random([number; 16]),
        account: account(),
        name: VerifierName::from_stored("in front of users"),
        token: TokenHash([number; 32]),
        scope: scope.into(),
        created: NOW,
        created_revision: Revision::new(1),
    }
}

pub const ACCESS_KEY_SECRET: &str = "planted-access-key-secret";
pub const SIGN_SECRET: &str = "planted-sign-secret";
pub const BASIC_SECRET: &str = "planted-basic-secret";
pub const NEXT_SECRET: &str = "planted-next-secret";
pub const PASSWORD_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$planted";

/// One record of each kind that format version 1 had, and a second API that
/// leaves out what can be.
pub fn one_of_each_in_version_1() -> Vec<Change> {
    let full = api(0xa1, 0x61, definition("/users/{id}/"));
    let plain = api(0xa2, 0x61, plain_definition("/files"));
    vec![
        Change::PutAccessKey(access_key("AKID-owner_1", ACCESS_KEY_SECRET).into()),
        Change::PutEnvironment(Environment::initial(&environment("RELEASE")).unwrap()),
        Change::PutGroup(group(0x61).into()),
        Change::PutPublication(publication(&full, "RELEASE").into()),
        Change::PutBinding(binding(&full, "RELEASE", 0x51).into()),
        Change::PutApi(full.into()),
        Change::PutApi(plain.into()),
        Change::PutSignatureKey(signature_key(0x51, SIGN_SECRET).into()),
        Change::PutRetiredVersion(retired_version(0x51).into()),
    ]
}

/// One record of each kind, and of each field, that version 2 added.
pub fn added_in_version_2() -> Vec<Change> {
    let with = |payload, path| ApiDefinition {
        payload,
        ..definition(path)
    };
    let api = api(0xa3, 0x61, with(PayloadPolicy::Unsigned, "/unsigned"));
    let former = Publication {
        definition: with(PayloadPolicy::Covered, "/covered").into(),
        published_revision: Revision::new(7),
        ..publication(&api, "prod")
    };
    let active = KeyVersion::new(
        VersionNumber::new(2).unwrap(),
        Scheme::Basic,
        SignKey::from_stored("sign_key_83"),
        SignSecret::from_stored(Secret::new(BASIC_SECRET.to_owned())),
        LATER,
    );
    let basic = SignatureKey {
        active: Arc::new(active),
        created: Timestamp::from_nanos(NOW.nanos() + 1),
        modified: Timestamp::from_nanos(LATER.nanos() + 999_999),
        ..signature_key(0x53, "")
    };
    let next = KeyVersion::new(
        VersionNumber::new(3).unwrap(),
        Scheme::Huawei,
        SignKey::from_stored("sign_key_next"),
        SignSecret::from_stored(Secret::new(NEXT_SECRET.to_owned())),
        LATER,
    );
    let changing = SignatureKey {
        next: Some(Arc::new(next)),
        ..signature_key(0x54, SIGN_SECRET)
    };
    let retired = RetiredVersion {
        scheme: Scheme::Huawei,
        ..retired_version(0x53)
    };
    let binding = Binding {
        id: BindingId::from_random([0xb1; 16]),
        ..binding(&api, "prod", 0x53)
    };
    let project = Account {
        id: account(),
        project: ProjectId::from_random([0x70; 16]),
        created: NOW,
    };
    vec![
        Change::PutAccount(project.into()),
        Change::PutUser(user(0x75, "alice", Some(PASSWORD_HASH)).into()),
        Change::PutUser(user(0x76, "bob", None).into()),
        Change::PutToken(token(0x7c, 0x75).into()),
        Change::PutEnvironment(own_environment(0xe1, "prod")),
        Change::PutVerifier(verifier(0x77, &api).into()),
        Change::PutApi(api.into()),
        Change::PutFormerPublication(former.into()),
        Change::PutSignatureKey(basic.into()),
        Change::PutSignatureKey(changing.into()),
        Change::PutRetiredVersion(retired.into()),
        Change::PutBinding(binding.into()),
    ]
}

/// One record of each kind.
pub fn one_of_each() -> Vec<Change> {
    [one_of_each_in_version_1(), added_in_version_2()].concat()
}

/// All that can be asked of a snapshot of the sample records, secrets too.
pub fn describe(snapshot: &Snapshot) -> String {
    let mut text = format!("revision {}\n", snapshot.revision());
    let mut line = |what: &dyn std::fmt::Debug| writeln!(text, "{what:?}").unwrap();
    for id in ["AKID-owner_1", "AKID-other"] {
        let key = snapshot.access_key(&AccessKeyId::parse(id).unwrap());
        line(&key);
        line(&key.map(|key| key.secret.expose()));
    }
    for own in snapshot.accounts() {
        line(own);
        line(&snapshot.account_of_project(own.project));
    }
    for own in snapshot.environments(&account()) {
        line(own);
        line(&snapshot.environment_by_id(&account(), own.id).is_some());
    }
    for user in snapshot.users(&account()) {
        line(user);
        line(&user.password.as_ref().map(PasswordHash::as_phc));
        snapshot
            .tokens_of_user(user.id)
            .for_each(|token| line(&(token, snapshot.token(&token.hash).is_some())));
    }
    for verifier in snapshot.verifiers(&account()) {
        line(verifier);
        line(&snapshot.verifier_with_token(&verifier.token).is_some());
        let keys = snapshot.keys_of_verifier(verifier);
        line(&keys.iter().map(|key| key.id).collect::<Vec<_>>());
    }
    for group in snapshot.groups(&account()) {
        line(group);
        line(
            &snapshot
                .group_named(&account(), &group.name)
                .map(|group| group.id),
        );
        snapshot
            .apis_of_group(group.id)
            .for_each(|api| line(&api.id));
        snapshot
            .publications_of_group(group.id)
            .for_each(|publication| line(publication));
        line(&snapshot.group_at(&group.host).map(|group| group.id));
        line(
            &snapshot
                .route(group, "RELEASE", "GET", "/users/7/")
                .map(|route| route.key.clone()),
        );
    }
    for api in snapshot.apis(&account()) {
        line(api);
        line(&snapshot.api_at(
            api.group,
            &api.definition.path.shape(),
            &api.definition.method,
        ));
        snapshot
            .former_publications_of_api(api.id)
            .for_each(|former| line(former));
        for binding in snapshot.bindings_of_api(api.id) {
            line(binding);
            line(&(snapshot.binding_by_id(binding.id) == Some(binding)));
        }
    }
    for key in snapshot.signature_keys(&account()) {
        let active = &key.active;
        line(&(
            key.id,
            &key.name,
            &key.account,
            &key.made_by,
            key.created,
            key.modified,
            key.created_revision,
        ));
        for version in [Some(active), key.next.as_ref()].into_iter().flatten() {
            line(&(
                version.number,
                version.scheme,
                &version.sign_key,
                version.sign_secret.secret().expose(),
                version.created,
            ));
        }
        snapshot
            .retired_versions(key.id)
            .for_each(|version| line(version));
        snapshot
            .bindings_of_key(key.id)
            .for_each(|binding| line(binding));
    }
    text
}

/// An error with all its causes.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        write!(text, ": {error}").unwrap();
        cause = error.source();
    }
    text
}

/// Polls once, so that a command is in the queue for certain.
pub async fn start<F: Future>(future: F) -> Pin<Box<F>> {
    let mut future = Box::pin(future);
    poll_fn(|context| {
        assert!(
            future.as_mut().poll(context).is_pending(),
            "the command was not to be answered yet"
        );
        Poll::Ready(())
    })
    .await;
    future
}

// ---- A backend to watch, hold up, and break ----

/// What goes wrong.
#[derive(Clone, Copy, Default)]
pub struct Faults {
    /// A commit fails and writes nothing.
    pub commit: bool,
    /// A commit writes, and fails then.
    pub after_commit: bool,
    /// A load fails.
    pub load: bool,
}

/// Passes everything on to another backend, counting commits.
pub struct Probe {
    inner: Arc<dyn Backend>,
    commits: AtomicUsize,
    faults: Mutex<Faults>,
    gate: Mutex<Option<Gate>>,
}

#[derive(Clone)]
struct Gate {
    arrived: mpsc::UnboundedSender<()>,
    permits: Arc<Semaphore>,
}

/// Holds every commit until it is let through.
pub struct Held {
    arrivals: mpsc::UnboundedReceiver<()>,
    permits: Arc<Semaphore>,
}

impl Held {
    /// Waits until a commit is held.
    pub async fn arrived(&mut self) {
        self.arrivals.recv().await.unwrap();
    }

    /// Lets this and every later commit through.
    pub fn release(&self) {
        self.permits.add_permits(Semaphore::MAX_PERMITS / 2);
    }
}

impl Probe {
    pub fn new(inner: Arc<dyn Backend>) -> Arc<Self> {
        Arc::new(Self {
            inner,
            commits: AtomicUsize::new(0),
            faults: Mutex::default(),
            gate: Mutex::default(),
        })
    }

    /// Commits asked for.
    pub fn commits(&self) -> usize {
        self.commits.load(Ordering::SeqCst)
    }

    pub fn set_faults(&self, faults: Faults) {
        *self.faults.lock().unwrap() = faults;
    }

    pub fn hold(&self) -> Held {
        let (arrived, arrivals) = mpsc::unbounded_channel();
        let permits = Arc::new(Semaphore::new(0));
        *self.gate.lock().unwrap() = Some(Gate {
            arrived,
            permits: Arc::clone(&permits),
        });
        Held { arrivals, permits }
    }

    fn faults(&self) -> Faults {
        *self.faults.lock().unwrap()
    }
}

#[async_trait]
impl Backend for Probe {
    async fn load(&self) -> Result<Loaded, BackendError> {
        if self.faults().load {
            return Err(BackendError::new("cannot load, on purpose"));
        }
        self.inner.load().await
    }

    async fn commit(&self, expected: Revision, batches: &[Batch]) -> Result<(), CommitError> {
        self.commits.fetch_add(1, Ordering::SeqCst);
        let gate = self.gate.lock().unwrap().clone();
        if let Some(gate) = gate {
            let _ = gate.arrived.send(());
            gate.permits.acquire().await.unwrap().forget();
        }
        if self.faults().commit {
            return Err(BackendError::new("cannot commit, on purpose").into());
        }
        self.inner.commit(expected, batches).await?;
        if self.faults().after_commit {
            return Err(BackendError::new("cannot tell of the commit, on purpose").into());
        }
        Ok(())
    }

    fn watch(&self, after: Revision) -> Watch {
        self.inner.watch(after)
    }
}
