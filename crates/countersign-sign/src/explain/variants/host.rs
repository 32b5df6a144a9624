//! Hosts.

use super::Guess;
use crate::explain::cause::{Cause, Code};
use crate::explain::seen::Seen;

const STATED: [&str; 5] = [
    "x-forwarded-host",
    "x-original-host",
    "x-forwarded-server",
    "x-host",
    ":authority",
];

pub(in crate::explain) fn guesses(seen: &Seen<'_>) -> Vec<Guess> {
    let host = seen.values("host").next().unwrap_or_default();
    let mut names: Vec<String> = Vec::new();
    for list in STATED.iter().flat_map(|name| seen.values(name)) {
        names.extend(list.split(',').map(|one| one.trim().to_owned()));
    }
    for field in seen.values("forwarded") {
        let pairs = field
            .split([',', ';'])
            .filter_map(|pair| pair.split_once('='));
        let hosts = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("host"));
        names.extend(hosts.map(|(_, value)| value.trim().trim_matches('"').to_owned()));
    }
    for url in ["origin", "referer"]
        .iter()
        .flat_map(|name| seen.values(name))
    {
        let authority = url
            .split_once("://")
            .map(|(_, rest)| rest.split('/').next());
        names.extend(authority.flatten().map(str::to_owned));
    }
    names.push(host.to_owned());
    let ports: Vec<String> = seen
        .values("x-forwarded-port")
        .map(str::to_owned)
        .chain(["80", "443", "8080", "8443"].map(str::to_owned))
        .collect();
    let mut out: Vec<String> = Vec::new();
    for name in names.into_iter().filter(|name| !name.is_empty()) {
        let bare = without_port(&name).to_owned();
        out.push(name);
        out.push(bare.clone());
        out.extend(ports.iter().map(|port| format!("{bare}:{port}")));
    }
    out.extend(["localhost".to_owned(), "127.0.0.1".to_owned()]);
    if let Some((_, port)) = host.rsplit_once(':') {
        out.extend([format!("localhost:{port}"), format!("127.0.0.1:{port}")]);
    }
    let lower = out.clone().into_iter().map(|one| one.to_ascii_lowercase());
    let all: Vec<String> = out.clone().into_iter().chain(lower).collect();
    all.into_iter()
        .filter(|one| one != host)
        .map(|one| {
            (
                Cause::of(Code::HostChanged).about("Host").was(host, &*one),
                one,
            )
        })
        .collect()
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}
