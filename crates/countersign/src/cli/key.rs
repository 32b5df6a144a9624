//! `countersign key`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::{
    Common, Failure,
    client::Client,
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
    /// List signature keys, newest first.
    List,
    /// Show one signature key.
    Show {
        /// Its id, or its name where only one has it.
        key: String,
        /// Show the sign secret too.
        #[arg(long)]
        reveal: bool,
    },
    /// Change a signature key: in force everywhere when this returns.
    Modify(Modify),
}

#[derive(Args, Debug)]
struct Modify {
    /// Its id, or its name where only one has it.
    key: String,
    /// Another name.
    #[arg(long)]
    name: Option<String>,
    /// Another sign key.
    #[arg(long, conflicts_with = "generate")]
    sign_key: Option<String>,
    /// A file that holds another sign secret; `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "generate")]
    sign_secret_file: Option<PathBuf>,
    /// Have the gateway make a sign key and a sign secret.
    #[arg(long)]
    generate: bool,
}

const LIST: &[Column] = &[
    ("ID", "/id"),
    ("NAME", "/name"),
    ("SIGN KEY", "/sign_key"),
    ("VERSION", "/version"),
    ("BOUND TO", "/bindings"),
    ("MODIFIED", "/modified"),
];

const RECORD: &[Column] = &[
    ("id", "/id"),
    ("name", "/name"),
    ("sign key", "/sign_key"),
    ("sign secret", "/sign_secret"),
    ("version", "/version"),
    ("bound to", "/bindings"),
    ("created", "/created"),
    ("modified", "/modified"),
    ("in force at revision", "/in_force/revision"),
    ("on nodes", "/in_force/nodes"),
];

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let client = Client::new(arguments.common.connection.credentials()?);
    match &arguments.command {
        Command::List => output::list(
            arguments.common.output,
            &client.list("/api/v1/keys", "keys")?,
            "keys",
            LIST,
        ),
        Command::Show { key, reveal } => {
            let query = if *reveal { "?reveal=true" } else { "" };
            output::record(
                arguments.common.output,
                &client.get(&format!("{}{query}", key_path(key)?))?,
                RECORD,
            )
        }
        Command::Modify(modify) => {
            let answer = client.patch(&key_path(&modify.key)?, &modify.body()?)?;
            output::record(arguments.common.output, &answer, RECORD)
        }
    }
}

/// Names and ids stand in a path as they are; anything else names no key.
fn key_path(key: &str) -> Result<String, Failure> {
    let mut path = String::from("/api/v1/keys/");
    for byte in key.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    if key.is_empty() {
        Err(Failure::Usage("the key's id or name is empty".to_owned()))
    } else {
        Ok(path)
    }
}

impl Modify {
    fn body(&self) -> Result<Value, Failure> {
        let mut body = Map::new();
        if let Some(name) = &self.name {
            body.insert("name".to_owned(), json!(name));
        }
        if let Some(sign_key) = &self.sign_key {
            body.insert("sign_key".to_owned(), json!(sign_key));
        }
        if let Some(file) = &self.sign_secret_file {
            body.insert("sign_secret".to_owned(), json!(read_secret(file)?));
        }
        if self.generate {
            body.insert("generate".to_owned(), json!(true));
        }
        if body.is_empty() {
            return Err(Failure::Usage(
                "nothing to change: give --name, --sign-key, --sign-secret-file or --generate"
                    .to_owned(),
            ));
        }
        Ok(Value::Object(body))
    }
}

/// Reads a secret without its final line end.
fn read_secret(file: &Path) -> Result<String, Failure> {
    let read = if file == Path::new("-") {
        io::read_to_string(io::stdin())
    } else {
        fs::read_to_string(file)
    };
    let text = read.map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))?;
    Ok(text
        .strip_suffix('\n')
        .map_or(text.as_str(), |text| {
            text.strip_suffix('\r').unwrap_or(text)
        })
        .to_owned())
}
