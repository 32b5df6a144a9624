//! The snapshot: the whole state at one revision, immutable, with the indexes
//! that lists and routing need. Its maps share structure, so that a change
//! costs O(log n) and never copies the state.

use std::{cmp::Reverse, collections::BTreeSet, sync::Arc};

use imbl::{GenericHashMap, OrdMap, OrdSet, shared_ptr::DefaultSharedPtr};
use rustc_hash::FxBuildHasher;

use crate::{
    account::{AccessKey, AccessKeyId, AccountId},
    api::{Api, MethodMatch},
    binding::Binding,
    change::Change,
    environment::{Environment, EnvironmentName},
    group::{Group, Host},
    id::{ApiId, GroupId, Revision, SignatureKeyId, VersionNumber},
    publication::{Publication, PublicationKey},
    route::{GroupRoutes, Route, RouteConflict, RouteMiss},
    signature_key::{KeyVersion, RetiredVersion, SignatureKey},
    text::GroupName,
};

type HashMap<K, V> = GenericHashMap<K, V, FxBuildHasher, DefaultSharedPtr>;

/// A place in a list that shows the newest first.
type NewestFirst<I> = OrdSet<(AccountId, Reverse<Revision>, I)>;

/// The whole state at one revision.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    revision: Revision,
    access_keys: OrdMap<AccessKeyId, Arc<AccessKey>>,
    environments: OrdMap<EnvironmentName, Environment>,

    groups: OrdMap<GroupId, Arc<Group>>,
    groups_by_name: OrdMap<(AccountId, GroupName), GroupId>,
    groups_newest_first: NewestFirst<GroupId>,

    apis: OrdMap<ApiId, Arc<Api>>,
    apis_by_group: OrdSet<(GroupId, ApiId)>,
    apis_by_path: OrdMap<(GroupId, Arc<str>, MethodMatch), ApiId>,
    apis_newest_first: NewestFirst<ApiId>,

    publications: OrdMap<PublicationKey, Arc<Publication>>,
    publications_by_group: OrdSet<(GroupId, PublicationKey)>,

    signature_keys: HashMap<SignatureKeyId, Arc<SignatureKey>>,
    signature_keys_newest_first: NewestFirst<SignatureKeyId>,
    retired_versions: OrdMap<(SignatureKeyId, VersionNumber), Arc<RetiredVersion>>,

    bindings: HashMap<PublicationKey, Arc<Binding>>,
    bindings_by_key: OrdSet<(SignatureKeyId, PublicationKey)>,

    hosts: HashMap<Host, GroupId>,
    routes: HashMap<GroupId, Arc<GroupRoutes>>,
}

// What the data plane asks.
impl Snapshot {
    /// The number of the newest change in here.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// Finds the publication for a request. `host` is without a port; `path`
    /// is the raw path without the query.
    pub fn route(
        &self,
        host: &Host,
        environment: &str,
        method: &str,
        path: &str,
    ) -> Result<&Arc<Route>, RouteMiss> {
        let group = self.hosts.get(host).ok_or(RouteMiss::Host)?;
        let found = match self.routes.get(group) {
            Some(routes) => routes.find(environment, method, path),
            None => Err(RouteMiss::Path),
        };
        match found {
            Err(RouteMiss::Path)
                if !self
                    .environments
                    .keys()
                    .any(|name| name.as_str() == environment) =>
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

    /// All environments, by name.
    pub fn environments(&self) -> impl Iterator<Item = &Environment> {
        self.environments.values()
    }

    /// One environment.
    pub fn environment(&self, name: &EnvironmentName) -> Option<&Environment> {
        self.environments.get(name)
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
        self.environments.keys().filter_map(move |name| {
            self.publications.get(&PublicationKey {
                api,
                environment: name.clone(),
            })
        })
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

    /// The binding of a publication.
    pub fn binding(&self, publication: &PublicationKey) -> Option<&Arc<Binding>> {
        self.bindings.get(publication)
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
        self.environments.keys().filter_map(move |name| {
            self.bindings.get(&PublicationKey {
                api,
                environment: name.clone(),
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
        GroupRoutes::build(others.chain([publication])).map(|_| ())
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
    PublicationKey {
        api: ApiId::LOWEST,
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
                self.snapshot
                    .access_keys
                    .insert(key.id.clone(), Arc::clone(key));
            }
            Change::RemoveAccessKey(id) => {
                self.snapshot.access_keys.remove(id);
            }
            Change::PutEnvironment(environment) => {
                self.snapshot
                    .environments
                    .insert(environment.name.clone(), environment.clone());
            }
            Change::PutGroup(group) => self.put_group(group),
            Change::RemoveGroup(id) => self.remove_group(*id),
            Change::PutApi(api) => self.put_api(api),
            Change::RemoveApi(id) => self.remove_api(*id),
            Change::PutPublication(publication) => self.put_publication(publication),
            Change::RemovePublication(key) => self.remove_publication(key),
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
        state
            .bindings
            .insert(binding.publication.clone(), Arc::clone(binding));
    }

    fn remove_binding(&mut self, publication: &PublicationKey) {
        let state = &mut self.snapshot;
        let Some(binding) = state.bindings.remove(publication) else {
            return;
        };
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
