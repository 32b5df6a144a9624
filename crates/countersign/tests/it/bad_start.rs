//! A start that cannot be ends with one clear line and an exit code.

use std::{fs, net::TcpListener, process::Command};

use countersign_testkit::program;

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(arguments)
        .env("COUNTERSIGN_LOG", "error")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn an_unknown_field_is_one_clear_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("bad.toml");
    fs::write(
        &file,
        "[gateway]\nlisten = [\"127.0.0.1:0\"]\nlisten_on = 1\n",
    )
    .unwrap();
    for command in ["serve", "check-config"] {
        let (code, output, errors) = run(&[command, "--config", file.to_str().unwrap()]);
        assert_eq!(
            (code, output.as_str(), errors.lines().count()),
            (Some(2), "", 1),
            "{errors}"
        );
        assert!(
            errors.contains("bad.toml")
                && errors.contains("line 3")
                && errors.contains("listen_on"),
            "{errors}"
        );
    }
}

#[test]
fn a_good_file_is_said_to_be_good_and_opens_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let file = program::write_config(directory.path());
    let (code, output, _) = run(&["check-config", "--config", file.to_str().unwrap()]);
    assert_eq!((code, output.trim_end().ends_with("good")), (Some(0), true));
    assert!(!directory.path().join("data").exists());
}

#[test]
fn a_missing_file_is_named() {
    let (code, _, errors) = run(&["serve", "--config", "does-not-exist.toml"]);
    assert_eq!((code, errors.lines().count()), (Some(2), 1));
    assert!(errors.contains("does-not-exist.toml"), "{errors}");
}

#[test]
fn a_port_in_use_is_one_clear_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for section in ["gateway", "management"] {
        let directory = tempfile::tempdir().unwrap();
        let file = program::write_config(directory.path());
        let text = fs::read_to_string(&file).unwrap();
        let line = if section == "gateway" {
            r#"listen = ["127.0.0.1:0"]"#
        } else {
            r#"listen = "127.0.0.1:0""#
        };
        let (changed, used) = (
            text.replace(line, &line.replace("127.0.0.1:0", &address)),
            text.contains(line),
        );
        assert!(used);
        fs::write(&file, changed).unwrap();
        let (code, output, errors) = run(&["serve", "--config", file.to_str().unwrap()]);
        assert_eq!(
            (code, output.as_str(), errors.lines().count()),
            (Some(1), "", 1),
            "{errors}"
        );
        assert!(errors.contains(&address), "{errors}");
    }
}

#[test]
fn an_empty_store_needs_bootstrap() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("c.toml");
    fs::write(&file, "[gateway]\nlisten = [\"127.0.0.1:0\"]\n[management]\nlisten = \"127.0.0.1:0\"\n[store]\nkind = \"memory\"\n").unwrap();
    let (code, _, errors) = run(&["serve", "--config", file.to_str().unwrap()]);
    assert_eq!((code, errors.lines().count()), (Some(1), 1), "{errors}");
    assert!(errors.contains("[bootstrap]"), "{errors}");
}
