//! `countersign explain`, with a key given and with a gateway that has it.

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use countersign_sign::{
    Secret,
    alibaba::backend::{
        Outgoing, SECRET_KEY_HEADER, SIGNATURE_HEADER, SIGNED_HEADERS_HEADER, Scratch, Signer,
    },
};
use countersign_testkit::{
    Program,
    gateway::{ACCESS_KEY_ID, ACCESS_KEY_SECRET},
    program,
};
use serde_json::Value;

const SECRET: &str = "PlantedSecret1";
const OTHER: &str = "PlantedSecret2";

/// A request of the gateway for `signed`, captured as `method target`.
fn capture(secret: &str, signed: (&str, &str), captured: (&str, &str), prefix: &str) -> String {
    let (path, query) = signed.1.split_once('?').unwrap();
    let signer = Signer::new("DemoKey1", &Secret::new(secret.to_owned()));
    let signature = signer.sign(
        &Outgoing {
            method: signed.0,
            path,
            query: Some(query),
            form: None,
            content_md5: "",
            extra_signed_headers: &[],
        },
        &mut Scratch::new(),
    );
    let lines = [
        format!("{} {} HTTP/1.1", captured.0, captured.1),
        "Host: backend.example.test".to_owned(),
        format!("{SECRET_KEY_HEADER}: DemoKey1"),
        format!("{SIGNED_HEADERS_HEADER}: {SECRET_KEY_HEADER}"),
        format!("{SIGNATURE_HEADER}: {}", signature.as_str()),
        String::new(),
    ];
    lines.map(|line| format!("{prefix}{line}\n")).concat()
}

fn raw(secret: &str, target: &str) -> String {
    capture(secret, ("GET", "/v1/a?b=1"), ("GET", target), "")
}

fn run(arguments: &[&str], input: &str, server: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.arg("explain").args(arguments);
    if let Some(server) = server {
        command
            .env("COUNTERSIGN_SERVER", server)
            .env("COUNTERSIGN_ACCESS_KEY_ID", ACCESS_KEY_ID)
            .env("COUNTERSIGN_ACCESS_KEY_SECRET", ACCESS_KEY_SECRET);
    }
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read may have ended already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn told(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, error) = (text(&output.stdout), text(&output.stderr));
    assert!(
        !out.contains("Planted") && !error.contains("Planted"),
        "{out}{error}"
    );
    (output.status.code().unwrap(), out, error)
}

fn codes(explained: &Value) -> Vec<&str> {
    let causes = explained["causes"].as_array().unwrap();
    causes
        .iter()
        .map(|cause| cause["code"].as_str().unwrap())
        .collect()
}

/// Options of a key without a gateway, its secret in `directory`.
fn own_key(directory: &Path) -> Vec<String> {
    let file = directory.join("secret");
    std::fs::write(&file, format!("{SECRET}\n")).unwrap();
    let file = file.display().to_string();
    [
        "--scheme",
        "alibaba-hmac-sha256",
        "--sign-key",
        "DemoKey1",
        "--secret-file",
        &file,
    ]
    .map(str::to_owned)
    .to_vec()
}

#[test]
fn with_a_key_given() {
    let directory = tempfile::tempdir().unwrap();
    let own = own_key(directory.path());
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    for (input, code, says) in [
        (raw(SECRET, "/v1/a?b=1"), 0, "It verifies."),
        (raw(SECRET, "/v1/a/?b=1"), 1, "trailing_slash"),
        (
            capture(SECRET, ("GET", "/v1/a?b=1"), ("HEAD", "/v1/a?b=1"), "> "),
            1,
            "method_changed",
        ),
        (raw(SECRET, "/v2/a?b=1"), 2, "can not be told"),
    ] {
        let (got, out, error) = told(&run(&own, &input, None));
        assert!(got == code && out.contains(says), "{got} {out} {error}");
    }
    // What comes out for programs, and from a file.
    let file = directory.path().join("capture");
    std::fs::write(&file, raw(SECRET, "/v1/a?b=1&utm_source=x")).unwrap();
    let mut arguments = vec![file.to_str().unwrap(), "--output", "json"];
    arguments.extend(&own);
    let (code, out, _) = told(&run(&arguments, "", None));
    let explained: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, codes(&explained)), (1, vec!["parameter_added"]));
    assert_eq!(explained["causes"][0]["known"], "recomputed");
}

#[test]
fn what_can_not_be_tried_is_neither_of_the_verdicts() {
    let directory = tempfile::tempdir().unwrap();
    let own = own_key(directory.path());
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let with = |more: &[&'static str]| [own.as_slice(), more].concat();
    for (arguments, input, says) in [
        (with(&[]), "hello", "-: line 1: no request line"),
        (with(&["/nowhere"]), "", "/nowhere"),
        (with(&["--entry", "3"]), "GET / HTTP/1.1\n\n", "entry 0"),
        (with(&["--format", "har"]), "GET / HTTP/1.1\n\n", "not JSON"),
        (
            with(&["--body", "/nowhere"]),
            "GET / HTTP/1.1\n\n",
            "/nowhere",
        ),
        (
            own[..4].to_vec(),
            "GET / HTTP/1.1\n\n",
            "--secret-file or --secret-stdin",
        ),
        ([&own[..4], &["--secret-stdin"]].concat(), "x", "both"),
        (vec!["--key", "orders"], "GET / HTTP/1.1\n\n", "access key"),
    ] {
        let (code, out, error) = told(&run(&arguments, input, None));
        assert!(
            code == 3 && out.is_empty() && error.contains(says),
            "{code} {out} {error}"
        );
    }
    // The parser of options has a code of its own.
    assert_eq!(told(&run(&["--nothing"], "", None)).0, 2);
    assert_eq!(told(&run(&[], "", None)).0, 2);
}

#[test]
fn with_a_gateway_that_has_the_key() {
    let directory = tempfile::tempdir().unwrap();
    let config = program::write_config(directory.path());
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    let program = Program::start(
        command
            .args(["serve", "--config"])
            .arg(&config)
            .env("COUNTERSIGN_LOG", "error"),
    );
    let server = format!("http://{}", program.management);
    let create = |name: &str, sign_key: &str, secret: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args(["key", "create", "--name", name, "--sign-key", sign_key])
            .args(["--sign-secret-file", "-", "--output", "json"])
            .env("COUNTERSIGN_SERVER", &server)
            .env("COUNTERSIGN_ACCESS_KEY_ID", ACCESS_KEY_ID)
            .env("COUNTERSIGN_ACCESS_KEY_SECRET", ACCESS_KEY_SECRET)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(secret.as_bytes())
            .unwrap();
        assert!(child.wait().unwrap().success());
    };
    create("orders", "DemoKey1", SECRET);
    create("invoices", "DemoKey2", OTHER);
    let explained = |key: &str, input: &str| {
        let arguments = ["--key", key, "--output", "json"];
        let (code, out, error) = told(&run(&arguments, input, Some(&server)));
        let value: Value = serde_json::from_str(&out).expect(&error);
        (code, value)
    };

    let (code, value) = explained("orders", &raw(SECRET, "/v1/a?b=1"));
    assert_eq!((code, &value["verdict"]), (0, &"ok".into()), "{value}");
    assert!(
        value["key"]
            .as_str()
            .unwrap()
            .starts_with("orders, version 1")
    );
    let (code, value) = explained("orders", &raw(SECRET, "/v1/a?b=1&_=7"));
    assert_eq!((code, codes(&value)), (1, vec!["parameter_added"]));
    // The secret of another key of the account is one of the known causes.
    let (code, value) = explained("orders", &raw(OTHER, "/v1/a?b=1"));
    assert_eq!((code, codes(&value)), (1, vec!["other_secret"]));
    assert!(
        value["causes"][0]["subject"]
            .as_str()
            .unwrap()
            .starts_with("invoices")
    );
    let (code, value) = explained("invoices", &raw(SECRET, "/v1/a?b=1"));
    assert_eq!((code, codes(&value)), (1, vec!["other_key"]));
    let (code, value) = explained("orders", &raw("nobodys", "/v1/a?b=1"));
    assert_eq!((code, &value["outcome"]), (2, &"cannot_tell".into()));

    // For people, the same as the server writes it.
    let (code, out, _) = told(&run(
        &["--key", "orders"],
        &raw(SECRET, "/v1/a/?b=1"),
        Some(&server),
    ));
    assert!(
        code == 1 && out.contains("trailing_slash") && out.contains("to do:"),
        "{out}"
    );
    let (code, _, error) = told(&run(
        &["--key", "absent"],
        &raw(SECRET, "/v1/a?b=1"),
        Some(&server),
    ));
    assert!(
        code == 3 && error.contains("signature_key_not_found"),
        "{code} {error}"
    );
}
