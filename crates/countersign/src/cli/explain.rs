//! `countersign explain`: why a captured request does not verify.
//!
//! Exit codes: 0 it verifies, 1 it differs and the cause is known, 2 it differs and
//! why can not be told, 3 it could not be tried.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{ArgGroup, Args, ValueEnum, builder::PossibleValuesParser};
use countersign_sign::{
    Secret,
    alibaba::request_auth::clock,
    explain::{CAPTURE_BYTES_MAX, Captured, CapturedBody, Format, KeyCandidate, explain},
    rfc9421::PublicKey,
    verifier::{Key, Options, Scheme},
};
use serde_json::{Value, json};

use super::{
    Failure,
    client::{Client, path_of},
    credentials::Connection,
    output, secret_input,
};
use crate::gateway::Sources;

#[derive(Args, Debug)]
#[command(group(ArgGroup::new("whose").required(true).args(["key", "scheme"])))]
pub(super) struct Arguments {
    #[command(flatten)]
    connection: Connection,
    /// The capture; `-`, or nothing, is standard input.
    #[arg(value_name = "FILE", default_value = "-")]
    capture: PathBuf,
    /// How it is written.
    #[arg(long, value_parser = PossibleValuesParser::new(["auto", "raw", "curl", "har"]),
          default_value = "auto")]
    format: String,
    /// Which of several requests, from 0.
    #[arg(long, value_name = "N")]
    entry: Option<usize>,
    /// A file that holds the body, where the capture lacks it.
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// Ask the gateway about this signature key: its id, or its name.
    #[arg(long, value_name = "NAME_OR_ID", conflicts_with = "scheme")]
    key: Option<String>,
    /// Without a gateway: in which form the key signs.
    #[arg(long, value_parser = PossibleValuesParser::new(Scheme::ALL.map(Scheme::as_str)),
          requires = "sign_key")]
    scheme: Option<String>,
    /// Without a gateway: the sign key; of a key pair, the public key.
    #[arg(long, value_name = "KEY", requires = "scheme")]
    sign_key: Option<String>,
    /// Without a gateway: the sign secret comes from standard input.
    #[arg(long, requires = "scheme", conflicts_with = "secret_file")]
    secret_stdin: bool,
    /// Without a gateway: a file that holds the sign secret.
    #[arg(long, value_name = "FILE", requires = "scheme")]
    secret_file: Option<PathBuf>,
    /// The receiver's clock, in seconds since 1970 or as 2026-01-02T03:04:05Z.
    #[arg(long, value_name = "T", value_parser = moment)]
    now: Option<i64>,
    /// The header that carries Huawei's signature or HTTP Basic.
    #[arg(long, value_name = "NAME")]
    header: Option<String>,
    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    output: Output,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Output {
    /// For people.
    Text,
    /// The stable form, for programs.
    Json,
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let captured = arguments.captured()?;
    let explained = match &arguments.key {
        Some(key) => arguments.ask(key, &captured)?,
        None => arguments.explain(&captured)?,
    };
    let text = match arguments.output {
        Output::Json => format!("{explained:#}"),
        Output::Text => {
            let text = explained["text"].as_str().ok_or_else(unknown)?;
            text.trim_end().to_owned()
        }
    };
    let code = match explained["outcome"].as_str() {
        Some("verifies") => 0,
        Some("differs") => 1,
        Some("cannot_tell") => 2,
        _ => return Err(unknown()),
    };
    output::text(&text)?;
    Ok(ExitCode::from(code))
}

fn unknown() -> Failure {
    Failure::Failed("the server's answer is no explanation".to_owned())
}

impl Arguments {
    fn captured(&self) -> Result<Captured, Failure> {
        if self.secret_stdin && self.capture == Path::new("-") {
            let why =
                "standard input can not be both the capture and the secret: give one as a file";
            return Err(Failure::Usage(why.to_owned()));
        }
        let format: Format = self.format.parse().map_err(|error| Failure::of(&error))?;
        let bytes = read(&self.capture)?;
        let shown = self.capture.display();
        let mut captured = Captured::read(&bytes, format, self.entry)
            .map_err(|bad| Failure::Usage(format!("{shown}: {bad}")))?;
        if let Some(file) = &self.body {
            captured.body = CapturedBody::Known(read(file)?);
        }
        Ok(captured)
    }

    /// Has the gateway explain, which has the keys.
    fn ask(&self, key: &str, captured: &Captured) -> Result<Value, Failure> {
        let client = Client::new(self.connection.credentials()?);
        let mut body = captured.to_json();
        body["now"] = json!(self.now);
        body["header"] = json!(self.header);
        client.post(&format!("{}/explain", path_of("/api/v1/keys", key)?), &body)
    }

    fn explain(&self, captured: &Captured) -> Result<Value, Failure> {
        let mut options = Options::default();
        if let Some(header) = &self.header {
            options.header.clone_from(header);
        }
        let now = self
            .now
            .unwrap_or_else(|| (Sources::system().clock)().seconds());
        let keys = [KeyCandidate::asked(self.own_key()?)];
        Ok(explain(captured, &keys, &options, now).to_json())
    }

    fn own_key(&self) -> Result<Key, Failure> {
        let missing = |what: &str| Failure::Usage(format!("{what} is missing"));
        let scheme = self.scheme.as_deref().ok_or_else(|| missing("--scheme"))?;
        let scheme: Scheme = scheme.parse().map_err(|error| Failure::of(&error))?;
        let sign_key = self.sign_key.as_deref();
        let sign_key = sign_key.ok_or_else(|| missing("--sign-key"))?;
        if scheme == Scheme::Rfc9421KeyPair {
            let public = PublicKey::from_spki(sign_key);
            let public = public.map_err(|error| Failure::Usage(format!("--sign-key: {error}")))?;
            return Ok(Key::key_pair(sign_key, public));
        }
        let secret = match (&self.secret_file, self.secret_stdin) {
            (Some(file), _) => secret_input::read(file)?,
            (None, true) => secret_input::read(Path::new("-"))?,
            (None, false) => return Err(missing("--secret-file or --secret-stdin")),
        };
        Key::shared(scheme, sign_key, Secret::new(secret)).map_err(|error| Failure::of(&error))
    }
}

/// A file or standard input, up to a limit.
fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let limit = CAPTURE_BYTES_MAX as u64 + 1;
    let mut bytes = Vec::new();
    let done = if file == Path::new("-") {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        File::open(file).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    let shown = file.display();
    done.map_err(|error| Failure::Usage(format!("{shown}: {error}")))?;
    if bytes.len() > CAPTURE_BYTES_MAX {
        let why = format!("{shown}: longer than {CAPTURE_BYTES_MAX} bytes");
        return Err(Failure::Usage(why));
    }
    Ok(bytes)
}

fn moment(text: &str) -> Result<i64, String> {
    let seconds = text.parse().ok().or_else(|| clock::parse(text).ok());
    seconds
        .ok_or_else(|| "neither seconds since 1970 nor a date as 2026-01-02T03:04:05Z".to_owned())
}
