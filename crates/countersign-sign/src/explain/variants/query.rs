//! Queries, as a proxy or a framework may have changed them.

use super::{TEXT_BYTES_MAX, decoded, escapes_in};
use crate::explain::cause::{Cause, Code};
use crate::explain::seen::Seen;
use crate::params::percent_encode;

/// What browsers, caches and advertisers add.
const TRACKING: [&str; 12] = [
    "_", "cb", "ts", "gclid", "fbclid", "msclkid", "dclid", "yclid", "mc_cid", "mc_eid", "igshid",
    "_ga",
];
/// The most parameters of which each is left out in turn.
const PARAMETERS_MAX: usize = 64;

/// Raw queries that may have been signed, `None` for none at all.
pub(in crate::explain) fn guesses(seen: &Seen<'_>) -> Vec<(Cause, Option<String>)> {
    let Some(query) = seen.query.filter(|query| query.len() <= TEXT_BYTES_MAX) else {
        return Vec::new();
    };
    let mut out: Vec<(Cause, Option<String>)> = Vec::new();
    let mut add = |cause: Cause, to: String| {
        if to != query {
            out.push((cause.was(query, &*to), Some(to)));
        }
    };
    add(Cause::of(Code::PlusAsSpace), query.replace('+', "%20"));
    add(Cause::of(Code::PlusAsSpace), query.replace("%20", "+"));
    add(Cause::of(Code::PlusAsSign), query.replace('+', "%2B"));
    add(
        Cause::of(Code::PlusAsSign),
        query.replace("%2B", "+").replace("%2b", "+"),
    );
    add(Cause::of(Code::QueryEscapes), escapes_in(query, true));
    add(Cause::of(Code::QueryEscapes), escapes_in(query, false));
    add(
        Cause::of(Code::QueryEscapes),
        each(query, |text| {
            percent_encode(&decoded(text).unwrap_or_default())
        }),
    );
    if let Some(decoded) = decoded(query) {
        add(Cause::of(Code::QueryDecoded), decoded);
    }
    add(
        Cause::of(Code::QueryEncodedTwice),
        query.replace('%', "%25"),
    );
    let pieces: Vec<&str> = query.split('&').collect();
    let tracking: Vec<&str> = pieces
        .iter()
        .copied()
        .filter(|piece| is_tracking(piece))
        .collect();
    if !tracking.is_empty() {
        let kept = pieces.iter().copied().filter(|piece| !is_tracking(piece));
        let cause = Cause::of(Code::ParameterAdded).about(names(&tracking));
        add(cause, kept.collect::<Vec<_>>().join("&"));
    }
    for at in (0..pieces.len()).take(PARAMETERS_MAX) {
        let name = name(pieces[at]);
        let twins = pieces
            .iter()
            .filter(|other| self::name(other) == name)
            .count();
        let code = if twins > 1 {
            Code::ParameterRepeated
        } else {
            Code::ParameterAdded
        };
        let kept = pieces.iter().enumerate().filter(|(other, _)| *other != at);
        let kept: Vec<&str> = kept.map(|(_, piece)| *piece).collect();
        if !kept.is_empty() {
            add(Cause::of(code).about(name), kept.join("&"));
        }
    }
    let empty = pieces
        .iter()
        .filter(|piece| !piece.contains('=') || piece.ends_with('='));
    if empty.count() > 0 {
        let filled = pieces
            .iter()
            .filter(|piece| piece.contains('=') && !piece.ends_with('='));
        add(
            Cause::of(Code::ParameterEmpty),
            filled.copied().collect::<Vec<_>>().join("&"),
        );
        let bare: Vec<&str> = pieces
            .iter()
            .map(|piece| piece.strip_suffix('=').unwrap_or(piece))
            .collect();
        add(Cause::of(Code::ParameterEmpty), bare.join("&"));
        let equals: Vec<String> = pieces
            .iter()
            .map(|piece| {
                if piece.contains('=') {
                    (*piece).to_owned()
                } else {
                    format!("{piece}=")
                }
            })
            .collect();
        add(Cause::of(Code::ParameterEmpty), equals.join("&"));
    }
    let mut sorted = pieces.clone();
    sorted.sort_unstable();
    add(Cause::of(Code::QueryOrder), sorted.join("&"));
    sorted.reverse();
    add(Cause::of(Code::QueryOrder), sorted.join("&"));
    if let [first, second] = pieces[..] {
        add(Cause::of(Code::QueryOrder), format!("{second}&{first}"));
    }
    for one in [
        "x-original-uri",
        "x-original-url",
        "x-forwarded-uri",
        "x-envoy-original-path",
    ]
    .iter()
    .flat_map(|name| seen.values(name))
    {
        let original = one.split_once('?').map_or("", |(_, query)| query);
        add(Cause::of(Code::PathRewritten), original.to_owned());
    }
    out.push((Cause::of(Code::QueryNotSigned).was(query, ""), None));
    out
}

/// `query` with every name and value changed.
fn each(query: &str, change: impl Fn(&str) -> String) -> String {
    let pieces = query.split('&').map(|piece| match piece.split_once('=') {
        Some((name, value)) => format!("{}={}", change(name), change(value)),
        None => change(piece),
    });
    pieces.collect::<Vec<_>>().join("&")
}

fn name(piece: &str) -> &str {
    piece.split_once('=').map_or(piece, |(name, _)| name)
}

fn names(pieces: &[&str]) -> String {
    pieces
        .iter()
        .map(|piece| name(piece))
        .collect::<Vec<_>>()
        .join(", ")
}

fn is_tracking(piece: &str) -> bool {
    let name = name(piece);
    TRACKING.contains(&name) || name.starts_with("utm_")
}

/// The pieces of a query in the ways that signers read them which do not follow the
/// scheme: each a list of names and values in the order that they are written.
pub(in crate::explain) fn readings(query: &str, form: &str) -> Vec<(Cause, Vec<(String, String)>)> {
    if query.len() + form.len() > TEXT_BYTES_MAX {
        return Vec::new();
    }
    let pieces = |text: &str| -> Vec<(String, String)> {
        text.split('&')
            .filter(|piece| !piece.is_empty())
            .map(|piece| piece.split_once('=').unwrap_or((piece, "")))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    };
    let raw: Vec<_> = pieces(query).into_iter().chain(pieces(form)).collect();
    let map =
        |pairs: &[(String, String)], change: &dyn Fn(&str) -> String| -> Vec<(String, String)> {
            pairs
                .iter()
                .map(|(name, value)| (change(name), change(value)))
                .collect()
        };
    let decode = |text: &str| decoded(&text.replace('+', "%20")).unwrap_or_default();
    let keep_plus = |text: &str| decoded(text).unwrap_or_default();
    let once = map(&raw, &decode);
    let encode = |text: &str| percent_encode(text);
    let form_encode = |text: &str| percent_encode(text).replace("%20", "+");
    let has_plus = query.contains('+') || form.contains('+');
    let plus = has_plus.then(|| (Cause::of(Code::PlusAsSign), map(&raw, &keep_plus)));
    let others = vec![
        (Cause::of(Code::QueryEncoded), raw.clone()),
        (Cause::of(Code::QueryEncoded), map(&once, &encode)),
        (Cause::of(Code::QueryEncoded), map(&once, &form_encode)),
        (Cause::of(Code::QueryEncodedTwice), map(&raw, &encode)),
        (
            Cause::of(Code::QueryEncodedTwice),
            map(&map(&once, &encode), &encode),
        ),
        (Cause::of(Code::QueryDecoded), map(&once, &decode)),
        (Cause::of(Code::QueryDecoded), map(&once, &keep_plus)),
    ];
    plus.into_iter().chain(others).collect()
}
