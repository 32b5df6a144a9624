//! One random command, on something that is there.

use std::sync::Arc;

use countersign_core::{
    AccountId, Change, Description, EnvironmentId, GroupName, MatchMode, PasswordHash, Scheme,
    SignKey, Timestamp, TokenHash, UserId, UserName, VerifierId, VerifierName, VerifierScope,
    command::{
        Bind, Unbind, UnbindOne,
        api::{DeleteApi, ModifyApi},
        bootstrap::Bootstrap,
        environment::{CreateEnvironment, DeleteEnvironment, ModifyEnvironment},
        group::{CreateGroup, DeleteGroup, ModifyGroup},
        publication::{Publish, SwitchVersion, Unpublish},
        signature_key::{
            ActivateVersion, CreateSignatureKey, DeleteSignatureKey, DropNextVersion,
            ModifySignatureKey, StageVersion,
        },
        user::{CreateUser, DeleteUser, IssueToken, SetPassword},
        verifier::{CreateVerifier, DeleteVerifier},
    },
};
use proptest::{prelude::*, strategy::BoxedStrategy};

use super::Recorded;
use crate::common::*;

/// Which command, whose, and numbers that choose among what is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    kind: u8,
    foreign: bool,
    one: u8,
    two: u8,
}

impl Arbitrary for Step {
    type Parameters = ();
    type Strategy = BoxedStrategy<Self>;

    fn arbitrary_with((): ()) -> Self::Strategy {
        let parts = (0..KINDS, prop::bool::weighted(0.2), any::<u8>(), 0..4u8);
        parts
            .prop_map(|(kind, foreign, one, two)| Self {
                kind,
                foreign,
                one,
                two,
            })
            .boxed()
    }
}

const KINDS: u8 = 36;

const SCHEMES: [Scheme; 4] = [
    Scheme::Alibaba,
    Scheme::Basic,
    Scheme::Huawei,
    Scheme::Aes128Cfb,
];

impl Step {
    /// Carries the command out, if there is something to choose and the
    /// command is not refused.
    pub(super) fn take(self, to: &mut Recorded) {
        to.state.now = Timestamp::from_millis(to.state.now.millis() + 1_000);
        let _ = match self.kind {
            32.. => self.prepare(to),
            0..10 => self.make(to),
            10..20 => self.publish(to),
            20..26 => self.change(to),
            _ => self.remove(to),
        };
    }

    fn account(self) -> AccountId {
        if self.foreign { stranger() } else { account() }
    }

    /// One of these, if there are any.
    fn pick<T: Clone>(number: u8, of: impl Iterator<Item = T>) -> Option<T> {
        let all: Vec<T> = of.collect();
        let at = usize::from(number).checked_rem(all.len())?;
        Some(all[at].clone())
    }

    fn text(self) -> Description {
        Description::from_stored(&format!("text {}", self.two))
    }

    /// Makes something; ids are never used twice, as random ones are not.
    fn make(self, to: &mut Recorded) -> Option<()> {
        let account = self.account();
        let number = u8::try_from(to.state.revision().number()).ok()?;
        match self.kind {
            0 => to.run(&Bootstrap {
                access_key: access_key("owner", account, 0),
                project: project(self.one),
            }),
            1 => to.run(&CreateGroup {
                account,
                name: GroupName::from_stored(&format!("group{}", self.two)),
                ..create_group(number)
            }),
            2 => to.run(&CreateEnvironment {
                id: EnvironmentId::from_random([number.wrapping_mul(37); 16]),
                account,
                environments_max: 3,
                ..create_environment(self.two)
            }),
            3 | 4 => to.run(&CreateSignatureKey {
                account,
                scheme: SCHEMES[usize::from(self.two)],
                ..create_key(number)
            }),
            5 => to.run(&CreateUser {
                id: UserId::from_random([number; 16]),
                account,
                name: UserName::from_stored(&format!("user{}", self.two)),
                description: self.text(),
                password: Some(PasswordHash::from_phc("hash")),
                users_max: 3,
            }),
            6 => {
                let created = i64::from(self.one);
                let id = format!("access-{}", self.two);
                let key = access_key(&id, account, created);
                to.apply(vec![Change::PutAccessKey(Arc::new(key))]);
            }
            _ => {
                let snapshot = &to.state.snapshot;
                let group = Self::pick(self.one, snapshot.groups(&account))?;
                let mut command = create_api(group.id, number, &format!("/p{}", self.two));
                command.account = account;
                to.run(&command);
            }
        }
        Some(())
    }

    /// Next versions of keys, and verifiers.
    fn prepare(self, to: &mut Recorded) -> Option<()> {
        let account = self.account();
        let snapshot = &to.state.snapshot;
        let key = Self::pick(self.one, snapshot.signature_keys(&account)).map(|key| key.id);
        match (self.kind, self.two) {
            (32, _) => to.run(&StageVersion {
                account,
                id: key?,
                scheme: Some(SCHEMES[usize::from(self.two)]),
                sign_key: Some(SignKey::from_stored("staged")),
                sign_secret: None,
            }),
            (33, 0) => to.run(&DropNextVersion { account, id: key? }),
            (33, _) => to.run(&ActivateVersion { account, id: key? }),
            (34, _) => {
                let number = u8::try_from(snapshot.revision().number()).ok()?;
                let api = Self::pick(self.one, snapshot.apis(&account))?.id;
                to.run(&CreateVerifier {
                    id: VerifierId::from_random([number; 16]),
                    account,
                    name: VerifierName::from_stored(&format!("verifier{}", self.two)),
                    token: TokenHash([number; 32]),
                    scope: VerifierScope {
                        groups: [].into(),
                        apis: [api].into(),
                    },
                    verifiers_max: 3,
                });
            }
            _ => {
                let id = Self::pick(self.one, snapshot.verifiers(&account))?.id;
                to.run(&DeleteVerifier { account, id });
            }
        }
        Some(())
    }

    /// What concerns an API in an environment.
    fn publish(self, to: &mut Recorded) -> Option<()> {
        let account = self.account();
        let snapshot = &to.state.snapshot;
        let api = Self::pick(self.one, snapshot.apis(&account))?;
        let environment = Self::pick(self.two, snapshot.environments(&account))?;
        let (api, group, environment) = (api.id, api.group, environment.name.clone());
        match self.kind {
            10..13 => to.run(&Publish {
                account,
                environment,
                ..publish(api, "RELEASE")
            }),
            13 => to.run(&Unpublish {
                account,
                environment,
                ..unpublish(api, "RELEASE")
            }),
            14 | 15 => {
                let former = snapshot.former_publications_of_api(api);
                let former = Self::pick(self.two, former)?;
                let own = snapshot.environment(&account, &former.key.environment)?;
                let version = former.version(own.id);
                to.run(&SwitchVersion {
                    account,
                    api,
                    version,
                });
            }
            16 => {
                let key = Self::pick(self.one, snapshot.signature_keys(&account))?;
                let signature_key = key.id;
                to.run(&Unbind {
                    account,
                    signature_key,
                    group,
                    apis: None,
                    environment,
                });
            }
            _ => {
                let key = Self::pick(self.one, snapshot.signature_keys(&account))?;
                let apis = snapshot.apis(&account).map(|own| own.id);
                let apis: Vec<_> = apis.take(1 + usize::from(self.two)).collect();
                let number = u8::try_from(snapshot.revision().number()).ok()?;
                let publications = apis.iter().map(|api| place(*api, environment.as_str()));
                to.run(&Bind {
                    account,
                    publications: publications.collect(),
                    published_only: self.kind == 17,
                    first_id: binding_id(number),
                    ..bind(key.id, &[])
                });
            }
        }
        Some(())
    }

    fn change(self, to: &mut Recorded) -> Option<()> {
        let account = self.account();
        let snapshot = &to.state.snapshot;
        match self.kind {
            20 => {
                let id = Self::pick(self.one, snapshot.groups(&account))?.id;
                let name = Some(GroupName::from_stored(&format!("group{}", self.two)));
                to.run(&ModifyGroup {
                    account,
                    id,
                    name,
                    description: Some(self.text()),
                });
            }
            21 => {
                let id = Self::pick(self.one, snapshot.apis(&account))?.id;
                let mode = [MatchMode::Exact, MatchMode::Prefix][usize::from(self.two % 2)];
                let path = format!("/p{}/[x]", self.two);
                to.run(&ModifyApi {
                    account,
                    group: None,
                    id,
                    name: None,
                    description: Some(self.text()),
                    visibility: None,
                    definition: Some(definition("ANY", &path, mode).into()),
                });
            }
            22 => {
                let own = snapshot.environments(&account);
                let id = Self::pick(self.one, own)?.id;
                to.run(&ModifyEnvironment {
                    account,
                    id,
                    name: Some(environment(&format!("env{}", self.two))),
                    description: Some(self.text()),
                });
            }
            23 => {
                let id = Self::pick(self.one, snapshot.signature_keys(&account))?.id;
                to.run(&ModifySignatureKey {
                    account,
                    scheme: Some(SCHEMES[usize::from(self.two)]),
                    sign_key: Some(SignKey::from_stored(&format!("key{}", self.one % 3))),
                    ..modify_key(id)
                });
            }
            24 => {
                let id = Self::pick(self.one, snapshot.users(&account))?.id;
                to.run(&SetPassword {
                    account,
                    id,
                    password: Some(PasswordHash::from_phc("hash")),
                });
            }
            _ => {
                let user = Self::pick(self.one, snapshot.users(&account))?.id;
                let seconds = i64::from(self.two) * 3;
                let expires = Timestamp::from_millis(to.state.now.millis() + seconds * 1_000);
                to.run(&IssueToken {
                    account,
                    user,
                    password: PasswordHash::from_phc("hash"),
                    hash: TokenHash([self.one % 8; 32]),
                    expires,
                });
            }
        }
        Some(())
    }

    fn remove(self, to: &mut Recorded) -> Option<()> {
        let account = self.account();
        let snapshot = &to.state.snapshot;
        match self.kind {
            26 => {
                let id = Self::pick(self.one, snapshot.groups(&account))?.id;
                to.run(&DeleteGroup { account, id });
            }
            27 => {
                let id = Self::pick(self.one, snapshot.apis(&account))?.id;
                to.run(&DeleteApi {
                    account,
                    group: None,
                    id,
                });
            }
            28 => {
                let id = Self::pick(self.one, snapshot.environments(&account))?.id;
                to.run(&DeleteEnvironment { account, id });
            }
            29 => {
                let id = Self::pick(self.one, snapshot.signature_keys(&account))?.id;
                let unbind = self.two.is_multiple_of(2);
                to.run(&DeleteSignatureKey {
                    account,
                    id,
                    unbind,
                });
            }
            30 => {
                let id = Self::pick(self.one, snapshot.users(&account))?.id;
                to.run(&DeleteUser { account, id });
            }
            _ if self.two == 0 => {
                let id = access_key(&format!("access-{}", self.one % 4), account, 0).id;
                to.apply(vec![Change::RemoveAccessKey(id)]);
            }
            _ => {
                let keys = snapshot.signature_keys(&account);
                let bound = keys.flat_map(|key| snapshot.bindings_of_key(key.id));
                let id = Self::pick(self.one, bound)?.id;
                to.run(&UnbindOne { account, id });
            }
        }
        Some(())
    }
}
