//! `/healthz`, `/readyz` and `/metrics`, on a listener of their own.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use countersign_sign::verifier::Verifier;
use http::{
    HeaderValue, Request, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE},
};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::watch;

use crate::{
    answer::{Body, full},
    feed::Feed,
    key_file::KeyFile,
    meters::Meters,
};

/// Where the keys come from, while it runs.
#[derive(Clone)]
pub(crate) enum Source {
    Feed(Arc<Feed>),
    File(Arc<KeyFile>),
}

pub(crate) struct Status {
    pub(crate) metrics: PrometheusHandle,
    pub(crate) meters: Arc<Meters>,
    pub(crate) verifier: Arc<Verifier>,
    pub(crate) source: Source,
    pub(crate) stop: watch::Receiver<bool>,
}

impl Status {
    pub(crate) fn answer<B>(&self, request: &Request<B>) -> Response<Body> {
        match request.uri().path() {
            "/healthz" => text(StatusCode::OK, "alive\n".into()),
            "/readyz" => match self.not_ready() {
                None => text(StatusCode::OK, "ready\n".into()),
                Some(why) => text(StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")),
            },
            "/metrics" => text(StatusCode::OK, self.metrics_text()),
            _ => text(StatusCode::NOT_FOUND, "not found\n".into()),
        }
    }

    fn not_ready(&self) -> Option<&'static str> {
        if *self.stop.borrow() {
            return Some("ending");
        }
        match self.age() {
            None => Some("no keys were told yet"),
            Some(_) if self.verifier.keys().is_empty() => Some("there is no key"),
            Some(_) => None,
        }
    }

    fn age(&self) -> Option<Duration> {
        match &self.source {
            Source::Feed(feed) => feed.age(),
            Source::File(file) => Some(file.age()),
        }
    }

    fn metrics_text(&self) -> String {
        let age = self.age();
        self.meters
            .keys_age
            .set(age.map_or(-1.0, |age| age.as_secs_f64()));
        self.meters.keys.set(self.verifier.keys().len() as f64);
        self.metrics.run_upkeep();
        self.metrics.render()
    }
}

fn text(status: StatusCode, text: String) -> Response<Body> {
    let mut response = Response::new(full(Bytes::from(text)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    headers.insert(CONTENT_TYPE, plain);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
