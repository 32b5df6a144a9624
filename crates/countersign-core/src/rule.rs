//! Field rules as data: one [`FieldRule`] says what a text may be, and a
//! dialect owns a table of them.

/// Which characters are allowed at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CharSet {
    /// `A-Z` and `a-z`.
    pub letters: bool,
    /// `0-9`.
    pub digits: bool,
    /// CJK unified ideographs, U+4E00 to U+9FFF.
    pub ideographs: bool,
    /// Any others, one by one.
    pub others: &'static str,
}

impl CharSet {
    /// ASCII letters only.
    pub const LETTERS: Self = Self {
        letters: true,
        digits: false,
        ideographs: false,
        others: "",
    };

    /// Whether `c` is in the set.
    pub fn contains(&self, c: char) -> bool {
        (self.letters && c.is_ascii_alphabetic())
            || (self.digits && c.is_ascii_digit())
            || (self.ideographs && ('\u{4E00}'..='\u{9FFF}').contains(&c))
            || self.others.contains(c)
    }
}

/// What a field's text may be. Lengths count characters, not bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldRule {
    /// Fewest characters.
    pub min: usize,
    /// Most characters.
    pub max: usize,
    /// What the first character may be; `None` means the same as the rest.
    pub first: Option<CharSet>,
    /// What every character may be; `None` means any but control characters.
    pub rest: Option<CharSet>,
}

impl FieldRule {
    /// Checks `text`; never trims or folds it.
    pub fn check(&self, text: &str) -> Result<(), RuleViolation> {
        let length = text.chars().count();
        if length < self.min {
            return Err(RuleViolation::TooShort { min: self.min });
        }
        if length > self.max {
            return Err(RuleViolation::TooLong { max: self.max });
        }
        for (position, c) in text.chars().enumerate() {
            if position == 0 && self.first.is_some_and(|set| !set.contains(c)) {
                return Err(RuleViolation::BadFirst);
            }
            if !self.rest.map_or(!c.is_control(), |set| set.contains(c)) {
                return Err(RuleViolation::BadCharacter { position });
            }
        }
        Ok(())
    }
}

/// How a text broke its rule. It never holds the text: that may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleViolation {
    /// Fewer characters than the rule's minimum.
    #[error("it has fewer than {min} characters")]
    TooShort {
        /// The fewest allowed.
        min: usize,
    },
    /// More characters than the rule's maximum.
    #[error("it has more than {max} characters")]
    TooLong {
        /// The most allowed.
        max: usize,
    },
    /// The first character is not one of those allowed there.
    #[error("its first character is not allowed there")]
    BadFirst,
    /// A character is not allowed.
    #[error("the character at position {position} (from 0) is not allowed")]
    BadCharacter {
        /// Counted in characters, from 0.
        position: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: FieldRule = FieldRule {
        min: 2,
        max: 4,
        first: Some(CharSet::LETTERS),
        rest: Some(CharSet {
            letters: true,
            digits: true,
            ideographs: true,
            others: "_",
        }),
    };

    #[test]
    fn each_violation_is_told_apart() {
        for (text, expected) in [
            ("ab", Ok(())),
            ("a_1中", Ok(())),
            ("a", Err(RuleViolation::TooShort { min: 2 })),
            ("", Err(RuleViolation::TooShort { min: 2 })),
            ("abcde", Err(RuleViolation::TooLong { max: 4 })),
            ("中文中文", Err(RuleViolation::BadFirst)),
            ("1abc", Err(RuleViolation::BadFirst)),
            ("ab-c", Err(RuleViolation::BadCharacter { position: 2 })),
            ("ab ", Err(RuleViolation::BadCharacter { position: 2 })),
            ("abé", Err(RuleViolation::BadCharacter { position: 2 })),
        ] {
            assert_eq!(RULE.check(text), expected, "{text:?}");
        }
    }

    #[test]
    fn length_counts_characters() {
        assert_eq!(RULE.check("a中中中"), Ok(()));
    }
}
