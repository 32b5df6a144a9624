//! Which gateway a command talks to, and as whom.

use std::{env, fmt, fs, io, path::PathBuf};

use clap::Args;
use countersign_sign::Secret;
use serde::{Deserialize, Serialize};

use super::Failure;

/// The variable that gives the secret half of the access key: a flag would show
/// it to every process on the machine.
const SECRET_VARIABLE: &str = "COUNTERSIGN_ACCESS_KEY_SECRET";
const DEFAULT_SERVER: &str = "http://127.0.0.1:8700";

/// Options that every command has which talks to a running gateway. The secret
/// half of the access key comes from a credentials file or from the variable
/// `COUNTERSIGN_ACCESS_KEY_SECRET`.
#[derive(Args, Debug)]
pub(super) struct Connection {
    /// A file with server, access_key_id and access_key_secret (TOML).
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "COUNTERSIGN_CREDENTIALS"
    )]
    credentials: Option<PathBuf>,
    /// The management plane's address [default: http://127.0.0.1:8700].
    #[arg(long, global = true, value_name = "URL", env = "COUNTERSIGN_SERVER")]
    server: Option<String>,
    /// The public half of the access key.
    #[arg(
        long,
        global = true,
        value_name = "ID",
        env = "COUNTERSIGN_ACCESS_KEY_ID"
    )]
    access_key_id: Option<String>,
}

/// A server and an access key for it.
pub struct Credentials {
    /// The management plane's address, as in `http://127.0.0.1:8700`.
    pub server: String,
    /// The public half of the access key.
    pub access_key_id: String,
    /// The secret half.
    pub access_key_secret: Secret,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("server", &self.server)
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct CredentialsFile {
    server: Option<String>,
    access_key_id: Option<String>,
    access_key_secret: Option<String>,
}

impl Credentials {
    /// The text of a credentials file.
    pub fn to_file_text(&self) -> String {
        let file = CredentialsFile {
            server: Some(self.server.clone()),
            access_key_id: Some(self.access_key_id.clone()),
            access_key_secret: Some(self.access_key_secret.expose().to_owned()),
        };
        toml::to_string(&file).expect("three texts are always TOML")
    }

    /// Reads a credentials file.
    ///
    /// # Errors
    /// It cannot be read, or is no such file.
    pub fn from_file_text(text: &str) -> Result<Self, io::Error> {
        let incomplete = || io::Error::other("it needs access_key_id and access_key_secret");
        // The library's message shows the line, and so might show the secret.
        let file: CredentialsFile =
            toml::from_str(text).map_err(|_| io::Error::other("it is no credentials file"))?;
        Ok(Self {
            server: file.server.unwrap_or_else(|| DEFAULT_SERVER.to_owned()),
            access_key_id: file.access_key_id.ok_or_else(incomplete)?,
            access_key_secret: Secret::new(file.access_key_secret.ok_or_else(incomplete)?),
        })
    }
}

impl Connection {
    /// Puts the options, variables and the file together; options win.
    pub(super) fn credentials(&self) -> Result<Credentials, Failure> {
        let from_file = match &self.credentials {
            None => None,
            Some(path) => {
                let read =
                    fs::read_to_string(path).and_then(|text| Credentials::from_file_text(&text));
                Some(read.map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?)
            }
        };
        let missing = |what: &str| {
            Failure::Usage(format!(
                "{what} is not known: give --credentials FILE, or COUNTERSIGN_ACCESS_KEY_ID and {SECRET_VARIABLE}"
            ))
        };
        let (file_server, file_id, file_secret) = match from_file {
            None => (None, None, None),
            Some(file) => (
                Some(file.server),
                Some(file.access_key_id),
                Some(file.access_key_secret),
            ),
        };
        Ok(Credentials {
            server: self
                .server
                .clone()
                .or(file_server)
                .unwrap_or_else(|| DEFAULT_SERVER.to_owned()),
            access_key_id: self
                .access_key_id
                .clone()
                .or(file_id)
                .ok_or_else(|| missing("the access key"))?,
            access_key_secret: env::var(SECRET_VARIABLE)
                .ok()
                .map(Secret::new)
                .or(file_secret)
                .ok_or_else(|| missing("the access key's secret"))?,
        })
    }
}
