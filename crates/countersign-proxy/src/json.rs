//! One line of JSON, written into a buffer that is used again and again.

use std::io::Write;

/// A line of JSON being written: an object with fields in order.
#[derive(Debug, Default)]
pub(crate) struct Line(Vec<u8>);

impl Line {
    /// The line.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// How much the buffer can hold.
    pub(crate) fn capacity(&self) -> usize {
        self.0.capacity()
    }

    /// Begins the object, in place of whatever was there.
    pub(crate) fn begin(&mut self) {
        self.0.clear();
        self.0.push(b'{');
    }

    /// Ends the object and the line.
    pub(crate) fn end(&mut self) {
        self.0.extend_from_slice(b"}\n");
    }

    /// Begins a field, whose value follows.
    pub(crate) fn field(&mut self, name: &'static str) -> Value<'_> {
        let out = &mut self.0;
        if out.last() != Some(&b'{') {
            out.push(b',');
        }
        out.push(b'"');
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"\":");
        Value(out)
    }
}

/// The place of a value.
pub(crate) struct Value<'l>(&'l mut Vec<u8>);

impl Value<'_> {
    pub(crate) fn null(self) {
        self.0.extend_from_slice(b"null");
    }

    pub(crate) fn yes(self) {
        self.0.extend_from_slice(b"true");
    }

    pub(crate) fn number(self, number: u64) {
        self.0
            .extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
    }

    pub(crate) fn text(self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// Text that is known to be ASCII without anything that JSON escapes.
    pub(crate) fn plain(self, text: &[u8]) {
        self.0.push(b'"');
        self.0.extend_from_slice(text);
        self.0.push(b'"');
    }

    /// Text that may not be UTF-8; bytes beyond ASCII that are not are
    /// replaced.
    pub(crate) fn bytes(self, text: &[u8]) {
        self.0.push(b'"');
        escape(self.0, text);
        self.0.push(b'"');
    }
}

fn escape(out: &mut Vec<u8>, text: &[u8]) {
    // Without an early exit, so that the compiler checks many bytes at once.
    let is_plain = text.iter().fold(true, |plain, &b| {
        plain & (b' '..0x7f).contains(&b) & (b != b'"') & (b != b'\\')
    });
    if is_plain {
        out.extend_from_slice(text);
        return;
    }
    for c in String::from_utf8_lossy(text).chars() {
        match c {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            c if c < ' ' || c == '\u{7f}' => {
                write!(out, "\\u{:04x}", u32::from(c)).expect("writing to memory does not fail");
            }
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_json() {
        let mut line = Line::default();
        line.begin();
        line.field("a").text("plain");
        line.field("b").text("q\"b\\n\n\u{7f}é");
        line.field("c").bytes(b"\xff");
        line.field("d").number(12);
        line.field("e").null();
        line.end();
        let expected = "{\"a\":\"plain\",\"b\":\"q\\\"b\\\\n\\u000a\\u007fé\",\"c\":\"\u{fffd}\",\"d\":12,\"e\":null}\n";
        assert_eq!(std::str::from_utf8(line.as_bytes()).unwrap(), expected);
    }
}
