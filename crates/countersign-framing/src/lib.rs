//! Strict HTTP/1 message framing, as a state machine without any I/O.
//!
//! It reads what a client sends and says how many of the bytes may be passed
//! on to the HTTP library: whole heads, and bodies as they come. What two
//! parsers could read differently (RFC 9112, sections 2.2, 3, 5, 6, 7.1 and
//! 11.2) is a [`Violation`], and nothing from the start of the offending head
//! or chunk on is passed. How the bytes were split makes no difference.

use std::str;

use memchr::memchr;

/// Most bytes of all chunk extensions of one body, and of one line of them.
const EXTENSION_BYTES_MAX: usize = 4096;
/// Most bytes of a trailer section, which is dropped anyway.
const TRAILER_BYTES_MAX: usize = 8192;
/// Most fields of a trailer section.
const TRAILER_FIELDS_MAX: usize = 50;
/// Longest target that `http::Uri` takes.
const TARGET_BYTES_MAX: usize = (u16::MAX - 1) as usize;
/// Longest body that can be told by number; the HTTP library stops little above.
const BODY_BYTES_MAX: u64 = i64::MAX as u64;

/// Why a request is not passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    #[error("the request line is not method, blank, target, blank, version")]
    RequestLine,
    #[error("the target holds a byte that no URI holds")]
    Target,
    #[error("the method CONNECT is not served")]
    Connect,
    #[error("the version is neither HTTP/1.0 nor HTTP/1.1")]
    Version,
    #[error("a line ends with a line feed only")]
    BareLineFeed,
    #[error("a header line continues the one before it")]
    Fold,
    #[error("a header name is empty, no token, or not followed by a colon at once")]
    FieldName,
    #[error("a header value holds a control byte")]
    FieldValue,
    #[error("Host is missing")]
    HostMissing,
    #[error("Host is repeated")]
    HostRepeated,
    #[error("Host is not host and port")]
    Host,
    #[error("Host differs from the host in the target")]
    HostDiffers,
    #[error("Content-Length is not a number")]
    ContentLength,
    #[error("Content-Length is repeated")]
    ContentLengthRepeated,
    #[error("Transfer-Encoding is not exactly 'chunked'")]
    TransferEncoding,
    #[error("Transfer-Encoding in HTTP/1.0")]
    TransferEncodingInHttp10,
    #[error("both Content-Length and Transfer-Encoding")]
    BothLengths,
    #[error("a chunk's size line is malformed")]
    ChunkSize,
    #[error("chunk extensions are too long")]
    ChunkExtensions,
    #[error("a chunk's data is not followed by a line end")]
    ChunkEnd,
    #[error("the trailer section is malformed or too long")]
    Trailer,
    #[error("the head has more bytes than allowed")]
    HeadTooLarge,
    #[error("the head has more fields than allowed")]
    TooManyFields,
}

impl Violation {
    /// Whether the head is merely too large: 431 rather than 400.
    pub fn is_size(self) -> bool {
        matches!(self, Self::HeadTooLarge | Self::TooManyFields)
    }
}

/// What may be read at most.
#[derive(Clone, Copy, Debug)]
pub struct HeadLimits {
    pub bytes_max: usize,
    pub fields_max: usize,
}

/// The state between two pieces of input.
#[derive(Debug)]
pub struct Framing {
    limits: HeadLimits,
    state: State,
    /// The beginning of a line whose end has not arrived.
    partial: Vec<u8>,
    head: Head,
    trailer: Section,
    extension_bytes: usize,
    violation: Option<Violation>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Head,
    Body { left: u64 },
    ChunkSize,
    ChunkData { left: u64 },
    ChunkEnd { after_cr: bool },
    Trailer,
}

/// What is known of the head being read.
#[derive(Debug, Default)]
struct Head {
    section: Section,
    has_request_line: bool,
    skipped_blank: bool,
    is_http_10: bool,
    has_host: bool,
    is_chunked: bool,
    content_length: Option<u64>,
    /// Host and port of a target in absolute form.
    authority: Vec<u8>,
    is_absolute: bool,
    host_differs: bool,
}

/// How much of a head or trailer section has been read.
#[derive(Clone, Copy, Debug, Default)]
struct Section {
    bytes: usize,
    fields: usize,
}

/// What became of one piece of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advance {
    /// How many bytes from the start of the piece may be passed on, with all
    /// that was held back before if it is not 0.
    pub passed: usize,
    /// How many heads were completed.
    pub heads: u64,
}

impl Framing {
    pub fn new(limits: HeadLimits) -> Self {
        Self {
            limits,
            state: State::Head,
            partial: Vec::new(),
            head: Head::default(),
            trailer: Section::default(),
            extension_bytes: 0,
            violation: None,
        }
    }

    /// The violation met, after which nothing more is passed.
    pub fn violation(&self) -> Option<Violation> {
        self.violation
    }

    /// Whether what is read now belongs to a body, rather than to a head.
    pub fn in_body(&self) -> bool {
        self.state != State::Head
    }

    /// Reads the next piece.
    pub fn advance(&mut self, piece: &[u8]) -> Advance {
        let mut done = Advance {
            passed: 0,
            heads: 0,
        };
        let mut at = 0;
        while at < piece.len() && self.violation.is_none() {
            match self.step(&piece[at..]) {
                Ok(Step {
                    used,
                    passes,
                    head_ended,
                }) => {
                    at += used;
                    if passes {
                        done.passed = at;
                    }
                    done.heads += u64::from(head_ended);
                }
                Err(violation) => self.violation = Some(violation),
            }
        }
        done
    }

    fn step(&mut self, rest: &[u8]) -> Result<Step, Violation> {
        match &mut self.state {
            State::Body { left } => {
                let used = spend(left, rest.len());
                if *left == 0 {
                    self.state = State::Head;
                }
                Ok(Step::passing(used))
            }
            State::ChunkData { left } => {
                let used = spend(left, rest.len());
                if *left == 0 {
                    self.state = State::ChunkEnd { after_cr: false };
                }
                Ok(Step::passing(used))
            }
            State::ChunkEnd { after_cr: false } if rest[0] == b'\r' => {
                self.state = State::ChunkEnd { after_cr: true };
                Ok(Step::holding(1))
            }
            State::ChunkEnd { after_cr: true } if rest[0] == b'\n' => {
                self.state = State::ChunkSize;
                Ok(Step::passing(1))
            }
            State::ChunkEnd { .. } => Err(Violation::ChunkEnd),
            State::Head => self.line_step(
                rest,
                self.limits
                    .bytes_max
                    .saturating_sub(self.head.section.bytes),
                Violation::HeadTooLarge,
            ),
            State::ChunkSize => {
                self.line_step(rest, EXTENSION_BYTES_MAX, Violation::ChunkExtensions)
            }
            State::Trailer => self.line_step(
                rest,
                TRAILER_BYTES_MAX.saturating_sub(self.trailer.bytes),
                Violation::Trailer,
            ),
        }
    }

    /// Reads up to the end of a line, of at most `bytes_max` with its end.
    fn line_step(
        &mut self,
        rest: &[u8],
        bytes_max: usize,
        too_long: Violation,
    ) -> Result<Step, Violation> {
        let Some(end) = memchr(b'\n', rest) else {
            if self.partial.len() + rest.len() > bytes_max {
                return Err(too_long);
            }
            self.partial.extend_from_slice(rest);
            return Ok(Step::holding(rest.len()));
        };
        let used = end + 1;
        if self.partial.len() + used > bytes_max {
            return Err(too_long);
        }
        if self.partial.is_empty() {
            return self.line(&rest[..end], used);
        }
        let mut line = std::mem::take(&mut self.partial);
        line.extend_from_slice(&rest[..end]);
        let step = self.line(&line, used);
        line.clear();
        self.partial = line;
        step
    }

    /// Reads one line, without its line feed.
    fn line(&mut self, line: &[u8], used: usize) -> Result<Step, Violation> {
        let [line @ .., b'\r'] = line else {
            return Err(Violation::BareLineFeed);
        };
        match self.state {
            State::Head => {
                self.head.section.bytes += line.len() + 2;
                if !line.is_empty() || !self.head.has_request_line {
                    self.head.line(line, self.limits.fields_max)?;
                    return Ok(Step::holding(used));
                }
                let head = &mut self.head;
                self.state = head.finish()?;
                head.reset();
                self.extension_bytes = 0;
                self.trailer = Section::default();
                Ok(Step {
                    used,
                    passes: true,
                    head_ended: true,
                })
            }
            State::Trailer => {
                self.trailer.bytes += line.len() + 2;
                if line.is_empty() {
                    self.state = State::Head;
                    return Ok(Step::passing(used));
                }
                self.trailer.fields += 1;
                if self.trailer.fields > TRAILER_FIELDS_MAX || field(line).is_err() {
                    return Err(Violation::Trailer);
                }
                Ok(Step::holding(used))
            }
            _ => {
                let (size, extension) = chunk_size(line)?;
                self.extension_bytes += extension;
                if self.extension_bytes > EXTENSION_BYTES_MAX {
                    return Err(Violation::ChunkExtensions);
                }
                if size == 0 {
                    // The HTTP library reads the last chunk with its trailer
                    // section: both are passed when both are whole.
                    self.state = State::Trailer;
                    return Ok(Step::holding(used));
                }
                self.state = State::ChunkData { left: size };
                Ok(Step::passing(used))
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Step {
    used: usize,
    passes: bool,
    head_ended: bool,
}

impl Step {
    fn passing(used: usize) -> Self {
        Self {
            used,
            passes: true,
            head_ended: false,
        }
    }

    fn holding(used: usize) -> Self {
        Self {
            used,
            passes: false,
            head_ended: false,
        }
    }
}

/// Takes what is there of `left`, and says how much that is.
fn spend(left: &mut u64, there: usize) -> usize {
    let used = usize::try_from(*left).map_or(there, |left| left.min(there));
    *left -= used as u64;
    used
}

impl Head {
    fn line(&mut self, line: &[u8], fields_max: usize) -> Result<(), Violation> {
        if !self.has_request_line {
            // One empty line before a request is tolerated (RFC 9112, 2.2).
            if line.is_empty() && !self.skipped_blank {
                self.skipped_blank = true;
                return Ok(());
            }
            self.has_request_line = true;
            return self.request_line(line);
        }
        self.section.fields += 1;
        if self.section.fields > fields_max {
            return Err(Violation::TooManyFields);
        }
        let (name, value) = field(line)?;
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"host") => self.host(value),
            14 if name.eq_ignore_ascii_case(b"content-length") => self.length(value),
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => self.coding(value),
            _ => Ok(()),
        }
    }

    fn request_line(&mut self, line: &[u8]) -> Result<(), Violation> {
        let method_end = line
            .iter()
            .position(|b| !is(*b, TOKEN))
            .ok_or(Violation::RequestLine)?;
        let (method, rest) = line.split_at(method_end);
        let [b' ', rest @ ..] = rest else {
            return Err(Violation::RequestLine);
        };
        let target_end = memchr(b' ', rest).ok_or(Violation::RequestLine)?;
        let (target, version) = (&rest[..target_end], &rest[target_end + 1..]);
        if method.is_empty() || target.is_empty() {
            return Err(Violation::RequestLine);
        }
        self.is_http_10 = match version {
            b"HTTP/1.1" => false,
            b"HTTP/1.0" => true,
            _ => return Err(Violation::Version),
        };
        if method == b"CONNECT" {
            return Err(Violation::Connect);
        }
        if target.len() > TARGET_BYTES_MAX {
            return Err(Violation::HeadTooLarge);
        }
        self.target(target)
    }

    fn target(&mut self, target: &[u8]) -> Result<(), Violation> {
        let path = match target {
            [b'/', ..] => target,
            b"*" => return Ok(()),
            _ => self.absolute(target)?,
        };
        let (path, query) = match memchr(b'?', path) {
            Some(mark) => (&path[..mark], &path[mark + 1..]),
            None => (path, &path[..0]),
        };
        let good = path.iter().all(|b| is(*b, PATH)) && query.iter().all(|b| is(*b, QUERY));
        if good { Ok(()) } else { Err(Violation::Target) }
    }

    /// Takes scheme and authority off a target in absolute form.
    fn absolute<'t>(&mut self, target: &'t [u8]) -> Result<&'t [u8], Violation> {
        let rest = match target.split_at_checked(7) {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case(b"http://") => rest,
            _ => return Err(Violation::Target),
        };
        let end = rest
            .iter()
            .position(|b| matches!(b, b'/' | b'?'))
            .unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if !is_host_and_port(authority) {
            return Err(Violation::Target);
        }
        self.is_absolute = true;
        self.authority.extend_from_slice(authority);
        Ok(path)
    }

    fn host(&mut self, value: &[u8]) -> Result<(), Violation> {
        if self.has_host {
            return Err(Violation::HostRepeated);
        }
        if !is_host_and_port(value) {
            return Err(Violation::Host);
        }
        self.has_host = true;
        self.host_differs = self.is_absolute && !self.authority.eq_ignore_ascii_case(value);
        Ok(())
    }

    fn length(&mut self, value: &[u8]) -> Result<(), Violation> {
        if self.content_length.is_some() {
            return Err(Violation::ContentLengthRepeated);
        }
        let digits = str::from_utf8(value)
            .ok()
            .filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
        let length = digits
            .and_then(|text| text.parse().ok())
            .filter(|length| *length <= BODY_BYTES_MAX);
        self.content_length = Some(length.ok_or(Violation::ContentLength)?);
        Ok(())
    }

    fn coding(&mut self, value: &[u8]) -> Result<(), Violation> {
        if self.is_chunked || !value.eq_ignore_ascii_case(b"chunked") {
            return Err(Violation::TransferEncoding);
        }
        self.is_chunked = true;
        Ok(())
    }

    /// What follows the head, now that all of it is known.
    fn finish(&self) -> Result<State, Violation> {
        if !self.has_host && !self.is_http_10 {
            return Err(Violation::HostMissing);
        }
        if self.host_differs {
            return Err(Violation::HostDiffers);
        }
        match (self.is_chunked, self.content_length) {
            (true, _) if self.is_http_10 => Err(Violation::TransferEncodingInHttp10),
            (true, Some(_)) => Err(Violation::BothLengths),
            (true, None) => Ok(State::ChunkSize),
            (false, None | Some(0)) => Ok(State::Head),
            (false, Some(left)) => Ok(State::Body { left }),
        }
    }

    /// Forgets all, but keeps the buffer.
    fn reset(&mut self) {
        let mut authority = std::mem::take(&mut self.authority);
        authority.clear();
        *self = Self {
            authority,
            ..Self::default()
        };
    }
}

/// Splits a header line into name and value, the value without blanks around.
fn field(line: &[u8]) -> Result<(&[u8], &[u8]), Violation> {
    if matches!(line, [b' ' | b'\t', ..]) {
        return Err(Violation::Fold);
    }
    let end = line
        .iter()
        .position(|b| !is(*b, TOKEN))
        .ok_or(Violation::FieldName)?;
    if end == 0 || line[end] != b':' {
        return Err(Violation::FieldName);
    }
    let value = &line[end + 1..];
    // Without an early exit, so that the compiler checks many bytes at once.
    let good = value.iter().fold(true, |good, &b| {
        good & ((b >= b' ' && b != 0x7f) || b == b'\t')
    });
    if !good {
        return Err(Violation::FieldValue);
    }
    Ok((&line[..end], trim(value)))
}

fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = value {
        value = rest;
    }
    while let [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// Reads a chunk's size line into the size and the bytes of its extensions.
fn chunk_size(line: &[u8]) -> Result<(u64, usize), Violation> {
    let end = line
        .iter()
        .position(|b| !b.is_ascii_hexdigit())
        .unwrap_or(line.len());
    let (digits, extension) = line.split_at(end);
    let size = str::from_utf8(digits).ok().filter(|text| text.len() <= 16);
    let size = size
        .and_then(|text| u64::from_str_radix(text, 16).ok())
        .filter(|size| *size <= BODY_BYTES_MAX);
    let size = size.ok_or(Violation::ChunkSize)?;
    let extension_is_good = match extension {
        [] => true,
        [b';', rest @ ..] => rest
            .iter()
            .all(|b| (*b >= b' ' && *b != 0x7f) || *b == b'\t'),
        _ => false,
    };
    if extension_is_good {
        Ok((size, extension.len()))
    } else {
        Err(Violation::ChunkSize)
    }
}

/// A host name or address that could be routed by, with a port or without.
/// Stricter than RFC 3986: no name of ours holds a sub-delimiter or an escape.
fn is_host_and_port(text: &[u8]) -> bool {
    let (host, port) = match text {
        [b'[', rest @ ..] => {
            let Some(end) = memchr(b']', rest) else {
                return false;
            };
            let is_address = str::from_utf8(&rest[..end])
                .is_ok_and(|text| text.parse::<std::net::Ipv6Addr>().is_ok());
            if !is_address {
                return false;
            }
            (&b"v6"[..], &rest[end + 1..])
        }
        _ => text.split_at(memchr(b':', text).unwrap_or(text.len())),
    };
    let port_is_good = match port {
        [] => true,
        [b':', digits @ ..] => {
            let number = str::from_utf8(digits)
                .ok()
                .filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
            number.is_some_and(|text| text.len() <= 5 && text.parse::<u16>().is_ok())
        }
        _ => false,
    };
    port_is_good && !host.is_empty() && host.len() <= 255 && host.iter().all(|b| is(*b, HOST))
}

const TOKEN: u8 = 1;
const PATH: u8 = 2;
const QUERY: u8 = 4;
const HOST: u8 = 8;

fn is(byte: u8, class: u8) -> bool {
    CLASSES[usize::from(byte)] & class != 0
}

/// Which classes each byte is in. Paths and queries hold what `http::Uri`
/// takes of ASCII, except the backslash in a path, which some servers read as
/// a slash.
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut at = 0;
    while at < 256 {
        let b = at as u8;
        let mut class = 0;
        if b.is_ascii_alphanumeric()
            || matches!(
                b,
                b'!' | b'#'
                    | b'$'
                    | b'%'
                    | b'&'
                    | b'\''
                    | b'*'
                    | b'+'
                    | b'-'
                    | b'.'
                    | b'^'
                    | b'_'
                    | b'`'
                    | b'|'
                    | b'~'
            )
        {
            class |= TOKEN;
        }
        if matches!(b, 0x21 | 0x22 | 0x24..=0x3B | 0x3D | 0x40..=0x5B | 0x5D..=0x5F | 0x61..=0x7E) {
            class |= PATH;
        }
        if matches!(b, 0x21 | 0x24..=0x3B | 0x3D | 0x3F..=0x7E) {
            class |= QUERY;
        }
        if b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_') {
            class |= HOST;
        }
        classes[at] = class;
        at += 1;
    }
    classes
};

#[cfg(test)]
mod tests;
