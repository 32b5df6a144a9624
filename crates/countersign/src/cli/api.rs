//! `countersign api`.

use clap::{Args, Subcommand};
use serde_json::json;

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
    /// List APIs, newest first.
    List,
    /// Change an API: its next publication makes that live.
    Set(Set),
}

#[derive(Args, Debug)]
struct Set {
    /// Its id.
    api: String,
    /// Which bodies Huawei's signature leaves out: those that are not text or
    /// too long to hold, none, or all.
    #[arg(long, value_name = "WHEN", value_parser = ["not-text", "never", "always"])]
    unsigned_payload: String,
}

const APIS: &str = "/api/v1/apis";

const LIST: &[Column] = &[
    ("ID", "/id"),
    ("NAME", "/name"),
    ("METHOD", "/method"),
    ("PATH", "/path"),
    ("HOST", "/group/host"),
    ("BACKEND", "/backend/address"),
    ("ENVIRONMENTS", "/environments"),
];

const RECORD: &[Column] = &[
    ("id", "/id"),
    ("name", "/name"),
    ("method", "/method"),
    ("path", "/path"),
    ("unsigned payload", "/unsigned_payload"),
    ("environments", "/environments"),
    ("modified", "/modified"),
];

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let client = Client::new(arguments.common.connection.credentials()?);
    match &arguments.command {
        Command::List => output::list(
            arguments.common.output,
            &client.list(APIS, "apis")?,
            "apis",
            LIST,
        ),
        Command::Set(set) => {
            let body = json!({ "unsigned_payload": set.unsigned_payload });
            let answer = client.patch(&path_of(APIS, &set.api)?, &body)?;
            output::record(arguments.common.output, &answer, RECORD)
        }
    }
}
