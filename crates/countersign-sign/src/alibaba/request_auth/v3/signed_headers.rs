//! The list of signed headers.

/// Names of signed headers: lower-case, sorted, no name twice, joined with `;`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHeaders(String);

/// A list of signed headers that is empty, has an empty name, is not in lower
/// case, not sorted or names a header twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the list of signed headers is not in canonical form")]
pub struct NotCanonical;

impl SignedHeaders {
    /// Reads the list as a client writes it.
    ///
    /// # Errors
    /// [`NotCanonical`] unless it is in the form described on the type.
    pub fn parse(text: &str) -> Result<Self, NotCanonical> {
        let plain = |name: &str| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|b| b.is_ascii_graphic() && !b.is_ascii_uppercase())
        };
        if text.split(';').all(plain) && text.split(';').is_sorted_by(|left, right| left < right) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotCanonical)
        }
    }

    /// The list of these names, given in any case and order.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut names: Vec<_> = names.into_iter().map(str::to_ascii_lowercase).collect();
        names.sort_unstable();
        names.dedup();
        Self(names.join(";"))
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.split(';').filter(|name| !name.is_empty())
    }

    /// Whether `name`, in any case, is listed.
    pub fn contains(&self, name: &str) -> bool {
        self.names().any(|listed| listed.eq_ignore_ascii_case(name))
    }

    /// The text as sent and signed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_table() {
        for text in ["host", "a;b;c", "host;x-acs-action;x-acs-date"] {
            assert_eq!(SignedHeaders::parse(text).map(|h| h.0), Ok(text.to_owned()));
        }
        for text in [
            "", ";", "a;", ";a", "a;;b", "b;a", "a;a", "Host", "a;B", "a b", "a; b", "a\u{e9}",
        ] {
            assert_eq!(SignedHeaders::parse(text), Err(NotCanonical), "{text:?}");
        }
    }

    #[test]
    fn of_any_names() {
        let list = SignedHeaders::of(["X-B", "a", "x-b", "Host"]);
        assert_eq!(list.as_str(), "a;host;x-b");
        assert!(list.contains("HOST") && !list.contains("x"));
        assert_eq!(SignedHeaders::parse(list.as_str()), Ok(list));
    }
}
