//! A changed key is in force before the answer is sent, and costs no request.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
};

use countersign_testkit::{RecordingBackend, TestGateway, backend::echoed, gateway};

use crate::signature;

const CHANGES: u64 = 200;

fn sign_key(number: u64) -> String {
    format!("SignKey{number}")
}

/// Each pair's secret follows from its sign key, so that a mixture shows.
fn sign_secret(number: u64) -> String {
    format!("sign_secret_{number}")
}

fn request(host: &str) -> String {
    format!("GET /a?x=1 HTTP/1.1\r\nHost: {host}\r\n\r\n")
}

#[test]
fn every_call_after_a_change_is_signed_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let running = TestGateway::with(|config| config.store = gateway::embedded(directory.path()));
    let backend = RecordingBackend::start();
    let mut management = running.management();
    let api = management.live_api("change", "/a", &backend.url());
    let key = management.key("changing", &sign_key(0), &sign_secret(0));
    let mut revision = management.bind(&key, &api).revision();

    let mut client = running.connect();
    for number in 1..=CHANGES {
        let changed = management
            .modify(&key, &sign_key(number), &sign_secret(number))
            .revision();
        assert!(changed > revision, "a revision only grows");
        revision = changed;
        assert_eq!(client.call(&request(&api.host)).unwrap().status(), 200);
        let received = backend.last();
        assert_eq!(
            signature::sign_key(&received),
            Some(sign_key(number).as_str())
        );
        signature::check(&received, &sign_key(number), &sign_secret(number)).unwrap();
    }
}

/// While clients call without a pause, each of 200 changes is answered; a call
/// that starts after an answer carries that change's pair or a later one, no
/// call fails, and none is signed with one version's key and another's secret.
#[test]
fn changes_under_load_cost_no_request_and_mix_nothing() {
    let running = TestGateway::start();
    let backend = RecordingBackend::echoing();
    let mut management = running.management();
    let api = management.live_api("load", "/a", &backend.url());
    let key = management.key("changing", &sign_key(0), &sign_secret(0));
    management.bind(&key, &api);

    let (answered, ended) = (AtomicU64::new(0), AtomicBool::new(false));
    let calls = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut client = running.connect();
                while !ended.load(Ordering::SeqCst) {
                    let at_least = answered.load(Ordering::SeqCst);
                    let answer = client.call(&request(&api.host)).expect("no call fails");
                    assert_eq!(answer.status(), 200, "no call is refused");
                    let received = echoed(&answer);
                    let named =
                        signature::sign_key(&received).and_then(|key| key.strip_prefix("SignKey"));
                    let number: u64 = named.expect("every call is signed").parse().unwrap();
                    assert!(
                        number >= at_least,
                        "signed with {number} after {at_least} was answered"
                    );
                    signature::check(&received, &sign_key(number), &sign_secret(number)).unwrap();
                    calls.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        for number in 1..=CHANGES {
            management.modify(&key, &sign_key(number), &sign_secret(number));
            answered.store(number, Ordering::SeqCst);
        }
        // Every client has made calls while keys changed.
        while calls.load(Ordering::SeqCst) < 100 {
            thread::yield_now();
        }
        ended.store(true, Ordering::SeqCst);
    });
}

#[test]
fn binding_and_unbinding_are_in_force_at_once() {
    let running = TestGateway::start();
    let backend = RecordingBackend::start();
    let mut management = running.management();
    let api = management.live_api("binding", "/a", &backend.url());
    let (first, second) = (
        management.key("first", "FirstKey", "first_secret"),
        management.key("second", "SecondKey", "second_secret"),
    );
    let mut client = running.connect();
    let mut call = || {
        assert_eq!(client.call(&request(&api.host)).unwrap().status(), 200);
        backend.last()
    };
    assert!(!signature::has_any(&call()));
    for _ in 0..20 {
        management.bind(&first, &api);
        signature::check(&call(), "FirstKey", "first_secret").unwrap();
        management.bind(&second, &api);
        signature::check(&call(), "SecondKey", "second_secret").unwrap();
        let binding = [
            ("SignatureId", &*second),
            ("GroupId", &*api.group),
            ("StageName", "RELEASE"),
        ];
        management.call("RemoveSignatureApis", &binding);
        assert!(!signature::has_any(&call()));
    }
}
