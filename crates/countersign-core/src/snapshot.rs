//! The snapshot: the whole state at one revision, immutable, with the indexes
//! that lists and routing need. Its maps share structure, so that a change
//! costs O(log n) and never copies the state.

use std::{cmp::Reverse, collections::BTreeSet, sync::Arc};

use imbl::{GenericHashMap, OrdMap, OrdSet, shared_ptr::DefaultSharedPtr};
use rustc_hash::FxBuildHasher;

use crate::{
    account::{AccessKey, AccessKeyId, Account, AccountId},
    api::{Api, MethodMatch},
    binding::Binding,
    change::Change,
    environment::{Environment, EnvironmentName},
    group::{Group, Host},
    id::{
        ApiId, BindingId, EnvironmentId, GroupId, ProjectId, PublicationId, Revision,
        SignatureKeyId, UserId, VerifierId, VersionNumber,
    },
    publication::{Publication, PublicationKey},
    recent::{Recent, RecentVersion},
    route::{GroupRoutes, Route, RouteConflict, RouteMiss},
    signature_key::{KeyVersion, RetiredVersion, SignatureKey},
    text::{DialectName, GroupName, UserName},
    time::Timestamp,
    user::{Token, TokenHash, User},
    verifier::Verifier,
};

type HashMap<K, V> = GenericHashMap<K, V, FxBuildHasher, DefaultSharedPtr>;

/// A place in a list that shows the newest first.
type NewestFirst<I> = OrdSet<(AccountId, Reverse<Revision>, I)>;

/// The whole state at one revision.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    revision: Revision,
    accounts: OrdMap<AccountId, Arc<Account>>,
    accounts_by_project: OrdMap<ProjectId, AccountId>,
    /// Those that no record tells of, only access keys.
    accounts_implied: OrdSet<AccountId>,
    access_keys: OrdMap<AccessKeyId, Arc<AccessKey>>,
    users: OrdMap<UserId, Arc<User>>,
    users_by_name: OrdMap<(AccountId, UserName), UserId>,
    tokens: HashMap<TokenHash, Arc<Token>>,
    tokens_by_user: OrdSet<(UserId, Timestamp, TokenHash)>,

    verifiers: OrdMap<VerifierId, Arc<Verifier>>,
    verifiers_by_token: HashMap<TokenHash, VerifierId>,

    initial_environments: OrdMap<EnvironmentName, Arc<Environment>>,
    own_environments: OrdMap<(AccountId, EnvironmentName), Arc<Environment>>,

    groups: OrdMap<GroupId, Arc<Group>>,
    groups_by_name: OrdMap<(AccountId, GroupName), GroupId>,
    groups_newest_first: NewestFirst<GroupId>,

    apis: OrdMap<ApiId, Arc<Api>>,
    apis_by_group: OrdSet<(GroupId, ApiId)>,
    apis_by_path: OrdMap<(GroupId, Arc<str>, MethodMatch), ApiId>,
    apis_newest_first: NewestFirst<ApiId>,

    publications: OrdMap<PublicationKey, Arc<Publication>>,
    publications_by_group: OrdSet<(GroupId, PublicationKey)>,
    former_publications: OrdMap<(PublicationKey, Revision), Arc<Publication>>,

    signature_keys: HashMap<SignatureKeyId, Arc<SignatureKey>>,
    signature_keys_newest_first: NewestFirst<SignatureKeyId>,
    retired_versions: OrdMap<(SignatureKeyId, VersionNumber), Arc<RetiredVersion>>,
    recent_versions: Recent,

    bindings: HashMap<PublicationKey, Arc<Binding>>,
    bindings_by_key: OrdSet<(SignatureKeyId, PublicationKey)>,
    bindings_by_id: OrdMap<BindingId, Arc<Binding>>,

    hosts: HashMap<Host, GroupId>,
    routes: HashMap<GroupId, Arc<GroupRoutes>>,
}

// What the data plane asks.
impl Snapshot {
    /// The number of the newest change in here.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The group that is called at this host, without a port.
    pub fn group_at(&self, host: &Host) -> Option<&Arc<Group>> {
        self.groups.get(self.hosts.get(host)?)
    }

    /// Finds the publication for a request to a group; `path` is the raw path
    /// without the query.
    pub fn route(
        &self,
        group: &Group,
        environment: &str,
        method: &str,
        path: &str,
    ) -> Result<&Arc<Route>, RouteMiss> {
        let found = match self.routes.get(&group.id) {
            Some(routes) => routes.find(environment, method, path),
            None => Err(RouteMiss::Path),
        };
        match found {
            Err(RouteMiss::Path)
                if !self
                    .environments(&group.account)
                    .any(|own| own.name.as_str() == environment) =>
            {
                Err(RouteMiss::Environment)
            }
            found => found,
        }
    }

    /// The signature key bound to a publication, if there is one.
    pub fn bound_key(&self, publication: &PublicationKey) -> Option<&Arc<SignatureKey>> {
        let binding = self.bindings.get(publication)?;
        self.signature_keys.get(&binding.signature_key)
    }

    /// The version that signs for a publication, if a signature key is bound.
    pub fn signing_version(&self, publication: &PublicationKey) -> Option<&Arc<KeyVersion>> {
        self.bound_key(publication).map(|key| &key.active)
    }
}

// What the management plane asks.
impl Snapshot {
    /// One access key.
    pub fn access_key(&self, id: &AccessKeyId) -> Option<&Arc<AccessKey>> {
        self.access_keys.get(id)
    }

    /// One account.
    pub fn account(&self, id: &AccountId) -> Option<&Arc<Account>> {
        self.accounts.get(id)
    }

    /// All accounts, by id.
    pub fn accounts(&self) -> impl Iterator<Item = &Arc<Account>> {
        self.accounts.values()
    }

    /// What an account is called as a project.
    pub fn project_of(&self, account: &AccountId) -> ProjectId {
        match self.accounts.get(account) {
            Some(account) => account.project,
            None => ProjectId::made_from(account),
        }
    }

    /// The account that is called so as a project.
    pub fn account_of_project(&self, project: ProjectId) -> Option<&AccountId> {
        self.accounts_by_project.get(&project)
    }

    /// One user.
    pub fn user(&self, id: UserId) -> Option<&Arc<User>> {
        self.users.get(&id)
    }

    /// The user of an account that has this name.
    pub fn user_named(&self, account: &AccountId, name: &UserName) -> Option<&Arc<User>> {
        self.user(*self.users_by_name.get(&(account.clone(), name.clone()))?)
    }

    /// The users of an account, by name.
    pub fn users(&self, account: &AccountId) -> impl Iterator<Item = &Arc<User>> {
        let of = account.clone();
        self.users_by_name
            .range((account.clone(), UserName::from_stored(""))..)
            .take_while(move |((own, _), _)| *own == of)
            .filter_map(|(_, id)| self.users.get(id))
    }

    /// One token, whether it has expired or not.
    pub fn token(&self, hash: &TokenHash) -> Option<&Arc<Token>> {
        self.tokens.get(hash)
    }

    /// The tokens of a user, the first to expire first.
    pub fn tokens_of_user(&self, user: UserId) -> impl Iterator<Item = &Arc<Token>> {
        let first = (user, Timestamp::from_nanos(i64::MIN), TokenHash([0; 32]));
        self.tokens_by_user
            .range(first..)
            .take_while(move |(of, _, _)| *of == user)
            .filter_map(|(_, _, hash)| self.tokens.get(hash))
    }

    /// One verifier.
    pub fn verifier(&self, id: VerifierId) -> Option<&Arc<Verifier>> {
        self.verifiers.get(&id)
    }

    /// The verifier that has this token.
    pub fn verifier_with_token(&self, hash: &TokenHash) -> Option<&Arc<Verifier>> {
        self.verifier(*self.verifiers_by_token.get(hash)?)
    }

    /// The verifiers of an account, by id.
    pub fn verifiers(&self, account: &AccountId) -> impl Iterator<Item = &Arc<Verifier>> {
        let of = account.clone();
        let all = self.verifiers.values();
        all.filter(move |verifier| verifier.account == of)
    }

    /// The signature keys that are bound to the APIs of a verifier, each once,
    /// by id. What of its scope is gone counts for nothing.
    pub fn keys_of_verifier(&self, verifier: &Verifier) -> Vec<&Arc<SignatureKey>> {
        let of_groups = verifier.scope.groups.iter();
        let of_groups = of_groups.flat_map(|group| self.apis_of_group(*group));
        let named = verifier.scope.apis.iter().filter_map(|id| self.api(*id));
        let apis = of_groups.chain(named);
        let apis = apis.filter(|api| api.account == verifier.account);
        let keys: BTreeSet<_> = apis
            .flat_map(|api| self.bindings_of_api(api.id))
            .map(|binding| binding.signature_key)
            .collect();
        keys.into_iter()
            .filter_map(|id| self.signature_keys.get(&id))
            .collect()
    }

    /// The environments of an account: those that all accounts have, then its
    /// own, both by name.
    pub fn environments(&self, account: &AccountId) -> impl Iterator<Item = &Arc<Environment>> {
        let of = account.clone();
        let own = self
            .own_environments
            .range((account.clone(), EnvironmentName::lowest())..)
            .take_while(move |((own, _), _)| *own == of)
            .map(|(_, environment)| environment);
        self.initial_environments.values().chain(own)
    }

    /// The environment of an account that has this name.
    pub fn environment(
        &self,
        account: &AccountId,
        name: &EnvironmentName,
    ) -> Option<&Arc<Environment>> {
        self.initial_environments.get(name).or_else(|| {
            let own = (account.clone(), name.clone());
            self.own_environments.get(&own)
        })
    }

    /// The environment of an account that has this id.
    pub fn environment_by_id(
        &self,
        account: &AccountId,
        id: EnvironmentId,
    ) -> Option<&Arc<Environment>> {
        self.environments(account).find(|own| own.id == id)
    }

    /// One group.
    pub fn group(&self, id: GroupId) -> Option<&Arc<Group>> {
        self.groups.get(&id)
    }

    /// The group of an account that has this name.
    pub fn group_named(&self, account: &AccountId, name: &GroupName) -> Option<&Arc<Group>> {
        self.group(*self.groups_by_name.get(&(account.clone(), name.clone()))?)
    }

    /// The groups of an account, newest first.
    pub fn groups(&self, account: &AccountId) -> impl Iterator<Item = &Arc<Group>> {
        newest_first(&self.groups_newest_first, account).filter_map(|id| self.groups.get(&id))
    }

    /// Whether some group is called at this host.
    pub fn host_is_taken(&self, host: &Host) -> bool {
        self.hosts.contains_key(host)
    }

    /// One API.
    pub fn api(&self, id: ApiId) -> Option<&Arc<Api>> {
        self.apis.get(&id)
    }

    /// The APIs of an account, newest first.
    pub fn apis(&self, account: &AccountId) -> impl Iterator<Item = &Arc<Api>> {
        newest_first(&self.apis_newest_first, account).filter_map(|id| self.apis.get(&id))
    }

    /// The APIs of a group, by id.
    pub fn apis_of_group(&self, group: GroupId) -> impl Iterator<Item = &Arc<Api>> {
        self.apis_by_group
            .range((group, ApiId::LOWEST)..)
            .take_while(move |(of, _)| *of == group)
            .filter_map(|(_, id)| self.apis.get(id))
    }

    /// The API of a group that answers to this method and path shape.
    pub fn api_at(&self, group: GroupId, shape: &str, method: &MethodMatch) -> Option<ApiId> {
        self.apis_by_path
            .get(&(group, shape.into(), method.clone()))
            .copied()
    }

    /// One publication.
    pub fn publication(&self, key: &PublicationKey) -> Option<&Arc<Publication>> {
        self.publications.get(key)
    }

    /// Where an API is published, by environment.
    pub fn publications_of_api(&self, api: ApiId) -> impl Iterator<Item = &Arc<Publication>> {
        self.publications
            .range(lowest_publication_of(api)..)
            .take_while(move |(key, _)| key.api == api)
            .map(|(_, publication)| publication)
    }

    /// Which API of an account is meant, and where; published there or not.
    pub fn publication_by_id(
        &self,
        account: &AccountId,
        id: PublicationId,
    ) -> Option<PublicationKey> {
        self.environments(account).find_map(|environment| {
            let api = self.apis.get(&id.api_in(environment.id))?;
            (api.account == *account).then(|| PublicationKey {
                api: api.id,
                environment: environment.name.clone(),
            })
        })
    }

    /// What was live there before, the oldest first.
    pub fn former_publications(
        &self,
        key: &PublicationKey,
    ) -> impl Iterator<Item = &Arc<Publication>> {
        let of = key.clone();
        self.former_publications
            .range((key.clone(), Revision::ZERO)..)
            .take_while(move |((own, _), _)| *own == of)
            .map(|(_, publication)| publication)
    }

    /// What was live of an API before, by environment, the oldest first.
    pub fn former_publications_of_api(
        &self,
        api: ApiId,
    ) -> impl Iterator<Item = &Arc<Publication>> {
        self.former_publications
            .range((lowest_publication_of(api), Revision::ZERO)..)
            .take_while(move |((key, _), _)| key.api == api)
            .map(|(_, publication)| publication)
    }

    /// All that is published of a group.
    pub fn publications_of_group(&self, group: GroupId) -> impl Iterator<Item = &Arc<Publication>> {
        self.publications_by_group
            .range((group, lowest_publication())..)
            .take_while(move |(of, _)| *of == group)
            .filter_map(|(_, key)| self.publications.get(key))
    }

    /// One signature key.
    pub fn signature_key(&self, id: SignatureKeyId) -> Option<&Arc<SignatureKey>> {
        self.signature_keys.get(&id)
    }

    /// The signature keys of an account, newest first.
    pub fn signature_keys(&self, account: &AccountId) -> impl Iterator<Item = &Arc<SignatureKey>> {
        newest_first(&self.signature_keys_newest_first, account)
            .filter_map(|id| self.signature_keys.get(&id))
    }

    /// The signature keys of all accounts that have this name, in no order. It
    /// looks at all of them: not for the hot path.
    pub fn signature_keys_named(&self, name: &str) -> impl Iterator<Item = &Arc<SignatureKey>> {
        let keys = self.signature_keys.values();
        keys.filter(move |key| key.name.as_str() == name)
    }

    /// The retired versions of a signature key, oldest first.
    pub fn retired_versions(
        &self,
        id: SignatureKeyId,
    ) -> impl Iterator<Item = &Arc<RetiredVersion>> {
        self.retired_versions
            .range((id, VersionNumber::FIRST)..)
            .take_while(move |((of, _), _)| *of == id)
            .map(|(_, version)| version)
    }

    /// The versions of a signature key that signed until a moment ago, as far as
    /// this process saw them, the oldest first. Whose time is over by now is for
    /// the caller to see.
    pub fn recent_versions(&self, id: SignatureKeyId) -> impl Iterator<Item = &RecentVersion> {
        self.recent_versions.of(id)
    }

    /// The binding of a publication.
    pub fn binding(&self, publication: &PublicationKey) -> Option<&Arc<Binding>> {
        self.bindings.get(publication)
    }

    /// The binding with this id.
    pub fn binding_by_id(&self, id: BindingId) -> Option<&Arc<Binding>> {
        self.bindings_by_id.get(&id)
    }

    /// Where a signature key is bound.
    pub fn bindings_of_key(&self, id: SignatureKeyId) -> impl Iterator<Item = &Arc<Binding>> {
        self.bindings_by_key
            .range((id, lowest_publication())..)
            .take_while(move |(of, _)| *of == id)
            .filter_map(|(_, key)| self.bindings.get(key))
    }

    /// The bindings of an API, in any environment.
    pub fn bindings_of_api(&self, api: ApiId) -> impl Iterator<Item = &Arc<Binding>> {
        let account = self.apis.get(&api).map(|api| &api.account);
        let environments = account.map(|account| self.environments(account));
        environments.into_iter().flatten().filter_map(move |own| {
            self.bindings.get(&PublicationKey {
                api,
                environment: own.name.clone(),
            })
        })
    }

    /// Whether the published APIs of a group can still be told apart with this
    /// one among them.
    pub fn check_routes_with(&self, publication: &Publication) -> Result<(), RouteConflict> {
        let others = self
            .publications_of_group(publication.group)
            .map(|other| &**other);
        let others = others.filter(|other| other.key != publication.key);
        GroupRoutes::build(others.chain([publication]), |api| self.maker(api)).map(|_| ())
    }

    /// The dialect that made an API, for its routes.
    fn maker(&self, api: ApiId) -> Option<DialectName> {
        self.apis.get(&api).map(|api| api.made_by.clone())
    }

    /// Starts a snapshot that follows this one.
    pub fn draft(&self) -> Draft {
        Draft {
            snapshot: self.clone(),
            stale_routes: BTreeSet::new(),
        }
    }
}

fn newest_first<'a, I: Lowest>(
    index: &'a NewestFirst<I>,
    account: &AccountId,
) -> impl Iterator<Item = I> + 'a {
    let account = account.clone();
    index
        .range((account.clone(), Reverse(Revision::new(u64::MAX)), I::LOWEST)..)
        .take_while(move |(of, _, _)| *of == account)
        .map(|(_, _, id)| *id)
}

fn lowest_publication() -> PublicationKey {
    lowest_publication_of(ApiId::LOWEST)
}

fn lowest_publication_of(api: ApiId) -> PublicationKey {
    PublicationKey {
        api,
        environment: EnvironmentName::lowest(),
    }
}

/// The id that sorts before all others.
trait Lowest: Copy + Ord + 'static {
    const LOWEST: Self;
}

impl Lowest for GroupId {
    const LOWEST: Self = Self::from_random([0; 16]);
}

impl Lowest for ApiId {
    const LOWEST: Self = Self::from_random([0; 16]);
}

impl Lowest for SignatureKeyId {
    const LOWEST: Self = Self::from_random([0; 16]);
}

/// A snapshot being made: changes are applied to it one command after another,
/// and [`Draft::finish`] brings the routes up to date once for all of them.
#[derive(Debug)]
pub struct Draft {
    snapshot: Snapshot,
    stale_routes: BTreeSet<GroupId>,
}

impl Draft {
    /// What the next command is planned against. Its routes may lag behind;
    /// everything else is up to date.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Applies the changes of one command, as `revision`.
    pub fn apply(&mut self, revision: Revision, changes: &[Change]) {
        for change in changes {
            self.apply_one(change);
        }
        self.snapshot.revision = revision;
    }

    /// The finished snapshot.
    ///
    /// # Errors
    /// Two publications of a group compete; planning refuses such a command,
    /// so a store that holds one was written by something else.
    pub fn finish(mut self) -> Result<Snapshot, RouteConflict> {
        for group in std::mem::take(&mut self.stale_routes) {
            let routes = GroupRoutes::build(
                self.snapshot
                    .publications_of_group(group)
                    .map(|publication| &**publication),
                |api| self.snapshot.maker(api),
            )?;
            if self.snapshot.groups.contains_key(&group) {
                self.snapshot.routes.insert(group, Arc::new(routes));
            } else {
                self.snapshot.routes.remove(&group);
            }
        }
        Ok(self.snapshot)
    }

    fn apply_one(&mut self, change: &Change) {
        match change {
            Change::PutAccessKey(key) => {
                let (id, key) = (key.id.clone(), Arc::clone(key));
                let former = self.snapshot.access_keys.insert(id, Arc::clone(&key));
                self.imply_account(&key.account);
                former
                    .iter()
                    .for_each(|key| self.imply_account(&key.account));
            }
            Change::RemoveAccessKey(id) => {
                let former = self.snapshot.access_keys.remove(id);
                former
                    .iter()
                    .for_each(|key| self.imply_account(&key.account));
            }
            Change::PutAccount(account) => self.put_account(account),
            Change::PutUser(user) => self.put_user(user),
            Change::RemoveUser(id) => self.remove_user(*id),
            Change::PutToken(token) => self.put_token(token),
            Change::RemoveToken(hash) => self.remove_token(hash),
            Change::PutVerifier(verifier) => {
                let state = &mut self.snapshot;
                if let Some(former) = state.verifiers.get(&verifier.id) {
                    state.verifiers_by_token.remove(&former.token);
                }
                state.verifiers_by_token.insert(verifier.token, verifier.id);
                state.verifiers.insert(verifier.id, Arc::clone(verifier));
            }
            Change::RemoveVerifier(id) => {
                let state = &mut self.snapshot;
                if let Some(verifier) = state.verifiers.remove(id) {
                    state.verifiers_by_token.remove(&verifier.token);
                }
            }
            Change::PutEnvironment(environment) => self.put_environment(environment),
            Change::RemoveEnvironment(account, name) => {
                let own = (account.clone(), name.clone());
                self.snapshot.own_environments.remove(&own);
            }
            Change::PutGroup(group) => self.put_group(group),
            Change::RemoveGroup(id) => self.remove_group(*id),
            Change::PutApi(api) => self.put_api(api),
            Change::RemoveApi(id) => self.remove_api(*id),
            Change::PutPublication(publication) => self.put_publication(publication),
            Change::RemovePublication(key) => self.remove_publication(key),
            Change::PutFormerPublication(publication) => {
                let at = (publication.key.clone(), publication.published_revision);
                self.snapshot
                    .former_publications
                    .insert(at, Arc::clone(publication));
            }
            Change::RemoveFormerPublication(key, revision) => {
                let at = (key.clone(), *revision);
                self.snapshot.former_publications.remove(&at);
            }
            Change::PutSignatureKey(key) => self.put_signature_key(key),
            Change::RemoveSignatureKey(id) => self.remove_signature_key(*id),
            Change::PutRetiredVersion(version) => {
                let at = (version.signature_key, version.number);
                self.snapshot
                    .retired_versions
                    .insert(at, Arc::clone(version));
            }
            Change::RemoveRetiredVersion(id, number) => {
                self.snapshot.retired_versions.remove(&(*id, *number));
            }
            Change::PutBinding(binding) => self.put_binding(binding),
            Change::RemoveBinding(publication) => self.remove_binding(publication),
        }
    }

    fn put_account(&mut self, account: &Arc<Account>) {
        self.remove_account(&account.id);
        let (state, id) = (&mut self.snapshot, account.id.clone());
        state
            .accounts_by_project
            .insert(account.project, id.clone());
        state.accounts.insert(id, Arc::clone(account));
    }

    fn remove_account(&mut self, id: &AccountId) {
        let state = &mut self.snapshot;
        state.accounts_implied.remove(id);
        if let Some(account) = state.accounts.remove(id) {
            state.accounts_by_project.remove(&account.project);
        }
    }

    /// An account without a record of its own, from before there were any, is
    /// known by its access keys, and is as old as the oldest of them.
    fn imply_account(&mut self, id: &AccountId) {
        let state = &self.snapshot;
        if state.accounts.contains_key(id) && !state.accounts_implied.contains(id) {
            return;
        }
        let keys = state.access_keys.values().filter(|key| key.account == *id);
        let oldest = keys.map(|key| key.created).min();
        self.remove_account(id);
        if let Some(created) = oldest {
            self.put_account(&Arc::new(Account {
                id: id.clone(),
                project: ProjectId::made_from(id),
                created,
            }));
            self.snapshot.accounts_implied.insert(id.clone());
        }
    }

    fn put_user(&mut self, user: &Arc<User>) {
        self.remove_user(user.id);
        let state = &mut self.snapshot;
        let name = (user.account.clone(), user.name.clone());
        state.users_by_name.insert(name, user.id);
        state.users.insert(user.id, Arc::clone(user));
    }

    fn remove_user(&mut self, id: UserId) {
        let state = &mut self.snapshot;
        if let Some(user) = state.users.remove(&id) {
            let name = (user.account.clone(), user.name.clone());
            state.users_by_name.remove(&name);
        }
    }

    fn put_token(&mut self, token: &Arc<Token>) {
        self.remove_token(&token.hash);
        let state = &mut self.snapshot;
        let place = (token.user, token.expires, token.hash);
        state.tokens_by_user.insert(place);
        state.tokens.insert(token.hash, Arc::clone(token));
    }

    fn remove_token(&mut self, hash: &TokenHash) {
        let state = &mut self.snapshot;
        if let Some(token) = state.tokens.remove(hash) {
            let place = (token.user, token.expires, token.hash);
            state.tokens_by_user.remove(&place);
        }
    }

    fn put_environment(&mut self, environment: &Environment) {
        let (state, name) = (&mut self.snapshot, environment.name.clone());
        let environment = Arc::new(environment.clone());
        match &environment.account {
            None => state.initial_environments.insert(name, environment),
            Some(account) => {
                let own = (account.clone(), name);
                state.own_environments.insert(own, environment)
            }
        };
    }

    fn put_group(&mut self, group: &Arc<Group>) {
        self.remove_group(group.id);
        let state = &mut self.snapshot;
        state
            .groups_by_name
            .insert((group.account.clone(), group.name.clone()), group.id);
        state.groups_newest_first.insert((
            group.account.clone(),
            Reverse(group.created_revision),
            group.id,
        ));
        state.hosts.insert(group.host.clone(), group.id);
        state.groups.insert(group.id, Arc::clone(group));
        self.stale_routes.insert(group.id);
    }

    fn remove_group(&mut self, id: GroupId) {
        let state = &mut self.snapshot;
        let Some(group) = state.groups.remove(&id) else {
            return;
        };
        state
            .groups_by_name
            .remove(&(group.account.clone(), group.name.clone()));
        state.groups_newest_first.remove(&(
            group.account.clone(),
            Reverse(group.created_revision),
            id,
        ));
        state.hosts.remove(&group.host);
        self.stale_routes.insert(id);
    }

    fn put_api(&mut self, api: &Arc<Api>) {
        self.remove_api(api.id);
        let state = &mut self.snapshot;
        state.apis_by_group.insert((api.group, api.id));
        state.apis_by_path.insert(path_index(api), api.id);
        state.apis_newest_first.insert((
            api.account.clone(),
            Reverse(api.created_revision),
            api.id,
        ));
        state.apis.insert(api.id, Arc::clone(api));
    }

    fn remove_api(&mut self, id: ApiId) {
        let state = &mut self.snapshot;
        let Some(api) = state.apis.remove(&id) else {
            return;
        };
        state.apis_by_group.remove(&(api.group, id));
        state.apis_by_path.remove(&path_index(&api));
        state
            .apis_newest_first
            .remove(&(api.account.clone(), Reverse(api.created_revision), id));
    }

    fn put_publication(&mut self, publication: &Arc<Publication>) {
        let state = &mut self.snapshot;
        state
            .publications_by_group
            .insert((publication.group, publication.key.clone()));
        state
            .publications
            .insert(publication.key.clone(), Arc::clone(publication));
        self.stale_routes.insert(publication.group);
    }

    fn remove_publication(&mut self, key: &PublicationKey) {
        let state = &mut self.snapshot;
        let Some(publication) = state.publications.remove(key) else {
            return;
        };
        state
            .publications_by_group
            .remove(&(publication.group, key.clone()));
        self.stale_routes.insert(publication.group);
    }

    fn put_signature_key(&mut self, key: &Arc<SignatureKey>) {
        let state = &mut self.snapshot;
        if let Some(former) = state.signature_keys.get(&key.id)
            && former.active.number != key.active.number
        {
            state
                .recent_versions
                .remember(key.id, &former.active, &key.active);
        }
        state.signature_keys_newest_first.insert((
            key.account.clone(),
            Reverse(key.created_revision),
            key.id,
        ));
        state.signature_keys.insert(key.id, Arc::clone(key));
    }

    fn remove_signature_key(&mut self, id: SignatureKeyId) {
        let state = &mut self.snapshot;
        let Some(key) = state.signature_keys.remove(&id) else {
            return;
        };
        state.recent_versions.forget(id);
        state.signature_keys_newest_first.remove(&(
            key.account.clone(),
            Reverse(key.created_revision),
            id,
        ));
    }

    fn put_binding(&mut self, binding: &Arc<Binding>) {
        self.remove_binding(&binding.publication);
        let state = &mut self.snapshot;
        state
            .bindings_by_key
            .insert((binding.signature_key, binding.publication.clone()));
        state.bindings_by_id.insert(binding.id, Arc::clone(binding));
        state
            .bindings
            .insert(binding.publication.clone(), Arc::clone(binding));
    }

    fn remove_binding(&mut self, publication: &PublicationKey) {
        let state = &mut self.snapshot;
        let Some(binding) = state.bindings.remove(publication) else {
            return;
        };
        state.bindings_by_id.remove(&binding.id);
        state
            .bindings_by_key
            .remove(&(binding.signature_key, publication.clone()));
    }
}

fn path_index(api: &Api) -> (GroupId, Arc<str>, MethodMatch) {
    (
        api.group,
        api.definition.path.shape().into(),
        api.definition.method.clone(),
    )
}
