//! Huawei's SDK-HMAC-SHA256.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Carried, Case};
use crate::explain::candidate::CarriedSignature;
use crate::explain::cause::{Cause, Code};
use crate::explain::search::{Problem, Wrap};
use crate::explain::seen::Seen;
use crate::explain::variants::{body, header, host, method, path, query};
use crate::huawei::backend::{
    ALGORITHM, PayloadHash, UNSIGNED_PAYLOAD, X_SDK_CONTENT_SHA256, X_SDK_DATE,
};
use crate::huawei::canonical::{Order, Plus, Reading, canonical_query, canonical_uri};
use crate::huawei::date::SdkDate;

/// The most names that are looked at.
const NAMES_MAX: usize = 100;

const SPACE: Reading = Reading {
    plus: Plus::Space,
    order: Order::Decoded,
};
const SIGN: Reading = Reading {
    plus: Plus::Sign,
    order: Order::Decoded,
};

pub(in crate::explain) fn case(seen: &Seen<'_>, header: &str) -> Option<Case> {
    let claim = seen.values(header).find_map(Claim::read)?;
    let date = seen.value(X_SDK_DATE);
    let stated = seen.value(X_SDK_CONTENT_SHA256);
    let lower = claim.list.to_ascii_lowercase();
    let names: Vec<&str> = lower.split(';').take(NAMES_MAX).collect();
    let signed_at = date.as_deref().and_then(|date| SdkDate::parse(date).ok());
    let mut case = Case {
        carried: Carried {
            signature: Some(claim.signature.to_owned()),
            sign_key: Some(claim.access.to_owned()),
            list: Some(claim.list.to_owned()),
            date: date.clone(),
            digest: stated.clone(),
        },
        problem: Problem {
            slots: Vec::new(),
            others: Vec::new(),
            wrap: Wrap::Huawei(date.unwrap_or_default()),
            carried: CarriedSignature::hex(claim.signature),
            if_it_fits: Vec::new(),
        },
        seen: Vec::new(),
        signed_at: signed_at.map(|date| date.unix()),
        digest: seen.body.map(digest),
    };
    let problem = &mut case.problem;
    let at_method = problem.slot("method", format!("{}\n", seen.method.to_ascii_uppercase()));
    let at_path = problem.slot("path", uri(seen.path));
    let raw = seen.query.unwrap_or_default();
    let at_query = problem.slot("query", canonical(raw, SPACE));
    let block = Block { seen };
    let at_headers = problem.slot("signed headers", block.text(&names, &lower, &[]));
    let due = match (&stated, seen.body) {
        (Some(stated), _) => stated.clone(),
        (None, body) => digest(body.unwrap_or_default()),
    };
    let at_payload = problem.slot("payload", due);

    if claim.list != lower {
        problem.if_it_fits.push((
            at_headers,
            Cause::of(Code::ListCase).was(claim.list, &*lower),
        ));
        let as_it_stands = block.text(&names, claim.list, &[]);
        problem.other(at_headers, Cause::of(Code::ListCase), as_it_stands);
    }
    for (cause, to) in path::guesses(seen) {
        problem.other(at_path, cause, uri(&to));
    }
    as_written(problem, at_path, seen.path);
    queries(problem, at_query, seen);
    payloads(
        problem,
        at_payload,
        at_headers,
        &block,
        &names,
        &lower,
        stated.as_deref(),
    );
    for (cause, to) in method::guesses(seen) {
        problem.other(at_method, cause, format!("{}\n", to.to_ascii_uppercase()));
    }
    headers(&mut case, at_headers, &block, &names, &lower);
    Some(case)
}

/// The header's three fields, read as far as they can be.
struct Claim<'a> {
    access: &'a str,
    list: &'a str,
    signature: &'a str,
}

impl<'a> Claim<'a> {
    fn read(header: &'a str) -> Option<Self> {
        let fields = header.trim().strip_prefix(ALGORITHM)?;
        let field = |name: &str| {
            let (_, rest) = fields.split_once(name)?;
            rest.split(',').next().map(str::trim)
        };
        Some(Self {
            access: field("Access=")?,
            list: field("SignedHeaders=")?,
            signature: field("Signature=")?,
        })
    }
}

/// The lines of the signed headers, the empty one and the list.
struct Block<'s> {
    seen: &'s Seen<'s>,
}

impl Block<'_> {
    /// `overrides` are other values, or no line at all.
    fn text(&self, names: &[&str], list: &str, overrides: &[(&str, &[&str])]) -> String {
        let mut out = String::new();
        for name in names {
            let mut values: Vec<&str> = match overrides.iter().find(|(own, _)| own == name) {
                Some((_, values)) => values.to_vec(),
                None => self.seen.values(name).collect(),
            };
            values.sort_unstable();
            for value in values {
                out.push_str(&format!("{name}:{value}\n"));
            }
        }
        out.push_str(&format!("\n{list}\n"));
        out
    }
}

fn uri(path: &str) -> String {
    let mut out = String::new();
    canonical_uri(path, &mut out);
    out.push('\n');
    out
}

fn canonical(query: &str, reading: Reading) -> String {
    let mut out = String::new();
    canonical_query(query, reading, &mut out);
    out.push('\n');
    out
}

/// Paths that were not brought into their canonical form, or not in full.
fn as_written(problem: &mut Problem, slot: usize, path: &str) {
    let own = uri(path);
    let own = own.trim_end();
    let bare = own.strip_suffix('/').unwrap_or(own);
    let slash = |path: &str| {
        if path.ends_with('/') {
            path.to_owned()
        } else {
            format!("{path}/")
        }
    };
    let mut add = |code: Code, to: String| {
        problem.other(slot, Cause::of(code).was(own, &*to), format!("{to}\n"));
    };
    if !path.ends_with('/') {
        add(Code::TrailingSlash, bare.to_owned());
    }
    add(Code::PathEncoded, slash(path));
    add(Code::PathEncoded, path.to_owned());
    if let Some(decoded) = super::super::variants::decoded(path) {
        add(Code::PathDecoded, slash(&decoded));
        add(Code::PathDecoded, decoded);
    }
    add(Code::PathEncoded, own.replace('%', "%25"));
    add(Code::PathEncoded, own.replace("%2F", "/"));
}

fn queries(problem: &mut Problem, slot: usize, seen: &Seen<'_>) {
    let Some(raw) = seen.query else { return };
    let own = canonical(raw, SPACE);
    let own = own.trim_end();
    problem.accepted(slot, canonical(raw, SIGN));
    for (cause, to) in query::guesses(seen) {
        problem.other(slot, cause, canonical(&to.unwrap_or_default(), SPACE));
    }
    let without_empty = own
        .split('&')
        .map(|piece| piece.strip_suffix('=').unwrap_or(piece));
    let bare = without_empty.collect::<Vec<_>>().join("&");
    problem.other(
        slot,
        Cause::of(Code::ParameterEmpty).was(own, &*bare),
        format!("{bare}\n"),
    );
    let spaces = own.replace("%20", "+");
    problem.other(
        slot,
        Cause::of(Code::PlusAsSpace).was(own, &*spaces),
        format!("{spaces}\n"),
    );
    if let Some(decoded) = super::super::variants::decoded(&raw.replace('+', "%20")) {
        let mut pieces: Vec<&str> = decoded.split('&').collect();
        pieces.sort_unstable();
        let sorted = pieces.join("&");
        problem.other(
            slot,
            Cause::of(Code::QueryDecoded).was(own, &*sorted),
            format!("{sorted}\n"),
        );
    }
    let encoded = Reading {
        order: Order::Encoded,
        ..SPACE
    };
    problem.other(slot, Cause::of(Code::QueryOrder), canonical(raw, encoded));
    for (cause, pairs) in query::readings(raw, "") {
        let mut pairs = pairs;
        let text = |pairs: &[(String, String)]| {
            let pieces: Vec<_> = pairs
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            format!("{}\n", pieces.join("&"))
        };
        let unsorted = text(&pairs);
        pairs.sort();
        // Twice encoded or decoded is a cause; once encoded is what the scheme has.
        let code = match cause.code {
            Code::QueryEncoded => Code::QueryEscapes,
            other => other,
        };
        problem.other(
            slot,
            Cause::of(code).was(own, text(&pairs).trim_end()),
            text(&pairs),
        );
        problem.other(slot, Cause::of(Code::QueryOrder), unsorted);
    }
    problem.other(slot, Cause::of(Code::QueryEscapes), format!("{raw}\n"));
    let mut once: Vec<&str> = Vec::new();
    for piece in own.split('&') {
        let name = |piece: &str| piece.split('=').next().map(str::to_owned);
        if once.iter().all(|other| name(other) != name(piece)) {
            once.push(piece);
        }
    }
    problem.other(
        slot,
        Cause::of(Code::ParameterRepeated),
        format!("{}\n", once.join("&")),
    );
}

fn payloads(
    problem: &mut Problem,
    slot: usize,
    headers: usize,
    block: &Block<'_>,
    names: &[&str],
    list: &str,
    stated: Option<&str>,
) {
    let is_listed = names.contains(&X_SDK_CONTENT_SHA256);
    // The header is a signed one, or only the last line.
    let mut add = |cause: Cause, to: String| {
        if is_listed {
            let lines = block.text(names, list, &[(X_SDK_CONTENT_SHA256, &[&to])]);
            problem.linked(cause.clone(), vec![(slot, to.clone()), (headers, lines)]);
        }
        problem.other(slot, cause, to);
    };
    let body = block.seen.body;
    let own = body.map(digest);
    if let Some(own) = &own {
        let other = Cause::of(Code::DigestOfOtherBody).about("X-Sdk-Content-Sha256");
        add(other.was(stated.unwrap_or_default(), &**own), own.clone());
        for (cause, bytes) in body::guesses(body.unwrap_or_default()) {
            let to = digest(&bytes);
            add(cause.was(&**own, &*to), to);
        }
        let base64 = STANDARD.encode(hex::decode(own).unwrap_or_default());
        for text in [own.to_ascii_uppercase(), base64] {
            add(Cause::of(Code::DigestEncoding).was(&**own, &*text), text);
        }
    }
    let nothing = PayloadHash::EMPTY.as_str();
    let carried = stated.or(own.as_deref()).unwrap_or_default();
    add(
        Cause::of(Code::BodyNotSigned).was(carried, nothing),
        nothing.to_owned(),
    );
    add(
        Cause::of(Code::BodyNotSigned).was(carried, ""),
        String::new(),
    );
    let unsigned = Cause::of(Code::PayloadUnsigned).was(carried, UNSIGNED_PAYLOAD);
    add(unsigned, UNSIGNED_PAYLOAD.to_owned());
    match (stated, &own) {
        (Some(stated), Some(own))
            if stated != UNSIGNED_PAYLOAD && !stated.eq_ignore_ascii_case(own) =>
        {
            let mut guesses = body::guesses(body.unwrap_or_default()).into_iter();
            let same = guesses.find(|(_, bytes)| digest(bytes).eq_ignore_ascii_case(stated));
            let cause = same.map_or_else(|| Cause::of(Code::BodyAltered), |(cause, _)| cause);
            problem.if_it_fits.push((slot, cause.was(&**own, stated)));
        }
        (None, None) => {
            let cause = Cause::of(Code::BodyUnknown);
            problem.if_it_fits.push((slot, cause));
        }
        _ => {}
    }
}

fn headers(case: &mut Case, slot: usize, block: &Block<'_>, names: &[&str], list: &str) {
    let problem = &mut case.problem;
    for name in names {
        let with = |values: &[&str]| block.text(names, list, &[(name, values)]);
        let mut guesses = header::guesses(block.seen, name);
        if *name == "host" {
            guesses.splice(0..0, host::guesses(block.seen));
        }
        for (cause, value) in guesses {
            problem.other(slot, cause, with(&[&value]));
        }
        if block.seen.has(name) {
            let value = block.seen.value(name).unwrap_or_default();
            let split: Vec<&str> = value.split(',').map(str::trim).collect();
            problem.other(
                slot,
                Cause::of(Code::HeaderRepeated).about(*name),
                with(&split),
            );
            problem.other(
                slot,
                Cause::of(Code::HeaderNotSigned).about(*name),
                with(&[]),
            );
        } else {
            let left_out = Cause::of(Code::HeaderNotSigned).about(*name);
            problem.if_it_fits.push((slot, left_out));
            let empty = Cause::of(Code::EmptyHeaderRemoved).about(*name);
            problem.other(slot, empty, with(&[""]));
            case.seen
                .push(Cause::seen(Code::HeaderRemoved).about(*name));
        }
        let fewer: Vec<&str> = names
            .iter()
            .copied()
            .filter(|other| other != name)
            .collect();
        let cause = Cause::of(Code::HeaderNotSigned).about(*name);
        problem.other(slot, cause, block.text(&fewer, &fewer.join(";"), &[]));
    }
    let mut sorted = names.to_vec();
    sorted.sort_unstable();
    let order = Cause::of(Code::HeaderOrder).was(list, sorted.join(";"));
    problem.other(
        slot,
        order.clone(),
        block.text(&sorted, &sorted.join(";"), &[]),
    );
    problem.other(slot, order.clone(), block.text(&sorted, list, &[]));
    sorted.reverse();
    problem.other(slot, order, block.text(&sorted, &sorted.join(";"), &[]));
}

fn digest(body: &[u8]) -> String {
    PayloadHash::of(body).as_str().to_owned()
}
