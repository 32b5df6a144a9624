//! Requests as people capture them: raw HTTP, what `curl -v` prints, HAR.
//!
//! All readers are bounded and name the line where they stop.

mod body;
mod curl;
#[cfg(feature = "serde")]
mod har;
mod head;
mod raw;
#[cfg(feature = "serde")]
mod wire;

use std::fmt;
use std::str::FromStr;

#[cfg(feature = "serde")]
pub use wire::BadField;

/// The longest capture that is read, in bytes.
pub const CAPTURE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The longest line of a head, in bytes.
pub const LINE_BYTES_MAX: usize = 64 * 1024;
/// The most headers of one request.
pub const HEADERS_MAX: usize = 500;
/// The most requests in one capture.
pub const ENTRIES_MAX: usize = 10_000;

/// One request, as it was captured.
///
/// `Debug` shows neither headers nor body: both can hold secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Captured {
    /// The method.
    pub method: String,
    /// Path and query as they were sent, nothing decoded.
    pub target: Vec<u8>,
    /// Names and values in the order captured, repeats kept. One blank after the
    /// colon is left out, others stay.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: CapturedBody,
    /// What a reader noticed that may matter, for people.
    pub notes: Vec<String>,
}

/// What a capture has of a body.
#[derive(Clone, PartialEq, Eq)]
pub enum CapturedBody {
    /// All of it, without transfer coding; empty if there was none.
    Known(Vec<u8>),
    /// There was one, or may have been, and the capture does not have it.
    Unknown,
}

/// How a capture is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Whichever of the others it looks like.
    #[default]
    Auto,
    /// Raw HTTP/1.1.
    Raw,
    /// What `curl -v` prints to standard error.
    Curl,
    /// An HTTP Archive in JSON, or one of its entries.
    Har,
}

/// A capture that can not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct BadCapture {
    /// Where reading stopped, from 1.
    pub line: usize,
    /// Why.
    pub why: String,
}

/// A text that names no format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a format is auto, raw, curl or har")]
pub struct UnknownFormat;

impl Captured {
    /// Reads one request. `entry` counts from 0; without it the capture has to hold
    /// one request only.
    ///
    /// # Errors
    /// [`BadCapture`]: too long, not of the format, no such entry.
    pub fn read(input: &[u8], format: Format, entry: Option<usize>) -> Result<Self, BadCapture> {
        if input.len() > CAPTURE_BYTES_MAX {
            let why = format!("the capture is longer than {CAPTURE_BYTES_MAX} bytes");
            return Err(BadCapture::at(1, why));
        }
        match format {
            Format::Auto => Self::read(input, Format::of(input), entry),
            Format::Raw => match entry {
                None | Some(0) => raw::read(input),
                Some(_) => Err(BadCapture::at(1, "raw HTTP is one request: entry 0")),
            },
            Format::Curl => curl::read(input, entry),
            #[cfg(feature = "serde")]
            Format::Har => har::read(input, entry),
            #[cfg(not(feature = "serde"))]
            Format::Har => Err(BadCapture::at(1, "HAR is not read in this build")),
        }
    }

    /// The values of a header, without blanks at either end.
    pub(super) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> + 'a {
        self.headers
            .iter()
            .filter(move |(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| trim(value))
    }
}

impl Format {
    /// What a capture looks like.
    fn of(input: &[u8]) -> Self {
        let text = input.trim_ascii_start();
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let mut lines = text.split(|byte| *byte == b'\n').take(1000);
        if text.first() == Some(&b'{') {
            Self::Har
        } else if head::request_line(lines.next().unwrap_or_default()).is_none()
            && text
                .split(|byte| *byte == b'\n')
                .take(1000)
                .any(|line| line.starts_with(b"> "))
        {
            Self::Curl
        } else {
            Self::Raw
        }
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        Ok(match name {
            "auto" => Self::Auto,
            "raw" => Self::Raw,
            "curl" => Self::Curl,
            "har" => Self::Har,
            _ => return Err(UnknownFormat),
        })
    }
}

impl BadCapture {
    fn at(line: usize, why: impl Into<String>) -> Self {
        Self {
            line,
            why: why.into(),
        }
    }
}

impl fmt::Debug for Captured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Captured")
            .field("method", &self.method)
            .field("headers", &self.headers.len())
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for CapturedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

/// One of several: `entry`, or the only one.
fn choose<T>(found: Vec<T>, entry: Option<usize>) -> Result<T, BadCapture> {
    let count = found.len();
    let at = match (entry, count) {
        (_, 0) => return Err(BadCapture::at(1, "there is no request in it")),
        (Some(at), _) if at < count => at,
        (None, 1) => 0,
        _ => {
            let why = format!(
                "the capture holds {count} requests: choose one, from 0 to {}",
                count - 1
            );
            return Err(BadCapture::at(1, why));
        }
    };
    let chosen = found.into_iter().nth(at);
    chosen.ok_or_else(|| BadCapture::at(1, "there is no such entry"))
}

pub(super) fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}
