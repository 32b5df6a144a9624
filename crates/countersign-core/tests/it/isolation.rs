//! One account sees and touches nothing of another.

use crate::common::*;
use countersign_core::{
    Description, EnvironmentId, GroupId, PasswordHash, PublicationId, TokenHash, UserId, UserName,
    command::{
        Bind, PlanError, Unbind, UnbindOne,
        api::{DeleteApi, ModifyApi},
        environment::{CreateEnvironment, DeleteEnvironment, ModifyEnvironment},
        group::{CreateGroup, DeleteGroup, ModifyGroup},
        publication::{Publish, SwitchVersion, Unpublish},
        signature_key::{CreateSignatureKey, DeleteSignatureKey, ModifySignatureKey},
        user::{CreateUser, DeleteUser, IssueToken, SetPassword},
    },
};

#[test]
fn another_account_reaches_nothing() {
    let mut state = State::new();
    let group = state.group(1);
    let api = state.live_api(group, 1, "/a");
    let key = state.key(1);
    let own = state.environment(1);
    state.run(&publish(api, "env1")).unwrap();
    let live = state.run(&publish(api, "env1")).unwrap();
    let former = state
        .snapshot
        .former_publications(&live.key)
        .next()
        .unwrap();
    let version = former.version(own);
    let bound = state.run(&bind(key, &[api])).unwrap();
    let user = UserId::from_random([1; 16]);
    let password = PasswordHash::from_phc("hash");
    state
        .run(&CreateUser {
            id: user,
            account: account(),
            name: UserName::from_stored("alice"),
            description: Description::from_stored(""),
            password: Some(password.clone()),
            users_max: 10,
        })
        .unwrap();

    macro_rules! refused {
        ($($command:expr => $error:ident,)*) => {
            $(let command = $command; assert_eq!(state.refused(&command), PlanError::$error);)*
        };
    }
    refused! {
        ModifyGroup { account: stranger(), id: group, name: None, description: None } => GroupNotFound,
        DeleteGroup { account: stranger(), id: group } => GroupNotFound,
        {
            let mut foreign = create_api(group, 9, "/z");
            foreign.account = stranger();
            foreign
        } => GroupNotFound,
        ModifyApi {
            account: stranger(),
            group: None,
            id: api,
            name: None,
            description: None,
            visibility: None,
            definition: None,
        } => ApiNotFound,
        DeleteApi { account: stranger(), group: None, id: api } => ApiNotFound,
        Publish { account: stranger(), ..publish(api, "PRE") } => ApiNotFound,
        Unpublish { account: stranger(), ..unpublish(api, "RELEASE") } => ApiNotFound,
        SwitchVersion { account: stranger(), api, version } => ApiNotFound,
        ModifySignatureKey { account: stranger(), ..modify_key(key) } => SignatureKeyNotFound,
        DeleteSignatureKey { account: stranger(), id: key, unbind: true } => SignatureKeyNotFound,
        Bind { account: stranger(), ..bind(key, &[api]) } => SignatureKeyNotFound,
        Unbind {
            account: stranger(),
            signature_key: key,
            group,
            apis: None,
            environment: environment("RELEASE"),
        } => SignatureKeyNotFound,
        UnbindOne { account: stranger(), id: bound[0].id } => BindingNotFound,
        ModifyEnvironment { account: stranger(), id: own, name: None, description: None } => EnvironmentNotFound,
        DeleteEnvironment { account: stranger(), id: own } => EnvironmentNotFound,
        SetPassword { account: stranger(), id: user, password: None } => UserNotFound,
        DeleteUser { account: stranger(), id: user } => UserNotFound,
        IssueToken {
            account: stranger(),
            user,
            password,
            hash: TokenHash([1; 32]),
            expires: state.now,
        } => UserNotFound,
    }

    let seen = &state.snapshot;
    assert_eq!(
        seen.groups(&stranger()).count()
            + seen.apis(&stranger()).count()
            + seen.signature_keys(&stranger()).count()
            + seen.users(&stranger()).count(),
        0
    );
    assert_eq!(seen.environments(&stranger()).count(), 3, "those of all");
    assert!(seen.environment_by_id(&stranger(), own).is_none());
    assert!(
        seen.environment(&stranger(), &environment("env1"))
            .is_none()
    );
    assert!(
        seen.user_named(&stranger(), &UserName::from_stored("alice"))
            .is_none()
    );
    for id in [own, initial("RELEASE")] {
        let id = PublicationId::of(api, id);
        assert!(seen.publication_by_id(&account(), id).is_some());
        assert!(seen.publication_by_id(&stranger(), id).is_none());
    }
}

/// Each has an own key, group, API and environment of the same name.
#[test]
fn two_accounts_with_the_same_names_do_not_meet() {
    let mut state = State::new();
    let group = state.group(1);
    let api = state.live_api(group, 1, "/a");
    let key = state.key(1);
    let own = state.environment(1);
    state.run(&publish(api, "env1")).unwrap();
    let bound = state.run(&bind(key, &[api])).unwrap();

    let their_group = CreateGroup {
        id: GroupId::from_random([2; 16]),
        account: stranger(),
        host: host(2),
        ..create_group(1)
    };
    state.run(&their_group).unwrap();
    let mut their_api = create_api(their_group.id, 2, "/a");
    their_api.account = stranger();
    let their_api = state.run(&their_api).unwrap().id;
    let their_key = CreateSignatureKey {
        account: stranger(),
        name: create_key(1).name,
        ..create_key(2)
    };
    let their_key = state.run(&their_key).unwrap().id;
    let theirs = CreateEnvironment {
        id: EnvironmentId::from_random([0x20; 16]),
        account: stranger(),
        environments_max: 1,
        ..create_environment(1)
    };
    let theirs = state.run(&theirs).unwrap().id;
    let their_publish = Publish {
        account: stranger(),
        ..publish(their_api, "env1")
    };
    state.run(&their_publish).unwrap();

    let crossing = Bind {
        account: stranger(),
        ..bind(their_key, &[their_api, api])
    };
    assert_eq!(state.refused(&crossing), PlanError::ApiNotFound);
    let their_bind = Bind {
        account: stranger(),
        first_id: binding_id(2),
        ..bind(their_key, &[their_api])
    };
    state.run(&their_bind).unwrap();
    assert_eq!(
        state.refused(&UnbindOne {
            account: account(),
            id: binding_id(2)
        }),
        PlanError::BindingNotFound
    );

    // Renaming one leaves the other, and all that is in it, where it was.
    let rename = ModifyEnvironment {
        account: stranger(),
        id: theirs,
        name: Some(environment("theirs")),
        description: None,
    };
    state.run(&rename).unwrap();
    let seen = &state.snapshot;
    assert!(seen.publication(&place(api, "env1")).is_some());
    assert!(seen.publication(&place(their_api, "theirs")).is_some());
    assert!(seen.publication(&place(their_api, "env1")).is_none());
    let kept = seen.environment(&account(), &environment("env1")).unwrap();
    assert_eq!(kept.id, own);
    assert_eq!(
        state.refused(&Publish {
            account: stranger(),
            ..publish(their_api, "env1")
        }),
        PlanError::EnvironmentNotFound,
        "the other account's environment"
    );

    // The last key of one account takes only its own bindings along.
    let delete = DeleteSignatureKey {
        account: stranger(),
        id: their_key,
        unbind: true,
    };
    state.run(&delete).unwrap();
    assert_eq!(
        state
            .snapshot
            .binding_by_id(bound[0].id)
            .map(|own| own.signature_key),
        Some(key)
    );
}
