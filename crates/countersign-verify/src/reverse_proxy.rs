//! `mode = "reverse-proxy"`: stands in front of one backend and lets pass what is
//! signed, its body verified too.

mod backend;
mod headers;
pub(crate) mod hold;

use std::{net::SocketAddr, sync::Arc, time::Instant};

use countersign_sign::verifier::{Body as Shown, Outlook, Refusal, Request as Signed, Verified};
use http::{Request, Response, StatusCode, request::Parts};
use hyper::body::Incoming;

use crate::{
    answer::{Body, BodyWord, failed, refused, tell_refused, tell_verified},
    config::SignatureHeaders,
    judge::{Judge, Verdict},
    record::{Record, Records},
};
use backend::{Backend, Outgoing};
use hold::{Held, HoldError, hold};

pub(crate) use backend::Backend as BackendClient;

pub(crate) struct ReverseProxy {
    pub(crate) signature_headers: SignatureHeaders,
    pub(crate) backend: Backend,
    pub(crate) judge: Arc<Judge>,
    pub(crate) records: Records,
}

impl ReverseProxy {
    pub(crate) async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        peer: SocketAddr,
    ) -> Response<Body> {
        let (mut parts, body) = request.into_parts();
        let path = parts.uri.path();
        let mut record = Record::begin(Instant::now(), peer, parts.method.as_str(), path);
        // Before the signature is checked: a signed header that the connection names as
        // its own would be verified here and missing at the backend.
        headers::clean_request(&mut parts.headers);
        let response = match self.pass(parts, body, &mut record).await {
            Ok(response) => response,
            Err(Failure { status, code }) => {
                record.failed(code);
                failed(status, code)
            }
        };
        self.records.end(record, response.status());
        response
    }

    async fn pass(
        &self,
        mut parts: Parts,
        body: Incoming,
        record: &mut Record,
    ) -> Result<Response<Body>, Failure> {
        if !parts.uri.path().starts_with('/') {
            return Err(Failure::of(StatusCode::BAD_REQUEST, "malformed_request"));
        }
        let (verdict, outgoing) = self.verdict(&parts, body).await?;
        self.judge.count(&verdict);
        match &verdict {
            Ok(verified) => {
                let word = BodyWord::of(verified, Some(outgoing.is_empty()));
                record.verified(verified, word);
                self.mark_verified(&mut parts, verified, word);
            }
            Err(refusal) => {
                record.refused(refusal);
                if !self.judge.observes() {
                    return Ok(refused(status(refusal), refusal));
                }
                tell_refused(&mut parts.headers, refusal);
            }
        }
        self.backend.send(parts, outgoing).await.map_err(|failure| {
            self.judge.meters.backend_failure(failure);
            let status = match failure {
                crate::meters::BackendFailure::Unreachable => StatusCode::BAD_GATEWAY,
                crate::meters::BackendFailure::Timeout => StatusCode::GATEWAY_TIMEOUT,
            };
            Failure::of(status, failure.as_str())
        })
    }

    /// The verdict, and the body as it goes on.
    async fn verdict(&self, parts: &Parts, body: Incoming) -> Result<(Verdict, Outgoing), Failure> {
        let headers: Vec<(&str, &[u8])> = parts
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect();
        let mut case = self.judge.case();
        if case.outlook(&headers).await == Outlook::NoSignature {
            return Ok((Err(Refusal::NoSignature), Outgoing::unread(body)));
        }
        let bytes_max = self.judge.verifier.options().body_bytes_max;
        let held = hold(body, bytes_max).await.map_err(|error| match error {
            HoldError::Broken => Failure::of(StatusCode::BAD_REQUEST, "body_unreadable"),
            HoldError::TooSlow => Failure::of(StatusCode::REQUEST_TIMEOUT, "body_too_slow"),
        })?;
        let target = parts.uri.path_and_query();
        let target = target.map_or("/", |target| target.as_str()).as_bytes();
        let verdict = case
            .verdict(&headers, |verifier, now_unix| {
                let request = Signed {
                    method: parts.method.as_str(),
                    target,
                    headers: &headers,
                    body: match &held {
                        Held::Whole(bytes) => Shown::Whole(bytes),
                        Held::TooLarge { .. } => Shown::TooLarge,
                    },
                };
                verifier.check(&request, now_unix)
            })
            .await;
        Ok((verdict, Outgoing::held(held)))
    }

    fn mark_verified(&self, parts: &mut Parts, verified: &Verified, word: BodyWord) {
        if self.signature_headers == SignatureHeaders::Remove {
            let header = &self.judge.verifier.options().header;
            headers::remove_signature(&mut parts.headers, verified.scheme(), header);
        }
        tell_verified(&mut parts.headers, verified, word);
    }
}

/// Why a request came to nothing though nothing was refused.
struct Failure {
    status: StatusCode,
    code: &'static str,
}

impl Failure {
    fn of(status: StatusCode, code: &'static str) -> Self {
        Self { status, code }
    }
}

fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::UNAUTHORIZED,
    }
}
