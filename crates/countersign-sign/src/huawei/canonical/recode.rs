//! Decoding and encoding again in one pass.

use crate::params::percent_encode_into;

/// What a `+` in a received query stands for. Clients of the scheme write `%2B`
/// and `%20`, so it matters for queries made by hand only (spec section 1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plus {
    /// Itself, as Python, C# and JavaScript read it.
    Sign,
    /// A space, as Go and Java read it.
    Space,
}

/// Which bytes are written as they are; all others as `%XX`.
pub(super) type Bare = [bool; 256];

pub(super) const BARE: Bare = bare(b"-_.~");
pub(super) const BARE_IN_PATH: Bare = bare(b"-_.~/");

const fn bare(besides_alphanumeric: &[u8]) -> Bare {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut index = 0;
    while index < besides_alphanumeric.len() {
        table[besides_alphanumeric[index] as usize] = true;
        index += 1;
    }
    table
}

/// Appends `raw`, percent-decoded and encoded again, to `out`. Runs of bare bytes
/// are copied as they are.
pub(super) fn recode(raw: &str, bare: &Bare, plus: Plus, out: &mut String) {
    let mut rest = raw;
    while let Some(at) = rest.bytes().position(|byte| !bare[usize::from(byte)]) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = if let Some(byte) = unescape(rest.as_bytes()) {
            push(byte, bare, out);
            3
        } else if plus == Plus::Space && rest.starts_with('+') {
            push(b' ', bare, out);
            1
        } else {
            // A whole character, to go on at a boundary.
            let taken = rest.chars().next().map_or(0, char::len_utf8);
            percent_encode_into(out, &rest.as_bytes()[..taken]);
            taken
        };
        rest = &rest[taken..];
    }
    out.push_str(rest);
}

/// The byte that an escape at the start of `text` stands for.
pub(super) fn unescape(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else {
        return None;
    };
    Some(hex_digit(*high)? << 4 | hex_digit(*low)?)
}

fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

fn push(byte: u8, bare: &Bare, out: &mut String) {
    if bare[usize::from(byte)] {
        out.push(char::from(byte));
    } else {
        percent_encode_into(out, &[byte]);
    }
}
