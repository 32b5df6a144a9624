//! `countersign verify`.

mod settings;

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use countersign_verify::{Config, RunningVerifier};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Failure;
use crate::{
    config::{ConfigError, Problem},
    gateway::Sources,
    logging,
};
use settings::Settings;

/// The variable that gives the verifier's token: a flag would show it to every process
/// on the machine.
const TOKEN_VARIABLE: &str = "COUNTERSIGN_VERIFIER_TOKEN";

/// All of it in a file, or as options of the same names. The token of the key feed comes
/// from a file or from the variable `COUNTERSIGN_VERIFIER_TOKEN`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The configuration file (TOML), instead of options.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["mode", "listen", "status_listen", "from", "host_from", "path_prefix", "body", "backend", "signature_headers", "backend_timeout_ms", "keys", "feed", "token_file", "header", "body_bytes_max", "signed_bodies_only", "observe", "access_log"])]
    config: Option<PathBuf>,
    /// Who asks: a proxy that holds the request, or the client itself.
    #[arg(long, value_enum)]
    mode: Option<Mode>,
    /// Where requests are taken [default: 127.0.0.1:8710].
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Where health and metrics are served [default: 127.0.0.1:8711].
    #[arg(long, value_name = "ADDRESS")]
    status_listen: Option<String>,
    /// forward-auth: which proxy asks (nginx, traefik, envoy or caddy).
    #[arg(long, value_name = "PROXY")]
    from: Option<String>,
    /// forward-auth with nginx: which header has the host (x-original-host or host).
    #[arg(long, value_name = "HEADER")]
    host_from: Option<String>,
    /// forward-auth with Envoy: what stands before the request's own path.
    #[arg(long, value_name = "PATH")]
    path_prefix: Option<String>,
    /// forward-auth: what the proxy lets see of bodies (unseen, length or forwarded).
    #[arg(long, value_name = "HOW")]
    body: Option<String>,
    /// reverse-proxy: the backend, as in http://127.0.0.1:9000.
    #[arg(long, value_name = "URL")]
    backend: Option<String>,
    /// reverse-proxy: whether the backend gets the signature's headers (remove or keep).
    #[arg(long, value_name = "WHAT")]
    signature_headers: Option<String>,
    /// reverse-proxy: how long the backend may take to answer.
    #[arg(long, value_name = "MILLISECONDS")]
    backend_timeout_ms: Option<u64>,
    /// A file of keys (JSON); it is read again when it changes.
    #[arg(long, value_name = "FILE", conflicts_with = "feed")]
    keys: Option<PathBuf>,
    /// The gateway's management address, as in http://127.0.0.1:8700, for its key feed.
    #[arg(long, value_name = "URL")]
    feed: Option<String>,
    /// A file with the token of the key feed, readable by its owner only.
    #[arg(long, value_name = "FILE", conflicts_with = "keys")]
    token_file: Option<PathBuf>,
    /// The header of Huawei's signatures and of HTTP Basic [default: Authorization].
    #[arg(long, value_name = "NAME")]
    header: Option<String>,
    /// The longest body that is looked at [default: 10485760].
    #[arg(long, value_name = "BYTES")]
    body_bytes_max: Option<usize>,
    /// Refuse signatures that leave the body open where the scheme can cover it.
    #[arg(long)]
    signed_bodies_only: bool,
    /// Refuse nothing: count and log what would have been refused.
    #[arg(long)]
    observe: bool,
    /// The access log: off, - for standard output, or a file [default: off].
    #[arg(long, value_name = "FILE")]
    access_log: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Mode {
    ForwardAuth,
    ReverseProxy,
}

/// Serves until told to end.
pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let config = match &arguments.config {
        Some(file) => load(file)?,
        None => arguments.settings().build(&token_variable).map_err(usage)?,
    };
    logging::start();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_name("verify")
        .enable_all()
        .build()
        .map_err(|error| Failure::of(&error))?;
    runtime.block_on(serve(config))
}

async fn serve(config: Config) -> Result<(), Failure> {
    let now = Sources::system().clock;
    let clock = std::sync::Arc::new(move || now().seconds());
    // Before anybody is told: whoever is told may ask for the end at once.
    let mut signals = Signals::listen().map_err(|error| Failure::of(&error))?;
    let running = countersign_verify::start(config, clock).await;
    let running = running.map_err(|error| Failure::of(&error))?;
    say(&running)?;
    signals.next().await;
    tracing::info!("ending: requests in flight may finish");
    tokio::spawn(async move {
        signals.next().await;
        tracing::warn!("a second signal: ending at once");
        std::process::exit(1);
    });
    let is_drained = running.shut_down().await;
    tracing::info!(is_drained, "ended");
    Ok(())
}

fn say(running: &RunningVerifier) -> Result<(), Failure> {
    let mut output = io::stdout();
    writeln!(output, "{}", running.ready_line())
        .and_then(|()| output.flush())
        .map_err(|error| Failure::of(&error))
}

fn load(file: &Path) -> Result<Config, Failure> {
    let name = file.display().to_string();
    let parsed = match fs::read_to_string(file) {
        Ok(text) => Settings::parse(&text).and_then(|own| own.build(&token_variable)),
        Err(cause) => Err(vec![Problem::io(&cause)]),
    };
    parsed.map_err(|problems| ConfigError::of(name, problems).into())
}

fn token_variable() -> Option<String> {
    env::var(TOKEN_VARIABLE).ok()
}

/// Problems with options, which are called as in a file, with `-` for `_`.
fn usage(problems: Vec<Problem>) -> Failure {
    let lines = problems.iter().map(|problem| match problem.key.as_str() {
        "" => problem.message.clone(),
        key => format!("--{}: {}", key.replace('_', "-"), problem.message),
    });
    Failure::Usage(lines.collect::<Vec<_>>().join("\n"))
}

impl Arguments {
    fn settings(&self) -> Settings {
        let mode = self.mode.map(|mode| match mode {
            Mode::ForwardAuth => "forward-auth",
            Mode::ReverseProxy => "reverse-proxy",
        });
        Settings {
            mode: mode.map(ToOwned::to_owned),
            listen: self.listen.clone(),
            status_listen: self.status_listen.clone(),
            from: self.from.clone(),
            host_from: self.host_from.clone(),
            path_prefix: self.path_prefix.clone(),
            body: self.body.clone(),
            backend: self.backend.clone(),
            signature_headers: self.signature_headers.clone(),
            backend_timeout_ms: self.backend_timeout_ms,
            keys: self.keys.clone(),
            feed: self.feed.clone(),
            token_file: self.token_file.clone(),
            header: self.header.clone(),
            body_bytes_max: self.body_bytes_max,
            signed_bodies_only: Some(self.signed_bodies_only),
            mode_of_refusal: self.observe.then(|| "observe".to_owned()),
            access_log: self.access_log.clone(),
            ..Settings::default()
        }
    }
}

/// What asks the process to end.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
