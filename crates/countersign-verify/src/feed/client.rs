//! One question to the feed.

use std::time::Duration;

use bytes::Bytes;
use http::{
    HeaderValue, Request, StatusCode,
    header::{AUTHORIZATION, ETAG, IF_NONE_MATCH},
};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::{
    client::legacy::{Client as HttpClient, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::time::timeout;

use super::source::{FeedUrl, TokenSource};
use crate::meters::FeedFailure;

/// Some ten thousand keys.
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

pub(super) struct Client {
    http: HttpClient<HttpConnector, Empty<Bytes>>,
    url: FeedUrl,
    token: TokenSource,
}

/// What the feed answered.
pub(super) enum Answer {
    Unchanged,
    Keys { tag: Option<String>, body: Bytes },
}

impl Client {
    pub(super) fn new(url: &FeedUrl, token: TokenSource) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        connector.set_nodelay(true);
        Self {
            http: HttpClient::builder(TokioExecutor::new()).build(connector),
            url: url.clone(),
            token,
        }
    }

    pub(super) async fn ask(
        &self,
        tag: Option<&str>,
        wait_secs: u64,
        patience: Duration,
    ) -> Result<Answer, FeedFailure> {
        let request = self.request(tag, wait_secs)?;
        let answered = timeout(patience, self.exchange(request)).await;
        answered.unwrap_or(Err(FeedFailure::Unreachable))
    }

    fn request(
        &self,
        tag: Option<&str>,
        wait_secs: u64,
    ) -> Result<Request<Empty<Bytes>>, FeedFailure> {
        let token = self.token.read().map_err(|error| {
            tracing::error!(%error, "the token of the key feed cannot be had");
            FeedFailure::NoToken
        })?;
        let bearer = HeaderValue::from_str(&format!("Bearer {}", token.expose()));
        let mut bearer = bearer.map_err(|_| FeedFailure::NoToken)?;
        bearer.set_sensitive(true);
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = self
            .url
            .question(wait_secs)
            .ok_or(FeedFailure::Unreachable)?;
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, bearer);
        if let Some(tag) = tag.and_then(|tag| HeaderValue::from_str(tag).ok()) {
            headers.insert(IF_NONE_MATCH, tag);
        }
        Ok(request)
    }

    async fn exchange(&self, request: Request<Empty<Bytes>>) -> Result<Answer, FeedFailure> {
        let answer = self.http.request(request).await.map_err(|error| {
            tracing::debug!(%error, "the key feed cannot be asked");
            FeedFailure::Unreachable
        })?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_MODIFIED => return Ok(Answer::Unchanged),
            StatusCode::UNAUTHORIZED => return Err(FeedFailure::Unauthorized),
            _ => return Err(FeedFailure::Status),
        }
        let tag = answer.headers().get(ETAG);
        let tag = tag.and_then(|tag| tag.to_str().ok()).map(ToOwned::to_owned);
        let body = Limited::new(answer.into_body(), BODY_BYTES_MAX).collect();
        let body = body.await.map_err(|_| FeedFailure::Unreachable)?;
        Ok(Answer::Keys {
            tag,
            body: body.to_bytes(),
        })
    }
}
