//! The canonical query.

use std::cmp::Ordering;
use std::ops::Range;

use super::order::decoded_order;
use super::recode::{BARE, Plus, recode};

/// How parameters are ordered: by name, then by value (spec section 1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As decoded: every signer but Java's.
    Decoded,
    /// As encoded: Java's.
    Encoded,
}

/// One of the ways the official signers read a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// What `+` stands for.
    pub plus: Plus,
    /// How parameters are ordered.
    pub order: Order,
}

/// Appends the canonical form of a raw query (without `?`) to `out`: pieces that
/// are not empty, as `name=value`, decoded and encoded again, sorted, joined with
/// `&`. A piece without `=` gets one.
///
/// Allocates for a query that is not in order; otherwise only what `out` lacks.
pub fn canonical_query(raw: &str, reading: Reading, out: &mut String) {
    Sorter::default().write(raw, reading, out);
}

/// Buffers for queries that are not in order.
#[derive(Default)]
pub(in crate::huawei) struct Sorter {
    text: String,
    pieces: Vec<Range<usize>>,
}

impl Sorter {
    /// Like [`canonical_query`]; allocates nothing once the buffers have grown.
    pub(in crate::huawei) fn write(&mut self, raw: &str, reading: Reading, out: &mut String) {
        let start = out.len();
        let mut last = None;
        let mut in_order = true;
        for piece in raw.split('&').filter(|piece| !piece.is_empty()) {
            if last.is_some() {
                out.push('&');
            }
            let from = out.len();
            let (name, value) = name_and_value(piece);
            recode(name, &BARE, reading.plus, out);
            out.push('=');
            recode(value, &BARE, reading.plus, out);
            in_order = in_order
                && last.is_none_or(|last| reading.order.compare(&out[last], &out[from..]).is_le());
            last = Some(from..out.len());
        }
        if !in_order {
            self.sort(start, reading.order, out);
        }
    }

    fn sort(&mut self, start: usize, order: Order, out: &mut String) {
        let Self { text, pieces } = self;
        text.clear();
        text.push_str(&out[start..]);
        out.truncate(start);

        pieces.clear();
        let mut from = 0;
        for piece in text.split('&') {
            pieces.push(from..from + piece.len());
            from += piece.len() + 1;
        }
        // Pieces that compare equal are the same text, so their order is no matter.
        pieces.sort_unstable_by(|left, right| {
            order.compare(&text[left.clone()], &text[right.clone()])
        });
        for (index, piece) in pieces.iter().enumerate() {
            if index > 0 {
                out.push('&');
            }
            out.push_str(&text[piece.clone()]);
        }
    }
}

impl Order {
    /// Compares two pieces in canonical encoding.
    fn compare(self, left: &str, right: &str) -> Ordering {
        let ((left_name, left_value), (right_name, right_value)) =
            (name_and_value(left), name_and_value(right));
        match self {
            Self::Decoded => decoded_order(left_name, right_name)
                .then_with(|| decoded_order(left_value, right_value)),
            Self::Encoded => (left_name, left_value).cmp(&(right_name, right_value)),
        }
    }
}

fn name_and_value(piece: &str) -> (&str, &str) {
    piece.split_once('=').unwrap_or((piece, ""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLAIN: Reading = Reading {
        plus: Plus::Sign,
        order: Order::Decoded,
    };

    fn query(raw: &str, reading: Reading) -> String {
        let mut out = "before\n".to_owned();
        canonical_query(raw, reading, &mut out);
        out.strip_prefix("before\n").expect("appended").to_owned()
    }

    #[test]
    fn table() {
        for (raw, expected) in [
            ("", ""),
            ("&", ""),
            ("&&&", ""),
            ("a", "a="),
            ("a=", "a="),
            ("=", "="),
            ("=x", "=x"),
            ("=x&a", "=x&a="),
            ("a=1&&b=2&", "a=1&b=2"),
            ("b=2&a=1", "a=1&b=2"),
            ("a=2&a=1&a", "a=&a=1&a=2"),
            ("a=b=c", "a=b%3Dc"),
            ("a=%3D&%3Da=1", "%3Da=1&a=%3D"),
            ("a1=1&a=2&a-=3&a_=4&A=5", "A=5&a=2&a-=3&a1=1&a_=4"),
            ("a-=1&a%2F=2", "a-=1&a%2F=2"),
            ("a%2F=2&a-=1", "a-=1&a%2F=2"),
            ("a%2f=2&a%2d=1", "a-=1&a%2F=2"),
            ("n=~&n=%7B", "n=%7B&n=~"),
            ("a=x+y", "a=x%2By"),
            ("a=%FF&b=%ff%", "a=%FF&b=%FF%25"),
            ("名=值", "%E5%90%8D=%E5%80%BC"),
            ("a;b=1?c#d", "a%3Bb=1%3Fc%23d"),
            (
                "z=%F0%9F%98%80&～=1&😀=2",
                "z=%F0%9F%98%80&%EF%BD%9E=1&%F0%9F%98%80=2",
            ),
        ] {
            assert_eq!(query(raw, PLAIN), expected, "{raw:?}");
        }
    }

    #[test]
    fn readings_of_plus() {
        let space = Reading {
            plus: Plus::Space,
            ..PLAIN
        };
        assert_eq!(query("a+b=+%2B&a=", space), "a=&a%20b=%20%2B");
        assert_eq!(query("a+b=+%2B&a=", PLAIN), "a=&a%2Bb=%2B%2B");
    }

    #[test]
    fn order_as_encoded() {
        let encoded = Reading {
            order: Order::Encoded,
            ..PLAIN
        };
        assert_eq!(query("a-=1&a%2F=2&a=0", encoded), "a=0&a%2F=2&a-=1");
        assert_eq!(query("a=-&a=%2F", encoded), "a=%2F&a=-");
    }

    #[test]
    fn buffers_are_kept() {
        let (mut sorter, mut out) = (Sorter::default(), String::new());
        sorter.write("b=2&a=1&c=3", PLAIN, &mut out);
        let place = |sorter: &Sorter| {
            (
                (sorter.text.as_ptr(), sorter.text.capacity()),
                (sorter.pieces.as_ptr(), sorter.pieces.capacity()),
            )
        };
        let before = place(&sorter);
        out.clear();
        sorter.write("c=3&b=2&a=1", PLAIN, &mut out);
        assert_eq!((before, &*out), (place(&sorter), "a=1&b=2&c=3"));
    }

    #[test]
    fn a_query_in_order_takes_no_buffer() {
        let (mut sorter, mut out) = (Sorter::default(), String::new());
        sorter.write("a=1&a=2&b=%20&c", PLAIN, &mut out);
        assert_eq!((sorter.text.capacity(), sorter.pieces.capacity()), (0, 0));
    }

    /// The rules of spec section 1.3 step by step, with a list.
    fn by_the_letter(raw: &str) -> String {
        let decoded = |text: &str| percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
        let mut pairs: Vec<_> = raw
            .split('&')
            .filter(|piece| !piece.is_empty())
            .map(name_and_value)
            .map(|(name, value)| (decoded(name), decoded(value)))
            .collect();
        pairs.sort();
        let encoded = |bytes: &[u8]| {
            let mut out = String::new();
            crate::params::percent_encode_into(&mut out, bytes);
            out
        };
        let pieces: Vec<_> = pairs
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        pieces.join("&")
    }

    proptest! {
        #[test]
        fn it_follows_the_letter(raw in "([a-c=&%+/20F~-]|é|😀){0,24}|.*") {
            prop_assert_eq!(query(&raw, PLAIN), by_the_letter(&raw));
        }

        #[test]
        fn a_second_time_changes_nothing(raw in "[a-c=&%+/20F~-]{0,24}|.*", space: bool, enc: bool) {
            let reading = Reading {
                plus: if space { Plus::Space } else { Plus::Sign },
                order: if enc { Order::Encoded } else { Order::Decoded },
            };
            let once = query(&raw, reading);
            prop_assert_eq!(query(&once, reading), once);
        }
    }
}
