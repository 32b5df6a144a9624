//! Edited requests and the verdict a server must reach on each.

use countersign_sign::Secret;
use countersign_sign::alibaba::request_auth::{clock, v1, v3};
use countersign_sign::nonce::{NonceMemory, NonceRefused};

use super::file::{Verdict, WireRequest, vectors};

type Code = &'static str;

#[test]
fn verdicts() {
    let entries = vectors().verdicts;
    assert_eq!(entries.len(), 25);
    for entry in &entries {
        let expected = match (&*entry.expected, entry.expected_code.as_deref()) {
            ("accept", None) => Ok(()),
            ("reject", Some(code)) => Err(code),
            other => panic!("{}: not a verdict: {other:?}", entry.id),
        };
        assert_eq!(judge(entry), expected, "{}", entry.id);
    }
}

/// A server in small: key, clock, signature, nonce, in the order of spec section 4.4.
fn judge(entry: &Verdict) -> Result<(), Code> {
    let now = clock::parse(&entry.server_time).expect("the vector has a good time");
    let claims = Claims::of(&entry.request);
    let mut nonces = NonceMemory::new(2 * clock::WINDOW_SECS, 100);
    for nonce in &entry.seen_nonces {
        nonces
            .check_and_record(&claims.key_id, nonce, now - 60)
            .expect("the memory has room");
    }

    let secret = entry
        .known_keys
        .get(&claims.key_id)
        .map(|text| Secret::new(text.clone()))
        .ok_or("InvalidAccessKeyId.NotFound")?;
    let then = clock::parse(&claims.time).map_err(|_| "InvalidTimeStamp.Format")?;
    clock::within_window(now, then, clock::WINDOW_SECS).map_err(|_| "InvalidTimeStamp.Expired")?;
    check_signature(&entry.request, &secret)?;
    nonces
        .check_and_record(&claims.key_id, &claims.nonce, now)
        .map_err(|refused| match refused {
            NonceRefused::Replayed => "SignatureNonceUsed",
            NonceRefused::Full => "ServiceUnavailable",
        })
}

struct Claims {
    key_id: String,
    time: String,
    nonce: String,
}

impl Claims {
    fn of(request: &WireRequest) -> Self {
        let header = |name| request.header(name).expect("a V3 vector has it").to_owned();
        if let Some(authorization) = authorization(request) {
            return Self {
                key_id: authorization.access_key_id,
                time: header("x-acs-date"),
                nonce: header("x-acs-signature-nonce"),
            };
        }
        let parameter = |name| parameter(request, name);
        Self {
            key_id: parameter("AccessKeyId"),
            time: parameter("Timestamp"),
            nonce: parameter("SignatureNonce"),
        }
    }
}

fn check_signature(request: &WireRequest, secret: &Secret) -> Result<(), Code> {
    let Some(authorization) = authorization(request) else {
        let presented = parameter(request, v1::SIGNATURE_PARAMETER);
        return v1::verify(secret, &request.method, &request.params(), &presented)
            .map_err(|_| "SignatureDoesNotMatch");
    };
    let headers = request.header_pairs();
    let request = request.as_v3(&headers);
    v3::verify(secret, &request, &authorization, &v3::CLOUD_API_RULES).map_err(|refusal| {
        match refusal {
            v3::Refusal::SignatureDiffers(_) | v3::Refusal::BodyDigestDiffers(_) => {
                "SignatureDoesNotMatch"
            }
            v3::Refusal::HeaderNotSigned { .. } | v3::Refusal::SignedHeaderMissing { .. } => {
                "IncompleteSignature"
            }
        }
    })
}

fn authorization(request: &WireRequest) -> Option<v3::Authorization> {
    let header = request.header("authorization")?;
    Some(v3::Authorization::parse(header).expect("the vectors have well-formed ones"))
}

fn parameter(request: &WireRequest, name: &str) -> String {
    let found = request.params().into_iter().find(|(n, _)| n == name);
    found.expect("a v1 vector has it").1
}
