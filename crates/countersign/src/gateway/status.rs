//! What `/metrics` and `/readyz` tell.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use countersign_admin::StatusSource;
use countersign_store::{Store, StoreStatus};
use metrics::{Gauge, Key, KeyName, Level, Metadata, Recorder, SharedString, Unit};
use metrics_exporter_prometheus::{PrometheusHandle, PrometheusRecorder};

/// A worker at full speed makes some hundred kilobytes of samples a second.
const UPKEEP_PERIOD: Duration = Duration::from_secs(1);

pub(super) struct Status {
    metrics: PrometheusHandle,
    store: Store,
    store_writable: Gauge,
    store_revision: Gauge,
    /// Why this node is not ready; empty while it is.
    not_ready: ArcSwapOption<&'static str>,
}

impl Status {
    pub(super) fn new(recorder: &PrometheusRecorder, store: Store) -> Self {
        Self {
            metrics: recorder.handle(),
            store,
            store_writable: gauge(
                recorder,
                "countersign_store_writable",
                "1 when changes can be made, 0 when they are refused",
            ),
            store_revision: gauge(
                recorder,
                "countersign_store_revision",
                "the newest revision that the store published",
            ),
            not_ready: ArcSwapOption::from_pointee("starting"),
        }
    }

    /// Samples of histograms wait in memory until somebody sums them up: here
    /// that happens whether anybody reads the metrics or not.
    pub(super) async fn keep_metrics_small(self: Arc<Self>) {
        let mut tick = tokio::time::interval(UPKEEP_PERIOD);
        loop {
            tick.tick().await;
            self.metrics.run_upkeep();
        }
    }

    pub(super) fn is_serving(&self) {
        self.not_ready.store(None);
    }

    pub(super) fn is_draining(&self) {
        self.not_ready.store(Some(Arc::new("draining")));
    }
}

impl StatusSource for Status {
    fn metrics_text(&self) -> String {
        let is_writable = matches!(self.store.status(), StoreStatus::Healthy);
        self.store_writable.set(if is_writable { 1.0 } else { 0.0 });
        self.store_revision
            .set(self.store.snapshot().revision().number() as f64);
        self.metrics.run_upkeep();
        self.metrics.render()
    }

    /// A store that cannot be written keeps serving what it has, so only the
    /// beginning and the end of the process make this node not ready.
    fn not_ready(&self) -> Option<String> {
        self.not_ready
            .load()
            .as_deref()
            .map(|why| (*why).to_owned())
    }
}

fn gauge(recorder: &PrometheusRecorder, name: &'static str, description: &'static str) -> Gauge {
    recorder.describe_gauge(
        KeyName::from_const_str(name),
        Some(Unit::Count),
        SharedString::const_str(description),
    );
    let metadata = Metadata::new(module_path!(), Level::INFO, Some(module_path!()));
    recorder.register_gauge(&Key::from_static_name(name), &metadata)
}
