//! `countersign api`.

use clap::{Args, Subcommand};

use super::{
    Failure,
    client::Client,
    credentials::Connection,
    output::{self, Column, Format},
};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    connection: Connection,
    /// How to print.
    #[arg(long, global = true, value_enum, default_value = "table")]
    output: Format,
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
    let client = Client::new(arguments.connection.credentials()?);
    match arguments.command {
        Command::List => output::list(
            arguments.output,
            &client.list("/api/v1/apis", "apis")?,
            "apis",
            LIST,
        ),
    }
}
