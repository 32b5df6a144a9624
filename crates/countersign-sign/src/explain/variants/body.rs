//! Bodies, as something on the way may have rewritten them.

use crate::explain::cause::{Cause, Code};

const BOM: &[u8] = b"\xef\xbb\xbf";
/// The longest body that others are made of.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Other bytes that may have been signed instead of `body`.
pub(in crate::explain) fn guesses(body: &[u8]) -> Vec<(Cause, Vec<u8>)> {
    if body.len() > BODY_BYTES_MAX || body.is_empty() {
        return Vec::new();
    }
    let mut out: Vec<(Cause, Vec<u8>)> = Vec::new();
    let mut add = |code: Code, bytes: Vec<u8>| {
        if bytes != body && out.iter().all(|(_, other)| *other != bytes) {
            out.push((Cause::of(code), bytes));
        }
    };
    let lf = with_lf(body);
    add(Code::BodyLineEnds, with_crlf(&lf));
    add(Code::BodyLineEnds, lf);
    add(Code::BodyFinalLineEnd, [body, b"\n"].concat());
    add(Code::BodyFinalLineEnd, [body, b"\r\n"].concat());
    let cut = body.strip_suffix(b"\n").unwrap_or(body);
    add(Code::BodyFinalLineEnd, cut.to_vec());
    add(
        Code::BodyFinalLineEnd,
        cut.strip_suffix(b"\r").unwrap_or(cut).to_vec(),
    );
    add(
        Code::BodyBom,
        body.strip_prefix(BOM).unwrap_or(body).to_vec(),
    );
    add(Code::BodyBom, [BOM, body].concat());
    add(Code::BodyBlanks, body.trim_ascii().to_vec());
    out
}

fn with_lf(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    for (at, byte) in body.iter().enumerate() {
        if *byte != b'\r' || body.get(at + 1) != Some(&b'\n') {
            out.push(*byte);
        }
    }
    out
}

fn with_crlf(lf: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(lf.len() + 16);
    for byte in lf {
        if *byte == b'\n' {
            out.push(b'\r');
        }
        out.push(*byte);
    }
    out
}
