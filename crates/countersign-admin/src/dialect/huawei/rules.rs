//! What names, sign keys and sign secrets may be (spec 2.2). Lengths count
//! characters.

use countersign_core::{FieldRule, RuleViolation, rule::CharSet};

/// A name with ideographs, and one without.
pub(super) const NAME: FieldRule = name(true);
pub(super) const NAME_ASCII: FieldRule = name(false);

const fn name(ideographs: bool) -> FieldRule {
    FieldRule {
        min: 3,
        max: 64,
        first: Some(CharSet {
            letters: true,
            digits: false,
            ideographs,
            others: "",
        }),
        rest: Some(CharSet {
            letters: true,
            digits: true,
            ideographs,
            others: "_",
        }),
    }
}

/// Of the ideographs, the vendor names those up to U+9FA5 only.
const IDEOGRAPH_LAST: char = '\u{9FA5}';

/// Checks a text, and that no ideograph in it is one that the vendor does not
/// name.
pub(super) fn check(text: &str, rule: &FieldRule) -> Result<(), RuleViolation> {
    rule.check(text)?;
    let beyond = |c: char| ('\u{4E00}'..='\u{9FFF}').contains(&c) && c > IDEOGRAPH_LAST;
    match text.chars().position(beyond) {
        Some(position) => Err(RuleViolation::BadCharacter { position }),
        None => Ok(()),
    }
}

/// What the pair of one type of key may be.
#[derive(Debug)]
pub(in crate::dialect) struct PairRules {
    pub(in crate::dialect) sign_key: FieldRule,
    pub(in crate::dialect) sign_secret: FieldRule,
}

const fn characters(digits: bool, others: &'static str) -> CharSet {
    CharSet {
        letters: true,
        digits,
        ideographs: false,
        others,
    }
}

const fn rule(min: usize, max: usize, first: CharSet, rest: CharSet) -> FieldRule {
    FieldRule {
        min,
        max,
        first: Some(first),
        rest: Some(rest),
    }
}

const LETTER: CharSet = CharSet::LETTERS;
const LETTER_OR_DIGIT: CharSet = characters(true, "");
/// How Base64 begins, and all that it holds but its padding.
const BASE64: CharSet = characters(true, "+/");
const PLAIN: CharSet = characters(true, "_-");
const SECRET: CharSet = characters(true, "_-!@#$%");
const SECRET_OR_BASE64: CharSet = characters(true, "_-!@#$%+/=");

/// `hmac`, and every key of v1.0.
pub(super) const HMAC: PairRules = PairRules {
    sign_key: rule(8, 32, LETTER_OR_DIGIT, PLAIN),
    sign_secret: rule(16, 64, LETTER_OR_DIGIT, SECRET),
};

/// `basic`.
pub(super) const BASIC: PairRules = PairRules {
    sign_key: rule(4, 32, LETTER, PLAIN),
    sign_secret: rule(8, 64, LETTER_OR_DIGIT, SECRET),
};

/// `public_key`. Of the pages that give the secret's least length, some say 16
/// and some 15.
pub(super) const PUBLIC_KEY: PairRules = PairRules {
    sign_key: rule(8, 512, BASE64, characters(true, "_-+/=")),
    sign_secret: rule(15, 2048, BASE64, SECRET_OR_BASE64),
};

/// `aes` with `aes-128-cfb`: the key and the initialisation vector.
pub(super) const AES_128: PairRules = aes(16);
/// `aes` with `aes-256-cfb`.
pub(super) const AES_256: PairRules = aes(32);

const fn aes(key_characters: usize) -> PairRules {
    PairRules {
        sign_key: rule(key_characters, key_characters, BASE64, SECRET_OR_BASE64),
        sign_secret: rule(16, 16, BASE64, SECRET_OR_BASE64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let long = "n".repeat(64);
        for (text, ascii, with_ideographs) in [
            ("abc", true, true),
            ("Z_1", true, true),
            (long.as_str(), true, true),
            ("中文名", false, true),
            ("a龥_", false, true),
            ("a\u{9FA6}_", false, false),
            ("\u{9FFF}ab", false, false),
            ("\u{4DFF}ab", false, false),
            ("ab", false, false),
            ("1ab", false, false),
            ("_ab", false, false),
            ("a-b", false, false),
            ("a b", false, false),
            ("", false, false),
        ] {
            assert_eq!(check(text, &NAME_ASCII).is_ok(), ascii, "{text}");
            assert_eq!(check(text, &NAME).is_ok(), with_ideographs, "{text}");
        }
        assert!(check(&"n".repeat(65), &NAME).is_err());
        assert!(check(&"中".repeat(64), &NAME).is_ok());
    }

    /// Lengths at both ends, each first character, and every character of the
    /// alphabet, with all other ASCII characters refused.
    #[test]
    fn pairs() {
        let secret = "-_!@#$%";
        for (rule, min, max, first_others, first_digit, others) in [
            (&HMAC.sign_key, 8, 32, "", true, "-_"),
            (&HMAC.sign_secret, 16, 64, "", true, secret),
            (&BASIC.sign_key, 4, 32, "", false, "-_"),
            (&BASIC.sign_secret, 8, 64, "", true, secret),
            (&PUBLIC_KEY.sign_key, 8, 512, "+/", true, "_-+/="),
            (&PUBLIC_KEY.sign_secret, 15, 2048, "+/", true, "_-!@#$%+/="),
            (&AES_128.sign_key, 16, 16, "+/", true, "_-!@#$%+/="),
            (&AES_128.sign_secret, 16, 16, "+/", true, "_-!@#$%+/="),
            (&AES_256.sign_key, 32, 32, "+/", true, "_-!@#$%+/="),
            (&AES_256.sign_secret, 16, 16, "+/", true, "_-!@#$%+/="),
        ] {
            let fits = |text: &str| check(text, rule).is_ok();
            assert!(fits(&"a".repeat(min)) && fits(&"a".repeat(max)));
            assert!(!fits(&"a".repeat(min - 1)) && !fits(&"a".repeat(max + 1)));
            assert!(!fits(&"中".repeat(min)));
            for c in (0..=127_u8).map(char::from) {
                let rest = "a".repeat(min - 1);
                let begins = c.is_ascii_alphabetic()
                    || (first_digit && c.is_ascii_digit())
                    || first_others.contains(c);
                assert_eq!(fits(&format!("{c}{rest}")), begins, "{c:?} {rule:?}");
                let within = c.is_ascii_alphanumeric() || others.contains(c);
                assert_eq!(fits(&format!("{rest}{c}")), within, "{c:?} {rule:?}");
            }
        }
    }
}
