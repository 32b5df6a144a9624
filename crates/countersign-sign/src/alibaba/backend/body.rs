//! What a body counts as, and its digest (spec sections 6.3 and 6.4).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};

/// How a body takes part in the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// A form in UTF-8: its fields are signed among the parameters.
    Form,
    /// A form that says another charset: its fields can not be read here.
    FormOtherCharset,
    /// Signed by its MD5, unless it is empty.
    Digest,
    /// Not signed.
    Unsigned,
}

/// What the body of a request with this method and content type counts as.
///
/// A form is `application/x-www-form-urlencoded` under any method, its charset
/// absent or UTF-8 (`utf-8` or `utf8`, any case, quotes allowed). Every other
/// body is digested for POST and PUT, either case, and left out otherwise.
pub fn body_kind(method: &str, content_type: Option<&str>) -> BodyKind {
    match content_type.map(form_charset) {
        Some(Some(Charset::Utf8)) => BodyKind::Form,
        Some(Some(Charset::Other)) => BodyKind::FormOtherCharset,
        _ if is_digested(method) => BodyKind::Digest,
        _ => BodyKind::Unsigned,
    }
}

/// Base64 of the MD5 of a body: the value of `Content-MD5` and of its line in the
/// string to sign. An empty body has an empty line instead; see [`content_md5`].
pub fn body_md5(body: &[u8]) -> Md5Base64 {
    let mut md5 = BodyMd5::new();
    md5.update(body);
    md5.finish()
}

/// The Content-MD5 line for a body that is not a form (spec section 6.3, step 2):
/// the digest for a non-empty body of POST or PUT, either case, otherwise empty.
pub fn content_md5(method: &str, body: &[u8]) -> String {
    if is_digested(method) && !body.is_empty() {
        body_md5(body).as_str().to_owned()
    } else {
        String::new()
    }
}

/// The MD5 of a body that arrives in pieces.
#[derive(Clone, Default)]
pub struct BodyMd5(Md5);

impl BodyMd5 {
    /// The state before the first byte.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next piece of the body.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The digest of all pieces.
    pub fn finish(self) -> Md5Base64 {
        let mut text = [0; Md5Base64::LEN];
        STANDARD
            .encode_slice(self.0.finalize(), &mut text)
            .expect("16 bytes make 24 bytes of Base64");
        Md5Base64(text)
    }
}

impl fmt::Debug for BodyMd5 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BodyMd5")
    }
}

/// Base64 of an MD5: 24 ASCII bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Md5Base64([u8; Self::LEN]);

impl Md5Base64 {
    /// Its length in bytes.
    pub const LEN: usize = 24;

    /// The text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("made by the Base64 encoder, which writes ASCII")
    }
}

impl fmt::Debug for Md5Base64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Md5Base64").field(&self.as_str()).finish()
    }
}

fn is_digested(method: &str) -> bool {
    method.eq_ignore_ascii_case("POST") || method.eq_ignore_ascii_case("PUT")
}

enum Charset {
    Utf8,
    Other,
}

/// The charset of a form; `None` when the type is not that of a form.
fn form_charset(content_type: &str) -> Option<Charset> {
    let mut pieces = content_type.split(';').map(str::trim);
    let media_type = pieces.next()?;
    if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return None;
    }
    let stated = pieces
        .filter_map(|piece| piece.split_once('='))
        .find(|(name, _)| name.trim_end().eq_ignore_ascii_case("charset"))
        .map(|(_, value)| value.trim_start().trim_matches('"'));
    Some(match stated {
        None => Charset::Utf8,
        Some(name)
            if ["utf-8", "utf8"]
                .iter()
                .any(|u| u.eq_ignore_ascii_case(name)) =>
        {
            Charset::Utf8
        }
        Some(_) => Charset::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_table() {
        use BodyKind::{Digest, Form, FormOtherCharset, Unsigned};
        const FORM: &str = "application/x-www-form-urlencoded";
        let with = |rest: &str| format!("{FORM}{rest}");
        for (method, content_type, expected) in [
            ("POST", None, Digest),
            ("put", None, Digest),
            ("Post", Some("application/json".to_owned()), Digest),
            ("PATCH", Some("application/json".to_owned()), Unsigned),
            ("DELETE", None, Unsigned),
            ("GET", Some("text/plain".to_owned()), Unsigned),
            ("POST", Some(String::new()), Digest),
            (
                "POST",
                Some("multipart/form-data; boundary=x".to_owned()),
                Digest,
            ),
            ("POST", Some(with("")), Form),
            ("PUT", Some(with("")), Form),
            ("PATCH", Some(with("")), Form),
            ("POST", Some(FORM.to_ascii_uppercase()), Form),
            ("POST", Some(with(";charset=utf-8")), Form),
            ("POST", Some(with("; Charset=\"UTF-8\"")), Form),
            ("POST", Some(with(" ; x=y ; charset = utf8 ")), Form),
            ("POST", Some(with(";")), Form),
            ("POST", Some(with("; charset=iso-8859-1")), FormOtherCharset),
            ("POST", Some(with("; charset=")), FormOtherCharset),
            ("GET", Some(with("; charset=gbk")), FormOtherCharset),
            ("POST", Some(with("x")), Digest),
            ("POST", Some(with("-extra; charset=gbk")), Digest),
        ] {
            assert_eq!(
                body_kind(method, content_type.as_deref()),
                expected,
                "{method} {content_type:?}"
            );
        }
    }

    #[test]
    fn digest_table() {
        for (body, expected) in [
            (&b""[..], "1B2M2Y8AsgTpgAmY7PhCfg=="),
            (b" ", "chXunH2dwinSkhpA6JnsXw=="),
            (br#"{"a":1}"#, "u2y1xo30ZSlByvZSo2by2A=="),
        ] {
            assert_eq!(body_md5(body).as_str(), expected);
        }
    }

    #[test]
    fn pieces_and_whole_agree() {
        let mut md5 = BodyMd5::new();
        for piece in [&b"ab"[..], b"", b"cde"] {
            md5.update(piece);
        }
        assert_eq!(md5.finish(), body_md5(b"abcde"));
    }

    #[test]
    fn line_is_empty_without_a_digest() {
        for (method, body, expected) in [
            ("POST", &b""[..], ""),
            ("PATCH", b"x", ""),
            ("GET", b"x", ""),
            ("pUt", b" ", "chXunH2dwinSkhpA6JnsXw=="),
        ] {
            assert_eq!(content_md5(method, body), expected);
        }
    }
}
