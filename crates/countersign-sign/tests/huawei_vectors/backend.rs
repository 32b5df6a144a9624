//! The signature on requests to a backend: the signer over those the gateway
//! makes, the verifier over all and over the edited ones.

use countersign_sign::huawei::backend::{
    AUTHORIZATION, Outgoing, Payload, PayloadHash, Refusal, Rules, Scratch, Signer,
    UNSIGNED_PAYLOAD, verify,
};

use super::file::{Case, Vector, Verdict, count, vectors};

/// Vectors whose list of signed headers the gateway never writes: it signs host and
/// date, and the payload header only to leave the body out.
const NOT_OURS: [&str; 3] = [
    "post_payload_hash_header",
    "signed_content_type",
    "extra_signed_header",
];

/// The case where the official verifiers accept and a strict backend, such as this
/// one, compares the digest in the header with the body.
const STRICTER: &str = "body_changed_under_payload_hash_header";

const RULES: Rules<'static> = Rules {
    header: AUTHORIZATION,
    allow_unsigned_payload: true,
};

#[test]
fn every_vector() {
    let entries = vectors().backend_signature.vectors;
    assert_eq!(entries.len(), count("/backend_signature/vectors"));
    assert_eq!(entries.len(), 15);
    for vector in &entries {
        assert_eq!(vector.expect, Verdict::Accept, "{}", vector.name);
        let now_unix = vector.date().unix();
        judge(vector, now_unix, &RULES).expect(&vector.name);
    }
    let (others, ours): (Vec<_>, Vec<_>) = entries
        .iter()
        .partition(|vector| NOT_OURS.contains(&&*vector.name));
    assert_eq!((others.len(), ours.len()), (3, 12));
    let mut scratch = Scratch::new();
    for vector in ours {
        check_signer(vector, &mut scratch);
    }
}

fn check_signer(vector: &Vector, scratch: &mut Scratch) {
    let name = &vector.name;
    let body = vector.request.body();
    let digest = PayloadHash::of(&body);
    assert_eq!(digest.as_str(), vector.body_sha256, "{name}");
    let payload = match vector.request.header("x-sdk-content-sha256") {
        Some(UNSIGNED_PAYLOAD) => Payload::Unsigned,
        Some(other) => panic!("{name}: {other}"),
        None if body.is_empty() => Payload::Empty,
        None => Payload::Sha256(&digest),
    };
    let (path, query) = vector.request.path_and_query();
    let date = vector.date();
    let outgoing = Outgoing {
        method: &vector.request.method,
        path,
        query,
        host: vector.request.header("host").expect(name),
        date: &date,
        payload,
    };
    let signer = Signer::new(&vector.access_key, &vector.secret());
    assert_eq!(vector.assembled(), vector.canonical_request, "{name}");
    let canonical = signer.canonical_request(&outgoing);
    assert_eq!(canonical, vector.canonical_request, "{name}");
    let text = signer.string_to_sign(&outgoing);
    assert_eq!(text, vector.string_to_sign, "{name}");
    assert!(text.ends_with(&vector.canonical_request_sha256), "{name}");
    let header = signer.authorization(&outgoing, scratch);
    assert_eq!(header, vector.authorization.as_bytes(), "{name}");
    assert!(vector.authorization.ends_with(&vector.signature), "{name}");
}

#[test]
fn every_case() {
    let part = vectors().backend_signature;
    assert_eq!(part.cases.len(), count("/backend_signature/cases"));
    assert_eq!(part.cases.len(), 16);
    for case in &part.cases {
        check_case(case, &part.vectors);
    }
}

fn check_case(case: &Case, vectors: &[Vector]) {
    let (name, reason) = (&*case.name, &case.reason);
    let verdict = judge(&case.changed(vectors), case.now_unix(), &RULES);
    if name == STRICTER {
        assert_eq!(case.expect, Verdict::Accept);
        assert_eq!(verdict, Err("BodyDigestDiffers"));
        return;
    }
    let accepted = verdict == Ok(());
    assert_eq!(
        accepted,
        case.expect == Verdict::Accept,
        "{name} ({reason}): {verdict:?}"
    );
    if let Err(refusal) = verdict {
        assert_eq!(refusal, expected_refusal(name), "{name}");
    }
}

fn expected_refusal(case: &str) -> &'static str {
    match case {
        "skew_plus_901" | "skew_minus_901" => "Expired",
        "authorization_missing" => "NoSignature",
        "authorization_basic" => "Malformed",
        "key_unknown" => "UnknownSignKey",
        "signed_header_missing" => "SignedHeaderMissing",
        "date_missing" => "DateMissing",
        _ => "SignatureDiffers",
    }
}

#[test]
fn uncovered_bodies_need_leave() {
    let strict = Rules::default();
    for vector in &vectors().backend_signature.vectors {
        let verdict = judge(vector, vector.date().unix(), &strict);
        if vector.payload_line == UNSIGNED_PAYLOAD {
            assert_eq!(verdict, Err("UnsignedPayload"), "{}", vector.name);
        } else {
            assert_eq!(verdict, Ok(()), "{}", vector.name);
        }
    }
}

fn judge(vector: &Vector, now_unix: i64, rules: &Rules<'_>) -> Result<(), &'static str> {
    let headers = vector.request.header_pairs();
    let body = vector.request.body();
    let received = vector.request.as_request(&headers, &body);
    let signer = Signer::new(&vector.access_key, &vector.secret());
    let lookup = |key: &str| (key == signer.sign_key()).then_some(&signer);
    match verify(&received, now_unix, rules, lookup) {
        Ok(verified) => {
            assert_eq!(verified.sign_key, vector.access_key, "{}", vector.name);
            Ok(())
        }
        Err(refusal) => Err(match refusal {
            Refusal::NoSignature => "NoSignature",
            Refusal::Malformed(_) => "Malformed",
            Refusal::UnknownSignKey => "UnknownSignKey",
            Refusal::SignedHeaderMissing { .. } => "SignedHeaderMissing",
            Refusal::HeaderNotSigned { .. } => "HeaderNotSigned",
            Refusal::DateMissing => "DateMissing",
            Refusal::BadDate => "BadDate",
            Refusal::Expired { .. } => "Expired",
            Refusal::UnsignedPayload => "UnsignedPayload",
            Refusal::BodyDigestDiffers => "BodyDigestDiffers",
            Refusal::SignatureDiffers { .. } => "SignatureDiffers",
        }),
    }
}
