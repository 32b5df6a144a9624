//! Values of signed headers, as a proxy may have changed them.

use super::{Guess, TEXT_BYTES_MAX};
use crate::explain::cause::{Cause, Code};
use crate::explain::seen::Seen;

/// Values that may have been signed for `name`.
pub(in crate::explain) fn guesses(seen: &Seen<'_>, name: &str) -> Vec<Guess> {
    let values: Vec<&str> = seen.values(name).collect();
    let mut out: Vec<Guess> = Vec::new();
    let (Some(value), Some(raw)) = (values.first().copied(), seen.untrimmed(name)) else {
        return out;
    };
    if values.iter().map(|value| value.len()).sum::<usize>() > TEXT_BYTES_MAX {
        return out;
    }
    let mut add = |code: Code, to: String| {
        out.push((Cause::of(code).about(name).was(value, &*to), to));
    };
    if let [first, .., last] = values[..] {
        for one in [
            first.to_owned(),
            last.to_owned(),
            values.join(","),
            values.join(", "),
        ] {
            add(Code::HeaderRepeated, one);
        }
        return out;
    }
    for padded in [
        raw.to_owned(),
        format!(" {value}"),
        format!("{value} "),
        format!(" {value} "),
        format!("\t{value}"),
        format!("{value}\t"),
    ] {
        add(Code::HeaderTrimmed, padded);
    }
    add(
        Code::HeaderBlanks,
        value.split_ascii_whitespace().collect::<Vec<_>>().join(" "),
    );
    add(Code::HeaderBlanks, value.split_ascii_whitespace().collect());
    add(Code::HeaderBlanks, value.replace(", ", ","));
    add(Code::HeaderBlanks, value.replace(',', ", "));
    add(Code::HeaderBlanks, value.replace("; ", ";"));
    add(Code::HeaderBlanks, value.replace(';', "; "));
    add(Code::HeaderCase, value.to_ascii_lowercase());
    add(Code::HeaderCase, value.to_ascii_uppercase());
    if let Some((before, _)) = value.split_once(';') {
        add(Code::HeaderParameter, before.trim_end().to_owned());
    } else if name.eq_ignore_ascii_case("content-type") {
        for charset in [
            "; charset=utf-8",
            "; charset=UTF-8",
            ";charset=utf-8",
            ";charset=UTF-8",
        ] {
            add(Code::HeaderParameter, format!("{value}{charset}"));
        }
    }
    for (at, _) in value.match_indices(',') {
        add(Code::HeaderAppended, value[..at].trim_end().to_owned());
        add(
            Code::HeaderAppended,
            value[at + 1..].trim_start().to_owned(),
        );
    }
    add(Code::HeaderFilled, String::new());
    let bytes = value.as_bytes();
    if !value.is_ascii() {
        add(
            Code::HeaderCharset,
            bytes.iter().copied().map(char::from).collect(),
        );
        let narrow: Option<Vec<u8>> = value.chars().map(|one| u8::try_from(one).ok()).collect();
        if let Some(text) = narrow.and_then(|bytes| String::from_utf8(bytes).ok()) {
            add(Code::HeaderCharset, text);
        }
    }
    out
}
