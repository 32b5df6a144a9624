//! Routing: from host, environment, method and path to one publication.

use std::sync::Arc;

use matchit::Router;
use rustc_hash::FxHashMap;

use crate::{
    api::{ApiDefinition, MatchMode},
    environment::EnvironmentName,
    id::ApiId,
    publication::{Publication, PublicationKey},
    text::DialectName,
};

/// What a request for a publication needs.
#[derive(Debug)]
pub struct Route {
    /// Which API, where.
    pub key: PublicationKey,
    /// What is live.
    pub definition: Arc<ApiDefinition>,
    /// Which dialect made the API: its clients expect that vendor's answers.
    pub made_by: DialectName,
}

/// Why no publication answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RouteMiss {
    /// No group is called at that host.
    #[error("no group is called at this host")]
    Host,
    /// No environment has that name.
    #[error("there is no such environment")]
    Environment,
    /// Nothing is published at that path in that environment.
    #[error("no API is published at this path")]
    Path,
    /// Something is published at that path, but not for that method.
    #[error("no API is published at this path for this method")]
    Method,
}

/// Two prefix patterns of one group compete in a way that has no most precise
/// match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the path competes with that of another published API")]
pub struct RouteConflict;

/// All that is published of one group.
#[derive(Debug, Default)]
pub(crate) struct GroupRoutes {
    environments: Vec<(EnvironmentName, EnvironmentRoutes)>,
}

/// What is published of one group in one environment. Exact patterns win over
/// prefixes, and longer prefixes over shorter ones.
#[derive(Debug, Default)]
struct EnvironmentRoutes {
    exact: Tree,
    prefix: Tree,
}

#[derive(Debug, Default)]
struct Tree {
    router: Router<usize>,
    leaf_of_shape: FxHashMap<String, usize>,
    leaves: Vec<Vec<Arc<Route>>>,
}

impl GroupRoutes {
    /// Builds the routes of one group from what is published of it.
    pub(crate) fn build<'a>(
        publications: impl Iterator<Item = &'a Publication>,
        maker: impl Fn(ApiId) -> Option<DialectName>,
    ) -> Result<Self, RouteConflict> {
        let mut routes = Self::default();
        for publication in publications {
            let environment = &publication.key.environment;
            let at = match routes
                .environments
                .iter()
                .position(|(name, _)| name == environment)
            {
                Some(at) => at,
                None => {
                    routes
                        .environments
                        .push((environment.clone(), EnvironmentRoutes::default()));
                    routes.environments.len() - 1
                }
            };
            let made_by =
                maker(publication.key.api).unwrap_or_else(|| DialectName::from_stored(""));
            routes.environments[at].1.insert(publication, made_by)?;
        }
        Ok(routes)
    }

    /// Finds the publication for a request, by its raw path without the query.
    pub(crate) fn find(
        &self,
        environment: &str,
        method: &str,
        path: &str,
    ) -> Result<&Arc<Route>, RouteMiss> {
        let (_, routes) = self
            .environments
            .iter()
            .find(|(name, _)| name.as_str() == environment)
            .ok_or(RouteMiss::Path)?;
        match routes.exact.find(method, path) {
            Err(miss) => match routes.prefix.find(method, path) {
                Err(RouteMiss::Path) => Err(miss),
                found => found,
            },
            found => found,
        }
    }
}

impl EnvironmentRoutes {
    fn insert(
        &mut self,
        publication: &Publication,
        made_by: DialectName,
    ) -> Result<(), RouteConflict> {
        let definition = &publication.definition;
        let route = Arc::new(Route {
            key: publication.key.clone(),
            definition: Arc::clone(definition),
            made_by,
        });
        let shape = definition.path.shape();
        match definition.match_mode {
            MatchMode::Exact => self.exact.insert(shape, route),
            MatchMode::Prefix => {
                let stem = shape.trim_end_matches('/');
                if !stem.is_empty() {
                    self.prefix.insert(stem.to_owned(), Arc::clone(&route))?;
                }
                self.prefix.insert(format!("{stem}/"), Arc::clone(&route))?;
                self.prefix.insert(format!("{stem}/{{*rest}}"), route)
            }
        }
    }
}

impl Tree {
    fn insert(&mut self, pattern: String, route: Arc<Route>) -> Result<(), RouteConflict> {
        let next = self.leaves.len();
        let at = *self.leaf_of_shape.entry(pattern.clone()).or_insert(next);
        if at == next {
            self.router
                .insert(pattern, next)
                .map_err(|_| RouteConflict)?;
            self.leaves.push(Vec::with_capacity(1));
        }
        self.leaves[at].push(route);
        Ok(())
    }

    fn find(&self, method: &str, path: &str) -> Result<&Arc<Route>, RouteMiss> {
        let found = self.router.at(path).map_err(|_| RouteMiss::Path)?;
        let leaf = &self.leaves[*found.value];
        let mut candidates = leaf
            .iter()
            .filter(|route| route.definition.method.matches(method));
        // A method of its own wins over one that answers to any.
        let first = candidates.next().ok_or(RouteMiss::Method)?;
        let own = |route: &&Arc<Route>| route.definition.method.as_str() == method;
        Ok(if own(&first) {
            first
        } else {
            candidates.find(own).unwrap_or(first)
        })
    }
}

impl Route {
    /// The values that the client's `path` gives to this API's parameters, as
    /// sent (nothing is decoded), and what follows a prefix.
    pub fn captures<'p>(&self, path: &'p str) -> Captures<'_, 'p> {
        Captures { route: self, path }
    }
}

/// A client's path read against the pattern that it matched.
#[derive(Clone, Copy, Debug)]
pub struct Captures<'r, 'p> {
    route: &'r Route,
    path: &'p str,
}

impl<'p> Captures<'_, 'p> {
    /// The value of the parameter `name`, escapes as sent.
    pub fn get(&self, name: &str) -> Option<&'p str> {
        let at = self.route.definition.path.position(name)?;
        self.path.strip_prefix('/')?.split('/').nth(at)
    }

    /// For a prefix match, what follows the prefix, with its leading slash;
    /// empty for an exact match.
    pub fn rest(&self) -> &'p str {
        if self.route.definition.match_mode == MatchMode::Exact {
            return "";
        }
        let mut rest = self.path;
        for _ in 0..self.route.definition.path.stem_segments() {
            rest = rest[1..].find('/').map_or("", |slash| &rest[1 + slash..]);
        }
        rest
    }
}
