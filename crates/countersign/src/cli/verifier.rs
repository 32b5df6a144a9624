//! `countersign verifier`.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{
    Common, Failure,
    client::{Client, path_of},
    output::{self, Column},
};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List verifiers, newest first.
    List,
    /// Show one verifier.
    Show {
        /// Its id or name.
        verifier: String,
    },
    /// Make a verifier: its token reads the keys of the groups and APIs given.
    Create(Create),
    /// Delete a verifier: its token is refused from then on.
    Delete {
        /// Its id or name.
        verifier: String,
    },
}

#[derive(Args, Debug)]
struct Create {
    /// Its name.
    #[arg(long)]
    name: String,
    /// The id of a group whose APIs' keys it reads; may be given several times.
    #[arg(long = "group", value_name = "ID", required_unless_present = "apis")]
    groups: Vec<String>,
    /// The id of an API whose keys it reads; may be given several times.
    #[arg(long = "api", value_name = "ID")]
    apis: Vec<String>,
    /// Write the token into this new file, for its owner only, and do not show it.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

const VERIFIERS: &str = "/api/v1/verifiers";

const LIST: &[Column] = &[
    ("ID", "/id"),
    ("NAME", "/name"),
    ("GROUPS", "/groups"),
    ("APIS", "/apis"),
    ("CREATED", "/created"),
];

const RECORD: &[Column] = &[
    ("id", "/id"),
    ("name", "/name"),
    ("token", "/token"),
    ("groups", "/groups"),
    ("apis", "/apis"),
    ("created", "/created"),
    ("in force at revision", "/in_force/revision"),
    ("on nodes", "/in_force/nodes"),
];

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let client = Client::new(arguments.common.connection.credentials()?);
    let format = arguments.common.output;
    let answer = match &arguments.command {
        Command::List => {
            let answer = client.list(VERIFIERS, "verifiers")?;
            return output::list(format, &answer, "verifiers", LIST);
        }
        Command::Show { verifier } => client.get(&path_of(VERIFIERS, verifier)?)?,
        Command::Create(create) => create.run(&client)?,
        Command::Delete { verifier } => client.delete(&path_of(VERIFIERS, verifier)?)?,
    };
    output::record(format, &answer, RECORD)
}

impl Create {
    fn run(&self, client: &Client) -> Result<Value, Failure> {
        // Made first: a token that cannot be written is told by no other answer.
        let file = self.token_file.as_deref().map(TokenFile::new).transpose()?;
        let body = json!({ "name": self.name, "groups": self.groups, "apis": self.apis });
        let answer = client.post(VERIFIERS, &body);
        match (file, answer) {
            (Some(file), Ok(mut answer)) => {
                file.write(answer["token"].take().as_str().unwrap_or_default())?;
                Ok(answer)
            }
            (Some(file), Err(failure)) => {
                file.remove()?;
                Err(failure)
            }
            (None, answer) => answer,
        }
    }
}

/// A new file for a token.
struct TokenFile<'a> {
    path: &'a Path,
    file: std::fs::File,
}

impl<'a> TokenFile<'a> {
    fn new(path: &'a Path) -> Result<Self, Failure> {
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(path);
        file.map(|file| Self { path, file })
            .map_err(|error| failed(path, &error))
    }

    fn write(mut self, token: &str) -> Result<(), Failure> {
        writeln!(self.file, "{token}")
            .and_then(|()| self.file.sync_all())
            .map_err(|error| failed(self.path, &error))
    }

    fn remove(self) -> Result<(), Failure> {
        std::fs::remove_file(self.path).map_err(|error| failed(self.path, &error))
    }
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::Failed(format!("{}: {error}", path.display()))
}
