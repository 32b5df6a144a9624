//! RFC 9421.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::{Carried, Case};
use crate::explain::candidate::CarriedSignature;
use crate::explain::cause::{Cause, Code};
use crate::explain::search::{Problem, Wrap};
use crate::explain::seen::Seen;
use crate::explain::variants::{body, header, host, method, path, query};
use crate::rfc9421::component::ComponentId;
use crate::rfc9421::content_digest_sha256;
use crate::rfc9421::input::SignatureInput;
use crate::rfc9421::message::{Message, Scheme as UriScheme, Target};
use crate::rfc9421::parameters::write_params_line;
use crate::rfc9421::structured::{Member, read_dictionary};
use crate::rfc9421::value::write_value;
use crate::rfc9421::{CONTENT_DIGEST_HEADER, SIGNATURE_HEADER, SIGNATURE_INPUT_HEADER};

const LABEL: &str = "countersign";

pub(in crate::explain) fn case(seen: &Seen<'_>) -> Option<Case> {
    let member = member(seen, SIGNATURE_INPUT_HEADER)?;
    let input = SignatureInput::read(&member).ok()?;
    let signature = self::member(seen, SIGNATURE_HEADER)?;
    let signature = signature.bytes()?;
    let stated = joined(seen, CONTENT_DIGEST_HEADER);
    let mut case = Case {
        carried: Carried {
            signature: Some(STANDARD.encode(signature)),
            sign_key: input.key_id.clone(),
            list: Some(input.text.clone()),
            date: input.created.map(|created| created.to_string()),
            digest: stated.clone(),
        },
        problem: Problem {
            slots: Vec::new(),
            others: Vec::new(),
            wrap: Wrap::None,
            carried: CarriedSignature::bytes(signature),
            if_it_fits: Vec::new(),
        },
        seen: Vec::new(),
        signed_at: input.created,
        digest: seen
            .body
            .filter(|body| !body.is_empty())
            .map(content_digest),
    };
    let headers: Vec<(&str, &str)> = seen
        .headers
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect();
    let host = seen.value("host").unwrap_or_default();
    let target = |scheme, authority| Target {
        method: seen.method,
        scheme,
        authority,
        path: seen.path,
        query: seen.query,
    };
    // Lines come first and the guesses of all of them later, by how likely they are.
    let mut slots: BTreeMap<String, usize> = BTreeMap::new();
    for id in &input.components {
        let message = Message::request(target(UriScheme::Http, &host), &headers, None);
        let mut value = String::new();
        let is_there = write_value(id, &message, &mut value).is_ok()
            && !(id.is_plain("@authority") && host.is_empty());
        let name = name(id);
        let text = if is_there {
            line(id, &value)
        } else {
            String::new()
        };
        let slot = case.problem.slot(&name, text);
        if !is_there {
            let left_out = Cause::of(Code::HeaderNotSigned).about(&*name);
            case.problem.if_it_fits.push((slot, left_out));
            case.seen
                .push(Cause::seen(Code::HeaderRemoved).about(&*name));
        }
        slots.insert(name, slot);
    }
    let mut params = String::new();
    write_params_line(&input.text, &mut params);
    case.problem.slot("@signature-params", params);
    if let Some(slot) = slots.get("@authority").filter(|_| !host.is_empty()) {
        // The contract takes either port for the default one.
        let https = Message::request(target(UriScheme::Https, &host), &headers, None);
        let ids = input.components.iter();
        for id in ids.filter(|id| id.is_plain("@authority")) {
            let mut value = String::new();
            if write_value(id, &https, &mut value).is_ok() {
                case.problem.accepted(*slot, line(id, &value));
            }
        }
    }
    let problem = &mut case.problem;
    let mut add = |name: &str, cause: Cause, value: &str| {
        if let Some(slot) = slots.get(name) {
            problem.other(*slot, cause, format!("\"{name}\": {value}\n"));
        }
    };
    for (cause, value) in path::guesses(seen) {
        add("@path", cause, if value.is_empty() { "/" } else { &value });
    }
    for (cause, value) in query::guesses(seen) {
        add("@query", cause, &format!("?{}", value.unwrap_or_default()));
    }
    for (cause, value) in host::guesses(seen) {
        add("@authority", cause, &value);
    }
    for (cause, value) in method::guesses(seen) {
        add("@method", cause, &value);
    }
    if let Some(body) = seen.body {
        let own = content_digest(body);
        let code = if stated.is_some() {
            Code::DigestOfOtherBody
        } else {
            Code::HeaderRemoved
        };
        let other = Cause::of(code).about("Content-Digest");
        let value = content_digest(body);
        add(
            CONTENT_DIGEST_HEADER,
            other.was(stated.clone().unwrap_or_default(), &*value),
            &value,
        );
        for (cause, bytes) in body::guesses(body) {
            let value = content_digest(&bytes);
            add(CONTENT_DIGEST_HEADER, cause.was(&*own, &*value), &value);
        }
        let nothing = content_digest(b"");
        add(
            CONTENT_DIGEST_HEADER,
            Cause::of(Code::BodyNotSigned),
            &nothing,
        );
    }
    for name in slots.keys().filter(|name| !name.starts_with('@')) {
        if seen.has(name) {
            for (cause, value) in header::guesses(seen, name) {
                add(name, cause, &value);
            }
        } else {
            add(name, Cause::of(Code::EmptyHeaderRemoved).about(&**name), "");
        }
    }
    for (name, slot) in slots.iter().filter(|(name, _)| !name.starts_with('@')) {
        let cause = Cause::of(Code::HeaderNotSigned).about(&**name);
        case.problem.other(*slot, cause, "");
    }
    if let (Some(slot), Some(body), Some(stated)) =
        (slots.get(CONTENT_DIGEST_HEADER), seen.body, &stated)
        && sha256_of(stated).is_some_and(|stated| stated != Sha256::digest(body).as_slice())
    {
        let mut guesses = body::guesses(body).into_iter();
        let same = guesses.find(|(_, bytes)| {
            sha256_of(stated).is_some_and(|stated| stated == Sha256::digest(bytes).as_slice())
        });
        let cause = same.map_or_else(|| Cause::of(Code::BodyAltered), |(cause, _)| cause);
        let own = content_digest(body);
        case.problem
            .if_it_fits
            .push((*slot, cause.was(own, &**stated)));
    }
    Some(case)
}

/// Whether the signature has a last moment that is past.
pub(in crate::explain) fn expired_at(seen: &Seen<'_>, now_unix: i64) -> Option<i64> {
    let member = member(seen, SIGNATURE_INPUT_HEADER)?;
    let input = SignatureInput::read(&member).ok()?;
    input.expires.filter(|expires| *expires < now_unix)
}

fn member(seen: &Seen<'_>, field: &str) -> Option<Member> {
    let members = read_dictionary(&joined(seen, field)?).ok()?;
    members.into_iter().find(|member| member.key == LABEL)
}

fn joined(seen: &Seen<'_>, field: &str) -> Option<String> {
    let values: Vec<&str> = seen.values(field).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

fn line(id: &ComponentId, value: &str) -> String {
    format!("{id}: {value}\n")
}

/// Without the quotes; with parameters if it has any.
fn name(id: &ComponentId) -> String {
    id.as_str().trim_matches('"').to_owned()
}

fn sha256_of(stated: &str) -> Option<Vec<u8>> {
    let members = read_dictionary(stated).ok()?;
    let member = members.into_iter().find(|member| member.key == "sha-256")?;
    member.bytes().map(<[u8]>::to_vec)
}

fn content_digest(body: &[u8]) -> String {
    content_digest_sha256(&Sha256::digest(body).into())
}
