//! The dialect's field rules, as data (spec 2.2 and 3). Lengths count
//! characters. Chinese letters are let into names: the vendor's Chinese pages
//! allow them and its English ones leave them out, and the wider rule never
//! refuses what the real service takes.

use countersign_core::{FieldRule, rule::CharSet};

/// Letters and ideographs: how a name begins.
const NAME_FIRST: CharSet = CharSet {
    letters: true,
    digits: false,
    ideographs: true,
    others: "",
};
/// What a name is made of.
const NAME_REST: CharSet = CharSet {
    letters: true,
    digits: true,
    ideographs: true,
    others: "_",
};

/// `SignatureName`.
pub(crate) const SIGNATURE_NAME: FieldRule = FieldRule {
    min: 4,
    max: 50,
    first: Some(NAME_FIRST),
    rest: Some(NAME_REST),
};

/// `SignatureKey`.
pub(crate) const SIGNATURE_KEY: FieldRule = FieldRule {
    min: 6,
    max: 20,
    first: Some(CharSet::LETTERS),
    rest: Some(CharSet {
        letters: true,
        digits: true,
        ideographs: false,
        others: "_",
    }),
};

/// `SignatureSecret`.
pub(crate) const SIGNATURE_SECRET: FieldRule = FieldRule {
    min: 6,
    max: 30,
    first: Some(CharSet::LETTERS),
    rest: Some(CharSet {
        letters: true,
        digits: true,
        ideographs: false,
        others: "_@#!*",
    }),
};

/// `GroupName`.
pub(crate) const GROUP_NAME: FieldRule = SIGNATURE_NAME;

/// `ApiName`: the vendor says no more than 4 to 50 and a letter first; the
/// alphabet is that of a group's name.
pub(crate) const API_NAME: FieldRule = SIGNATURE_NAME;

/// `Description` of a group or an API.
pub(crate) const DESCRIPTION: FieldRule = FieldRule {
    min: 0,
    max: 180,
    first: None,
    rest: None,
};

/// `Description` of a deployment. No limit is documented for it; this one is
/// a little wider than the documented limit of the others.
pub(crate) const DEPLOY_DESCRIPTION: FieldRule = FieldRule {
    min: 1,
    max: 200,
    first: None,
    rest: None,
};

/// `PluginName`: as a signature's name, and it may begin with a digit.
pub(crate) const PLUGIN_NAME: FieldRule = FieldRule {
    min: 4,
    max: 50,
    first: Some(CharSet {
        letters: true,
        digits: true,
        ideographs: true,
        others: "",
    }),
    rest: Some(NAME_REST),
};

/// `Description` of a plugin.
pub(crate) const PLUGIN_DESCRIPTION: FieldRule = FieldRule {
    min: 0,
    max: 200,
    first: None,
    rest: None,
};

/// Most bytes of a plugin's `PluginData` (spec 3.6).
pub(crate) const PLUGIN_DATA_BYTES_MAX: usize = 50 * 1024;

/// Most ids in one `ApiIds` (spec 2.7).
pub(crate) const API_IDS_MAX: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules() {
        for (rule, good, bad) in [
            (
                &SIGNATURE_NAME,
                &["abcd", "后端签名", "a_1_"][..],
                &["", "abc", "1abc", "_abc", "a-bc", "ab c", "éabc"][..],
            ),
            (
                &SIGNATURE_KEY,
                &["abcdef", "Key_01"][..],
                &["abcde", "1bcdef", "_bcdef", "abcde-", "中abcdef"][..],
            ),
            (
                &SIGNATURE_SECRET,
                &["abcdef", "a_@#!*"][..],
                &["abcde", "@bcdef", "abcde$", "abcdef "][..],
            ),
            (
                &PLUGIN_NAME,
                &["abcd", "1bcd", "后端签名"][..],
                &["abc", "_abc", "a-bc"][..],
            ),
            (
                &DESCRIPTION,
                &["", "any text, 任何"][..],
                &["line\nfeed"][..],
            ),
        ] {
            for text in good {
                assert_eq!(rule.check(text), Ok(()), "{text:?}");
            }
            for text in bad {
                assert!(rule.check(text).is_err(), "{text:?}");
            }
        }
        for (rule, max) in [
            (SIGNATURE_NAME, 50),
            (SIGNATURE_KEY, 20),
            (SIGNATURE_SECRET, 30),
            (DESCRIPTION, 180),
            (PLUGIN_NAME, 50),
            (PLUGIN_DESCRIPTION, 200),
        ] {
            assert_eq!(rule.check(&"a".repeat(max)), Ok(()));
            assert!(rule.check(&"a".repeat(max + 1)).is_err());
        }
    }
}
