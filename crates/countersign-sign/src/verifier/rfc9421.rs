//! RFC 9421, with shared secrets and with key pairs. See `verifiers/README.md` for the
//! rules, which leave less open than the RFC.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::keys::Keys;
use super::options::Options;
use super::refusal::Refusal;
use super::request::{Body, View, raw_values};
use super::scheme::Scheme;
use super::verified::{BodyCheck, Verified};
use crate::rfc9421::component::ComponentId;
use crate::rfc9421::input::SignatureInput;
use crate::rfc9421::message::{Message, Scheme as UriScheme, Target};
use crate::rfc9421::parameters::write_params_line;
use crate::rfc9421::structured::{Member, read_dictionary};
use crate::rfc9421::value::{NoValue, write_value};
use crate::rfc9421::{CONTENT_DIGEST_HEADER, SIGNATURE_HEADER, SIGNATURE_INPUT_HEADER};

/// The label of the gateway's signature.
const LABEL: &str = "countersign";
/// Both kinds of keys: `keyid` tells which.
pub(super) const SCHEMES: [Scheme; 2] = [Scheme::Rfc9421Hmac, Scheme::Rfc9421KeyPair];

/// A request that fits but for its nonce.
pub(super) struct Fitting {
    pub(super) verified: Verified,
    pub(super) key_id: String,
    pub(super) nonce: String,
}

/// The gateway's member of `Signature-Input`, if it is there or hidden in something
/// that can not be read.
pub(super) fn told(headers: &[(&str, &[u8])]) -> Option<Result<Member, Refusal>> {
    match member(headers, SIGNATURE_INPUT_HEADER) {
        Ok(member) => member.map(Ok),
        Err(refusal) => Some(Err(refusal)),
    }
}

fn member(headers: &[(&str, &[u8])], field: &'static str) -> Result<Option<Member>, Refusal> {
    let Some(text) = joined(headers, field) else {
        return Ok(None);
    };
    let members = std::str::from_utf8(&text)
        .map_err(|_| Refusal::unreadable(field))
        .and_then(|text| {
            read_dictionary(text)
                .map_err(|why| Refusal::malformed(format!("{field} is not readable: {why}")))
        })?;
    Ok(members.into_iter().find(|member| member.key == LABEL))
}

/// All lines of a field as one (RFC 9421 section 2.1).
fn joined(headers: &[(&str, &[u8])], field: &str) -> Option<Vec<u8>> {
    let mut lines = raw_values(headers, field);
    let mut text = lines.next()?.to_vec();
    for line in lines {
        text.extend_from_slice(b", ");
        text.extend_from_slice(line);
    }
    Some(text)
}

pub(super) fn verify(
    view: &View<'_>,
    member: &Member,
    keys: &Keys,
    options: &Options,
    now_unix: i64,
) -> Result<Fitting, Refusal> {
    let input = SignatureInput::read(member).map_err(|why| Refusal::malformed(why.to_string()))?;
    check_components(&input.components)?;
    let signature = self::member(view.raw, SIGNATURE_HEADER)?;
    let signature = signature
        .as_ref()
        .and_then(Member::bytes)
        .ok_or_else(|| Refusal::malformed("Signature has no bytes for the label"))?;
    let (Some(created), Some(key_id), Some(nonce)) = (input.created, &input.key_id, &input.nonce)
    else {
        return Err(Refusal::malformed("created, keyid or nonce is missing"));
    };
    let mut candidates = keys.named(&SCHEMES, key_id, now_unix);
    if let Some(named) = &input.algorithm
        && !candidates.usable.is_empty()
    {
        candidates.usable.retain(|key| {
            key.rfc9421()
                .is_some_and(|key| key.algorithm().as_str() == named)
        });
        if candidates.usable.is_empty() {
            return Err(Refusal::malformed("alg is not that of the key"));
        }
    }
    let host = view.unique("host")?.unwrap_or_default();
    let base = base(view, &input, host, UriScheme::Http)?;
    check_covered(view, &input.components, options)?;
    candidates.demand(key_id)?;
    check_time(created, input.expires, options, now_unix)?;
    let body = check_body(view, &input.components)?;

    let fitting = |base: &str| {
        candidates.usable.iter().find(|key| {
            key.rfc9421()
                .is_some_and(|key| key.verifies(base, signature))
        })
    };
    let mut key = fitting(&base);
    // A backend does not know whether TLS ended before it, and so which port is the
    // default one that may be left off.
    if key.is_none() && (host.ends_with(":80") || host.ends_with(":443")) {
        key = fitting(&self::base(view, &input, host, UriScheme::Https)?);
    }
    match key {
        Some(key) => Ok(Fitting {
            verified: Verified::new(key, body),
            key_id: key_id.clone(),
            nonce: nonce.clone(),
        }),
        None => Err(Refusal::differs(base)),
    }
}

/// Fields and four derived components are spoken, without parameters.
fn check_components(components: &[ComponentId]) -> Result<(), Refusal> {
    const DERIVED: [&str; 4] = ["@method", "@authority", "@path", "@query"];
    let is_spoken = |id: &ComponentId| {
        // A parameter comes after the closing quote, and its value may be in quotes.
        let name = id.as_str().trim_matches('"');
        !name.contains('"')
            && id.is_plain(name)
            && (!name.starts_with('@') || DERIVED.contains(&name))
    };
    if components.iter().all(is_spoken) {
        Ok(())
    } else {
        Err(Refusal::malformed(
            "a component is covered that is not spoken here",
        ))
    }
}

/// The signature base. What can not be written counts before what is missing.
fn base(
    view: &View<'_>,
    input: &SignatureInput,
    authority: &str,
    scheme: UriScheme,
) -> Result<String, Refusal> {
    let target = Target {
        method: view.method,
        scheme,
        authority,
        path: view.path,
        query: view.query,
    };
    let message = Message::request(target, &view.headers, None);
    let mut base = String::new();
    let mut missing = None;
    for id in &input.components {
        base.push_str(id.as_str());
        base.push_str(": ");
        let is_unknown_host = id.is_plain("@authority") && authority.is_empty();
        match write_value(id, &message, &mut base) {
            Ok(()) if is_unknown_host => missing = missing.or(Some("host")),
            Ok(()) => {}
            Err(NoValue::Missing) => missing = missing.or(Some(id.as_str())),
            Err(why) => {
                return Err(Refusal::malformed(format!("component {id} is {why}")));
            }
        }
        base.push('\n');
    }
    write_params_line(&input.text, &mut base);
    match missing {
        Some(name) => Err(Refusal::missing(name.trim_matches('"'))),
        None => Ok(base),
    }
}

fn check_covered(
    view: &View<'_>,
    covered: &[ComponentId],
    options: &Options,
) -> Result<(), Refusal> {
    let has_body = !matches!(view.body, Body::Whole([]));
    let query = view.query.map(|_| "@query");
    let digest = (has_body && !options.accept_unsigned_payload).then_some(CONTENT_DIGEST_HEADER);
    let required = ["@method", "@authority", "@path"].into_iter();
    match required
        .chain(query)
        .chain(digest)
        .find(|name| !covers(covered, name))
    {
        Some(name) => Err(Refusal::not_signed(name)),
        None => Ok(()),
    }
}

fn covers(covered: &[ComponentId], name: &str) -> bool {
    covered.iter().any(|id| id.is_plain(name))
}

fn check_time(
    created: i64,
    expires: Option<i64>,
    options: &Options,
    now_unix: i64,
) -> Result<(), Refusal> {
    let off_secs = created.abs_diff(now_unix);
    if off_secs > options.window_secs {
        return Err(Refusal::expired(format!(
            "the signature was created {off_secs} seconds from now"
        )));
    }
    match expires {
        Some(expires) if expires < now_unix => Err(Refusal::expired(format!(
            "the signature expired {} seconds ago",
            now_unix.abs_diff(expires)
        ))),
        _ => Ok(()),
    }
}

fn check_body(view: &View<'_>, covered: &[ComponentId]) -> Result<BodyCheck, Refusal> {
    if !covers(covered, CONTENT_DIGEST_HEADER) {
        return Ok(match view.body {
            Body::Whole([]) => BodyCheck::Fits,
            _ => BodyCheck::NotCovered,
        });
    }
    let stated = joined(view.raw, CONTENT_DIGEST_HEADER)
        .and_then(|text| String::from_utf8(text).ok())
        .and_then(|text| read_dictionary(&text).ok())
        .and_then(|members| members.into_iter().find(|member| member.key == "sha-256"));
    let stated = stated
        .as_ref()
        .and_then(Member::bytes)
        .ok_or_else(|| Refusal::body("Content-Digest has no sha-256"))?;
    match view.body {
        Body::Whole(body) if Sha256::digest(body).as_slice().ct_eq(stated).into() => {
            Ok(BodyCheck::Fits)
        }
        Body::Whole(_) => Err(Refusal::body("Content-Digest is not that of the body")),
        Body::TooLarge | Body::Withheld => Ok(BodyCheck::Stated),
    }
}
