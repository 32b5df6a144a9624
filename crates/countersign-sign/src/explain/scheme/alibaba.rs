//! Alibaba's backend signature.

use super::{Carried, Case};
use crate::alibaba::backend::{
    SECRET_KEY_HEADER, SIGNATURE_HEADER, SIGNED_HEADERS_HEADER, body_md5, utf16_order,
};
use crate::explain::candidate::CarriedSignature;
use crate::explain::cause::{Cause, Code};
use crate::explain::search::{Problem, Wrap};
use crate::explain::seen::Seen;
use crate::explain::variants::{body, header, host, method, path, query};
use crate::params::decode;

const CONTENT_MD5: &str = "content-md5";
/// The most names of which every order is tried.
const ORDERED_MAX: usize = 5;
/// The most names that are looked at.
const NAMES_MAX: usize = 100;

/// The list of parameters as the string to sign has it.
type Pairs = Vec<(String, String)>;

pub(in crate::explain) fn case(seen: &Seen<'_>, sign_keys: &[&str]) -> Option<Case> {
    let signature = seen.value(SIGNATURE_HEADER)?;
    let list = seen.value(SIGNED_HEADERS_HEADER);
    let stated = seen.value(CONTENT_MD5);
    let mut case = Case {
        carried: Carried {
            sign_key: seen.value(SECRET_KEY_HEADER),
            list: list.clone(),
            date: None,
            digest: stated.clone(),
            signature: Some(signature.clone()),
        },
        problem: Problem {
            slots: Vec::new(),
            others: Vec::new(),
            wrap: Wrap::None,
            carried: CarriedSignature::base64(&signature),
            if_it_fits: Vec::new(),
        },
        seen: Vec::new(),
        signed_at: None,
        digest: seen.body.filter(|body| !body.is_empty()).map(md5),
    };
    let digest = Digest::of(seen, stated.as_deref());
    let names: Vec<&str> = list
        .iter()
        .flat_map(|list| list.split(','))
        .filter(|name| !name.is_empty())
        .take(NAMES_MAX)
        .collect();
    let form = if seen.is_form() { seen.body } else { None };
    let problem = &mut case.problem;
    let at_method = problem.slot("method", format!("{}\n", seen.method.to_ascii_uppercase()));
    let at_digest = problem.slot("content digest", format!("{}\n", digest.due));
    let block = Block {
        seen,
        names: &names,
    };
    let at_headers = problem.slot("signed headers", block.text(&sorted(&names), &[]));
    let at_path = problem.slot("path", seen.path);
    let params = written(pairs(seen.query, form));
    let at_params = problem.slot("parameters", params);

    missing(&mut case, &block, at_headers, seen, sign_keys);
    let problem = &mut case.problem;
    for (cause, to) in path::guesses(seen) {
        problem.other(at_path, cause, to);
    }
    parameters(problem, at_params, seen, form);
    digest.guesses(problem, at_digest, at_params, seen, &names);
    for (cause, to) in method::guesses(seen) {
        let digest = match seen.body {
            Some(body) if !seen.is_form() && !body.is_empty() && is_digested(&to) => md5(body),
            _ => String::new(),
        };
        let line = format!("{}\n", to.to_ascii_uppercase());
        problem.linked(
            cause,
            vec![(at_method, line), (at_digest, format!("{digest}\n"))],
        );
    }
    orders(problem, at_headers, &block);
    headers(problem, at_headers, &block, sign_keys);
    if let (None, true) = (seen.body, is_digested(seen.method) || seen.is_form())
        && (seen.is_form() || stated.is_none())
    {
        let cause = Cause::of(Code::BodyUnknown);
        case.problem.if_it_fits.push((at_digest, cause));
    }
    Some(case)
}

/// The digest's line.
struct Digest {
    /// As the scheme has it, of the body that was signed: the one that is stated,
    /// if there is one.
    due: String,
    stated: Option<String>,
    is_due: bool,
}

impl Digest {
    fn of(seen: &Seen<'_>, stated: Option<&str>) -> Self {
        let has_body = seen.body.is_none_or(|body| !body.is_empty());
        let is_due = is_digested(seen.method) && !seen.is_form() && has_body;
        let own = seen.body.map(md5);
        let due = match (is_due, stated, own) {
            (false, ..) => String::new(),
            (true, Some(stated), _) => stated.to_owned(),
            (true, None, own) => own.unwrap_or_default(),
        };
        Self {
            due,
            stated: stated.map(str::to_owned),
            is_due,
        }
    }

    fn guesses(
        &self,
        problem: &mut Problem,
        slot: usize,
        params: usize,
        seen: &Seen<'_>,
        names: &[&str],
    ) {
        let Some(body) = seen.body else {
            if let Some(stated) = &self.stated {
                problem.other(slot, Cause::of(Code::DigestAdded), format!("{stated}\n"));
            }
            problem.other(slot, Cause::of(Code::DigestAbsent), "\n");
            return;
        };
        let own = md5(body);
        let is_listed = names
            .iter()
            .any(|name| name.eq_ignore_ascii_case(CONTENT_MD5));
        if let Some(stated) = self.stated.as_ref().filter(|stated| **stated != own) {
            let is_hex = stated.eq_ignore_ascii_case(&md5_hex(body));
            let mut fitting = body::guesses(body).into_iter();
            let cause = match fitting.find(|(_, bytes)| md5(bytes) == *stated) {
                _ if is_hex => Cause::of(Code::DigestEncoding).about("Content-MD5"),
                Some((cause, _)) if self.is_due || is_listed => cause,
                None if self.is_due || is_listed => Cause::of(Code::BodyAltered),
                _ => Cause::of(Code::DigestOfOtherBody).about("Content-MD5"),
            };
            let cause = cause.was(&*own, &**stated);
            problem.if_it_fits.push((slot, cause));
            let other = Cause::of(Code::DigestOfOtherBody).about("Content-MD5");
            problem.other(slot, other.was(&**stated, &*own), format!("{own}\n"));
        }
        let line = |text: &str| format!("{text}\n");
        if self.is_due {
            for (cause, bytes) in body::guesses(body) {
                let to = md5(&bytes);
                problem.other(slot, cause.was(&*own, &*to), line(&to));
            }
        }
        problem.other(
            slot,
            Cause::of(Code::DigestAbsent).was(&*self.due, ""),
            "\n",
        );
        let hex = md5_hex(body);
        for text in [
            hex.clone(),
            hex.to_ascii_uppercase(),
            base64(hex.as_bytes()),
        ] {
            let cause = Cause::of(Code::DigestEncoding).was(&*self.due, &*text);
            problem.other(slot, cause, line(&text));
        }
        if seen.is_form() {
            let query = written(pairs(seen.query, None));
            let cause = Cause::of(Code::FormAsBody).was("", &*own);
            problem.linked(cause, vec![(slot, line(&own)), (params, query)]);
        } else if !body.is_empty() {
            let both = written(pairs(seen.query, Some(body)));
            let cause = Cause::of(Code::BodyAsForm);
            problem.linked(cause, vec![(slot, line("")), (params, both)]);
        }
        let added = Cause::of(Code::DigestAdded).was("", &*own);
        problem.other(slot, added, line(&own));
        if let Some(stated) = &self.stated {
            let cause = Cause::of(Code::DigestAdded).was("", &**stated);
            problem.other(slot, cause, line(stated));
        }
    }
}

fn parameters(problem: &mut Problem, slot: usize, seen: &Seen<'_>, form: Option<&[u8]>) {
    if form.is_some_and(|form| !form.is_empty()) {
        let cause = Cause::of(Code::FormLeftOut);
        problem.other(slot, cause, written(pairs(seen.query, None)));
        if let Some(form) = form {
            for (cause, bytes) in body::guesses(form) {
                problem.other(slot, cause, written(pairs(seen.query, Some(&bytes))));
            }
        }
    }
    let own = pairs(seen.query, form);
    let joined = |pairs: Pairs| join(&pairs, true);
    let mut all = own.clone();
    all.sort_by(|left, right| utf16_order(&left.0, &right.0));
    problem.other(slot, Cause::of(Code::ParameterRepeated), joined(all));
    if sorted_pairs(own.clone()).len() < own.len() {
        problem.other(
            slot,
            Cause::of(Code::ParameterRepeated),
            joined(own.clone()),
        );
    }
    let mut last = own.clone();
    last.reverse();
    problem.other(slot, Cause::of(Code::ParameterRepeated), written(last));
    problem.other(slot, Cause::of(Code::QueryOrder), joined(own.clone()));
    problem.other(
        slot,
        Cause::of(Code::ParameterEmpty),
        join(&sorted_pairs(own.clone()), false),
    );
    let raw = seen.query.unwrap_or_default();
    let form_text = form.and_then(|form| std::str::from_utf8(form).ok());
    for (cause, pairs) in query::readings(raw, form_text.unwrap_or_default()) {
        let to = written(pairs);
        problem.other(slot, cause, to);
    }
    for (cause, query) in query::guesses(seen) {
        problem.other(slot, cause, written(pairs(query.as_deref(), form)));
    }
    let filled: Pairs = own
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect();
    problem.other(slot, Cause::of(Code::ParameterEmpty), written(filled));
}

/// The lines of the signed headers.
struct Block<'s> {
    seen: &'s Seen<'s>,
    names: &'s [&'s str],
}

impl Block<'_> {
    /// The lines in this order. `overrides` are other values, or no line at all.
    fn text(&self, order: &[&str], overrides: &[(&str, Option<&str>)]) -> String {
        let mut out = String::new();
        for name in order {
            let other = overrides.iter().find(|(own, _)| own == name);
            let own = self.seen.value(name);
            let value = match other {
                Some((_, value)) => *value,
                None => own.as_deref(),
            };
            if let Some(value) = value {
                out.push_str(&format!("{}:{value}\n", name.to_ascii_lowercase()));
            }
        }
        out
    }
}

/// What is listed and not there, and a list that is not there.
fn missing(case: &mut Case, block: &Block<'_>, slot: usize, seen: &Seen<'_>, sign_keys: &[&str]) {
    let order = sorted(block.names);
    let problem = &mut case.problem;
    if block.names.is_empty() {
        let left_out = Cause::of(Code::HeaderNotSigned).about(SECRET_KEY_HEADER);
        problem.if_it_fits.push((slot, left_out));
        let value = seen.value(SECRET_KEY_HEADER);
        let line = format!(
            "{}:{}\n",
            SECRET_KEY_HEADER.to_ascii_lowercase(),
            value.unwrap_or_default()
        );
        let cause = Cause::of(Code::HeaderRemoved).about(SIGNED_HEADERS_HEADER);
        problem.other(slot, cause, line);
        case.seen
            .push(Cause::seen(Code::HeaderRemoved).about(SIGNED_HEADERS_HEADER));
        return;
    }
    for name in block.names.iter().filter(|name| !seen.has(name)) {
        problem
            .if_it_fits
            .push((slot, Cause::of(Code::HeaderNotSigned).about(*name)));
        let with = |value: &str| block.text(&order, &[(name, Some(value))]);
        let empty = Cause::of(Code::EmptyHeaderRemoved).about(*name);
        problem.other(slot, empty, with(""));
        let mut values: Vec<String> = Vec::new();
        if name.eq_ignore_ascii_case(SECRET_KEY_HEADER) {
            values.extend(sign_keys.iter().map(|key| (*key).to_owned()));
        } else if name.eq_ignore_ascii_case("host") {
            values.extend(host::guesses(seen).into_iter().map(|(_, value)| value));
        } else if name.eq_ignore_ascii_case(CONTENT_MD5) {
            values.extend(seen.body.map(md5));
        } else if name.eq_ignore_ascii_case("content-length") {
            values.extend(seen.body.map(|body| body.len().to_string()));
        }
        for value in values {
            let cause = Cause::of(Code::HeaderRemoved).about(*name).was("", &*value);
            problem.other(slot, cause, with(&value));
        }
        case.seen
            .push(Cause::seen(Code::HeaderRemoved).about(*name));
    }
    let twice = block
        .names
        .iter()
        .filter(|name| seen.values(name).count() > 1);
    for name in twice {
        let cause = Cause::of(Code::HeaderRepeated).about(*name);
        problem.if_it_fits.push((slot, cause));
    }
}

fn headers(problem: &mut Problem, slot: usize, block: &Block<'_>, sign_keys: &[&str]) {
    let order = sorted(block.names);
    for name in block.names.iter().filter(|name| block.seen.has(name)) {
        let mut guesses = header::guesses(block.seen, name);
        if name.eq_ignore_ascii_case("host") {
            guesses.splice(0..0, host::guesses(block.seen));
        }
        let own = block.seen.value(name).unwrap_or_default();
        if name.eq_ignore_ascii_case(SECRET_KEY_HEADER) {
            let keys = sign_keys.iter().map(|key| {
                let cause = Cause::of(Code::SignKeyDiffers).about(*name);
                (cause.was(&*own, *key), (*key).to_owned())
            });
            guesses.splice(0..0, keys.collect::<Vec<_>>());
        }
        if name.eq_ignore_ascii_case(CONTENT_MD5) {
            let computed = block.seen.body.map(md5).map(|md5| {
                let cause = Cause::of(Code::DigestOfOtherBody).about(*name);
                (cause.was(&*own, &*md5), md5)
            });
            guesses.extend(computed);
        }
        for (cause, value) in guesses {
            let to = block.text(&order, &[(name, Some(&value))]);
            problem.other(slot, cause, to);
        }
        let cause = Cause::of(Code::HeaderNotSigned).about(*name);
        problem.other(slot, cause, block.text(&order, &[(name, None)]));
    }
}

/// Other orders of the lines.
fn orders(problem: &mut Problem, slot: usize, block: &Block<'_>) {
    let names = block.names;
    let mut by_case = |respell: &dyn Fn(&str) -> String, code: Code| {
        let mut spelled: Vec<(String, &str)> =
            names.iter().map(|name| (respell(name), *name)).collect();
        spelled.sort_by(|left, right| utf16_order(&left.0, &right.0));
        let order: Vec<&str> = spelled.iter().map(|(_, name)| *name).collect();
        problem.other(slot, Cause::of(code), block.text(&order, &[]));
    };
    let is_lower = !names
        .iter()
        .any(|name| name.bytes().any(|b| b.is_ascii_uppercase()));
    let own_spelling = |name: &str| {
        let own = SECRET_KEY_HEADER;
        if name.eq_ignore_ascii_case(own) {
            own.to_owned()
        } else {
            name.to_owned()
        }
    };
    if is_lower {
        by_case(&own_spelling, Code::ListCase);
        by_case(&train_case, Code::ListCase);
        by_case(
            &|name| {
                let mut sent = block.seen.headers.iter().map(|(own, _)| *own);
                let sent = sent.find(|own| own.eq_ignore_ascii_case(name));
                sent.unwrap_or(name).to_owned()
            },
            Code::ListCase,
        );
    } else {
        by_case(&str::to_ascii_lowercase, Code::HeaderOrder);
    }
    problem.other(slot, Cause::of(Code::HeaderOrder), block.text(names, &[]));
    if names.len() <= ORDERED_MAX {
        let mut order = names.to_vec();
        permute(&mut order, 0, &mut |order| {
            problem.other(slot, Cause::of(Code::HeaderOrder), block.text(order, &[]));
        });
    }
}

fn permute<'n>(names: &mut Vec<&'n str>, from: usize, each: &mut impl FnMut(&[&'n str])) {
    if from + 1 >= names.len() {
        each(names);
        return;
    }
    for at in from..names.len() {
        names.swap(from, at);
        permute(names, from + 1, each);
        names.swap(from, at);
    }
}

fn train_case(name: &str) -> String {
    let parts = name.split('-').map(|part| {
        let mut part = part.to_ascii_lowercase();
        if let Some(first) = part.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        part
    });
    parts.collect::<Vec<_>>().join("-")
}

fn sorted<'n>(names: &[&'n str]) -> Vec<&'n str> {
    let mut order = names.to_vec();
    order.sort_by(|left, right| utf16_order(left, right));
    order
}

fn pairs(query: Option<&str>, form: Option<&[u8]>) -> Pairs {
    [query.map(str::as_bytes), form]
        .into_iter()
        .flatten()
        .flat_map(decode)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

fn sorted_pairs(mut pairs: Pairs) -> Pairs {
    pairs.sort_by(|left, right| utf16_order(&left.0, &right.0));
    pairs.dedup_by(|later, first| later.0 == first.0);
    pairs
}

/// Sorted, the first of each name.
fn written(pairs: Pairs) -> String {
    join(&sorted_pairs(pairs), true)
}

fn join(pairs: &[(String, String)], equals: bool) -> String {
    let mut out = String::new();
    for (at, (name, value)) in pairs.iter().enumerate() {
        out.push(if at == 0 { '?' } else { '&' });
        out.push_str(name);
        if equals || !value.is_empty() {
            out.push('=');
            out.push_str(value);
        }
    }
    out
}

fn is_digested(method: &str) -> bool {
    ["POST", "PUT"]
        .iter()
        .any(|own| method.eq_ignore_ascii_case(own))
}

fn md5(body: &[u8]) -> String {
    body_md5(body).as_str().to_owned()
}

fn md5_hex(body: &[u8]) -> String {
    use md5::{Digest, Md5};

    hex::encode(Md5::digest(body))
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    STANDARD.encode(bytes)
}
