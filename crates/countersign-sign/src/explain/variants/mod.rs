//! What a part of a request may have been when it was signed.

pub(super) mod body;
pub(super) mod header;
pub(super) mod host;
pub(super) mod method;
pub(super) mod path;
pub(super) mod query;

use super::cause::Cause;

/// A guess: what it would mean, and the text.
pub(super) type Guess = (Cause, String);

/// How long a text may be that others are made of: what is longer is left as it is.
pub(super) const TEXT_BYTES_MAX: usize = 16 * 1024;

/// `text` with `%XX` decoded; `None` if that is no UTF-8.
pub(super) fn decoded(text: &str) -> Option<String> {
    let bytes: Vec<u8> = percent_encoding::percent_decode_str(text).collect();
    String::from_utf8(bytes).ok()
}

/// `text` with every `%XX` in the given case.
pub(super) fn escapes_in(text: &str, upper: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let end = at + 3;
        let Some(escape) = rest.get(at..end) else {
            break;
        };
        out.push_str(&rest[..at]);
        out.push_str(&if upper {
            escape.to_ascii_uppercase()
        } else {
            escape.to_ascii_lowercase()
        });
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}
