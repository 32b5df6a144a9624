//! Planted secrets, looked for wherever they must not be.

use std::{fs, path::Path, process::Command};

use countersign_testkit::{
    Management, Message, Program, RecordingBackend,
    gateway::{ACCESS_KEY_SECRET, ACCOUNT},
    program,
};
use serde_json::json;

const PLANTED: [&str; 4] = [
    "planted_sign_secret_1",
    "planted_sign_secret_2",
    "planted password 3",
    ACCESS_KEY_SECRET,
];

fn assert_clean(place: &str, bytes: &[u8]) {
    for secret in PLANTED {
        let found = bytes
            .windows(secret.len())
            .any(|window| window == secret.as_bytes());
        assert!(!found, "{secret} stands in {place}");
    }
}

fn get(program: &Program, path: &str) -> Message {
    let mut connection = countersign_testkit::Connection::to(program.management);
    connection
        .call(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .unwrap()
}

#[test]
fn no_secret_in_files_logs_answers_or_metrics() {
    let directory = tempfile::tempdir().unwrap();
    let config = program::write_config(directory.path());
    let log = directory.path().join("program.log");
    let access_log = directory.path().join("access.log");
    let text = fs::read_to_string(&config)
        .unwrap()
        .replace(r#""off""#, &format!("{access_log:?}"));
    fs::write(&config, text).unwrap();

    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command
        .args(["serve", "--config"])
        .arg(&config)
        .env("COUNTERSIGN_LOG", "trace")
        .stderr(fs::File::create(&log).unwrap());
    let running = Program::start(&mut command);
    let mut nonce = 0;
    let mut management = Management::with(running.management, now, move || {
        nonce += 1;
        format!("nonce-{nonce}")
    });
    let backend = RecordingBackend::start();
    let api = management.live_api("planted", "/a", &backend.url());
    let key = management.key("planted", "PlantedKey", PLANTED[0]);
    management.bind(&key, &api);
    management.modify(&key, "PlantedKey2", PLANTED[1]);
    let mut client = countersign_testkit::Connection::to(running.gateway);
    let call = format!(
        "GET /a?token=planted_sign_secret_1 HTTP/1.1\r\nHost: {}\r\nX-Token: {}\r\n\r\n",
        api.host, PLANTED[1]
    );
    assert_eq!(client.call(&call).unwrap().status(), 200);
    assert_eq!(backend.requests().len(), 1);

    // A user's password and token, right and wrong.
    let user = json!({ "name": "olivia", "password": PLANTED[2] });
    management.native_ok("POST", "/api/v1/users", &user);
    let asked = |password: &str| {
        json!({ "auth": {
            "identity": { "methods": ["password"], "password": { "user": {
                "name": "olivia", "password": password, "domain": { "name": ACCOUNT },
            } } },
            "scope": { "project": { "name": "local" } },
        } })
    };
    let tokens = "/v3/auth/tokens";
    let given = management.huawei_by_token(None, "POST", tokens, &asked(PLANTED[2]));
    assert_eq!(given.message.status(), 201, "{}", given.json);
    assert_clean("the answer with a token", &given.message.body);
    let token = given.message.value("X-Subject-Token").unwrap();
    let wrong = asked(&format!("{}!", PLANTED[2]));
    let wrong = management.huawei_by_token(None, "POST", tokens, &wrong);
    assert_eq!(wrong.message.status(), 401);
    assert_clean("a refusal", &wrong.message.body);
    for token in [token.to_owned(), format!("{token}x")] {
        let none = &serde_json::Value::Null;
        management.huawei_by_token(Some(&token), "GET", "/v1.0/apigw/signs", none);
    }

    // Refused values come back in no answer.
    for (name, value) in [
        ("SignatureName", "planted_sign_secret_1!"),
        ("SignatureSecret", "planted_sign_secret_1 with blanks"),
    ] {
        let mut parameters = vec![
            ("SignatureName", "good_name"),
            ("SignatureKey", "GoodKey"),
            ("SignatureSecret", "good_secret"),
        ];
        parameters.retain(|(own, _)| *own != name);
        parameters.push((name, value));
        let answer = management.try_call("CreateSignature", &parameters).unwrap();
        assert_eq!(answer.message.status(), 400);
        assert_clean("an error answer", &answer.message.body);
    }
    for path in ["/metrics", "/healthz", "/readyz", "/api/v1/keys"] {
        assert_clean(path, &get(&running, path).body);
    }
    let (status, output) = running.terminate();
    assert!(status.success());
    assert_clean("standard output", output.as_bytes());
    let log = fs::read(&log).unwrap();
    assert_clean("the program's log", &log);
    assert!(!String::from_utf8(log).unwrap().contains(token));
    let access_log = fs::read(&access_log).unwrap();
    assert!(!access_log.is_empty());
    assert_clean("the access log", &access_log);
    for file in files(&directory.path().join("data")) {
        assert_clean(&file.display().to_string(), &fs::read(&file).unwrap());
    }
}

fn files(directory: &Path) -> Vec<std::path::PathBuf> {
    let entries: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(!entries.is_empty());
    entries
}

fn now() -> i64 {
    countersign::gateway::Sources::system().clock.as_ref()().seconds()
}
