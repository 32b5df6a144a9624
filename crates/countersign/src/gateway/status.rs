//! What `/metrics` and `/readyz` tell.

use std::sync::atomic::{AtomicBool, Ordering};

use countersign_admin::StatusSource;
use countersign_store::{Store, StoreStatus};
use metrics::{Gauge, Key, KeyName, Level, Metadata, Recorder, SharedString, Unit};
use metrics_exporter_prometheus::{PrometheusHandle, PrometheusRecorder};

pub(super) struct Status {
    metrics: PrometheusHandle,
    store: Store,
    store_writable: Gauge,
    store_revision: Gauge,
    draining: AtomicBool,
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
            draining: AtomicBool::new(false),
        }
    }

    pub(super) fn start_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
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
    /// end of the process makes this node not ready.
    fn not_ready(&self) -> Option<String> {
        self.draining
            .load(Ordering::Relaxed)
            .then(|| "draining".to_owned())
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
