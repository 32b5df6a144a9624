//! The rows of the table, each once: as `docs/errors.md` shows them, and as a
//! caller reads them.

use std::fmt::Display;

use http_body_util::BodyExt;

use super::*;
use crate::dialect::huawei::answer::{self, Service};

pub(in crate::dialect) struct Cells {
    pub(in crate::dialect) ours: &'static str,
    pub(in crate::dialect) meaning: String,
    pub(in crate::dialect) code: &'static str,
    pub(in crate::dialect) status: u16,
    pub(in crate::dialect) message: String,
}

fn of(fault: &Fault, meaning: &dyn Display) -> Cells {
    let row = row(fault);
    Cells {
        ours: row.ours,
        meaning: meaning.to_string(),
        code: row.code,
        status: row.status.as_u16(),
        message: row.message.into_owned(),
    }
}

/// What use cases say of the thing with the id `<id>`.
pub(in crate::dialect) fn of_op(error: OpError) -> Cells {
    let meaning = error.to_string();
    of(&Fault::of("<id>")(error), &meaning)
}

pub(in crate::dialect) fn of_auth(error: AuthError) -> Cells {
    let meaning = error.to_string();
    of(&presented(error), &meaning)
}

/// A call whose access key and date could be read.
fn presented(error: AuthError) -> Fault {
    Fault::AccessKey {
        access_key: "<access key>".to_owned(),
        date: "20260102T030405Z".to_owned(),
        now: Timestamp::from_millis(1_767_323_946_000),
        error,
    }
}

/// What only this dialect can find wrong.
pub(in crate::dialect) fn own() -> Vec<Cells> {
    let faults = own_faults().into_iter();
    faults
        .map(|(fault, meaning)| of(&fault, &meaning))
        .collect()
}

fn own_faults() -> Vec<(Fault, &'static str)> {
    let malformed = NotAnObject::Malformed { line: 1, column: 2 };
    vec![
        (
            Fault::NotFound,
            "there is no such path, or not with this method",
        ),
        (Fault::Body(BodyError::TooLarge), "the body is too large"),
        (
            Fault::Body(BodyError::Unreadable),
            "the body could not be read",
        ),
        (
            Fault::Body(BodyError::TooSlow),
            "the body took too long to come",
        ),
        (
            Fault::plan(PlanError::GroupNotEmpty { apis: 1 }, "").in_version(Version::V1),
            "in v1.0: the group still holds APIs",
        ),
        (
            Fault::plan(PlanError::ApiPublished { environments: 1 }, "").in_version(Version::V1),
            "in v1.0: the API is still published",
        ),
        (
            Fault::Json(NotAnObject::Truncated),
            "the body ends too early, or is empty",
        ),
        (
            Fault::Json(malformed),
            "the body is not JSON, or has a field twice",
        ),
        (
            Fault::Json(NotAnObject::OtherType),
            "the body is not an object",
        ),
        (Fault::Unauthenticated, "neither a signature nor a token"),
        (Fault::TokenWithoutProject, "the token is for no project"),
        (
            Fault::OtherScope,
            "a token is asked for what is not the user's",
        ),
        (Fault::PasswordLocked, "too many wrong passwords in a row"),
        (
            Fault::Password(PasswordError::Busy),
            "too many passwords are being checked",
        ),
        (
            Fault::Password(PasswordError::Hasher),
            "the password could not be hashed",
        ),
        (
            Fault::OtherProject,
            "the project in the path is another's, or nobody's",
        ),
        (
            Fault::NoSuchInstance("<id>".to_owned()),
            "there is no such instance",
        ),
        (
            Fault::Throttled(Throttled { wait_millis: 20 }),
            "too many calls",
        ),
        (
            Fault::Missing("name".to_owned()),
            "a field or parameter has to be there",
        ),
        (
            Fault::invalid_field("name"),
            "a field of the body will not do",
        ),
        (
            Fault::invalid_field_because("name", "What and why"),
            "the same, with a reason",
        ),
        (
            Fault::invalid_query("limit"),
            "a parameter of the query will not do",
        ),
        (
            Fault::UndeclaredPathParameter("id".to_owned()),
            "a path parameter of `req_uri` is not in `req_params`",
        ),
        (
            Fault::UndeclaredBackendParameter("id".to_owned()),
            "a path parameter of the backend is not in `backend_params`",
        ),
        (Fault::TooManyTags, "an API would have too many tags"),
    ]
}

/// Does not compile when a fault is new: then it belongs into the list above.
#[test]
fn no_fault_is_left_out() {
    let kind = |fault: &Fault| match fault {
        Fault::NotFound => 0,
        Fault::Body(_) => 1,
        Fault::Json(_) => 2,
        Fault::Unauthenticated => 3,
        Fault::TokenWithoutProject => 4,
        Fault::OtherScope => 5,
        Fault::PasswordLocked => 6,
        Fault::Password(_) => 7,
        Fault::OtherProject => 8,
        Fault::NoSuchInstance(_) => 9,
        Fault::Throttled(_) => 10,
        Fault::Missing(_) => 11,
        Fault::Field { .. } => 12,
        Fault::Query(_) => 13,
        Fault::UndeclaredPathParameter(_) => 14,
        Fault::UndeclaredBackendParameter(_) => 15,
        Fault::TooManyTags => 16,
        Fault::ByTable(_) => 17,
        Fault::Auth(_) | Fault::AccessKey { .. } | Fault::Op { .. } => 18,
    };
    let own = own_faults();
    for wanted in 0..18 {
        assert!(
            own.iter().any(|(fault, _)| kind(fault) == wanted),
            "{wanted}"
        );
    }
}

/// What a caller reads of every row.
#[tokio::test]
async fn every_row_as_it_is_answered() {
    let own = own_faults().into_iter().map(|(fault, _)| fault);
    let auth = crate::auth::one_of_each().into_iter().map(presented);
    let ops = crate::ops::one_of_each().into_iter().map(Fault::of("<id>"));
    let mut shown = String::new();
    for fault in own.chain(auth).chain(ops) {
        shown.push_str(&answered(&fault).await);
    }
    insta::assert_snapshot!(shown);
}

async fn answered(fault: &Fault) -> String {
    let id = RequestId::from_random([0xab; 16]);
    let (parts, body) = answer::failure(&id, fault, Service::Apig).into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let header = |name: &str| {
        let value = parts.headers.get(name)?.to_str().unwrap();
        Some(format!("{name}: {value}\n"))
    };
    let headers = ["content-type", "x-countersign-error", "x-request-id"];
    let headers: String = headers.into_iter().filter_map(header).collect();
    let body = String::from_utf8(body.to_vec()).unwrap();
    format!("{}\n{headers}{body}\n\n", parts.status)
}

#[test]
fn long_ids_are_cut() {
    let long = "中".repeat(200);
    for fault in [
        Fault::plan(PlanError::SignatureKeyNotFound, &long),
        Fault::invalid_query(&long),
    ] {
        let message = row(&fault).message;
        assert_eq!(message.matches('中').count(), ID_CHARACTERS_MAX);
    }
}
