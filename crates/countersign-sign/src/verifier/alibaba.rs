//! Alibaba Cloud's backend signature. See `verifiers/README.md` for the rules, which
//! are stricter than the vendor's demo.

use super::keys::Keys;
use super::refusal::Refusal;
use super::request::{Body, View, is_text, raw_values};
use super::scheme::Scheme;
use super::verified::{BodyCheck, Verified};
use crate::alibaba::backend::{
    SECRET_KEY_HEADER, SIGNATURE_HEADER, SIGNED_HEADERS_HEADER, body_md5, received_string_to_sign,
    utf16_order,
};

/// The most names in the list of signed headers.
const NAMES_MAX: usize = 100;
const CONTENT_MD5: &str = "content-md5";
const FORM: &[u8] = b"application/x-www-form-urlencoded";

pub(super) fn is_told(headers: &[(&str, &[u8])]) -> bool {
    raw_values(headers, SIGNATURE_HEADER).next().is_some()
}

pub(super) fn verify(view: &View<'_>, keys: &Keys, now_unix: i64) -> Result<Verified, Refusal> {
    let signature = view.unique(SIGNATURE_HEADER)?;
    let signature = signature.ok_or(Refusal::NoSignature)?;
    let sign_key = view.unique(SECRET_KEY_HEADER)?;
    let list = view.unique(SIGNED_HEADERS_HEADER)?;
    let headers = signed_headers(view, list.unwrap_or_default())?;
    let sign_key = sign_key.ok_or_else(|| Refusal::missing(SECRET_KEY_HEADER))?;
    let candidates = keys.named(&[Scheme::Alibaba], sign_key, now_unix);
    candidates.demand(sign_key)?;

    let body = SignedBody::of(view, &headers)?;
    let query = view.query.map(str::as_bytes);
    let params = [query, body.form];
    let text = received_string_to_sign(view.method, &body.md5, &headers, view.path, params);
    let fitting = candidates.usable.iter().find(|key| {
        key.alibaba()
            .is_some_and(|signer| signer.sign_text(&text).ct_eq(signature))
    });
    match fitting {
        Some(key) => Ok(Verified::new(key, body.check)),
        None => Err(Refusal::differs(text)),
    }
}

/// The listed headers in the order of the list's spelling.
fn signed_headers<'a>(view: &View<'a>, list: &'a str) -> Result<Vec<(&'a str, &'a str)>, Refusal> {
    if list.is_empty() {
        return Err(Refusal::not_signed(SECRET_KEY_HEADER));
    }
    if list.split(',').nth(NAMES_MAX).is_some() {
        return Err(Refusal::malformed("more than 100 names are listed"));
    }
    let mut headers: Vec<(&str, &str)> = Vec::new();
    let mut missing = None;
    let mut seen: Vec<&str> = Vec::new();
    for name in list.split(',') {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        if name.is_empty() || is(SIGNATURE_HEADER) || is(SIGNED_HEADERS_HEADER) {
            return Err(Refusal::malformed(
                "the list has a name that can not be signed",
            ));
        }
        if seen.iter().any(|other| is(other)) {
            return Err(Refusal::malformed("the list has a name twice"));
        }
        seen.push(name);
        match view.unique(name)? {
            Some(value) => headers.push((name, value)),
            None => missing = missing.or(Some(name)),
        }
    }
    if let Some(name) = missing {
        return Err(Refusal::missing(name));
    }
    if !seen
        .iter()
        .any(|name| name.eq_ignore_ascii_case(SECRET_KEY_HEADER))
    {
        return Err(Refusal::not_signed(SECRET_KEY_HEADER));
    }
    debug_assert!(headers.iter().all(|(_, value)| is_text(value)));
    headers.sort_unstable_by(|(left, _), (right, _)| utf16_order(left, right));
    Ok(headers)
}

/// How the body takes part.
struct SignedBody<'a> {
    md5: String,
    form: Option<&'a [u8]>,
    check: BodyCheck,
}

impl<'a> SignedBody<'a> {
    fn of(view: &View<'a>, signed: &[(&str, &str)]) -> Result<Self, Refusal> {
        let is_form = is_form(view.raw);
        let is_digested = !is_form
            && ["POST", "PUT"]
                .iter()
                .any(|method| view.method.eq_ignore_ascii_case(method));
        let states_digest = signed
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case(CONTENT_MD5));
        let mut stated = view.values(CONTENT_MD5).peekable();
        let body = match view.body {
            Body::Whole(body) => body,
            Body::TooLarge | Body::Withheld if is_form => {
                return Err(Refusal::body("the body, a form, is not at hand"));
            }
            Body::TooLarge | Body::Withheld if is_digested => {
                return match stated.next() {
                    Some(md5) if stated.all(|other| other == md5) => Ok(Self {
                        md5: md5.to_owned(),
                        form: None,
                        check: BodyCheck::Stated,
                    }),
                    _ => Err(Refusal::body(
                        "the body is not at hand, and no Content-MD5 states its digest",
                    )),
                };
            }
            Body::TooLarge | Body::Withheld => {
                return Ok(Self {
                    md5: String::new(),
                    form: None,
                    check: if states_digest {
                        BodyCheck::Stated
                    } else {
                        BodyCheck::NotCovered
                    },
                });
            }
        };
        let is_digested = is_digested && !body.is_empty();
        let mut md5 = String::new();
        if is_digested || stated.peek().is_some() {
            md5.push_str(body_md5(body).as_str());
            if stated.any(|stated| stated != md5) {
                return Err(Refusal::body("Content-MD5 is not that of the body"));
            }
        }
        if !is_digested {
            md5.clear();
        }
        let is_covered = is_form || is_digested || states_digest || body.is_empty();
        Ok(Self {
            md5,
            form: is_form.then_some(body),
            check: if is_covered {
                BodyCheck::Fits
            } else {
                BodyCheck::NotCovered
            },
        })
    }
}

/// Whether the first content type is that of forms, whatever its parameters.
fn is_form(headers: &[(&str, &[u8])]) -> bool {
    raw_values(headers, "content-type")
        .next()
        .is_some_and(|value| {
            let media_type = value.split(|byte| *byte == b';').next().unwrap_or_default();
            media_type.trim_ascii().eq_ignore_ascii_case(FORM)
        })
}
