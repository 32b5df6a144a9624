//! The commands, and their exit codes: 0 done, 1 failed, 2 wrongly asked or
//! wrongly configured; `explain` has its own.

mod api;
mod client;
mod credentials;
mod explain;
mod key;
mod output;
mod secret_input;
mod serve;
mod user;
mod verifier;
mod verify;

use std::{error::Error, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};

pub use credentials::Credentials;
pub use serve::run as run_gateway;

use crate::{config::ConfigError, quickstart};

/// A self-hosted API gateway that signs every request it forwards.
#[derive(Parser, Debug)]
#[command(name = "countersign", version, about)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Serve as a configuration file says.
    Serve(ConfigFile),
    /// Check a configuration file as `serve` would, without serving.
    CheckConfig(ConfigFile),
    /// Serve a sample: a backend that verifies, an API, and a bound key.
    Quickstart(quickstart::Options),
    /// Print the version.
    Version,
    /// Signature keys of a running gateway.
    Key(key::Arguments),
    /// APIs of a running gateway.
    Api(api::Arguments),
    /// Users of a running gateway, who sign in with a password.
    User(user::Arguments),
    /// Verify what the gateway signs, in front of backends.
    Verify(Box<verify::Arguments>),
    /// Verifiers of a running gateway: whose tokens read keys.
    Verifier(verifier::Arguments),
    /// Say why a captured request does not verify.
    Explain(Box<explain::Arguments>),
}

#[derive(Args, Debug)]
struct ConfigFile {
    /// The configuration file (TOML).
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// What every command takes that talks to a running gateway.
#[derive(Args, Debug)]
struct Common {
    #[command(flatten)]
    connection: credentials::Connection,
    /// How to print.
    #[arg(long, global = true, value_enum, default_value = "table")]
    output: output::Format,
}

/// Why a command ended without having done what was asked.
pub enum Failure {
    /// Asked or configured wrongly: exit code 2.
    Usage(String),
    /// Could not be done: exit code 1.
    Failed(String),
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl Failure {
    /// From an error, with every cause on one line.
    pub fn of(error: &dyn Error) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        Self::Failed(text)
    }
}

/// Runs one command.
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command speaks to whoever typed it"
)]
pub fn run(arguments: Arguments) -> ExitCode {
    let done = match arguments.command {
        Command::Serve(file) => serve::serve(&file.config),
        Command::CheckConfig(file) => {
            serve::check(&file.config).map(|()| println!("{}: good", file.config.display()))
        }
        Command::Quickstart(options) => quickstart::run(&options),
        Command::Version => {
            println!("countersign {}", crate::VERSION);
            Ok(())
        }
        Command::Key(arguments) => key::run(&arguments),
        Command::Api(arguments) => api::run(&arguments),
        Command::User(arguments) => user::run(&arguments),
        Command::Verifier(arguments) => verifier::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Explain(arguments) => match explain::run(&arguments) {
            Ok(code) => return code,
            Err(Failure::Usage(message) | Failure::Failed(message)) => {
                eprintln!("countersign: {message}");
                return ExitCode::from(3);
            }
        },
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(message)) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
        Err(Failure::Failed(message)) => {
            eprintln!("countersign: {message}");
            ExitCode::FAILURE
        }
    }
}
