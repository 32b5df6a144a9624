//! `countersign api`.

use clap::{Args, Subcommand};

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
    /// List APIs, newest first.
    List,
}

const LIST: &[Column] = &[
    ("ID", "/id"),
    ("NAME", "/name"),
    ("METHOD", "/method"),
    ("PATH", "/path"),
    ("HOST", "/group/host"),
    ("BACKEND", "/backend/address"),
    ("ENVIRONMENTS", "/environments"),
];

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let client = Client::new(arguments.common.connection.credentials()?);
    match arguments.command {
        Command::List => output::list(
            arguments.common.output,
            &client.list("/api/v1/apis", "apis")?,
            "apis",
            LIST,
        ),
    }
}
