//! Users who show a password, and their tokens.

use crate::common::*;
use countersign_core::{
    Description, PasswordHash, Timestamp, Token, TokenHash, User, UserId, UserName,
    command::{
        PlanError,
        user::{CreateUser, DeleteUser, IssueToken, SetPassword, TOKENS_PER_USER_MAX},
    },
};

const HOUR_MS: i64 = 3_600_000;

fn password(text: &str) -> PasswordHash {
    PasswordHash::from_phc(text)
}

fn create(number: u8, name: &str) -> CreateUser {
    CreateUser {
        id: UserId::from_random([number; 16]),
        account: account(),
        name: UserName::from_stored(name),
        description: Description::from_stored(""),
        password: Some(password("planted-hash")),
        users_max: 10,
    }
}

fn set_password(id: UserId, text: Option<&str>) -> SetPassword {
    SetPassword {
        account: account(),
        id,
        password: text.map(password),
    }
}

/// Token `number`, in force for some hours.
fn issue(state: &State, user: UserId, number: u16, hours: i64) -> IssueToken {
    let mut hash = [0; 32];
    hash[..2].copy_from_slice(&number.to_be_bytes());
    IssueToken {
        account: account(),
        user,
        password: password("planted-hash"),
        hash: TokenHash(hash),
        expires: Timestamp::from_millis(state.now.millis() + hours * HOUR_MS),
    }
}

fn tokens(state: &State, user: UserId) -> Vec<Token> {
    let tokens = state.snapshot.tokens_of_user(user);
    tokens.map(|token| Token::clone(token)).collect()
}

#[test]
fn users_are_found_by_name() {
    let mut state = State::new();
    for (number, name) in [(1, "bob"), (2, "alice")] {
        state.run(&create(number, name)).unwrap();
    }
    let names: Vec<_> = state
        .snapshot
        .users(&account())
        .map(|user| user.name.to_string())
        .collect();
    assert_eq!(names, ["alice", "bob"]);
    let bob = UserName::from_stored("bob");
    let user = state.snapshot.user_named(&account(), &bob).unwrap();
    assert_eq!(user.id, UserId::from_random([1; 16]));
    assert_eq!(
        (user.created, user.created_revision.number()),
        (state.now, 2)
    );
    assert!(!format!("{:?}", state.snapshot).contains("planted"));
}

#[test]
fn names_are_unique_and_the_number_is_limited() {
    let mut state = State::new();
    state.run(&create(1, "alice")).unwrap();
    assert_eq!(state.refused(&create(2, "alice")), PlanError::UserNameTaken);
    let limited = CreateUser {
        users_max: 1,
        ..create(2, "bob")
    };
    assert_eq!(state.refused(&limited), PlanError::TooManyUsers { max: 1 });
    let foreign = CreateUser {
        account: stranger(),
        name: UserName::from_stored("alice"),
        ..limited
    };
    state.run(&foreign).unwrap();
    assert_eq!(state.snapshot.users(&stranger()).count(), 1);
}

#[test]
fn another_password_revokes_the_tokens() {
    let mut state = State::new();
    let user = state.run(&create(1, "alice")).unwrap().id;
    let other = state.run(&create(2, "bob")).unwrap().id;
    let token = state.run(&issue(&state, user, 1, 24)).unwrap();
    state.run(&issue(&state, other, 2, 24)).unwrap();
    assert_eq!(state.snapshot.token(&token.hash), Some(&token));
    assert_eq!((token.issued, &token.account), (state.now, &account()));

    state.now = Timestamp::from_millis(2_000);
    let changed: User = (*state.run(&set_password(user, Some("another"))).unwrap()).clone();
    assert_eq!(changed.password, Some(password("another")));
    assert_eq!(changed.modified, state.now);
    assert!(state.snapshot.token(&token.hash).is_none());
    assert_eq!(
        (tokens(&state, user).len(), tokens(&state, other).len()),
        (0, 1)
    );

    // The old password was checked before it was changed.
    assert_eq!(
        state.refused(&issue(&state, user, 3, 24)),
        PlanError::UserNotFound
    );
    state.run(&set_password(user, None)).unwrap();
    assert_eq!(
        state.refused(&issue(&state, user, 3, 24)),
        PlanError::UserNotFound
    );
}

#[test]
fn a_user_goes_with_its_tokens() {
    let mut state = State::new();
    let user = state.run(&create(1, "alice")).unwrap().id;
    let token = state.run(&issue(&state, user, 1, 24)).unwrap();
    let gone = DeleteUser {
        account: account(),
        id: user,
    };
    state.run(&gone).unwrap();
    assert!(state.snapshot.token(&token.hash).is_none());
    let name = UserName::from_stored("alice");
    assert!(state.snapshot.user_named(&account(), &name).is_none());
    assert_eq!(state.refused(&gone), PlanError::UserNotFound);
    assert_eq!(
        state.refused(&set_password(user, None)),
        PlanError::UserNotFound
    );
    assert_eq!(
        state.refused(&issue(&state, user, 1, 24)),
        PlanError::UserNotFound
    );
    state.run(&create(2, "alice")).unwrap();
}

#[test]
fn expired_tokens_are_forgotten() {
    let mut state = State::new();
    let user = state.run(&create(1, "alice")).unwrap().id;
    for (number, hours) in [(1, 2), (2, 1), (3, 3)] {
        state.run(&issue(&state, user, number, hours)).unwrap();
    }
    let order: Vec<_> = tokens(&state, user)
        .iter()
        .map(|token| token.hash.0[1])
        .collect();
    assert_eq!(order, [2, 1, 3], "the first to expire first");

    state.now = Timestamp::from_millis(state.now.millis() + 2 * HOUR_MS);
    assert_eq!(tokens(&state, user).len(), 3, "until the next is given");
    state.run(&issue(&state, user, 4, 3)).unwrap();
    let left: Vec<_> = tokens(&state, user)
        .iter()
        .map(|token| token.hash.0[1])
        .collect();
    assert_eq!(left, [3, 4], "one that expires now has expired");
}

#[test]
fn the_first_to_expire_makes_room() {
    let mut state = State::new();
    let user = state.run(&create(1, "alice")).unwrap().id;
    let max = u16::try_from(TOKENS_PER_USER_MAX).unwrap();
    for number in 0..max + 5 {
        let hours = 1 + i64::from(number);
        state.run(&issue(&state, user, number, hours)).unwrap();
    }
    let kept = tokens(&state, user);
    assert_eq!(kept.len(), TOKENS_PER_USER_MAX);
    assert_eq!(kept[0].hash.0[1], 5);
}

#[test]
fn a_token_given_twice_is_one_token() {
    let mut state = State::new();
    let user = state.run(&create(1, "alice")).unwrap().id;
    state.run(&issue(&state, user, 1, 1)).unwrap();
    state.run(&issue(&state, user, 1, 2)).unwrap();
    assert_eq!(tokens(&state, user).len(), 1);
}
