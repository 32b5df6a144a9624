//! Lists: which part is wanted, and which entries (spec 2.1).

use serde_json::{Value, json};

use super::{Call, Version, errors::Fault};
use crate::ops::{Page, Paged};

const LIMIT_DEFAULT: usize = 20;
const LIMIT_MAX: usize = 500;

impl Call<'_> {
    /// A query parameter; an empty one counts as absent.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(own, _)| own == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// A query parameter that has to be there.
    pub(super) fn required_query(&self, name: &'static str) -> Result<&str, Fault> {
        self.query(name)
            .ok_or_else(|| Fault::Missing(name.to_owned()))
    }

    /// `page_no` and `page_size`, or `offset` and `limit`. What is out of range
    /// is corrected; what is no number is refused.
    pub(super) fn page(&self) -> Result<Page, Fault> {
        let size = |given: Option<i64>| match given {
            Some(size @ 1..) => usize::try_from(size).map_or(LIMIT_MAX, |own| own.min(LIMIT_MAX)),
            _ => LIMIT_DEFAULT,
        };
        let natural = |given: Option<i64>, least: usize| {
            let given = given.and_then(|number| usize::try_from(number).ok());
            given.unwrap_or(least).max(least)
        };
        Ok(match self.version {
            Version::V1 => {
                let (number, limit) = (self.number("page_no")?, self.number("page_size")?);
                Page::numbered(natural(number, 1), size(limit))
            }
            Version::V2 => {
                let (offset, limit) = (self.number("offset")?, self.number("limit")?);
                Page::window(natural(offset, 0), size(limit))
            }
        })
    }

    fn number(&self, name: &str) -> Result<Option<i64>, Fault> {
        let Some(text) = self.query(name) else {
            return Ok(None);
        };
        // Beyond what a number of 64 bits holds, still a number.
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Fault::invalid_query(name));
        }
        let edge = if text.starts_with('-') {
            i64::MIN
        } else {
            i64::MAX
        };
        Ok(Some(text.parse().unwrap_or(edge)))
    }

    /// A filter that wants a part of the value, or all of it where
    /// `precise_search` names the field.
    pub(super) fn filter(&self, name: &'static str) -> Filter<'_> {
        let precise = self.query("precise_search").unwrap_or_default();
        Filter {
            wanted: self.query(name),
            whole: precise.split(',').any(|field| field.trim() == name),
        }
    }

    /// A filter that wants the whole value, as ids are compared.
    pub(super) fn exact(&self, name: &'static str) -> Filter<'_> {
        Filter {
            wanted: self.query(name),
            whole: true,
        }
    }
}

/// What an entry's value is compared with; letters in their case.
#[derive(Clone, Copy, Debug)]
pub(super) struct Filter<'a> {
    wanted: Option<&'a str>,
    whole: bool,
}

impl Filter<'_> {
    /// Whether an entry with this value stays.
    pub(super) fn keeps(self, value: &str) -> bool {
        match self.wanted {
            None => true,
            Some(wanted) if self.whole => value == wanted,
            Some(wanted) => value.contains(wanted),
        }
    }
}

/// The vendor's wrapper of a list.
pub(super) fn wrapped<T>(
    name: &'static str,
    paged: Paged<T>,
    entry: impl FnMut(T) -> Value,
) -> Value {
    let Paged { total, items } = paged;
    let entries: Vec<_> = items.into_iter().map(entry).collect();
    json!({ "total": total, "size": entries.len(), name: entries })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_want_a_part_or_all() {
        let part = Filter {
            wanted: Some("b"),
            whole: false,
        };
        assert!(part.keeps("abc") && !part.keeps("B"));
        let whole = Filter {
            whole: true,
            ..part
        };
        assert!(whole.keeps("b") && !whole.keeps("abc"));
        let none = Filter {
            wanted: None,
            whole: true,
        };
        assert!(none.keeps("") && none.keeps("abc"));
    }
}
