//! The one place that writes a string to sign (spec sections 6.2 and 6.3).

use super::string_to_sign::Param;

/// Appends the parts of a string to sign, to be called in the order of the
/// methods here. What is sorted is sorted by the caller.
pub(super) struct Writer<'o> {
    out: &'o mut String,
    params_start: Option<usize>,
}

impl<'o> Writer<'o> {
    /// Writes the method, as given, and the Content-MD5 line.
    pub(super) fn start(out: &'o mut String, method: &str, content_md5: &str) -> Self {
        for part in [method, "\n", content_md5, "\n"] {
            out.push_str(part);
        }
        Self {
            out,
            params_start: None,
        }
    }

    /// Writes the line of one signed header, its name in lower case.
    pub(super) fn header(&mut self, name: &str, value: &str) {
        let start = self.out.len();
        self.out.push_str(name);
        self.out[start..].make_ascii_lowercase();
        for part in [":", value, "\n"] {
            self.out.push_str(part);
        }
    }

    /// Writes the path as given.
    pub(super) fn path(&mut self, path: &str) {
        self.out.push_str(path);
    }

    /// Writes one parameter, without any escaping.
    pub(super) fn parameter(&mut self, name: &str, value: Param<'_>) {
        self.separate();
        let value = match value {
            Param::Null => return,
            Param::Text(text) => Some(text),
            Param::List([]) => None,
            Param::List([first, ..]) => Some(first.unwrap_or("null")),
        };
        self.out.push_str(name);
        if let Some(value) = value {
            self.out.push('=');
            self.out.push_str(value);
        }
    }

    /// `?` before the first entry, `&` before a later one unless nothing has been
    /// written since.
    fn separate(&mut self) {
        match self.params_start {
            None => {
                self.out.push('?');
                self.params_start = Some(self.out.len());
            }
            Some(start) if self.out.len() > start => self.out.push('&'),
            Some(_) => {}
        }
    }
}
