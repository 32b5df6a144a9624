//! What `curl -v` prints: the request's head has `> ` before each line. The body it
//! does not print.

use super::body::Framing;
use super::{BadCapture, Captured, CapturedBody, ENTRIES_MAX, choose, head};

pub(super) fn read(input: &[u8], entry: Option<usize>) -> Result<Captured, BadCapture> {
    let mut found: Vec<Captured> = Vec::new();
    let mut open: Option<(Captured, bool)> = None;
    for (at, line) in input.split(|byte| *byte == b'\n').enumerate() {
        let line = head::without_cr(line);
        let Some(sent) = line.strip_prefix(b">") else {
            continue;
        };
        let sent = sent.strip_prefix(b" ").unwrap_or(sent);
        match &mut open {
            None if sent.is_empty() => {}
            None => {
                if found.len() == ENTRIES_MAX {
                    let why = format!("more than {ENTRIES_MAX} requests");
                    return Err(BadCapture::at(at + 1, why));
                }
                let started = head::start(sent, at + 1)?;
                let from_target = !started.headers.is_empty();
                open = Some((started, from_target));
            }
            Some(_) if sent.is_empty() => found.extend(open.take().map(closed)),
            Some((captured, _)) => head::header(captured, sent, at + 1)?,
        }
    }
    found.extend(open.take().map(closed));
    choose(found, entry)
}

fn closed((mut captured, from_target): (Captured, bool)) -> Captured {
    captured.settle_host(from_target);
    let has_none = match Framing::of(&captured) {
        Framing::Chunked => false,
        Framing::Length(length) => length == 0,
        // HTTP/2 needs no length; methods that carry a body seldom go without one.
        Framing::Silent => !["POST", "PUT", "PATCH"].contains(&captured.method.as_str()),
    };
    if has_none {
        captured.body = CapturedBody::Known(Vec::new());
    }
    captured
}
