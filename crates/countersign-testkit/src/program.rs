//! The gateway as a process of its own, which a test can kill.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::Path,
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
};

use crate::gateway::{ACCESS_KEY_ID, ACCESS_KEY_SECRET};

/// A running `countersign` process. It is killed when it is dropped.
pub struct Program {
    child: Child,
    output: BufReader<ChildStdout>,
    /// Where clients are served.
    pub gateway: SocketAddr,
    /// Where the management plane is served.
    pub management: SocketAddr,
}

/// Writes a configuration for a gateway on port 0 with its data in `directory`.
pub fn write_config(directory: &Path) -> std::path::PathBuf {
    let file = directory.join("countersign.toml");
    let text = format!(
        r#"
[gateway]
listen = ["127.0.0.1:0"]
workers = 1
access_log = "off"
[management]
listen = "127.0.0.1:0"
requests_per_second = 0
[store]
kind = "embedded"
path = {data:?}
[bootstrap]
account_id = "1000000000000001"
access_key_id = "{ACCESS_KEY_ID}"
access_key_secret = "{ACCESS_KEY_SECRET}"
"#,
        data = directory.join("data"),
    );
    fs::write(&file, text).expect("the configuration can be written");
    file
}

impl Program {
    /// Starts `command` and waits until it says that it is ready.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut output = BufReader::new(child.stdout.take().expect("its output is piped"));
        let mut line = String::new();
        output.read_line(&mut line).expect("its output is text");
        let address = |name: &str| {
            let text = line
                .split_whitespace()
                .find_map(|word| word.strip_prefix(name)?.strip_prefix("=http://"));
            text.and_then(|text| text.parse().ok())
                .unwrap_or_else(|| panic!("no ready line, but {line:?}"))
        };
        let (gateway, management) = (address("gateway"), address("management"));
        Self {
            child,
            output,
            gateway,
            management,
        }
    }

    /// Reads its output up to a line that holds `text`, and returns all of it.
    pub fn read_until(&mut self, text: &str) -> String {
        let mut all = String::new();
        while !all.contains(text) {
            let read = self.output.read_line(&mut all).expect("its output is text");
            assert!(read > 0, "the output ended before {text:?}: {all}");
        }
        all
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, as `kill -9` does.
    pub fn kill(mut self) {
        self.child.kill().expect("it still runs");
        self.child.wait().expect("it can be waited for");
    }

    /// Asks it to end, and waits: its exit status and the rest of its output.
    pub fn terminate(mut self) -> (ExitStatus, String) {
        self.ask_to_end();
        let mut rest = String::new();
        self.output
            .read_to_string(&mut rest)
            .expect("its output is text");
        (self.child.wait().expect("it can be waited for"), rest)
    }

    /// Asks it to end, and waits without reading what it prints.
    pub fn terminate_unread(mut self) -> ExitStatus {
        self.ask_to_end();
        self.child.wait().expect("it can be waited for")
    }

    fn ask_to_end(&self) {
        let asked = Command::new("kill")
            .arg("-TERM")
            .arg(self.id().to_string())
            .status();
        assert!(asked.expect("kill runs").success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            // It may end by itself between the question and the signal.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
