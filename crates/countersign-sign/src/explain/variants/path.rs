//! Paths, as a proxy or a framework may have changed them.

use percent_encoding::percent_decode_str;

use super::{Guess, TEXT_BYTES_MAX, decoded, escapes_in};
use crate::explain::cause::{Cause, Code};
use crate::explain::seen::Seen;
use crate::params::percent_encode_into;

const ORIGINALS: [&str; 6] = [
    "x-original-uri",
    "x-original-url",
    "x-rewrite-url",
    "x-forwarded-uri",
    "x-envoy-original-path",
    "x-forwarded-path",
];
const PREFIXES: [&str; 2] = ["x-forwarded-prefix", "x-script-name"];
/// The most leading segments that may have been added.
const SEGMENTS_MAX: usize = 8;

/// Raw paths that may have been signed, as they would stand in a request line.
pub(in crate::explain) fn guesses(seen: &Seen<'_>) -> Vec<Guess> {
    let path = seen.path;
    if path.len() > TEXT_BYTES_MAX {
        return Vec::new();
    }
    let mut out = Vec::new();
    let mut add = |code: Code, to: String| {
        if to != path {
            out.push((Cause::of(code).was(path, &*to), to));
        }
    };
    match path.strip_suffix('/') {
        Some(without) => add(Code::TrailingSlash, without.to_owned()),
        None => add(Code::TrailingSlash, format!("{path}/")),
    }
    if let Some(decoded) = decoded(path) {
        add(Code::PathDecoded, decoded);
    }
    add(Code::PathEncoded, path.replace('%', "%25"));
    add(Code::PathEncoded, encoded(path));
    add(Code::PathEncoded, escapes_in(path, true));
    add(Code::PathEncoded, escapes_in(path, false));
    for one in ORIGINALS.iter().flat_map(|name| seen.values(name)) {
        let original = one.split('?').next().unwrap_or_default();
        let original = original.split_once("://").map_or(original, |(_, rest)| {
            rest.find('/').map_or("/", |at| &rest[at..])
        });
        add(Code::PathRewritten, original.to_owned());
    }
    for prefix in PREFIXES.iter().flat_map(|name| seen.values(name)) {
        add(
            Code::PathRewritten,
            format!("{}{path}", prefix.trim_end_matches('/')),
        );
    }
    let merged = merged(path);
    add(Code::PathSlashes, merged.clone());
    add(Code::PathSlashes, without_dots(path));
    add(Code::PathSlashes, without_dots(&merged));
    let starts = path.match_indices('/').skip(1).take(SEGMENTS_MAX);
    for (at, _) in starts {
        let cause = Cause::of(Code::PathPrefixAdded).about(&path[..at]);
        out.push((cause.was(path, &path[at..]), path[at..].to_owned()));
    }
    out
}

/// Decoded and encoded again, as a library that builds URLs writes it.
pub(in crate::explain) fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for (at, segment) in path.split('/').enumerate() {
        if at > 0 {
            out.push('/');
        }
        let bytes: Vec<u8> = percent_decode_str(segment).collect();
        percent_encode_into(&mut out, &bytes);
    }
    out
}

fn merged(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for one in path.chars() {
        if one != '/' || !out.ends_with('/') {
            out.push(one);
        }
    }
    out
}

/// Without dot segments (RFC 3986 section 5.2.4).
fn without_dots(path: &str) -> String {
    let mut out: Vec<&str> = Vec::new();
    let segments: Vec<&str> = path.split('/').collect();
    let last = segments.len() - 1;
    for (at, segment) in segments.into_iter().enumerate() {
        match segment {
            "." | ".." => {
                if segment == ".." && out.len() > 1 {
                    out.pop();
                }
                if at == last {
                    out.push("");
                }
            }
            other => out.push(other),
        }
    }
    out.join("/")
}
