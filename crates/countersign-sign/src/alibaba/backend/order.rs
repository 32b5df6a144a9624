//! The order of names in this scheme.

use std::cmp::Ordering;

/// Compares by UTF-16 code unit, as Java compares its strings (spec section 6.6).
///
/// UTF-8 bytes already sort like that except where a character above U+FFFF (lead
/// byte F0 and up; a surrogate in UTF-16) meets one of U+E000–U+FFFF (lead byte
/// EE or EF), so nothing has to be converted.
pub(crate) fn utf16_order(left: &str, right: &str) -> Ordering {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let Some((l, r)) = left.iter().zip(right).find(|(l, r)| l != r) else {
        return left.len().cmp(&right.len());
    };
    if *l >= 0xEE && *r >= 0xEE && (*l >= 0xF0) != (*r >= 0xF0) {
        r.cmp(l)
    } else {
        l.cmp(r)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_definition(left: &str, right: &str) -> Ordering {
        left.encode_utf16().cmp(right.encode_utf16())
    }

    #[test]
    fn every_pair_of_boundary_characters() {
        let edges = [
            '\0',
            'A',
            'a',
            '\u{7f}',
            '\u{80}',
            '\u{7ff}',
            '\u{800}',
            '\u{d7ff}',
            '\u{e000}',
            '\u{efff}',
            '\u{f000}',
            '\u{ff5e}',
            '\u{ffff}',
            '\u{10000}',
            '\u{1f600}',
            '\u{10ffff}',
        ];
        for a in edges {
            for b in edges {
                for (l, r) in [
                    (a.to_string(), b.to_string()),
                    (format!("x{a}"), format!("x{b}y")),
                    (format!("{a}{b}"), format!("{b}{a}")),
                    (String::new(), a.to_string()),
                ] {
                    assert_eq!(utf16_order(&l, &r), by_definition(&l, &r), "{l:?} {r:?}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(
            left in "[a\u{e000}\u{ff5e}\u{10000}\u{1f600}é中]{0,4}|.*",
            right in "[a\u{e000}\u{ff5e}\u{10000}\u{1f600}é中]{0,4}|.*",
        ) {
            prop_assert_eq!(utf16_order(&left, &right), by_definition(&left, &right));
        }
    }
}
