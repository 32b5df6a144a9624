//! Which host a request is for.

use countersign_core::Host;
use http::{header, request};

/// The host as the client wrote it; with a target in absolute form they are
/// the same (the guard saw to that), and in HTTP/1.0 there may be none.
pub(super) fn host_of(head: &request::Parts) -> &[u8] {
    match head.headers.get(header::HOST) {
        Some(value) => value.as_bytes(),
        None => head
            .uri
            .authority()
            .map_or(&[], |authority| authority.as_str().as_bytes()),
    }
}

/// The host that `sent` names; the one parsed last is remembered.
pub(super) fn find_host<'c>(
    last: &'c mut Option<(Vec<u8>, Host)>,
    sent: &[u8],
) -> Option<&'c Host> {
    if last.as_ref().is_none_or(|(known, _)| known != sent) {
        let text = std::str::from_utf8(sent).ok()?;
        let name = match text.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => text,
        };
        let host = Host::parse(name).ok()?;
        *last = Some((sent.to_vec(), host));
    }
    last.as_ref().map(|(_, host)| host)
}
