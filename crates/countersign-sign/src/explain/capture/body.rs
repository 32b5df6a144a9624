//! From what follows the head to the body.

use super::{BadCapture, Captured, CapturedBody};

/// What the head says of the body.
pub(super) enum Framing {
    Chunked,
    Length(usize),
    /// Nothing: there is no body, in HTTP/1.1.
    Silent,
}

impl Framing {
    pub(super) fn of(captured: &Captured) -> Self {
        let is_chunked = captured
            .values("transfer-encoding")
            .any(|value| value.to_ascii_lowercase().ends_with(b"chunked"));
        if is_chunked {
            return Self::Chunked;
        }
        let length = captured.values("content-length").next();
        length
            .and_then(|value| std::str::from_utf8(value).ok()?.parse().ok())
            .map_or(Self::Silent, Self::Length)
    }
}

/// Puts `rest`, what follows the empty line, into the request. `line` is its first.
pub(super) fn attach(captured: &mut Captured, rest: &[u8], line: usize) -> Result<(), BadCapture> {
    let body = match Framing::of(captured) {
        Framing::Chunked => dechunked(rest, line)?,
        Framing::Length(length) => cut(captured, rest, length),
        // An editor ends a file with a line end.
        Framing::Silent if rest.iter().all(|byte| matches!(byte, b'\r' | b'\n')) => Vec::new(),
        Framing::Silent => rest.to_vec(),
    };
    captured.body = CapturedBody::Known(body);
    Ok(())
}

fn cut(captured: &mut Captured, rest: &[u8], length: usize) -> Vec<u8> {
    let excess = rest.get(length..).unwrap_or_default();
    if rest.len() < length || !excess.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
        captured.notes.push(format!(
            "the capture has {} bytes of body, and Content-Length says {length}",
            rest.len()
        ));
        return rest.to_vec();
    }
    rest[..length].to_vec()
}

/// The content of a chunked body (RFC 9112 section 7.1); trailers are left out.
fn dechunked(mut rest: &[u8], first: usize) -> Result<Vec<u8>, BadCapture> {
    let mut out = Vec::new();
    let mut line = first;
    loop {
        let bad = |why: &str| BadCapture::at(line, why);
        let end = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .ok_or_else(|| bad("the chunked body ends too early"))?;
        let size = super::head::without_cr(&rest[..end]);
        let size = size.split(|byte| *byte == b';').next().unwrap_or_default();
        let size = std::str::from_utf8(size.trim_ascii())
            .ok()
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|text| usize::from_str_radix(text, 16).ok())
            .ok_or_else(|| bad("no size of a chunk"))?;
        rest = &rest[end + 1..];
        if size == 0 {
            return Ok(out);
        }
        let chunk = rest
            .get(..size)
            .ok_or_else(|| bad("the chunk is longer than the capture"))?;
        out.extend_from_slice(chunk);
        line += 1 + chunk.iter().filter(|byte| **byte == b'\n').count();
        rest = &rest[size..];
        rest = rest
            .strip_prefix(b"\r\n".as_slice())
            .or_else(|| rest.strip_prefix(b"\n".as_slice()))
            .ok_or_else(|| BadCapture::at(line, "no line end after a chunk"))?;
        line += 1;
    }
}
