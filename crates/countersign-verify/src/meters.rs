//! The metrics. Labels are from fixed lists.

use countersign_sign::verifier::Refusal;
use metrics::{Counter, Gauge, Key, Label, Level, Metadata, Recorder, SharedString, Unit};

const METADATA: Metadata<'static> = Metadata::new(
    "countersign_verify",
    Level::INFO,
    Some("countersign_verify"),
);

/// The result of a request that fits.
pub(crate) const VERIFIED: &str = "verified";

/// Why a question to the feed, or a look at a file, brought no keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FeedFailure {
    /// Nobody answered, or not in time.
    Unreachable,
    /// The token is wrong or was revoked.
    Unauthorized,
    /// Another status than 200, 304 and 401.
    Status,
    /// The answer, or the file, is no list of keys.
    Unreadable,
    /// The token cannot be had.
    NoToken,
}

impl FeedFailure {
    const ALL: [Self; 5] = [
        Self::Unreachable,
        Self::Unauthorized,
        Self::Status,
        Self::Unreadable,
        Self::NoToken,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Unauthorized => "unauthorized",
            Self::Status => "status",
            Self::Unreadable => "unreadable",
            Self::NoToken => "no_token",
        }
    }
}

/// Why the backend gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BackendFailure {
    /// No connection, or it broke before an answer.
    Unreachable,
    /// No head of an answer in time.
    Timeout,
}

impl BackendFailure {
    pub(crate) const ALL: [Self; 2] = [Self::Unreachable, Self::Timeout];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "backend_unreachable",
            Self::Timeout => "backend_timeout",
        }
    }
}

/// All handles.
pub(crate) struct Meters {
    results: Vec<(&'static str, Counter)>,
    feed_failures: Vec<(&'static str, Counter)>,
    backend_failures: Vec<(&'static str, Counter)>,
    /// Requests that are no HTTP, by [`countersign_framing`].
    pub(crate) malformed: Counter,
    /// Questions to the feed that were answered.
    pub(crate) feed_answers: Counter,
    pub(crate) access_log_dropped: Counter,
    pub(crate) keys: Gauge,
    pub(crate) keys_age: Gauge,
}

impl Meters {
    pub(crate) fn register(recorder: &dyn Recorder) -> Self {
        describe(recorder);
        let counter =
            |name: &'static str| recorder.register_counter(&Key::from_static_name(name), &METADATA);
        let gauge =
            |name: &'static str| recorder.register_gauge(&Key::from_static_name(name), &METADATA);
        let labelled = |name: &'static str, label: &'static str, value: &'static str| {
            let key = Key::from_parts(name, vec![Label::new(label, value)]);
            (value, recorder.register_counter(&key, &METADATA))
        };
        let results = [VERIFIED].into_iter().chain(Refusal::NAMES);
        let feed_failures = FeedFailure::ALL.map(FeedFailure::as_str);
        let backend_failures = BackendFailure::ALL.map(BackendFailure::as_str);
        Self {
            results: results
                .map(|name| labelled(RESULTS, "result", name))
                .collect(),
            feed_failures: feed_failures
                .map(|name| labelled(FEED_ERRORS, "kind", name))
                .into(),
            backend_failures: backend_failures
                .map(|name| labelled(BACKEND_FAILURES, "kind", name))
                .into(),
            malformed: counter(MALFORMED),
            feed_answers: counter(FEED_ANSWERS),
            access_log_dropped: counter(LOG_DROPPED),
            keys: gauge(KEYS),
            keys_age: gauge(KEYS_AGE),
        }
    }

    pub(crate) fn result(&self, name: &str) {
        count(&self.results, name);
    }

    pub(crate) fn feed_failure(&self, failure: FeedFailure) {
        count(&self.feed_failures, failure.as_str());
    }

    pub(crate) fn backend_failure(&self, failure: BackendFailure) {
        count(&self.backend_failures, failure.as_str());
    }
}

fn count(counters: &[(&'static str, Counter)], name: &str) {
    if let Some((_, counter)) = counters.iter().find(|(known, _)| *known == name) {
        counter.increment(1);
    }
}

const RESULTS: &str = "countersign_verify_requests_total";
const MALFORMED: &str = "countersign_verify_malformed_total";
const FEED_ANSWERS: &str = "countersign_verify_feed_answers_total";
const FEED_ERRORS: &str = "countersign_verify_feed_errors_total";
const BACKEND_FAILURES: &str = "countersign_verify_backend_failures_total";
const LOG_DROPPED: &str = "countersign_verify_access_log_dropped_total";
const KEYS: &str = "countersign_verify_keys";
const KEYS_AGE: &str = "countersign_verify_keys_age_seconds";

fn describe(recorder: &dyn Recorder) {
    let counters = [
        (
            RESULTS,
            "Requests by verdict; in observe mode what it would have been.",
        ),
        (
            MALFORMED,
            "Requests that two parsers could read differently, not looked at.",
        ),
        (
            FEED_ANSWERS,
            "Questions to the key feed, or looks at the key file, that were answered.",
        ),
        (FEED_ERRORS, "Those that were not, by kind."),
        (
            BACKEND_FAILURES,
            "Requests that the backend did not answer, by kind.",
        ),
        (
            LOG_DROPPED,
            "Lines of the access log that were dropped because its writer was behind.",
        ),
    ];
    for (name, text) in counters {
        let text = SharedString::const_str(text);
        recorder.describe_counter(name.into(), Some(Unit::Count), text);
    }
    let text = SharedString::const_str("Keys there are, retired ones included.");
    recorder.describe_gauge(KEYS.into(), Some(Unit::Count), text);
    let text = "Seconds since the feed last answered or the file was last read; -1 before.";
    let text = SharedString::const_str(text);
    recorder.describe_gauge(KEYS_AGE.into(), Some(Unit::Seconds), text);
}
