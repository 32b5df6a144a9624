//! Query strings and forms: how they are read and how they are encoded again.

use std::borrow::Cow;

/// The names and values of a query string (without `?`) or a form body, decoded,
/// in the order received (spec sections 1.1 and 6.6).
///
/// `%XX` stands for a byte and `+` for a space; `a` means the same as `a=`; a
/// piece without a name (`=x`) and an empty piece are left out; bytes that are
/// not UTF-8 become U+FFFD. A name or value that needs no decoding is borrowed.
pub fn decode(raw: &[u8]) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    form_urlencoded::parse(raw).filter(|(name, _)| !name.is_empty())
}

/// `text` with everything but ASCII letters, digits and `- _ . ~` written as
/// `%XX`, upper-case hex of its UTF-8 bytes (spec section 1.5, step 3).
pub fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    percent_encode_into(&mut out, text.as_bytes());
    out
}

/// Like [`percent_encode`], for bytes, appended to `out`.
pub fn percent_encode_into(out: &mut String, bytes: &[u8]) {
    const HEX: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(HEX[usize::from(byte >> 4)]);
            out.push(HEX[usize::from(byte & 0xf)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check_decode(raw: &[u8], expected: &[(&str, &str)]) {
        let got: Vec<_> = decode(raw).collect();
        let got: Vec<_> = got.iter().map(|(n, v)| (&**n, &**v)).collect();
        assert_eq!(got, expected, "{}", raw.escape_ascii());
    }

    #[test]
    fn decode_table() {
        check_decode(b"", &[]);
        check_decode(b"a", &[("a", "")]);
        check_decode(b"a=", &[("a", "")]);
        check_decode(b"=x", &[]);
        check_decode(b"=", &[]);
        check_decode(b"&&a=1&", &[("a", "1")]);
        check_decode(b"a=1&a=2&b", &[("a", "1"), ("a", "2"), ("b", "")]);
        check_decode(b"a=b=c", &[("a", "b=c")]);
        check_decode(b"a+b=c+d", &[("a b", "c d")]);
        check_decode(b"a%2Bb=%20%26%3d", &[("a+b", " &=")]);
        check_decode(b"%E5%90%8D=%E5%80%BC", &[("名", "值")]);
        check_decode("名=值".as_bytes(), &[("名", "值")]);
        check_decode(b"a=%FF&b=\xff", &[("a", "\u{fffd}"), ("b", "\u{fffd}")]);
        check_decode(
            b"a=%&b=%4&c=%zz&d=%e5%90",
            &[("a", "%"), ("b", "%4"), ("c", "%zz"), ("d", "\u{fffd}")],
        );
        check_decode(b"a;b=1?c#d", &[("a;b", "1?c#d")]);
    }

    #[test]
    fn plain_text_is_borrowed() {
        for (name, value) in decode(b"name=va-lue_1.~*!&x=%41".as_slice()).take(1) {
            assert!(matches!(
                (name, value),
                (Cow::Borrowed(_), Cow::Borrowed(_))
            ));
        }
    }

    #[test]
    fn encode_table() {
        for (text, expected) in [
            ("", ""),
            ("azAZ09-_.~", "azAZ09-_.~"),
            (" +*!'()", "%20%2B%2A%21%27%28%29"),
            ("/:,=&%@#", "%2F%3A%2C%3D%26%25%40%23"),
            ("中\u{1F600}", "%E4%B8%AD%F0%9F%98%80"),
            ("\n\0", "%0A%00"),
        ] {
            assert_eq!(percent_encode(text), expected);
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes_to_itself(name in ".+", value in ".*") {
            let raw = format!("{}={}", percent_encode(&name), percent_encode(&value));
            let got: Vec<_> = decode(raw.as_bytes()).collect();
            prop_assert_eq!(got, vec![(Cow::Owned(name), Cow::Owned(value))]);
        }
    }
}
