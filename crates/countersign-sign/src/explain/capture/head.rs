//! The request line and the headers.

use super::{BadCapture, Captured, CapturedBody, HEADERS_MAX, LINE_BYTES_MAX};

/// The three words of a request line; the last may be absent.
pub(super) fn request_line(line: &[u8]) -> Option<(&str, &[u8])> {
    let line = without_cr(line);
    let (method, rest) = split(line, b' ')?;
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    if method.is_empty() || !method.iter().all(is_token) {
        return None;
    }
    let target = match rest.iter().rposition(|byte| *byte == b' ') {
        Some(at) if rest[at + 1..].starts_with(b"HTTP/") => &rest[..at],
        _ => rest,
    };
    let begins = target.starts_with(b"/")
        || target == b"*"
        || target.starts_with(b"http://")
        || target.starts_with(b"https://");
    if !begins || target.contains(&b' ') {
        return None;
    }
    Some((std::str::from_utf8(method).ok()?, target))
}

/// A request of which no header is read yet.
pub(super) fn start(line: &[u8], number: usize) -> Result<Captured, BadCapture> {
    check_length(line, number)?;
    let (method, target) = request_line(line).ok_or_else(|| {
        BadCapture::at(
            number,
            "no request line, as in GET /v1/orders?id=1 HTTP/1.1",
        )
    })?;
    let mut captured = Captured {
        method: method.to_owned(),
        target: target.to_vec(),
        headers: Vec::new(),
        body: CapturedBody::Unknown,
        notes: Vec::new(),
    };
    captured.take_authority();
    Ok(captured)
}

/// Reads one header line.
pub(super) fn header(
    captured: &mut Captured,
    line: &[u8],
    number: usize,
) -> Result<(), BadCapture> {
    check_length(line, number)?;
    let line = without_cr(line);
    if line.starts_with(b" ") || line.starts_with(b"\t") {
        let why = "a header that goes on over two lines, which HTTP has not any more";
        return Err(BadCapture::at(number, why));
    }
    let bad = || BadCapture::at(number, "no header, as in Name: value");
    let (name, value) = split(line, b':').ok_or_else(bad)?;
    let name = std::str::from_utf8(name).map_err(|_| bad())?;
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(bad());
    }
    push(captured, name, value.strip_prefix(b" ").unwrap_or(value))
        .map_err(|why| BadCapture::at(number, why))
}

/// Adds a header. The host of an absolute target is the one that counts, unless
/// there is a `Host`.
pub(super) fn push(captured: &mut Captured, name: &str, value: &[u8]) -> Result<(), String> {
    if captured.headers.len() == HEADERS_MAX {
        return Err(format!("more than {HEADERS_MAX} headers"));
    }
    captured.headers.push((name.to_owned(), value.to_vec()));
    Ok(())
}

impl Captured {
    /// Splits an absolute target; its authority becomes a `Host` that a header of
    /// that name replaces later: see [`Captured::settle_host`].
    pub(super) fn take_authority(&mut self) {
        let after = self
            .target
            .strip_prefix(b"http://".as_slice())
            .or_else(|| self.target.strip_prefix(b"https://".as_slice()));
        let Some(after) = after else { return };
        let end = after
            .iter()
            .position(|byte| matches!(byte, b'/' | b'?' | b'#'))
            .unwrap_or(after.len());
        let (authority, rest) = after.split_at(end);
        let authority = authority
            .rsplit(|byte| *byte == b'@')
            .next()
            .unwrap_or_default()
            .to_vec();
        let rest = rest.split(|byte| *byte == b'#').next().unwrap_or_default();
        let mut target = Vec::with_capacity(rest.len() + 1);
        if !rest.starts_with(b"/") {
            target.push(b'/');
        }
        target.extend_from_slice(rest);
        self.target = target;
        self.headers.push(("Host".to_owned(), authority));
    }

    /// Drops the host of an absolute target where there is a `Host` as well.
    /// `from_target` says that the first header came from there.
    pub(super) fn settle_host(&mut self, from_target: bool) {
        let hosts = self.values("host").count();
        if from_target && hosts > 1 {
            self.headers.remove(0);
        }
    }
}

pub(super) fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn check_length(line: &[u8], number: usize) -> Result<(), BadCapture> {
    if line.len() > LINE_BYTES_MAX {
        let why = format!("longer than {LINE_BYTES_MAX} bytes");
        return Err(BadCapture::at(number, why));
    }
    Ok(())
}

fn split(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|byte| *byte == at)?;
    Some((&text[..at], &text[at + 1..]))
}
