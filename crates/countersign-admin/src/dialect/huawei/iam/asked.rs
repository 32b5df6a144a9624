//! What a caller asks for who wants a token: as whom, and for what.

use countersign_core::{AccountId, ProjectId, Snapshot, User, UserId, UserName};
use countersign_sign::Secret;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::Arc;

use super::{
    super::{
        errors::Fault,
        fields::{Body, Fields},
    },
    domain,
    token::TokenScope,
};

/// A call's body, read.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) user: NamedUser,
    pub(super) password: Secret,
    pub(super) scope: Scope,
}

/// How a caller names a user.
#[derive(Debug)]
pub(super) enum NamedUser {
    Id(String),
    Name { name: String, domain: domain::Named },
}

/// What the token is to be for.
#[derive(Debug)]
pub(super) enum Scope {
    Project(NamedProject),
    Domain(domain::Named),
    Unscoped,
}

/// How a caller names a project.
#[derive(Debug)]
pub(super) enum NamedProject {
    Id(String),
    Name {
        name: String,
        domain: Option<domain::Named>,
    },
}

impl Asked {
    pub(super) fn read(body: &[u8]) -> Result<Self, Fault> {
        let body = Body::read(body)?;
        let auth = object(&body.fields(), "auth", "auth.")?;
        let identity = object(&auth, "identity", "auth.identity.")?;
        match identity.texts("methods")?.as_deref() {
            Some(["password"]) => {}
            None => return Err(identity.missing("methods")),
            Some(_) => {
                let why = "The one method that is spoken here is password";
                return Err(identity.invalid_because("methods", why));
            }
        }
        let password = object(&identity, "password", "auth.identity.password.")?;
        let user = object(&password, "user", "auth.identity.password.user.")?;
        let password = user.text("password")?;
        let password = password.ok_or_else(|| user.missing("password"))?;
        Ok(Self {
            password: Secret::new(password.to_owned()),
            user: NamedUser::read(&user)?,
            scope: Scope::read(&auth)?,
        })
    }
}

impl NamedUser {
    fn read(user: &Fields<'_>) -> Result<Self, Fault> {
        if let Some(id) = user.text("id")?.filter(|id| !id.is_empty()) {
            return Ok(Self::Id(id.to_owned()));
        }
        let domain = object(user, "domain", "auth.identity.password.user.domain.");
        Ok(Self::Name {
            name: user.required("name")?.to_owned(),
            domain: domain::Named::read(&domain?)?,
        })
    }

    /// The user, if there is one.
    pub(super) fn find<'a>(&self, snapshot: &'a Snapshot) -> Option<&'a Arc<User>> {
        match self {
            Self::Id(id) => snapshot.user(UserId::parse(id).ok()?),
            Self::Name { name, domain } => {
                let account = domain.account(snapshot)?;
                snapshot.user_named(&account, &UserName::from_stored(name))
            }
        }
    }

    /// What failures are counted under: the same for every way to name a user,
    /// whether there is that user or not.
    pub(super) fn counted_as(&self, snapshot: &Snapshot) -> [u8; 32] {
        let (account, name) = match (self.find(snapshot), self) {
            (Some(user), _) => (user.account.as_str().to_owned(), user.name.as_str()),
            (None, Self::Id(id)) => (String::new(), id.as_str()),
            (None, Self::Name { name, domain }) => {
                let account = domain.account(snapshot);
                let account = account.map(|account| account.as_str().to_owned());
                (
                    account.unwrap_or_else(|| domain.text().to_owned()),
                    name.as_str(),
                )
            }
        };
        // No account's id holds a zero byte.
        Sha256::digest([account.as_bytes(), &[0], name.as_bytes()].concat()).into()
    }
}

impl Scope {
    fn read(auth: &Fields<'_>) -> Result<Self, Fault> {
        match auth.value("scope") {
            None => return Ok(Self::Unscoped),
            // As OpenStack's clients write it.
            Some(Value::String(text)) if text == "unscoped" => return Ok(Self::Unscoped),
            Some(_) => {}
        }
        let scope = object(auth, "scope", "auth.scope.")?;
        match (scope.object("project")?, scope.object("domain")?) {
            (Some(project), None) => {
                let project = Fields::inside(project, "auth.scope.project.");
                Ok(Self::Project(NamedProject::read(&project)?))
            }
            (None, Some(domain)) => {
                let domain = Fields::inside(domain, "auth.scope.domain.");
                Ok(Self::Domain(domain::Named::read(&domain)?))
            }
            _ => Err(auth.invalid_because("scope", "It has to name a project or a domain")),
        }
    }

    /// What the token will be for, if the account may have that.
    pub(super) fn grant(
        &self,
        account: &AccountId,
        project: ProjectId,
        region: &str,
    ) -> Option<TokenScope> {
        let own_domain =
            |domain: &Option<domain::Named>| domain.as_ref().is_none_or(|own| own.is(account));
        let (scope, granted) = match self {
            Self::Unscoped => (TokenScope::Unscoped, true),
            Self::Domain(domain) => (TokenScope::Domain, domain.is(account)),
            Self::Project(NamedProject::Id(id)) => {
                (TokenScope::Project, ProjectId::parse(id) == Ok(project))
            }
            Self::Project(NamedProject::Name { name, domain }) => {
                (TokenScope::Project, name == region && own_domain(domain))
            }
        };
        granted.then_some(scope)
    }
}

impl NamedProject {
    fn read(project: &Fields<'_>) -> Result<Self, Fault> {
        if let Some(id) = project.text("id")?.filter(|id| !id.is_empty()) {
            return Ok(Self::Id(id.to_owned()));
        }
        let domain = project.object("domain")?;
        let domain = domain.map(|own| Fields::inside(own, "auth.scope.project.domain."));
        Ok(Self::Name {
            name: project.required("name")?.to_owned(),
            domain: domain.as_ref().map(domain::Named::read).transpose()?,
        })
    }
}

/// An object that has to be there.
fn object<'a>(fields: &Fields<'a>, name: &str, prefix: &'static str) -> Result<Fields<'a>, Fault> {
    let found = fields.object(name)?;
    let found = found.ok_or_else(|| fields.missing(name))?;
    Ok(Fields::inside(found, prefix))
}
