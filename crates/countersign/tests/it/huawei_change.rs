//! Changes through Huawei's dialect: in force before the answer is sent, and
//! kept through a restart, as is all else that the dialect makes.

use countersign::config::Config;
use countersign_sign::{
    Secret,
    huawei::backend::{Received, Rules, Signer, verify},
};
use countersign_testkit::{
    Management, Message, RecordingBackend, TestGateway, gateway, management::Answer,
};
use serde_json::{Value, json};

use crate::signature;

const CHANGES: u64 = 200;

fn pair(number: u64) -> (String, String) {
    (
        format!("SignKey-{number}"),
        format!("sign-secret-of-{number:08}"),
    )
}

fn request(host: &str) -> String {
    format!(
        "POST /a?x=1 HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi"
    )
}

/// Checks the signature of what a backend received with exactly one pair, as a
/// backend of this vendor does.
fn check(running: &TestGateway, received: &Message, number: u64) {
    let (sign_key, sign_secret) = pair(number);
    let signer = Signer::new(&sign_key, &Secret::new(sign_secret));
    let (method, path, query) = received.request_line();
    let headers = received.header_pairs();
    let received = Received {
        method,
        path,
        query,
        headers: &headers,
        body: &received.body,
    };
    let rules = Rules::default();
    let known = |named: &str| (named == sign_key).then_some(&signer);
    verify(&received, running.sources.seconds(), &rules, known).unwrap();
}

fn key(management: &mut Management, number: u64) -> String {
    let (sign_key, sign_secret) = pair(number);
    let body = json!({ "name": "changing", "sign_key": sign_key, "sign_secret": sign_secret });
    let signs = format!("{}/signs", Management::huawei_v2());
    management
        .huawei_ok("POST", &signs, &body)
        .text("id")
        .to_owned()
}

fn bind(management: &mut Management, key: &str, publish_id: &str) {
    let bindings = format!("{}/sign-bindings", Management::huawei_v2());
    let body = json!({ "sign_id": key, "publish_ids": [publish_id] });
    management.huawei_ok("POST", &bindings, &body);
}

#[test]
fn every_call_after_a_change_is_signed_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let running = TestGateway::with(|config| config.store = gateway::embedded(directory.path()));
    let backend = RecordingBackend::start();
    let mut management = running.management();
    let (api, publish_id) = management.huawei_live_api("change", "/a", &backend.url());
    let key = key(&mut management, 0);
    bind(&mut management, &key, &publish_id);
    let mut client = running.connect();
    let mut revision = 0;
    for number in 0..CHANGES {
        if number > 0 {
            let (sign_key, sign_secret) = pair(number);
            let body =
                json!({ "name": "changing", "sign_key": sign_key, "sign_secret": sign_secret });
            // Both of the vendor's versions, in turn.
            let base = [Management::huawei_v2(), "/v1.0/apigw".to_owned()];
            let target = format!("{}/signs/{key}", base[usize::from(number % 2 == 0)]);
            let changed = management.huawei_ok("PUT", &target, &body).revision();
            assert!(changed > revision, "a revision only grows");
            revision = changed;
        }
        assert_eq!(client.call(&request(&api.host)).unwrap().status(), 200);
        check(&running, &backend.last(), number);
    }
}

#[test]
fn a_key_of_either_dialect_is_changed_through_the_other() {
    let running = TestGateway::start();
    let backend = RecordingBackend::start();
    let mut management = running.management();
    let api = management.live_api("change", "/a", &backend.url());
    let alibaba = management.key("first", "FirstKey", "first_secret");
    management.bind(&alibaba, &api);
    let target = format!("{}/signs/{alibaba}", Management::huawei_v2());
    let body = json!({
        "name": "first",
        "sign_key": "1-other-key",
        "sign_secret": "a-secret-that-alibaba-could-not-have-made",
    });
    management.huawei_ok("PUT", &target, &body);
    let mut client = running.connect();
    assert_eq!(client.call(&request(&api.host)).unwrap().status(), 200);
    let secret = body["sign_secret"].as_str().unwrap();
    signature::check(&backend.last(), "1-other-key", secret).unwrap();
    let listed = management.call("DescribeSignatures", &[("SignatureId", &alibaba)]);
    assert!(
        listed.json.to_string().contains("1-other-key"),
        "{}",
        listed.json
    );
}

const PASSWORD: &str = "Correct horse 5";

fn ask(management: &mut Management) -> Answer {
    let body = json!({ "auth": {
        "identity": { "methods": ["password"], "password": { "user": {
            "name": "olivia", "password": PASSWORD, "domain": { "name": gateway::ACCOUNT },
        } } },
        "scope": { "project": { "name": "local" } },
    } });
    management.huawei_by_token(None, "POST", "/v3/auth/tokens", &body)
}

/// What the management plane shows of everything.
fn everything(management: &mut Management, api: &str) -> Vec<Value> {
    let base = Management::huawei_v2();
    let targets = [
        "envs".to_owned(),
        "api-groups".to_owned(),
        "apis".to_owned(),
        format!("apis/{api}"),
        format!("apis/publish/{api}"),
        "signs".to_owned(),
        format!("sign-bindings/binded-signs?api_id={api}"),
    ];
    let mut all: Vec<_> = targets
        .iter()
        .map(|target| {
            management
                .huawei_ok("GET", &format!("{base}/{target}"), &Value::Null)
                .json
        })
        .collect();
    all.push(
        management
            .huawei_ok("GET", "/v3/projects", &Value::Null)
            .json,
    );
    all
}

#[test]
fn a_restart_keeps_everything() {
    let directory = tempfile::tempdir().unwrap();
    let store = |config: &mut Config| config.store = gateway::embedded(directory.path());
    let backend = RecordingBackend::start();
    let running = TestGateway::with(store);
    let mut management = running.management();
    let base = Management::huawei_v2();
    let (api, publish_id) = management.huawei_live_api("kept", "/a", &backend.url());
    let own = json!({ "name": "STAGING" });
    management.huawei_ok("POST", &format!("{base}/envs"), &own);
    for sign_type in ["hmac", "basic", "public_key", "aes"] {
        let name = format!("kept_{sign_type}");
        let body = json!({ "name": name, "sign_type": sign_type });
        management.huawei_ok("POST", &format!("{base}/signs"), &body);
    }
    let key = key(&mut management, 1);
    bind(&mut management, &key, &publish_id);
    // Another version of what is online.
    let again = json!({
        "action": "online",
        "api_id": api.api,
        "env_id": "DEFAULT_ENVIRONMENT_RELEASE_ID",
    });
    management.huawei_ok("POST", &format!("{base}/apis/action"), &again);
    let user = json!({ "name": "olivia", "password": PASSWORD });
    management.native_ok("POST", "/api/v1/users", &user);
    let token = ask(&mut management);
    let token = token.message.value("X-Subject-Token").unwrap().to_owned();
    let before = everything(&mut management, &api.api);
    running.shut_down();

    let running = TestGateway::with(store);
    let mut management = running.management();
    assert_eq!(everything(&mut management, &api.api), before);
    let signs = format!("{base}/signs");
    let listed = management.huawei_by_token(Some(&token), "GET", &signs, &Value::Null);
    assert_eq!(listed.message.status(), 200, "{}", listed.json);
    assert_eq!(listed.json["total"], 5);
    assert_eq!(ask(&mut management).message.status(), 201);
    let mut client = running.connect();
    assert_eq!(client.call(&request(&api.host)).unwrap().status(), 200);
    check(&running, &backend.last(), 1);
    // Nothing of a password or a token is on the disk as it is.
    running.shut_down();
    for file in std::fs::read_dir(directory.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in [PASSWORD, &token, "sign-secret-of-"] {
            let found = bytes
                .windows(secret.len())
                .any(|own| own == secret.as_bytes());
            assert!(!found);
        }
    }
}
