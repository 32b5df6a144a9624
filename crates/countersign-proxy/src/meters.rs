//! The metrics of one worker. Each handle is registered once, with the
//! worker's number as a label, so that workers never touch the same atomic.

use metrics::{
    Counter, Gauge, Histogram, Key, Label, Level, Metadata, Recorder, SharedString, Unit,
};

use crate::fault::CODES;

/// The handles of one worker.
pub(crate) struct Meters {
    requests: [Counter; 6],
    pub(crate) signed: Counter,
    pub(crate) mocked: Counter,
    refused: Vec<(&'static str, Counter)>,
    backend_failures: Vec<(&'static str, Counter)>,
    pub(crate) retries: Counter,
    pub(crate) request_duration: Histogram,
    pub(crate) backend_duration: Histogram,
    pub(crate) client_connections: Gauge,
    pub(crate) backend_idle_connections: Gauge,
    pub(crate) snapshot_revision: Gauge,
    pub(crate) access_log_dropped: Counter,
}

const METADATA: Metadata<'static> =
    Metadata::new("countersign_proxy", Level::INFO, Some("countersign_proxy"));

impl Meters {
    /// Registers the handles of worker number `worker`.
    pub(crate) fn register(recorder: &dyn Recorder, worker: usize) -> Self {
        let label = Label::new("worker", worker.to_string());
        let key = |name: &'static str| Key::from_parts(name, vec![label.clone()]);
        let key_with = |name: &'static str, label_name: &'static str, value: &'static str| {
            Key::from_parts(name, vec![label.clone(), Label::new(label_name, value)])
        };
        let counter = |key: Key| recorder.register_counter(&key, &METADATA);
        let gauge = |name| recorder.register_gauge(&key(name), &METADATA);
        let histogram = |name| recorder.register_histogram(&key(name), &METADATA);
        let by_code = |name, label_name, codes: &mut dyn Iterator<Item = &'static str>| {
            codes
                .map(|code| (code, counter(key_with(name, label_name, code))))
                .collect()
        };
        let classes = ["other", "1xx", "2xx", "3xx", "4xx", "5xx"];
        Self {
            requests: classes
                .map(|class| counter(key_with("countersign_requests_total", "class", class))),
            signed: counter(key("countersign_signed_total")),
            mocked: counter(key("countersign_mocked_total")),
            refused: by_code(
                "countersign_refused_total",
                "reason",
                &mut CODES.into_iter(),
            ),
            backend_failures: by_code(
                "countersign_backend_failures_total",
                "kind",
                &mut backend_codes(),
            ),
            retries: counter(key("countersign_backend_retries_total")),
            request_duration: histogram("countersign_request_duration_seconds"),
            backend_duration: histogram("countersign_backend_duration_seconds"),
            client_connections: gauge("countersign_client_connections"),
            backend_idle_connections: gauge("countersign_backend_idle_connections"),
            snapshot_revision: gauge("countersign_snapshot_revision"),
            access_log_dropped: counter(key("countersign_access_log_dropped_total")),
        }
    }

    /// Counts a request by the class of its status.
    pub(crate) fn request(&self, status: u16) {
        let class = usize::from(status / 100);
        self.requests
            .get(class)
            .unwrap_or(&self.requests[0])
            .increment(1);
    }

    /// Counts a request that the gateway answered itself.
    pub(crate) fn refused(&self, code: &'static str) {
        count(&self.refused, code);
    }

    /// Counts a failure of a backend.
    pub(crate) fn backend_failure(&self, code: &'static str) {
        count(&self.backend_failures, code);
    }
}

fn backend_codes() -> impl Iterator<Item = &'static str> {
    CODES
        .into_iter()
        .filter(|code| code.starts_with("backend_"))
}

fn count(counters: &[(&'static str, Counter)], code: &'static str) {
    if let Some((_, counter)) = counters.iter().find(|(known, _)| *known == code) {
        counter.increment(1);
    }
}

/// Tells the recorder what each metric means.
pub(crate) fn describe(recorder: &dyn Recorder) {
    let counter = |name: &'static str, text: &'static str| {
        recorder.describe_counter(
            name.into(),
            Some(Unit::Count),
            SharedString::const_str(text),
        );
    };
    counter(
        "countersign_requests_total",
        "Requests, by the class of the status they were answered with.",
    );
    counter("countersign_signed_total", "Requests that were signed.");
    counter(
        "countersign_mocked_total",
        "Requests that were given the answer of the API's definition, without a backend.",
    );
    counter(
        "countersign_refused_total",
        "Requests that the gateway answered itself, by reason.",
    );
    counter(
        "countersign_backend_failures_total",
        "Failures of backends, by kind.",
    );
    counter(
        "countersign_backend_retries_total",
        "Requests sent once more because a kept connection had gone stale.",
    );
    counter(
        "countersign_access_log_dropped_total",
        "Lines of the access log that were dropped because its writer was behind.",
    );
    let gauge = |name: &'static str, text: &'static str| {
        recorder.describe_gauge(
            name.into(),
            Some(Unit::Count),
            SharedString::const_str(text),
        );
    };
    gauge(
        "countersign_client_connections",
        "Open connections of clients.",
    );
    gauge(
        "countersign_backend_idle_connections",
        "Idle connections to backends.",
    );
    gauge(
        "countersign_snapshot_revision",
        "The revision of the snapshot in use.",
    );
    let histogram = |name: &'static str, text: &'static str| {
        recorder.describe_histogram(
            name.into(),
            Some(Unit::Seconds),
            SharedString::const_str(text),
        );
    };
    histogram(
        "countersign_request_duration_seconds",
        "From the end of a request's head to the end of its answer.",
    );
    histogram(
        "countersign_backend_duration_seconds",
        "From a request's being ready to be sent to the head of its answer.",
    );
}
