//! What is written in a verifier's file or given as options, and what it means.

use std::{fmt, net::SocketAddr, path::PathBuf, time::Duration};

use countersign_sign::verifier::Options;
use countersign_verify::{
    AccessLogTarget, BodySight, Config, ForwardAuth, From, HostFrom, KeySource, Mode, ReverseProxy,
    SignatureHeaders, TokenSource,
};
use serde::Deserialize;

use crate::config::Problem;

/// Where requests are taken unless told: this machine only.
const LISTEN: &str = "127.0.0.1:8710";
/// Where health and metrics are served unless told: this machine only.
const STATUS_LISTEN: &str = "127.0.0.1:8711";
/// As long as common proxies wait.
const BACKEND_TIMEOUT_MS: u64 = 60_000;
/// With bodies of 10 MiB, some gigabytes of memory at the very worst.
const CONNECTIONS_MAX: usize = 1024;
/// As long as a gateway waits.
const DRAIN_TIMEOUT_MS: u64 = 30_000;

/// Every field optional, unknown ones refused.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Settings {
    pub(super) mode: Option<String>,
    pub(super) listen: Option<String>,
    pub(super) status_listen: Option<String>,
    pub(super) from: Option<String>,
    pub(super) host_from: Option<String>,
    pub(super) path_prefix: Option<String>,
    pub(super) body: Option<String>,
    pub(super) backend: Option<String>,
    pub(super) signature_headers: Option<String>,
    pub(super) backend_timeout_ms: Option<u64>,
    pub(super) keys: Option<PathBuf>,
    pub(super) feed: Option<String>,
    pub(super) token_file: Option<PathBuf>,
    pub(super) header: Option<String>,
    pub(super) body_bytes_max: Option<usize>,
    pub(super) signed_bodies_only: Option<bool>,
    pub(super) window_secs: Option<u64>,
    pub(super) nonces_max: Option<usize>,
    pub(super) mode_of_refusal: Option<String>,
    pub(super) access_log: Option<String>,
    pub(super) connections_max: Option<usize>,
    pub(super) drain_timeout_ms: Option<u64>,
}

/// Problems as they are found; what is wrong gives `None`.
struct Problems(Vec<Problem>);

impl Problems {
    fn add<T>(&mut self, key: &str, message: impl fmt::Display) -> Option<T> {
        self.0.push(Problem::new(key, message));
        None
    }

    /// One of some words, or the first of them.
    fn word<T: Copy>(&mut self, key: &str, text: Option<&str>, words: &[(&str, T)]) -> Option<T> {
        let Some(text) = text else {
            return words.first().map(|(_, first)| *first);
        };
        match words.iter().find(|(word, _)| *word == text) {
            Some((_, found)) => Some(*found),
            None => {
                let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
                self.add(
                    key,
                    format_args!("it has to be one of {}", known.join(", ")),
                )
            }
        }
    }

    fn address(&mut self, key: &str, text: Option<&str>, default: &str) -> Option<SocketAddr> {
        let parsed = text.unwrap_or(default).parse().ok();
        parsed.or_else(|| self.add(key, "no address and port, as in 127.0.0.1:8710"))
    }

    fn above_zero<T: Default + PartialOrd>(&mut self, key: &str, number: T) -> Option<T> {
        match number > T::default() {
            true => Some(number),
            false => self.add(key, "it has to be above 0"),
        }
    }

    /// Refuses what another choice makes meaningless.
    fn only_with(&mut self, key: &str, is_given: bool, is_used: bool, with: &str) {
        if is_given && !is_used {
            self.add::<()>(key, format_args!("it says something only with {with}"));
        }
    }
}

impl Settings {
    /// Reads the text of a file.
    pub(super) fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        toml::from_str(text).map_err(|error| vec![Problem::toml(text, &error)])
    }

    /// Checks all of it. `token` looks for the token in the environment.
    pub(super) fn build(self, token: &dyn Fn() -> Option<String>) -> Result<Config, Vec<Problem>> {
        let mut problems = Problems(Vec::new());
        let listen = problems.address("listen", self.listen.as_deref(), LISTEN);
        let status_listen = problems.address(
            "status_listen",
            self.status_listen.as_deref(),
            STATUS_LISTEN,
        );
        let mode = self.mode(&mut problems);
        let keys = self.key_source(&mut problems, token);
        let options = self.options(&mut problems);
        let access_log = match self.access_log.as_deref() {
            None | Some("off") => AccessLogTarget::Off,
            Some("-") => AccessLogTarget::StandardOutput,
            Some(path) => AccessLogTarget::File(path.into()),
        };
        let connections_max = self.connections_max.unwrap_or(CONNECTIONS_MAX);
        let connections_max = problems.above_zero("connections_max", connections_max);
        let drain_timeout_ms = self.drain_timeout_ms.unwrap_or(DRAIN_TIMEOUT_MS);
        match (listen, status_listen, mode, keys, options, connections_max) {
            (
                Some(listen),
                Some(status_listen),
                Some(mode),
                Some(keys),
                Some(options),
                Some(connections_max),
            ) if problems.0.is_empty() => Ok(Config {
                listen,
                status_listen,
                mode,
                keys,
                options,
                access_log,
                connections_max,
                drain_timeout: Duration::from_millis(drain_timeout_ms),
            }),
            _ => Err(problems.0),
        }
    }

    fn mode(&self, problems: &mut Problems) -> Option<Mode> {
        let is_forward_auth = match self.mode.as_deref() {
            Some("forward-auth") => true,
            Some("reverse-proxy") => false,
            _ => return problems.add("mode", "it has to be forward-auth or reverse-proxy"),
        };
        for (key, is_given) in [
            ("from", self.from.is_some()),
            ("body", self.body.is_some()),
            ("host_from", self.host_from.is_some()),
            ("path_prefix", self.path_prefix.is_some()),
        ] {
            problems.only_with(key, is_given, is_forward_auth, "mode forward-auth");
        }
        for (key, is_given) in [
            ("backend", self.backend.is_some()),
            ("signature_headers", self.signature_headers.is_some()),
            ("backend_timeout_ms", self.backend_timeout_ms.is_some()),
        ] {
            problems.only_with(key, is_given, !is_forward_auth, "mode reverse-proxy");
        }
        match is_forward_auth {
            true => self.forward_auth(problems).map(Mode::ForwardAuth),
            false => self.reverse_proxy(problems).map(Mode::ReverseProxy),
        }
    }

    fn forward_auth(&self, problems: &mut Problems) -> Option<ForwardAuth> {
        let hosts = [
            ("x-original-host", HostFrom::OriginalHost),
            ("host", HostFrom::Host),
        ];
        let host_from = problems.word("host_from", self.host_from.as_deref(), &hosts);
        let path_prefix = self.path_prefix.clone().unwrap_or_default();
        let is_prefix =
            path_prefix.is_empty() || path_prefix.starts_with('/') && !path_prefix.ends_with('/');
        if !is_prefix || path_prefix.contains('?') {
            problems.add::<()>("path_prefix", "no path, as in /verify");
        }
        let from = match self.from.as_deref() {
            Some("nginx") => host_from.map(From::Nginx),
            Some("traefik") => Some(From::Traefik),
            Some("envoy") => Some(From::Envoy { path_prefix }),
            Some("caddy") => Some(From::Caddy),
            _ => problems.add("from", "it has to be one of nginx, traefik, envoy, caddy"),
        };
        let is = |proxy| self.from.as_deref() == Some(proxy);
        problems.only_with("host_from", self.host_from.is_some(), is("nginx"), "nginx");
        problems.only_with(
            "path_prefix",
            self.path_prefix.is_some(),
            is("envoy"),
            "envoy",
        );
        let sights = [
            ("unseen", BodySight::Unseen),
            ("length", BodySight::Length),
            ("forwarded", BodySight::Forwarded),
        ];
        let body = problems.word("body", self.body.as_deref(), &sights);
        Some(ForwardAuth {
            from: from?,
            body: body?,
        })
    }

    fn reverse_proxy(&self, problems: &mut Problems) -> Option<ReverseProxy> {
        let host_and_port = self
            .backend
            .as_deref()
            .and_then(|text| text.strip_prefix("http://"))
            .map(|text| text.strip_suffix('/').unwrap_or(text))
            .filter(|text| !text.contains('@'));
        let backend = host_and_port.and_then(|text| text.parse().ok());
        let backend =
            backend.or_else(|| problems.add("backend", "no backend, as in http://127.0.0.1:9000"));
        let choices = [
            ("remove", SignatureHeaders::Remove),
            ("keep", SignatureHeaders::Keep),
        ];
        let signature_headers = self.signature_headers.as_deref();
        let signature_headers = problems.word("signature_headers", signature_headers, &choices);
        let timeout_ms = self.backend_timeout_ms.unwrap_or(BACKEND_TIMEOUT_MS);
        let timeout_ms = problems.above_zero("backend_timeout_ms", timeout_ms);
        Some(ReverseProxy {
            backend: backend?,
            signature_headers: signature_headers?,
            backend_timeout: Duration::from_millis(timeout_ms?),
        })
    }

    fn key_source(
        &self,
        problems: &mut Problems,
        token: &dyn Fn() -> Option<String>,
    ) -> Option<KeySource> {
        let (url, file) = match (&self.keys, &self.feed) {
            (Some(path), None) => {
                problems.only_with("token_file", self.token_file.is_some(), false, "feed");
                return Some(KeySource::File(path.clone()));
            }
            (None, Some(url)) => (url, &self.token_file),
            _ => return problems.add("keys", "give either keys, a file, or feed, an address"),
        };
        let url = url.parse().map_err(|why| problems.add::<()>("feed", why));
        let source = match file {
            Some(path) => {
                countersign_verify::read_secret_file(path).map(|_| TokenSource::File(path.clone()))
            }
            None => match token() {
                Some(text) => TokenSource::given(text),
                None => {
                    let why = "give it, or the variable COUNTERSIGN_VERIFIER_TOKEN";
                    return problems.add("token_file", why);
                }
            },
        };
        let token = source.map_err(|why| problems.add::<()>("token_file", why));
        Some(KeySource::Feed {
            url: url.ok()?,
            token: token.ok()?,
        })
    }

    fn options(&self, problems: &mut Problems) -> Option<Options> {
        let defaults = Options::default();
        let choices = [("refuse", false), ("observe", true)];
        let mode_of_refusal = self.mode_of_refusal.as_deref();
        let observe = problems.word("mode_of_refusal", mode_of_refusal, &choices);
        let header = self.header.clone().unwrap_or(defaults.header);
        if header.is_empty()
            || !header
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        {
            problems.add::<()>("header", "no name of a header");
        }
        let window_secs = self.window_secs.unwrap_or(defaults.window_secs);
        let nonces_max = self.nonces_max.unwrap_or(defaults.nonces_max);
        Some(Options {
            header,
            accept_unsigned_payload: !self.signed_bodies_only.unwrap_or(false),
            body_bytes_max: self.body_bytes_max.unwrap_or(defaults.body_bytes_max),
            window_secs: problems.above_zero("window_secs", window_secs)?,
            nonces_max: problems.above_zero("nonces_max", nonces_max)?,
            observe: observe?,
        })
    }
}

#[cfg(test)]
mod tests;
