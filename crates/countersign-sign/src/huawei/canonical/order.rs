//! The order of encoded text by what it stands for.

use std::cmp::Ordering;

use super::recode::unescape;

/// Compares two texts in canonical encoding by their decoded bytes, which for UTF-8
/// is the order of code points.
///
/// Up to the first difference both decode alike. A difference inside an escape is
/// one of upper-case hex digits, which sort as their values do.
pub(super) fn decoded_order(left: &str, right: &str) -> Ordering {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let same = left.iter().zip(right).take_while(|(l, r)| l == r).count();
    decoded_at(left, same).cmp(&decoded_at(right, same))
}

/// The decoded byte at a position; none at the end, which sorts first.
fn decoded_at(text: &[u8], at: usize) -> Option<u8> {
    let rest = &text[at..];
    unescape(rest).or(rest.first().copied())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::params::percent_encode_into;

    fn encoded(bytes: &[u8]) -> String {
        let mut out = String::new();
        percent_encode_into(&mut out, bytes);
        out
    }

    proptest! {
        #[test]
        fn it_is_the_order_of_the_bytes(
            common in proptest::collection::vec(any::<u8>(), 0..4),
            left in proptest::collection::vec(any::<u8>(), 0..4),
            right in proptest::collection::vec(any::<u8>(), 0..4),
        ) {
            let (left, right) = ([common.clone(), left].concat(), [common, right].concat());
            prop_assert_eq!(decoded_order(&encoded(&left), &encoded(&right)), left.cmp(&right));
        }
    }
}
