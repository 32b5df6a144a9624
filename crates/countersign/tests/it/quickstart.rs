//! `quickstart`: the three commands that it prints work as printed.

use std::process::Command;

use countersign_sign::Secret;
use countersign_testkit::{Management, Program};
use serde_json::Value;

fn introduction(data: &std::path::Path) -> (Program, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.args([
        "quickstart",
        "--gateway",
        "127.0.0.1:0",
        "--management",
        "127.0.0.1:0",
        "--backend",
        "127.0.0.1:0",
        "--data",
    ]);
    let mut program = Program::start(command.arg(data));
    let text = program.read_until("Ctrl-C ends it.");
    (program, text)
}

fn start(data: &std::path::Path) -> (Program, Vec<String>) {
    let (program, text) = introduction(data);
    let commands = text
        .split("in another terminal:")
        .nth(1)
        .expect("it says what to try");
    let commands = commands
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("curl") || line.contains(" key "))
        .map(str::to_owned);
    (program, commands.collect())
}

fn shell(command: &str) -> String {
    let output = Command::new("sh")
        .args(["-c", command])
        .output()
        .expect("sh runs");
    assert!(
        output.status.success(),
        "{command}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("text")
}

fn verified(answer: &str) -> (String, u64) {
    let answer: Value = serde_json::from_str(answer).expect("the sample backend answers JSON");
    assert_eq!(answer["verified"], true);
    (
        answer["sign_key"].as_str().unwrap().to_owned(),
        answer["key_version"].as_u64().unwrap(),
    )
}

#[test]
fn its_three_commands_work_as_printed() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let (program, commands) = start(&data);
    assert_eq!(commands.len(), 3);
    let (first_key, first_version) = verified(&shell(&commands[0]));
    assert_eq!((first_key.as_str(), first_version), ("QuickstartKey", 1));
    shell(&commands[1]);
    let (second_key, second_version) = verified(&shell(&commands[2]));
    assert_ne!(second_key, first_key);
    assert_eq!(second_version, 2);
    let (status, _) = program.terminate();
    assert!(status.success());

    let (program, commands) = start(&data);
    assert_eq!(
        verified(&shell(&commands[0])),
        (second_key, 2),
        "the changed key is kept between runs"
    );
    assert!(program.terminate().0.success());
}

/// What stands after `label` in the introduction.
fn told<'a>(text: &'a str, label: &str) -> &'a str {
    let mut lines = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix(label));
    lines.next().unwrap().split_whitespace().next().unwrap()
}

#[test]
fn the_ids_that_it_prints_are_those_of_huaweis_clients() {
    let directory = tempfile::tempdir().unwrap();
    let (program, text) = introduction(&directory.path().join("data"));
    let clock = countersign::gateway::Sources::system().clock;
    let secret = Secret::new(told(&text, "secret").to_owned());
    let now = move || clock().seconds();
    let mut caller = Management::with(program.management, now, String::new)
        .as_user(told(&text, "access key"), secret);
    let (project, instance) = (told(&text, "project id"), told(&text, "instance id"));
    let target = format!("/v2/{project}/apigw/instances/{instance}/signs");
    let listed = caller.huawei_ok("GET", &target, &Value::Null);
    assert_eq!(listed.json["signs"][0]["name"], "quickstart");
    let snippet = text.split("Three lines for").nth(1).unwrap();
    for word in [project, instance, told(&text, "access key")] {
        assert!(snippet.contains(&format!("'{word}'")), "{snippet}");
    }
}

#[test]
fn the_cli_lists_and_shows() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let (_program, _) = start(&data);
    let run = |arguments: &str| {
        let credentials = data.join("credentials.toml");
        shell(&format!(
            "{} {arguments} --credentials {}",
            env!("CARGO_BIN_EXE_countersign"),
            credentials.display()
        ))
    };
    let keys: Value = serde_json::from_str(&run("key list --output json")).unwrap();
    assert_eq!(keys["keys"][0]["name"], "quickstart");
    assert!(
        keys["keys"][0].get("sign_secret").is_none(),
        "a list shows no secret"
    );
    assert!(run("key list").contains("QuickstartKey"));
    assert!(!run("key show quickstart").contains("sign secret"));
    assert!(run("key show quickstart --reveal").contains("sign secret"));
    let apis: Value = serde_json::from_str(&run("api list --output json")).unwrap();
    assert_eq!(
        (&apis["apis"][0]["name"], &apis["apis"][0]["path"]),
        (&"hello".into(), &"/hello".into())
    );
    let renamed: Value =
        serde_json::from_str(&run("key modify quickstart --name renamed --output json")).unwrap();
    assert_eq!(
        (&renamed["name"], &renamed["version"]),
        (&"renamed".into(), &1.into())
    );
    assert!(renamed["in_force"]["revision"].as_u64().is_some());
}

#[test]
fn a_verifiers_token_goes_into_a_file_of_its_owner_and_reads_the_key() {
    use std::os::unix::fs::PermissionsExt;

    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let (program, _) = start(&data);
    let file = directory.path().join("token");
    let command = format!(
        "COUNTERSIGN_CREDENTIALS={} {} ",
        data.join("credentials.toml").display(),
        env!("CARGO_BIN_EXE_countersign")
    );
    let apis = shell(&format!("{command} api list --output json"));
    let apis: Value = serde_json::from_str(&apis).unwrap();
    let api = apis["apis"][0]["id"].as_str().unwrap();
    let create = format!(
        "{command} verifier create --name shop --api {api} --token-file {}",
        file.display()
    );
    let shown = shell(&create);
    let token = std::fs::read_to_string(&file).unwrap();
    assert!(token.starts_with("csv_") && !shown.contains("csv_"));
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let feed = format!(
        "curl -s -H 'Authorization: Bearer {}' http://{}/api/v1/verifier/keys",
        token.trim(),
        program.management
    );
    assert!(shell(&feed).contains("QuickstartKey"));

    // Neither a name that is taken nor a file that is there changes anything.
    let other = directory.path().join("other");
    let again = create.replace(&file.display().to_string(), &other.display().to_string());
    shell(&format!("! {again}"));
    assert!(!other.exists());
    shell(&format!("! {create}"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), token);
    shell(&format!("{command} verifier delete shop"));
    assert!(!shell(&feed).contains("QuickstartKey"));
}

#[test]
fn it_forwards_to_a_backend_of_the_users_own() {
    use std::io::{Read, Write};

    let directory = tempfile::tempdir().unwrap();
    let own = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.args(["quickstart", "--gateway", "127.0.0.1:0", "--management"]);
    command.args(["127.0.0.1:0", "--forward-to"]);
    command.arg(own.local_addr().unwrap().to_string());
    let mut program = Program::start(command.arg("--data").arg(directory.path()));
    let text = program.read_until("Ctrl-C ends it.");
    let call = text.lines().find(|line| line.contains("curl")).unwrap();
    let served = std::thread::spawn(move || {
        let (mut connection, _) = own.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            connection.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nown";
        connection.write_all(answer).unwrap();
        String::from_utf8(head).unwrap().to_lowercase()
    });
    assert_eq!(shell(call.trim()), "own");
    assert!(served.join().unwrap().contains("x-ca-proxy-signature: "));
}
