//! `countersign user`.

use std::path::Path;

use clap::{Args, Subcommand};
use serde_json::json;

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
    /// List users by name.
    List,
    /// Make a user, who can ask for tokens with the password at once.
    Create {
        /// What the user signs in as.
        #[arg(long)]
        name: String,
        /// Free text.
        #[arg(long)]
        description: Option<String>,
        #[command(flatten)]
        password: PasswordSource,
    },
    /// Give a user another password; the user's tokens are revoked.
    Password {
        /// The user's id or name.
        user: String,
        #[command(flatten)]
        password: PasswordSource,
    },
    /// Delete a user, and the user's tokens.
    Delete {
        /// The user's id or name.
        user: String,
    },
}

/// Where the password comes from.
#[derive(Args, Debug)]
struct PasswordSource {
    /// Read the password from standard input, up to its end, instead of asking.
    #[arg(long)]
    password_stdin: bool,
}

impl PasswordSource {
    fn get(&self) -> Result<String, Failure> {
        if self.password_stdin {
            secret_input::read(Path::new("-"))
        } else {
            secret_input::ask_new_password()
        }
    }
}

const USERS: &str = "/api/v1/users";

const LIST: &[Column] = &[
    ("ID", "/id"),
    ("NAME", "/name"),
    ("DESCRIPTION", "/description"),
    ("PASSWORD", "/has_password"),
    ("TOKENS", "/tokens_in_force"),
    ("MODIFIED", "/modified"),
];

const RECORD: &[Column] = &[
    ("id", "/id"),
    ("name", "/name"),
    ("description", "/description"),
    ("password", "/has_password"),
    ("tokens in force", "/tokens_in_force"),
    ("created", "/created"),
    ("modified", "/modified"),
    ("in force at revision", "/in_force/revision"),
    ("on nodes", "/in_force/nodes"),
];

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let client = Client::new(arguments.common.connection.credentials()?);
    let format = arguments.common.output;
    let answer = match &arguments.command {
        Command::List => return output::list(format, &client.list(USERS, "users")?, "users", LIST),
        Command::Create {
            name,
            description,
            password,
        } => {
            let mut body = json!({ "name": name, "password": password.get()? });
            if let Some(description) = description {
                body["description"] = json!(description);
            }
            client.post(USERS, &body)?
        }
        Command::Password { user, password } => {
            let body = json!({ "password": password.get()? });
            client.patch(&path_of(USERS, user)?, &body)?
        }
        Command::Delete { user } => client.delete(&path_of(USERS, user)?)?,
    };
    output::record(format, &answer, RECORD)
}
