//! Writing and reading escapes.

use std::borrow::Cow;

use countersign_sign::params::percent_encode_into;

/// Writes `text` with everything but unreserved characters escaped.
pub(super) fn percent_encode(out: &mut String, text: &str) {
    percent_encode_into(out, text.as_bytes());
}

/// The same with `+` for a space, as forms have it.
pub(super) fn form_encode(out: &mut String, text: &str) {
    for (number, word) in text.split(' ').enumerate() {
        if number > 0 {
            out.push('+');
        }
        percent_encode(out, word);
    }
}

/// Adds `name=value` to a query or a form.
pub(super) fn push_field(
    out: &mut String,
    name: &str,
    value: &str,
    encode: impl Fn(&mut String, &str),
) {
    if !out.is_empty() {
        out.push('&');
    }
    encode(out, name);
    out.push('=');
    encode(out, value);
}

/// `raw` with its escapes read; one that is none stays, and bytes that are not
/// UTF-8 become U+FFFD.
pub(crate) fn percent_decode(raw: &str) -> Cow<'_, str> {
    if !raw.contains('%') {
        return Cow::Borrowed(raw);
    }
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.as_bytes();
    while let [first, after @ ..] = rest {
        (rest, bytes) = match (first, after) {
            (b'%', [high, low, after @ ..])
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                bytes.push(hex(*high) << 4 | hex(*low));
                (after, bytes)
            }
            _ => {
                bytes.push(*first);
                (after, bytes)
            }
        };
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding() {
        for (raw, text) in [
            ("", ""),
            ("a+b", "a+b"),
            ("%41%6a%4A", "AjJ"),
            ("%E5%90%8D%2F%2e", "名/."),
            ("%", "%"),
            ("%4", "%4"),
            ("%zz%25", "%zz%"),
            ("%FF", "\u{fffd}"),
        ] {
            assert_eq!(percent_decode(raw), text, "{raw}");
        }
    }

    #[test]
    fn encoding() {
        let mut out = String::new();
        push_field(&mut out, "a b", "+&=%~", form_encode);
        push_field(&mut out, "é", "", form_encode);
        assert_eq!(out, "a+b=%2B%26%3D%25~&%C3%A9=");
        let mut out = String::new();
        push_field(&mut out, "a b", "/?#", percent_encode);
        assert_eq!(out, "a%20b=%2F%3F%23");
    }
}
