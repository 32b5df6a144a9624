//! `mode = "forward-auth"`: a proxy asks whether a request that it holds is signed.
//!
//! 200 lets it pass, with headers that the proxy can hand to the backend; 401 does not,
//! with the refusal's name. What the question does not show of a body cannot be
//! verified, and the answer says so in `X-Countersign-Body`.

mod original;
mod sight;

use std::{net::SocketAddr, sync::Arc, time::Instant};

use countersign_sign::verifier::{
    Body as Shown, Detail, Refusal, Request as Signed, Verified, Verifier,
};
use http::{Request, Response, StatusCode, request::Parts};
use hyper::body::Incoming;

use crate::{
    answer::{Body, BodyWord, empty, failed, refused, tell_refused, tell_verified},
    config,
    judge::{Judge, Verdict},
    record::{Record, Records},
};
use original::{Malformed, Original};
use sight::Sight;

pub(crate) struct ForwardAuth {
    pub(crate) config: config::ForwardAuth,
    pub(crate) judge: Arc<Judge>,
    pub(crate) records: Records,
}

impl ForwardAuth {
    pub(crate) async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        peer: SocketAddr,
    ) -> Response<Body> {
        let begun = Instant::now();
        let (parts, body) = request.into_parts();
        let original = match Original::read(&self.config.from, &parts) {
            Ok(original) => original,
            Err(why) => return self.malformed(&parts, peer, begun, &why),
        };
        let bytes_max = self.judge.verifier.options().body_bytes_max;
        let sight = match Sight::of(self.config.body, &parts, body, bytes_max).await {
            Ok(sight) => sight,
            Err(sight::Broken::Lengths(header)) => {
                return self.malformed(&parts, peer, begun, &Malformed::Repeated(header));
            }
            Err(sight::Broken::Body) => {
                return failed(StatusCode::BAD_REQUEST, "body_unreadable");
            }
        };
        let mut case = self.judge.case();
        let verdict = case
            .verdict(&original.headers, |verifier, now| {
                check(verifier, &original, &sight, now)
            })
            .await;
        let verdict = explained(&self.judge, verdict, &original, &sight);
        self.judge.count(&verdict);
        let mut record = Record::begin(begun, peer, original.method, original.path());
        let response = match &verdict {
            Ok(verified) => {
                let word = BodyWord::of(verified, sight.is_empty());
                record.verified(verified, word);
                let mut response = empty();
                tell_verified(response.headers_mut(), verified, word);
                response
            }
            Err(refusal) => {
                record.refused(refusal);
                self.refusal(refusal)
            }
        };
        self.records.end(record, response.status());
        response
    }

    fn refusal(&self, refusal: &Refusal) -> Response<Body> {
        if !self.judge.observes() {
            return refused(StatusCode::UNAUTHORIZED, refusal);
        }
        let mut response = empty();
        tell_refused(response.headers_mut(), refusal);
        response
    }

    /// A question that does not describe a request: the proxy is set up otherwise than
    /// `from` says, or a client's header came through it.
    fn malformed(
        &self,
        parts: &Parts,
        peer: SocketAddr,
        begun: Instant,
        why: &Malformed,
    ) -> Response<Body> {
        tracing::error!(%why, "the proxy's question does not describe a request");
        let verdict = Err(Refusal::Malformed(Detail::of(
            "the proxy's question does not describe a request",
        )));
        self.judge.count(&verdict);
        let mut record = Record::begin(begun, peer, parts.method.as_str(), parts.uri.path());
        let response = match &verdict {
            Err(refusal) => {
                record.refused(refusal);
                self.refusal(refusal)
            }
            Ok(_) => empty(),
        };
        self.records.end(record, response.status());
        response
    }
}

/// Checks with what is known of the body. Where nothing is, a signature that needs the
/// body's bytes may still be that of a request without one.
fn check(verifier: &Verifier, original: &Original<'_>, sight: &Sight, now_unix: i64) -> Verdict {
    let with = |body: Shown<'_>| -> Result<Verified, Refusal> {
        let request = Signed {
            method: original.method,
            target: original.target,
            headers: &original.headers,
            body,
        };
        verifier.check(&request, now_unix)
    };
    match sight {
        Sight::Whole(bytes) => with(Shown::Whole(bytes)),
        Sight::TooLarge => with(Shown::TooLarge),
        Sight::Present => with(Shown::Withheld),
        Sight::Unknown => match with(Shown::Withheld) {
            Err(Refusal::BodyDigestDiffers(_)) => with(Shown::Whole(b"")),
            verdict => verdict,
        },
    }
}

/// A signature that differs where a body may be missing: for methods that have one, that
/// it was not at hand is the likelier cause.
fn explained(judge: &Judge, verdict: Verdict, original: &Original<'_>, sight: &Sight) -> Verdict {
    const WITHOUT_BODY: [&str; 5] = ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE"];
    match (&verdict, sight) {
        (Err(Refusal::SignatureDiffers { .. }), Sight::Unknown)
            if !WITHOUT_BODY.contains(&original.method) =>
        {
            match check(&judge.verifier, original, &Sight::Present, (judge.clock)()) {
                Err(refusal @ Refusal::BodyDigestDiffers(_)) => Err(refusal),
                _ => verdict,
            }
        }
        _ => verdict,
    }
}
