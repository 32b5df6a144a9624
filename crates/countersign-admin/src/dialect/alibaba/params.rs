//! The parameters of a call, and how an operation asks for them.

use std::{borrow::Cow, collections::HashSet, fmt};

use countersign_core::{EnvironmentName, FieldRule, RuleViolation, environment};
use countersign_sign::Secret;
use zeroize::Zeroizing;

use super::Fault;
use crate::ops::Page;

/// Decoded parameters of query and form, each name once. Values are wiped when
/// they are dropped, and `Debug` prints names only: a value may be a sign secret.
pub(super) struct Params(Vec<(String, Zeroizing<String>)>);

impl Params {
    /// Takes the parameters of all places. A name that occurs twice is refused
    /// (spec 1.1 leaves the choice): of two values, one could be what a log or
    /// a proxy shows and the other what is obeyed. No SDK sends that.
    pub(super) fn merge<'a>(
        all: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>,
    ) -> Result<Self, Fault> {
        let params: Vec<_> = all
            .map(|(name, value)| (name.into_owned(), Zeroizing::new(value.into_owned())))
            .collect();
        let mut seen = HashSet::with_capacity(params.len());
        if let Some((name, _)) = params.iter().find(|(name, _)| !seen.insert(name.as_str())) {
            return Err(Fault::RepeatedParameter(name.clone()));
        }
        Ok(Self(params))
    }

    /// All of them, for a signature.
    pub(super) fn as_slice(&self) -> &[(String, Zeroizing<String>)] {
        &self.0
    }

    /// A value as it is; `None` only when the name does not occur.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// A value, where an empty one counts as absent (spec 2.4).
    pub(super) fn optional(&self, name: &str) -> Option<&str> {
        self.given(name).filter(|value| !value.is_empty())
    }

    /// A value that has to be there and not be empty.
    pub(super) fn required(&self, name: &'static str) -> Result<&str, Fault> {
        self.optional(name).ok_or(Fault::Missing(name))
    }

    /// `True` or `true` (spec 1.1); absent is false.
    pub(super) fn flag(&self, name: &'static str) -> Result<bool, Fault> {
        match self.optional(name) {
            None => Ok(false),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(_) => Err(Fault::invalid(name)),
        }
    }

    /// The stage, one of the three that the vendor has.
    pub(super) fn stage(&self) -> Result<EnvironmentName, Fault> {
        stage("StageName", self.required("StageName")?)
    }

    /// `PageNumber` and `PageSize`, as numbers from 1; the size at most `size_max`.
    pub(super) fn page(&self, size_max: usize) -> Result<Page, Fault> {
        let number = self.natural("PageNumber", 1, usize::MAX)?;
        let size = self.natural("PageSize", PAGE_SIZE_DEFAULT, size_max)?;
        Ok(Page::numbered(number, size))
    }

    fn natural(&self, name: &'static str, default: usize, max: usize) -> Result<usize, Fault> {
        let Some(text) = self.optional(name) else {
            return Ok(default);
        };
        let number = text
            .bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| text.parse().ok())
            .flatten();
        number
            .filter(|number| (1..=max).contains(number))
            .ok_or(Fault::invalid(name))
    }
}

/// How many items a page has when the call does not say (spec 2.1).
const PAGE_SIZE_DEFAULT: usize = 10;

/// Reads a stage's name.
pub(super) fn stage(parameter: &'static str, text: &str) -> Result<EnvironmentName, Fault> {
    // An environment made through another dialect has no stage's name.
    let known = environment::INITIAL
        .contains(&text)
        .then(|| EnvironmentName::parse(text).ok());
    known.flatten().ok_or(Fault::invalid(parameter))
}

/// A text that has to follow its field's rule.
pub(super) fn ruled<T>(
    parameter: &'static str,
    text: &str,
    rule: &FieldRule,
    parse: impl FnOnce(&str, &FieldRule) -> Result<T, RuleViolation>,
) -> Result<T, Fault> {
    parse(text, rule).map_err(|_| Fault::invalid(parameter))
}

/// A secret value, in the type that hides and wipes it.
pub(super) fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use countersign_sign::params::decode;

    use super::*;

    fn params(query: &str) -> Params {
        Params::merge(decode(query.as_bytes())).unwrap()
    }

    #[test]
    fn debug_prints_names_only() {
        assert_eq!(
            format!("{:?}", params("SignatureSecret=planted&A=b")),
            r#"["SignatureSecret", "A"]"#
        );
    }

    #[test]
    fn a_name_occurs_once() {
        let refused = Params::merge(decode(b"A=1&B=2&A=1"));
        assert!(matches!(refused, Err(Fault::RepeatedParameter(name)) if name == "A"));
    }

    #[test]
    fn empty_counts_as_absent() {
        let params = params("A=&B=1");
        assert_eq!(
            (
                params.given("A"),
                params.optional("A"),
                params.optional("B")
            ),
            (Some(""), None, Some("1"))
        );
        assert!(matches!(params.required("A"), Err(Fault::Missing("A"))));
    }

    #[test]
    fn pages() {
        for (query, page) in [
            ("", Some((1, 10))),
            ("PageNumber=3&PageSize=100", Some((3, 100))),
            ("PageNumber=&PageSize=", Some((1, 10))),
            ("PageNumber=0", None),
            ("PageNumber=-1", None),
            ("PageNumber=+1", None),
            ("PageNumber=x", None),
            ("PageNumber=99999999999999999999999", None),
            ("PageSize=0", None),
            ("PageSize=101", None),
        ] {
            let read = params(query)
                .page(100)
                .ok()
                .map(|page| (page.number, page.size));
            assert_eq!(read, page, "{query}");
        }
    }

    #[test]
    fn flags_and_stages() {
        let params = params("A=True&B=false&C=yes&StageName=PRE");
        assert_eq!(
            (
                params.flag("A").ok(),
                params.flag("B").ok(),
                params.flag("D").ok()
            ),
            (Some(true), Some(false), Some(false))
        );
        assert!(params.flag("C").is_err());
        assert_eq!(params.stage().unwrap().as_str(), "PRE");
        for bad in ["release", "RELEASE ", "PROD"] {
            assert!(stage("StageName", bad).is_err(), "{bad}");
        }
    }
}
