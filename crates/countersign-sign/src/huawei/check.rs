//! Whether a signature fits, in any of the ways official signers write it (spec
//! section 1.4).

use super::UNSIGNED_PAYLOAD;
use super::canonical::{Order, Plus, Reading, canonical_query};
use super::claim::{Claim, Payload};
use super::key::SigningKey;
use super::payload::PayloadHash;
use super::request::{Request, write_method_and_uri};
use crate::signed_text::SignedText;

/// How spec section 1.3 reads a query.
pub(super) const TO_THE_LETTER: Reading = Reading {
    plus: Plus::Sign,
    order: Order::Decoded,
};

/// How other official signers read it.
const OTHERWISE: [Reading; 3] = [
    Reading {
        plus: Plus::Space,
        order: Order::Decoded,
    },
    Reading {
        plus: Plus::Sign,
        order: Order::Encoded,
    },
    Reading {
        plus: Plus::Space,
        order: Order::Encoded,
    },
];

/// Whether the signature is the one `key` makes of this request, read in one of the
/// ways the official signers do. Compared as text, in constant time.
///
/// # Errors
/// The canonical request to the letter of spec section 1.3.
pub(super) fn check(claim: &Claim<'_>, key: &SigningKey) -> Result<(), SignedText> {
    let fits = |canonical: &str| {
        let signature = key.sign(&claim.date, canonical);
        signature.ct_eq(claim.authorization.signature)
    };
    let frame = Frame::of_claim(claim);
    let payloads = Payloads::of(claim);
    let query = query(claim, TO_THE_LETTER);
    let expected = frame.around(&query, payloads.due());
    if fits(&expected) {
        return Ok(());
    }

    let mut queries = vec![query];
    for reading in OTHERWISE {
        let query = self::query(claim, reading);
        if !queries.contains(&query) {
            queries.push(query);
        }
    }
    let fits_otherwise = queries.iter().any(|query| {
        payloads
            .lines()
            .map(|payload| frame.around(query, payload))
            .any(|canonical| canonical != expected && fits(&canonical))
    });
    if fits_otherwise {
        Ok(())
    } else {
        Err(SignedText::new(expected))
    }
}

/// The canonical request to the letter of spec section 1.3.
pub(super) fn canonical_request(claim: &Claim<'_>) -> String {
    let query = query(claim, TO_THE_LETTER);
    Frame::of_claim(claim).around(&query, Payloads::of(claim).due())
}

fn query(claim: &Claim<'_>, reading: Reading) -> String {
    let mut out = String::new();
    canonical_query(claim.request.query.unwrap_or_default(), reading, &mut out);
    out
}

/// A canonical request but for its query and its payload line.
pub(crate) struct Frame {
    before_query: String,
    before_payload: String,
}

impl Frame {
    /// The frame of a request of which these headers, in this order, are signed.
    pub(crate) fn of(request: &Request<'_>, signed_headers: &str) -> Self {
        let mut before_query = String::new();
        write_method_and_uri(request.method, request.path, &mut before_query);
        let mut before_payload = "\n".to_owned();
        for name in signed_headers.split(';') {
            request.write_header(name, &mut before_payload);
        }
        before_payload.push('\n');
        before_payload.push_str(signed_headers);
        before_payload.push('\n');
        Self {
            before_query,
            before_payload,
        }
    }

    fn of_claim(claim: &Claim<'_>) -> Self {
        Self::of(&claim.request, claim.authorization.signed_headers)
    }

    /// The canonical request.
    pub(crate) fn around(&self, query: &str, payload: &str) -> String {
        [&self.before_query, query, &self.before_payload, payload].concat()
    }
}

/// The payload lines a request may have been signed with: what the header says,
/// else the digest of the body. For an empty body that is not covered the Python
/// signer writes the digest, whatever the header says.
struct Payloads<'a> {
    stated: Option<&'a str>,
    digest: Option<PayloadHash>,
}

impl<'a> Payloads<'a> {
    fn of(claim: &Claim<'a>) -> Self {
        let body = claim.request.body;
        let (stated, has_digest) = match claim.payload {
            Payload::Absent => (None, true),
            Payload::Unsigned => (Some(UNSIGNED_PAYLOAD), body.is_empty()),
            Payload::Stated(digest) => (Some(digest), false),
        };
        Self {
            stated,
            digest: has_digest.then(|| PayloadHash::of(body)),
        }
    }

    /// The line to the letter.
    fn due(&self) -> &str {
        self.lines().next().expect("what is not stated is digested")
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        let digest = self.digest.as_ref().map(PayloadHash::as_str);
        self.stated.into_iter().chain(digest)
    }
}
