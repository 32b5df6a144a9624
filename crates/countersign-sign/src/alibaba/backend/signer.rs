//! Signing what is about to be sent to a backend: the hot path.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::header::{SECRET_KEY_HEADER, without_own};
use super::order::utf16_order;
use super::string_to_sign::Param;
use super::writer::Writer;
use crate::params::decode;
use crate::secret::{Secret, texts_equal};

/// A ready-made signing key: the sign key and the HMAC state prepared from its
/// secret. Made once for a version of a signature key and shared by all requests.
///
/// `Debug` shows the sign key, which is public; the state is wiped on drop.
#[derive(Clone)]
pub struct Signer {
    sign_key: Box<str>,
    mac: Hmac<Sha256>,
}

/// What is about to be sent, exactly as it will be sent.
#[derive(Clone, Copy)]
pub struct Outgoing<'a> {
    /// The method; signed in upper case.
    pub method: &'a str,
    /// The raw path as sent, without query.
    pub path: &'a str,
    /// The raw query, without `?`.
    pub query: Option<&'a str>,
    /// The raw body when it is a form in UTF-8 ([`super::BodyKind::Form`]).
    pub form: Option<&'a [u8]>,
    /// The digest of the body, sent as `Content-MD5` too; empty when none is due.
    pub content_md5: &'a str,
    /// Headers to sign besides the sign key: names in the spelling used in the
    /// list, no two differing only in case; values without blanks at either end.
    /// Usually empty.
    pub extra_signed_headers: &'a [(&'a str, &'a str)],
}

impl Signer {
    /// Prepares the HMAC state for `secret`.
    pub fn new(sign_key: &str, secret: &Secret) -> Self {
        Self {
            sign_key: sign_key.into(),
            mac: Hmac::new_from_slice(secret.expose().as_bytes())
                .expect("HMAC takes a key of any length"),
        }
    }

    /// The sign key: the value of [`SECRET_KEY_HEADER`].
    pub fn sign_key(&self) -> &str {
        &self.sign_key
    }

    /// The signature of `request`: Base64 of HMAC-SHA256 over its string to sign
    /// (spec section 6.2). The headers signed are those that
    /// [`super::signed_headers_value`] lists for the same extra headers.
    ///
    /// Allocates nothing once `scratch` has grown, unless a parameter needs decoding.
    pub fn sign(&self, request: &Outgoing<'_>, scratch: &mut Scratch) -> Signature {
        let Scratch { params, text } = scratch;
        text.clear();
        self.write(request, params, text);
        self.sign_text(text)
    }

    /// The string to sign of `request`, for explanations and tests.
    pub fn string_to_sign(&self, request: &Outgoing<'_>) -> String {
        let mut out = String::new();
        self.write(request, &mut SortedParams::default(), &mut out);
        out
    }

    /// The signature of a string to sign that is already written.
    pub(crate) fn sign_text(&self, string_to_sign: &str) -> Signature {
        let mut mac = self.mac.clone();
        mac.update(string_to_sign.as_bytes());
        let mut text = [0; Signature::LEN];
        STANDARD
            .encode_slice(mac.finalize().into_bytes(), &mut text)
            .expect("32 bytes make 44 bytes of Base64");
        Signature(text)
    }

    fn write(&self, request: &Outgoing<'_>, params: &mut SortedParams, out: &mut String) {
        let mut writer = Writer::start(out, request.method, request.content_md5);
        self.write_headers(request.extra_signed_headers, &mut writer);
        params.collect([request.query.map(str::as_bytes), request.form]);
        params.write(request.path, &mut writer);
        out[..request.method.len()].make_ascii_uppercase();
    }

    /// Writes the listed headers, ordered by spelling. Lists are short, so each
    /// step looks for the next name instead of sorting a copy.
    fn write_headers(&self, extra: &[(&str, &str)], writer: &mut Writer<'_>) {
        let own = (SECRET_KEY_HEADER, &*self.sign_key);
        if extra.is_empty() {
            writer.header(own.0, own.1);
            return;
        }
        let listed = std::iter::once(own).chain(without_own(extra));
        let mut last = None;
        while let Some((name, value)) = listed
            .clone()
            .filter(|(name, _)| last.is_none_or(|last| utf16_order(name, last).is_gt()))
            .min_by(|(left, _), (right, _)| utf16_order(left, right))
        {
            writer.header(name, value);
            last = Some(name);
        }
    }
}

/// The string to sign of a request as received: `headers` are the listed ones in
/// their order, without blanks around their values.
pub(crate) fn received_string_to_sign(
    method: &str,
    content_md5: &str,
    headers: &[(&str, &str)],
    path: &str,
    params: [Option<&[u8]>; 2],
) -> String {
    let mut out = String::new();
    let mut writer = Writer::start(&mut out, method, content_md5);
    for (name, value) in headers {
        writer.header(name, value);
    }
    let mut sorted = SortedParams::default();
    sorted.collect(params);
    sorted.write(path, &mut writer);
    out[..method.len()].make_ascii_uppercase();
    out
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("sign_key", &self.sign_key)
            .finish_non_exhaustive()
    }
}

/// The signature of one request: 44 ASCII bytes of Base64.
#[derive(Clone, Copy)]
pub struct Signature([u8; Self::LEN]);

impl Signature {
    /// Its length in bytes.
    pub const LEN: usize = 44;

    /// The text, the value of [`super::SIGNATURE_HEADER`].
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("made by the Base64 encoder, which writes ASCII")
    }

    /// The text as bytes.
    pub fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// Whether `presented` is this very text, in constant time.
    pub fn ct_eq(&self, presented: &str) -> bool {
        texts_equal(self.as_str(), presented)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature")
    }
}

/// Buffers that [`Signer::sign`] reuses from request to request. One for each
/// worker; holds the last request signed until the next, hence the bare `Debug`.
#[derive(Default)]
pub struct Scratch {
    params: SortedParams,
    text: String,
}

impl Scratch {
    /// Empty buffers, which grow as needed.
    pub fn new() -> Self {
        Self::default()
    }
}

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scratch")
    }
}

/// Decoded parameters in one buffer, sorted by name, one of each name.
#[derive(Default)]
struct SortedParams {
    text: String,
    spans: Vec<Span>,
}

/// Where in the text a name and the value right after it are.
#[derive(Clone, Copy)]
struct Span {
    start: usize,
    name_end: usize,
    value_end: usize,
}

impl SortedParams {
    /// Replaces the content by the parameters of `sources`. Of a repeated name the
    /// first value stays, by source and then by position.
    fn collect(&mut self, sources: [Option<&[u8]>; 2]) {
        let Self { text, spans } = self;
        text.clear();
        spans.clear();
        for (name, value) in sources.into_iter().flatten().flat_map(decode) {
            let start = text.len();
            text.push_str(&name);
            let name_end = text.len();
            text.push_str(&value);
            spans.push(Span {
                start,
                name_end,
                value_end: text.len(),
            });
        }
        // The start breaks ties in favour of what came first; an unstable sort
        // needs no buffer.
        spans.sort_unstable_by(|left, right| {
            utf16_order(left.name(text), right.name(text)).then(left.start.cmp(&right.start))
        });
        spans.dedup_by(|later, first| later.name(text) == first.name(text));
    }

    /// Writes the path and the parameters.
    fn write(&self, path: &str, writer: &mut Writer<'_>) {
        writer.path(path);
        for span in &self.spans {
            writer.parameter(span.name(&self.text), Param::Text(span.value(&self.text)));
        }
    }
}

impl Span {
    fn name(self, text: &str) -> &str {
        &text[self.start..self.name_end]
    }

    fn value(self, text: &str) -> &str {
        &text[self.name_end..self.value_end]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn signer() -> Signer {
        Signer::new("DemoKey1", &Secret::new("DemoSecret1".to_owned()))
    }

    const BARE: Outgoing<'_> = Outgoing {
        method: "GET",
        path: "/p",
        query: None,
        form: None,
        content_md5: "",
        extra_signed_headers: &[],
    };

    fn check(request: &Outgoing<'_>, after_key_line: &str) {
        let text = signer().string_to_sign(request);
        let (_, rest) = text
            .split_once("x-ca-proxy-signature-secret-key:DemoKey1\n")
            .expect("the sign key is always signed");
        assert_eq!(rest, after_key_line);
    }

    #[test]
    fn parameters_table() {
        for (query, form, expected) in [
            (None, None, "/p"),
            (Some(""), None, "/p"),
            (Some("&&"), None, "/p"),
            (Some("=x"), None, "/p"),
            (Some("a"), None, "/p?a="),
            (Some("a="), None, "/p?a="),
            (Some("b=2&a=1"), None, "/p?a=1&b=2"),
            (Some("a=2&a=1"), None, "/p?a=2"),
            (Some("a&a=1"), None, "/p?a="),
            (Some("a=q"), Some("a=f&b=f"), "/p?a=q&b=f"),
            (None, Some("b=1&a=2"), "/p?a=2&b=1"),
            (Some("%61=1&b=+"), Some("c=%2B"), "/p?a=1&b= &c=+"),
            (Some("～=1&😀=2&é=3&中=4"), None, "/p?é=3&中=4&😀=2&～=1"),
        ] {
            let request = Outgoing {
                query,
                form: form.map(str::as_bytes),
                ..BARE
            };
            check(&request, expected);
        }
    }

    #[test]
    fn head_and_default_line() {
        let request = Outgoing {
            method: "post",
            content_md5: "digest",
            ..BARE
        };
        assert_eq!(
            signer().string_to_sign(&request),
            "POST\ndigest\nx-ca-proxy-signature-secret-key:DemoKey1\n/p"
        );
    }

    #[test]
    fn extra_headers_are_ordered_by_spelling_and_counted_once() {
        let request = Outgoing {
            extra_signed_headers: &[
                ("b", "1"),
                ("Y", "2"),
                ("A", "3"),
                ("b", "4"),
                ("x-ca-proxy-signature", "never"),
                (SECRET_KEY_HEADER, "never"),
            ],
            ..BARE
        };
        assert_eq!(
            signer().string_to_sign(&request),
            "GET\n\na:3\nx-ca-proxy-signature-secret-key:DemoKey1\ny:2\nb:1\n/p"
        );
    }

    #[test]
    fn buffers_are_kept() {
        let request = Outgoing {
            query: Some("b=2&a=1&c=3"),
            ..BARE
        };
        let mut scratch = Scratch::new();
        let place = |scratch: &Scratch| {
            (
                (scratch.text.as_ptr(), scratch.text.capacity()),
                (scratch.params.text.as_ptr(), scratch.params.text.capacity()),
                (
                    scratch.params.spans.as_ptr(),
                    scratch.params.spans.capacity(),
                ),
            )
        };
        let first = signer().sign(&request, &mut scratch);
        let before = place(&scratch);
        let second = signer().sign(&request, &mut scratch);
        assert_eq!(before, place(&scratch));
        assert_eq!(first.as_str(), second.as_str());
    }

    /// `Hmac` has no marker of its own; its fields are two of these.
    #[test]
    fn the_prepared_state_is_wiped_on_drop() {
        fn is_wiped<T: zeroize::ZeroizeOnDrop>() {}
        is_wiped::<<Sha256 as hmac::EagerHash>::Core>();
        is_wiped::<<sha1::Sha1 as hmac::EagerHash>::Core>();
    }

    #[test]
    fn debug_shows_no_secret() {
        let mut scratch = Scratch::new();
        let request = Outgoing {
            query: Some("planted=planted"),
            ..BARE
        };
        let signer = Signer::new("DemoKey1", &Secret::new("planted".to_owned()));
        let signature = signer.sign(&request, &mut scratch);
        let shown = format!("{signer:?} {signer:#?} {scratch:?} {signature:?}");
        assert!(!shown.contains("planted") && !shown.contains(signature.as_str()));
        assert!(shown.contains("DemoKey1"));
    }

    #[test]
    fn both_ends_are_shared_between_threads() {
        fn is_shared<T: Send + Sync>() {}
        is_shared::<Signer>();
    }

    proptest! {
        #[test]
        fn a_used_scratch_makes_no_difference(
            before in "[a-c=&%+0-9]{0,20}", query in "[a-c=&%+0-9é😀]{0,20}",
        ) {
            let mut used = Scratch::new();
            signer().sign(&Outgoing { query: Some(&before), ..BARE }, &mut used);
            let request = Outgoing { query: Some(&query), ..BARE };
            let signature = signer().sign(&request, &mut used);
            prop_assert!(signature.ct_eq(signer().sign(&request, &mut Scratch::new()).as_str()));
            prop_assert!(signer().sign_text(&signer().string_to_sign(&request)).ct_eq(signature.as_str()));
        }
    }
}
