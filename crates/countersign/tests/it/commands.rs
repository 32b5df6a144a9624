//! The commands that talk to a running gateway.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use countersign_core::Scheme;
use countersign_testkit::{
    Program,
    gateway::{ACCESS_KEY_ID, ACCESS_KEY_SECRET},
    program,
};
use serde_json::Value;

struct Cli {
    program: Program,
    _directory: tempfile::TempDir,
}

impl Cli {
    fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let config = program::write_config(directory.path());
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        let program = Program::start(
            command
                .args(["serve", "--config"])
                .arg(&config)
                .env("COUNTERSIGN_LOG", "error"),
        );
        Self {
            program,
            _directory: directory,
        }
    }

    fn run(&self, arguments: &str, input: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args(arguments.split_whitespace())
            .args(["--output", "json"])
            .env(
                "COUNTERSIGN_SERVER",
                format!("http://{}", self.program.management),
            )
            .env("COUNTERSIGN_ACCESS_KEY_ID", ACCESS_KEY_ID)
            .env("COUNTERSIGN_ACCESS_KEY_SECRET", ACCESS_KEY_SECRET)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that does not read may have ended already.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        child.wait_with_output().unwrap()
    }

    /// A command that has to succeed, and what it prints.
    fn done(&self, arguments: &str, input: &str) -> Value {
        let output = self.run(arguments, input);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments}: {error}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// A command that has to fail, its exit code and what it says.
    fn fails(&self, arguments: &str, input: &str) -> (i32, String) {
        let output = self.run(arguments, input);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(output.stdout.is_empty());
        (output.status.code().unwrap(), error)
    }
}

#[test]
fn users() {
    let cli = Cli::start();
    let made = cli.done(
        "user create --name olivia --description reads --password-stdin",
        "Planted horse\r\n",
    );
    assert_eq!(
        (&made["name"], &made["has_password"]),
        (&"olivia".into(), &true.into())
    );
    assert!(!made.to_string().contains("Planted"));
    cli.done("user create --name anna --password-stdin", "Planted horse");
    let users = cli.done("user list", "");
    let names: Vec<_> = users["users"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| &user["name"])
        .collect();
    assert_eq!(names, ["anna", "olivia"]);

    let changed = cli.done("user password olivia --password-stdin", "Planted mule 7\n");
    assert_eq!(changed["id"], made["id"]);
    let (code, why) = cli.fails("user password olivia --password-stdin", "Planted");
    assert_eq!(code, 1);
    assert!(
        why.contains("invalid_field") && !why.contains("Planted"),
        "{why}"
    );
    // Without a terminal there is nobody to ask, and no option takes it.
    let (code, why) = cli.fails("user password olivia", "Planted horse");
    assert!(code == 2 && why.contains("--password-stdin"), "{why}");
    assert_eq!(
        cli.fails("user password olivia --password Planted", "").0,
        2
    );

    let id = made["id"].as_str().unwrap();
    cli.done(&format!("user delete {id}"), "");
    let (code, why) = cli.fails("user delete olivia", "");
    assert!(code == 1 && why.contains("user_not_found"), "{why}");
}

#[test]
fn keys_of_every_scheme() {
    let cli = Cli::start();
    for (at, scheme) in Scheme::ALL.into_iter().enumerate() {
        let create = format!("key create --name key_{at} --scheme {scheme} --generate");
        assert_eq!(cli.done(&create, "")["scheme"], scheme.as_str());
    }
    let keys = cli.done("key list", "");
    assert_eq!(keys["keys"].as_array().unwrap().len(), Scheme::ALL.len());
    let (code, _) = cli.fails("key create --name nothing_given", "");
    assert_eq!(code, 1);
}

#[test]
fn keys_and_apis() {
    let cli = Cli::start();
    let pair = "key create --name first --sign-key 1-sign-key --sign-secret-file - --scheme";
    let made = cli.done(
        &format!("{pair} huawei-hmac-sha256"),
        "Planted-secret-of-24\n",
    );
    assert_eq!(made["sign_key"], "1-sign-key");
    let shown = cli.done("key show first --reveal", "");
    assert_eq!(shown["sign_secret"], "Planted-secret-of-24");
    let (code, why) = cli.fails(&format!("{pair} basic"), "Planted-secret-of-24\n");
    assert!(code == 1 && !why.contains("Planted"), "{why}");
    assert_eq!(cli.fails(&format!("{pair} hmac"), "").0, 2);
    assert_eq!(cli.fails("key modify first", "").0, 2);
    let changed = cli.done("key modify first --scheme basic --generate", "");
    assert_eq!(
        (&changed["scheme"], &changed["version"]),
        (&"basic".into(), &2.into())
    );

    let absent = "0123456789abcdef0123456789abcdef";
    let (code, why) = cli.fails(&format!("api set {absent} --unsigned-payload always"), "");
    assert!(code == 1 && why.contains("api_not_found"), "{why}");
    assert_eq!(
        cli.fails(&format!("api set {absent} --unsigned-payload text"), "")
            .0,
        2
    );
}
