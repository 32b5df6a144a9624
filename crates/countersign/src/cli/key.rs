//! `countersign key`.

use std::path::PathBuf;

use clap::{Args, Subcommand, builder::PossibleValuesParser};
use countersign_core::Scheme;
use serde_json::{Map, Value, json};

use super::{
    Common, Failure,
    client::{Client, path_of},
    output::{self, Column},
    secret_input,
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
    /// Make a signature key: it signs for nothing until it is bound.
    Create(Create),
    /// Change a signature key: in force everywhere when this returns.
    Modify(Modify),
    /// Give a signature key a next version: verifiers accept it, nothing is signed with
    /// it yet. What is not given is as in the active version.
    Stage(Stage),
    /// Sign with the next version from now on.
    Activate {
        /// Its id, or its name where only one has it.
        key: String,
    },
    /// Take the next version back.
    Unstage {
        /// Its id, or its name where only one has it.
        key: String,
    },
}

#[derive(Args, Debug)]
struct Modify {
    /// Its id, or its name where only one has it.
    key: String,
    /// Another name.
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    pair: Pair,
}

#[derive(Args, Debug)]
struct Stage {
    /// Its id, or its name where only one has it.
    key: String,
    #[command(flatten)]
    pair: Pair,
}

#[derive(Args, Debug)]
struct Create {
    /// Its name.
    #[arg(long)]
    name: String,
    #[command(flatten)]
    pair: Pair,
}

/// A new pair, and in which form it signs.
#[derive(Args, Debug)]
struct Pair {
    /// In which form it signs; a new key that says nothing signs as Alibaba's
    /// gateway does.
    #[arg(long, value_parser = PossibleValuesParser::new(Scheme::ALL.map(Scheme::as_str)))]
    scheme: Option<String>,
    /// The sign key; of a key pair, the public key.
    #[arg(long, conflicts_with = "generate")]
    sign_key: Option<String>,
    /// A file that holds the sign secret; `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "generate")]
    sign_secret_file: Option<PathBuf>,
    /// Have the gateway make a sign key and a sign secret.
    #[arg(long)]
    generate: bool,
}

const KEYS: &str = "/api/v1/keys";

const LIST: &[Column] = &[
    ("ID", "/id"),
    ("NAME", "/name"),
    ("SCHEME", "/scheme"),
    ("SIGN KEY", "/sign_key"),
    ("VERSION", "/version"),
    ("BOUND TO", "/bindings"),
    ("MODIFIED", "/modified"),
];

const RECORD: &[Column] = &[
    ("id", "/id"),
    ("name", "/name"),
    ("scheme", "/scheme"),
    ("sign key", "/sign_key"),
    ("sign secret", "/sign_secret"),
    ("version", "/version"),
    ("next sign key", "/next/sign_key"),
    ("next version", "/next/version"),
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
            &client.list(KEYS, "keys")?,
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
        Command::Create(create) => {
            let answer = client.post(KEYS, &create.body()?)?;
            output::record(arguments.common.output, &answer, RECORD)
        }
        Command::Modify(modify) => {
            let answer = client.patch(&key_path(&modify.key)?, &modify.body()?)?;
            output::record(arguments.common.output, &answer, RECORD)
        }
        Command::Stage(stage) => {
            let body = Value::Object(stage.pair.fields()?);
            let answer = client.put(&format!("{}/next", key_path(&stage.key)?), &body)?;
            output::record(arguments.common.output, &answer, RECORD)
        }
        Command::Activate { key } => {
            let answer = client.post(&format!("{}/activate", key_path(key)?), &json!({}))?;
            output::record(arguments.common.output, &answer, RECORD)
        }
        Command::Unstage { key } => {
            let answer = client.delete(&format!("{}/next", key_path(key)?))?;
            output::record(arguments.common.output, &answer, RECORD)
        }
    }
}

fn key_path(key: &str) -> Result<String, Failure> {
    path_of(KEYS, key)
}

impl Create {
    fn body(&self) -> Result<Value, Failure> {
        let mut body = self.pair.fields()?;
        body.insert("name".to_owned(), json!(self.name));
        Ok(Value::Object(body))
    }
}

impl Pair {
    fn fields(&self) -> Result<Map<String, Value>, Failure> {
        let mut fields = Map::new();
        if let Some(scheme) = &self.scheme {
            fields.insert("scheme".to_owned(), json!(scheme));
        }
        if let Some(sign_key) = &self.sign_key {
            fields.insert("sign_key".to_owned(), json!(sign_key));
        }
        if let Some(file) = &self.sign_secret_file {
            fields.insert("sign_secret".to_owned(), json!(secret_input::read(file)?));
        }
        if self.generate {
            fields.insert("generate".to_owned(), json!(true));
        }
        Ok(fields)
    }
}

impl Modify {
    fn body(&self) -> Result<Value, Failure> {
        let mut body = self.pair.fields()?;
        if let Some(name) = &self.name {
            body.insert("name".to_owned(), json!(name));
        }
        if body.is_empty() {
            return Err(Failure::Usage(
                "nothing to change: give --name, --scheme, --sign-key, --sign-secret-file or \
                 --generate"
                    .to_owned(),
            ));
        }
        Ok(Value::Object(body))
    }
}
