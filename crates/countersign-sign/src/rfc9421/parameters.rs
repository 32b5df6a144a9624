//! The parameters of a signature and the last line of its base (RFC 9421 sections
//! 2.3 and 2.5).

use std::fmt::Write;

use super::algorithm::Algorithm;
use super::signer::SignFailed;

/// The largest integer of structured fields (RFC 8941 section 3.3.1).
const INTEGER_MAX: i64 = 999_999_999_999_999;

/// What a new signature says of itself, in the order in which it is written.
#[derive(Clone, Copy)]
pub(super) struct Parameters<'a> {
    pub(super) created: Option<i64>,
    pub(super) expires: Option<i64>,
    pub(super) nonce: Option<&'a str>,
    pub(super) algorithm: Option<Algorithm>,
    pub(super) key_id: Option<&'a str>,
    pub(super) tag: Option<&'a str>,
}

impl Parameters<'_> {
    /// Appends them as the parameters of an inner list.
    pub(super) fn write(&self, out: &mut String) -> Result<(), SignFailed> {
        write_time("created", self.created, out)?;
        write_time("expires", self.expires, out)?;
        write_text("nonce", self.nonce, out)?;
        write_text("alg", self.algorithm.map(Algorithm::as_str), out)?;
        write_text("keyid", self.key_id, out)?;
        write_text("tag", self.tag, out)
    }
}

fn write_time(
    parameter: &'static str,
    value: Option<i64>,
    out: &mut String,
) -> Result<(), SignFailed> {
    let Some(value) = value else { return Ok(()) };
    if !(-INTEGER_MAX..=INTEGER_MAX).contains(&value) {
        return Err(SignFailed::BadParameter { parameter });
    }
    write!(out, ";{parameter}={value}").expect("a String takes all text");
    Ok(())
}

fn write_text(
    parameter: &'static str,
    value: Option<&str>,
    out: &mut String,
) -> Result<(), SignFailed> {
    let Some(value) = value else { return Ok(()) };
    if !value.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(SignFailed::BadParameter { parameter });
    }
    out.push(';');
    out.push_str(parameter);
    out.push_str("=\"");
    for character in value.chars() {
        if matches!(character, '"' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('"');
    Ok(())
}

/// Appends the line that ends every signature base; `params` is the inner list with
/// its parameters.
pub(crate) fn write_params_line(params: &str, out: &mut String) {
    out.push_str("\"@signature-params\": ");
    out.push_str(params);
}

/// Whether `label` is a key of structured fields (RFC 8941 section 3.1.2).
pub(super) fn is_label(label: &str) -> bool {
    label.bytes().enumerate().all(|(index, byte)| match byte {
        b'a'..=b'z' | b'*' => true,
        b'0'..=b'9' | b'_' | b'-' | b'.' => index > 0,
        _ => false,
    }) && !label.is_empty()
}
