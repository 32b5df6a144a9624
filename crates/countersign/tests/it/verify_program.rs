//! `countersign verify` as a process of its own.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    thread,
};

use countersign_testkit::{
    Connection, Management, Program, RecordingBackend,
    gateway::{ACCESS_KEY_ID, ACCESS_KEY_SECRET},
    program,
};
use serde_json::{Value, json};

struct Verifying {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
    address: SocketAddr,
    status: SocketAddr,
}

impl Verifying {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let address = |name: &str| {
            let text = line
                .split_whitespace()
                .find_map(|word| word.strip_prefix(name)?.strip_prefix("=http://"));
            text.unwrap_or_else(|| panic!("no ready line, but {line:?}"))
                .parse()
                .unwrap()
        };
        assert!(line.starts_with("ready "));
        let (address, status) = (address("verify"), address("status"));
        Self {
            child,
            output,
            address,
            status,
        }
    }

    fn terminate(mut self) -> String {
        let asked = Command::new("kill")
            .arg("-TERM")
            .arg(self.child.id().to_string())
            .status();
        assert!(asked.unwrap().success());
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        assert!(self.child.wait().unwrap().success());
        rest
    }
}

impl Drop for Verifying {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            // It may end by itself between the question and the signal.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn countersign(arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command
        .args(arguments.split_whitespace())
        .env("COUNTERSIGN_LOG", "error");
    command
}

fn owner(address: SocketAddr) -> Management {
    let now = || {
        let since = std::time::UNIX_EPOCH.elapsed().unwrap();
        i64::try_from(since.as_secs()).unwrap()
    };
    let mut drawn = 0;
    let nonce = move || {
        drawn += 1;
        format!("{}-{drawn}", std::process::id())
    };
    Management::with(address, now, nonce)
}

#[test]
fn a_verifier_from_nothing_to_its_end() {
    let directory = tempfile::tempdir().unwrap();
    let config = program::write_config(directory.path());
    let logs = ["gateway", "verifier"].map(|name| directory.path().join(name));
    let log = |place: usize| std::fs::File::create(&logs[place]).unwrap();
    let mut serve = countersign("serve --config");
    serve.arg(&config).env("COUNTERSIGN_LOG", "debug");
    let gateway = Program::start(serve.stderr(log(0)));
    let server = format!("http://{}", gateway.management);
    let run = |arguments: &str| -> Value {
        let output = countersign(arguments)
            .args(["--output", "json"])
            .env("COUNTERSIGN_SERVER", &server)
            .env("COUNTERSIGN_ACCESS_KEY_ID", ACCESS_KEY_ID)
            .env("COUNTERSIGN_ACCESS_KEY_SECRET", ACCESS_KEY_SECRET)
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments}: {error}");
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let backend = RecordingBackend::start();
    // The verifier is given its token before there is an API: its group is there.
    let mut management = owner(gateway.management);
    let group = management.call("CreateApiGroup", &[("GroupName", "verified")]);
    let (group, host) = (
        group.text("GroupId").to_owned(),
        group.text("SubDomain").to_owned(),
    );
    let made = run(&format!("verifier create --name beside --group {group}"));
    let token = made["token"].as_str().unwrap();
    let verify = directory.path().join("verify.toml");
    let text = format!(
        "mode = 'reverse-proxy'\nlisten = '127.0.0.1:0'\nstatus_listen = '127.0.0.1:0'\n\
         backend = '{}'\nfeed = '{server}'\naccess_log = '-'\n",
        backend.url()
    );
    std::fs::write(&verify, text).unwrap();
    let verifying = Verifying::start(
        countersign("verify --config")
            .arg(&verify)
            .env("COUNTERSIGN_VERIFIER_TOKEN", token)
            .env("COUNTERSIGN_LOG", "debug")
            .stderr(log(1)),
    );
    let api = management.api(
        &group,
        "verified",
        "/a",
        &format!("http://{}", verifying.address),
    );
    let key = management.key("changing", "FirstSignKey", "first_secret");
    let live = countersign_testkit::management::LiveApi { group, host, api };
    management.bind(&key, &live);
    let request = format!("GET /a HTTP/1.1\r\nHost: {}\r\n\r\n", live.host);
    let mut client = Connection::to(gateway.gateway);
    let mut call = || client.call(&request).unwrap();
    assert_eq!(call().status(), 200);
    assert_eq!(
        backend.last().value("X-Countersign-Sign-Key"),
        Some("FirstSignKey")
    );

    let staged = run("key stage changing --sign-key SecondSignKey");
    assert_eq!(staged["next"]["sign_key"], "SecondSignKey");
    assert_eq!(run("key unstage changing")["next"], json!(null));
    run("key stage changing --sign-key ThirdSignKey");
    assert_eq!(run("key activate changing")["sign_key"], "ThirdSignKey");
    assert_eq!(call().status(), 200);
    assert_eq!(
        backend.last().value("X-Countersign-Sign-Key"),
        Some("ThirdSignKey")
    );

    let probe = |path: &str| {
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        Connection::to(verifying.status).call(&request).unwrap()
    };
    assert_eq!(probe("/readyz").status(), 200);
    assert!(
        probe("/metrics")
            .text()
            .contains("countersign_verify_requests_total{result=\"verified\"} 2")
    );
    // Without its token it goes on with what it has.
    run("verifier delete beside");
    let unauthorized = "countersign_verify_feed_errors_total{kind=\"unauthorized\"}";
    let count = || {
        let all = probe("/metrics");
        let line = all
            .text()
            .lines()
            .find(|line| line.starts_with(unauthorized))
            .unwrap();
        line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()
    };
    while count() < 1.0 {
        thread::yield_now();
    }
    assert_eq!(call().status(), 200);
    let log = verifying.terminate();
    assert_eq!(log.lines().count(), 3, "{log}");
    assert!(gateway.terminate().0.success());
    let of = |place: usize| std::fs::read_to_string(&logs[place]).unwrap();
    let (of_gateway, of_verifier) = (of(0), of(1));
    assert!(of_gateway.contains("CreateVerifier") && of_verifier.contains("told keys"));
    for text in [log, of_gateway, of_verifier] {
        for secret in ["first_secret", token, ACCESS_KEY_SECRET] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
}

#[test]
fn what_cannot_be_is_said_before_anything_listens() {
    for (arguments, why) in [
        ("verify --mode forward-auth --keys k", "--from: "),
        ("verify --mode reverse-proxy --keys k", "--backend: "),
        (
            "verify --mode reverse-proxy --backend http://a --feed http://a",
            "--token-file: ",
        ),
        ("verify --mode reverse-proxy --backend http://a", "--keys: "),
        ("verify --config none.toml", "none.toml: cannot be read"),
    ] {
        let output = countersign(arguments).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments}: {error}");
        assert!(error.contains(why), "{error}");
        assert!(output.stdout.is_empty());
    }
    let output = countersign(
        "verify --mode reverse-proxy --backend http://127.0.0.1:9 --keys none.json \
         --listen 127.0.0.1:0 --status-listen 127.0.0.1:0",
    )
    .output()
    .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("the key file gives no keys"), "{error}");
}
