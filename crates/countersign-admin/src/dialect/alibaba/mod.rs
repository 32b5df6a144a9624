//! The dialect of Alibaba Cloud API Gateway: RPC calls of CloudAPI 2016-07-14
//! at `/`. "Spec" means the wire reference of that dialect.
//!
//! Vendor's words and ours: *signature* is a signature key, *signature key* a
//! sign key, *signature secret* a sign secret, *stage* an environment, *to
//! deploy* and *to abolish* are to publish and to unpublish.
//!
//! Not here: tags, and the operations that [`operations`] does not list.

mod auth;
pub(in crate::dialect) mod errors;
mod format;
mod operations;
mod params;
mod render;
mod request;
pub(crate) mod rules;
mod xml;

use std::sync::Arc;

use axum::{extract::State, response::Response};
use countersign_core::Revision;

use self::{
    auth::Scheme,
    errors::Fault,
    operations::{Call, Named, Operation},
    params::Params,
    render::Fields,
    request::Incoming,
};
use crate::{admin::Plane, ops::Done, request_id::RequestId};

pub use operations::{OPERATION_NAMES, table};

/// An answer in XML with one field of this text.
#[cfg(feature = "fuzzing")]
pub fn xml_document_of(text: &str) -> Vec<u8> {
    xml::document("Answer", &Fields::new().with("Text", text))
}

/// The one version of the product's API.
const VERSION: &str = "2016-07-14";

/// What an operation answers.
#[derive(Debug, Default)]
struct Answer {
    fields: Fields,
    revision: Option<Revision>,
    warning: Option<&'static str>,
}

impl Answer {
    fn of(fields: Fields) -> Self {
        Self {
            fields,
            revision: None,
            warning: None,
        }
    }

    /// The answer of a change.
    fn changed<T>(done: &Done<T>, fields: Fields) -> Self {
        Self {
            revision: Some(done.revision),
            ..Self::of(fields)
        }
    }
}

/// One call, from its head to its answer.
pub(crate) async fn handle(
    State(plane): State<Arc<Plane>>,
    request: axum::extract::Request,
) -> Response {
    let id = plane.request_id();
    let host = request::host_of(request.headers());
    let (format, incoming) = Incoming::read(request).await;
    let outcome = match incoming {
        Ok(incoming) => answer(&plane, &incoming, &id).await,
        Err(fault) => Err(fault),
    };
    match outcome {
        Ok((operation, answer)) => render::success(format, operation, &id, answer),
        Err(fault) => {
            let row = errors::row(&fault);
            errors::log(&fault, &id, row.ours);
            render::failure(format, &id, &host, &row)
        }
    }
}

/// The order of the checks is that of spec 4.4: method and parsing, which
/// [`Incoming::read`] has done, action and version, common parameters, then
/// everything about the caller, then the operation's own.
async fn answer(
    plane: &Plane,
    incoming: &Incoming,
    id: &RequestId,
) -> Result<(Operation, Answer), Fault> {
    let scheme = Scheme::of(incoming)?;
    let operation = scheme.operation(incoming)?;
    let now = plane.now();
    let caller = auth::authenticate(plane, incoming, &scheme, now)?;
    let call = Call {
        plane,
        caller: &caller,
        params: &incoming.params,
    };
    let Named::Spoken(operation) = operation else {
        return Err(Fault::UnknownOperation);
    };
    plane.throttle.check(&caller, operation.name())?;
    let answer = operation.run(&call).await?;
    if let Some(revision) = answer.revision {
        // Names only: the values may hold a sign secret.
        tracing::info!(
            request.id = %id,
            operation = operation.name(),
            account = %caller.account,
            caller = %caller.identity,
            revision = revision.number(),
            "changed through the Alibaba dialect",
        );
    }
    Ok((operation, answer))
}
