//! The keys that an explanation tries.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::rfc9421::VerifyingKey;
use crate::verifier::{Key, Scheme};

/// A key to try.
#[derive(Debug, Clone)]
pub struct KeyCandidate {
    /// The key.
    pub key: Key,
    /// Whose it is.
    pub role: Role,
}

/// Whose key a candidate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// A version of the key that the request should be signed with: verdicts are
    /// about these.
    Asked,
    /// Another key, which may have been used by mistake.
    Other,
}

impl KeyCandidate {
    /// A version of the key that the request should be signed with.
    pub fn asked(key: Key) -> Self {
        Self {
            key,
            role: Role::Asked,
        }
    }

    /// Another key.
    pub fn other(key: Key) -> Self {
        Self {
            key,
            role: Role::Other,
        }
    }
}

/// A candidate made ready.
pub(super) struct Prepared<'k> {
    pub(super) candidate: &'k KeyCandidate,
    kind: Kind<'k>,
}

enum Kind<'k> {
    Mac(Box<Hmac<Sha256>>),
    Public(&'k VerifyingKey),
}

impl<'k> Prepared<'k> {
    /// Every candidate that can check a signature of `scheme`: asked ones first, and
    /// of these those that are for the scheme.
    pub(super) fn all(candidates: &'k [KeyCandidate], scheme: Scheme) -> Vec<Self> {
        let mut ordered: Vec<&KeyCandidate> = candidates.iter().collect();
        ordered.sort_by_key(|one| (one.role == Role::Other, one.key.scheme() != scheme));
        let prepared = ordered.into_iter();
        prepared.filter_map(|one| Self::of(one, scheme)).collect()
    }

    fn of(candidate: &'k KeyCandidate, scheme: Scheme) -> Option<Self> {
        let kind = match (candidate.key.secret(), candidate.key.rfc9421()) {
            (Some(secret), _) => Kind::Mac(Box::new(mac(secret.expose().as_bytes()))),
            (None, Some(key)) if is_rfc9421(scheme) => Kind::Public(key),
            _ => return None,
        };
        Some(Self { candidate, kind })
    }

    /// The same with a line end or a blank at the end of its secret.
    pub(super) fn blank_forms(&self) -> Vec<Self> {
        let Some(secret) = self.candidate.key.secret() else {
            return Vec::new();
        };
        let of = |text: String| Self {
            candidate: self.candidate,
            kind: Kind::Mac(Box::new(mac(Zeroizing::new(text).as_bytes()))),
        };
        let own = secret.expose();
        let mut forms: Vec<_> = ["\n", "\r\n", " "]
            .iter()
            .map(|end| of([own, end].concat()))
            .collect();
        forms.push(of([" ", own].concat()));
        if own.trim() != own {
            forms.push(of(own.trim().to_owned()));
        }
        forms
    }

    pub(super) fn is_public(&self) -> bool {
        matches!(self.kind, Kind::Public(_))
    }

    /// Whether `carried` is a signature of `text` by this key.
    pub(super) fn fits(&self, text: &str, carried: &CarriedSignature) -> Option<Encoding> {
        match &self.kind {
            Kind::Mac(mac) => {
                let mut mac = Hmac::clone(mac);
                mac.update(text.as_bytes());
                carried.forms.iter().find_map(|(bytes, encoding)| {
                    mac.clone().verify_slice(bytes).is_ok().then_some(*encoding)
                })
            }
            Kind::Public(key) => {
                let (bytes, encoding) = carried.forms.first()?;
                key.verifies(text, bytes).then_some(*encoding)
            }
        }
    }
}

fn mac(secret: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret).expect("HMAC takes a key of any length")
}

fn is_rfc9421(scheme: Scheme) -> bool {
    matches!(scheme, Scheme::Rfc9421Hmac | Scheme::Rfc9421KeyPair)
}

/// A signature that a request carries, in every encoding that it can be read in.
pub(super) struct CarriedSignature {
    forms: Vec<(Vec<u8>, Encoding)>,
}

/// In which encoding a signature was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// That of the scheme.
    Own,
    /// Another.
    Other(&'static str),
}

impl CarriedSignature {
    pub(super) fn base64(text: &str) -> Self {
        use base64::Engine;
        use base64::engine::general_purpose::{
            STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD,
        };

        let mut forms = Vec::new();
        let mut add = |bytes: Option<Vec<u8>>, encoding| {
            if let Some(bytes) = bytes.filter(|bytes| bytes.len() == 32) {
                forms.push((bytes, encoding));
            }
        };
        add(STANDARD.decode(text).ok(), Encoding::Own);
        add(
            STANDARD_NO_PAD.decode(text).ok(),
            Encoding::Other("Base64 without padding"),
        );
        add(URL_SAFE.decode(text).ok(), Encoding::Other("Base64url"));
        add(
            URL_SAFE_NO_PAD.decode(text).ok(),
            Encoding::Other("Base64url"),
        );
        add(
            STANDARD.decode(text.replace(' ', "+")).ok(),
            Encoding::Other("Base64 with spaces for plus signs"),
        );
        add(hex::decode(text).ok(), Encoding::Other("hex"));
        Self { forms }
    }

    pub(super) fn hex(text: &str) -> Self {
        use base64::Engine;
        use base64::engine::general_purpose::STANDARD;

        let is_lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        let own = if is_lower {
            Encoding::Own
        } else {
            Encoding::Other("upper-case hex")
        };
        let mut forms = Vec::new();
        forms.extend(hex::decode(text).ok().map(|bytes| (bytes, own)));
        let base64 = STANDARD.decode(text).ok().filter(|bytes| bytes.len() == 32);
        forms.extend(base64.map(|bytes| (bytes, Encoding::Other("Base64"))));
        Self { forms }
    }

    pub(super) fn bytes(bytes: &[u8]) -> Self {
        let mut forms = vec![(bytes.to_vec(), Encoding::Own)];
        forms.extend(
            hex::decode(bytes)
                .ok()
                .map(|bytes| (bytes, Encoding::Other("hex in Base64"))),
        );
        Self { forms }
    }
}
