//! Keys from a file.

use std::{fs, thread};

use countersign_testkit::RecordingBackend;
use countersign_verify::{KeySource, StartError, start};

use crate::support::{
    NOW, Verifying, basic_key, config, key_file, list, refusal, reverse_proxy, signed,
};

#[test]
fn a_changed_file_is_read_and_a_bad_one_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let backend = RecordingBackend::start();
    let keys = key_file(directory.path(), &[basic_key("KeyOne", "active")]);
    let front = Verifying::start(config(reverse_proxy(&backend.url()), keys));
    assert_eq!(front.call(&signed("KeyOne")).status(), 200);
    assert_eq!(
        refusal(&front.call(&signed("KeyTwo"))),
        (401, "unknown_sign_key")
    );
    let path = directory.path().join("keys.json");
    fs::write(&path, list(&[basic_key("KeyTwo", "active")])).unwrap();
    while front.call(&signed("KeyTwo")).status() != 200 {
        thread::yield_now();
    }
    // What was replaced has its time of grace.
    assert_eq!(front.call(&signed("KeyOne")).status(), 200);
    front.set_now(NOW + 61);
    assert_eq!(
        refusal(&front.call(&signed("KeyOne"))),
        (401, "retired_sign_key")
    );

    fs::write(&path, "{\"keys\": [ planted").unwrap();
    let failed = "countersign_verify_feed_errors_total{kind=\"unreadable\"}";
    while front.metric(failed) < 1.0 {
        thread::yield_now();
    }
    assert_eq!(front.call(&signed("KeyTwo")).status(), 200);
    assert_eq!(front.status("/readyz").status(), 200);
}

#[test]
fn a_bad_file_is_no_start() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.json");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for text in [
        "",
        "{}",
        "{\"keys\":[{\"scheme\":\"planted\",\"sign_key\":\"a\",\"secret\":\"planted\"}]}",
    ] {
        fs::write(&path, text).unwrap();
        let config = config(
            reverse_proxy("http://127.0.0.1:9"),
            KeySource::File(path.clone()),
        );
        let started = runtime.block_on(start(config, std::sync::Arc::new(|| NOW)));
        let Err(error @ StartError::KeyFile(_)) = started else {
            panic!("{text} starts");
        };
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("planted"), "{shown}");
    }
}
