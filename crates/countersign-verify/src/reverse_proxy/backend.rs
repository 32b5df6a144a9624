//! The one backend, and the connections to it.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri, Version, request::Parts, uri::Authority};
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use tokio::time::timeout;

use super::{headers, hold::Held};
use crate::{answer::Body, meters::BackendFailure};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Shorter than what common servers keep an idle connection for (60 s and more), so that
/// we close first; some keep it for 5 s only.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

pub(crate) struct Backend {
    client: Client<HttpConnector, Outgoing>,
    authority: Authority,
    timeout: Duration,
}

impl Backend {
    pub(crate) fn new(authority: Authority, timeout: Duration) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .set_host(false)
            .build(connector);
        Self {
            client,
            authority,
            timeout,
        }
    }

    /// Sends a request, and answers with what comes back as it comes.
    pub(super) async fn send(
        &self,
        mut parts: Parts,
        body: Outgoing,
    ) -> Result<Response<Body>, BackendFailure> {
        let mut uri = Uri::builder()
            .scheme("http")
            .authority(self.authority.clone());
        if let Some(target) = parts.uri.path_and_query() {
            uri = uri.path_and_query(target.clone());
        }
        parts.uri = uri.build().map_err(|_| BackendFailure::Unreachable)?;
        parts.version = Version::HTTP_11;
        let request = Request::from_parts(parts, body);
        let answered = timeout(self.timeout, self.client.request(request)).await;
        let answered = answered.map_err(|_| BackendFailure::Timeout)?;
        let mut response = answered.map_err(|error| {
            tracing::warn!(error = %Causes(&error), "the backend did not answer");
            BackendFailure::Unreachable
        })?;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            tracing::warn!("the backend switched protocols, which nobody asked for");
            return Err(BackendFailure::Unreachable);
        }
        headers::clean_response(response.headers_mut());
        Ok(response.map(|body| body.boxed_unsync()))
    }
}

/// A body on its way: first what was read of it, then the rest.
pub(crate) struct Outgoing {
    read: Bytes,
    rest: Option<Incoming>,
}

impl Outgoing {
    pub(super) fn unread(body: Incoming) -> Self {
        Self {
            read: Bytes::new(),
            rest: Some(body).filter(|body| !body.is_end_stream()),
        }
    }

    pub(super) fn held(held: Held) -> Self {
        match held {
            Held::Whole(read) => Self { read, rest: None },
            Held::TooLarge { read, rest } => Self {
                read,
                rest: Some(rest),
            },
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.read.is_empty() && self.rest.is_none()
    }
}

impl HttpBody for Outgoing {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        if !self.read.is_empty() {
            let read = std::mem::take(&mut self.read);
            return Poll::Ready(Some(Ok(Frame::data(read))));
        }
        match &mut self.rest {
            Some(rest) => Pin::new(rest).poll_frame(cx),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.read.is_empty() && self.rest.as_ref().is_none_or(|rest| rest.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        let read = self.read.len() as u64;
        let Some(rest) = &self.rest else {
            return SizeHint::with_exact(read);
        };
        let rest = rest.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(read));
        if let Some(upper) = rest.upper().and_then(|upper| upper.checked_add(read)) {
            hint.set_upper(upper);
        }
        hint
    }
}

/// An error with its causes.
struct Causes<'a>(&'a dyn std::error::Error);

impl std::fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
