//! Every entry of `vectors/rfc9421.json`: the examples of RFC 9421.

mod rfc9421 {
    pub(crate) mod file;
}

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_sign::rfc9421::message::Target;
use countersign_sign::rfc9421::verify::{KeyQuery, Policy, Refusal, Required, Wanted, verify};
use countersign_sign::rfc9421::{ComponentId, Message, Plan, Scheme, VerifyingKey};
use rfc9421::file::{Case, File};

const CREATED: i64 = 1_618_884_473;

fn policy(label: &str) -> Policy<'_> {
    Policy {
        wanted: Wanted::Label(label),
        required: Required::Only(&[]),
        ..Policy::default()
    }
}

/// Runs `then` with the message of `case`, signed with `signature`.
fn with_message<T>(case: &Case, signature: &[u8], then: impl FnOnce(&Message<'_>) -> T) -> T {
    let input = format!(
        "{}=({}){}",
        case.label,
        case.components.join(" "),
        case.params
    );
    let signature = format!("{}=:{}:", case.label, STANDARD.encode(signature));
    let mut headers = case.headers();
    headers.push(("Signature-Input", &input));
    headers.push(("Signature", &signature));
    then(&case.message(&headers))
}

fn check(case: &Case, file: &File, signature: &[u8]) -> Result<(), Refusal> {
    let lookup = |query: &KeyQuery<'_>| -> Option<VerifyingKey> {
        file.signer(query.key_id?)
            .map(|signer| signer.verifying_key())
    };
    with_message(case, signature, |message| {
        let verified = verify(message, &policy(&case.label), CREATED + 10, lookup)?;
        assert_eq!(verified.key_id.as_deref(), Some(case.key.as_str()));
        let covered: Vec<_> = verified
            .components
            .iter()
            .map(ComponentId::as_str)
            .collect();
        assert_eq!(covered, case.components, "{}", case.name);
        Ok(())
    })
}

#[test]
fn what_another_library_signed_fits() {
    let file = File::of_another_library();
    assert_eq!(file.cases.len(), 20);
    for case in &file.cases {
        check(case, &file, &case.signature()).expect(&case.name);
        let mut altered = case.signature();
        altered[0] ^= 1;
        check(case, &file, &altered).expect_err(&case.name);
    }
}

#[test]
fn every_signature_of_the_rfc_fits() {
    let file = File::load();
    assert_eq!(file.cases.len(), 9);
    for case in &file.cases {
        let result = check(case, &file, &case.signature());
        assert!(result.is_ok(), "{}: {result:?}", case.name);
    }
}

#[test]
fn every_signature_base_is_that_of_the_rfc() {
    let file = File::load();
    for case in &file.cases {
        let mut signature = case.signature();
        signature[0] ^= 1;
        match check(case, &file, &signature) {
            Err(Refusal::SignatureDiffers { base }) => {
                assert_eq!(base.as_str(), case.base, "{}", case.name);
            }
            other => panic!("{}: {other:?}", case.name),
        }
    }
}

#[test]
fn signing_makes_the_signatures_of_the_rfc() {
    let file = File::load();
    let mut same = 0;
    for case in &file.cases {
        // The two parameters that all of these have, in the order written here.
        if case.params != format!(";created={CREATED};keyid=\"{}\"", case.key) {
            continue;
        }
        let signer = file.signer(&case.key).expect("a key of the file");
        let components: Vec<ComponentId> = case
            .components
            .iter()
            .map(|text| text.parse().expect(text))
            .collect();
        let plan = Plan {
            label: &case.label,
            components: &components,
            created: Some(CREATED),
            expires: None,
            nonce: None,
            name_algorithm: false,
            name_key: true,
            tag: None,
            random: [7; 32],
        };
        let headers = case.headers();
        let message = case.message(&headers);
        assert_eq!(
            signer.message_signature_base(&message, &plan),
            Ok(case.base.clone())
        );
        let signed = signer.sign_message(&message, &plan).expect(&case.name);
        let bytes = STANDARD
            .decode(&signed.signature[case.label.len() + 2..signed.signature.len() - 1])
            .expect("Base64");
        if case.deterministic {
            assert_eq!(bytes, case.signature(), "{}", case.name);
            same += 1;
        }
        let result = check(case, &file, &bytes);
        assert!(result.is_ok(), "{}: {result:?}", case.name);
    }
    assert_eq!(same, 3);
}

#[test]
fn pairs_of_the_rfc_belong_together_only_with_themselves() {
    let file = File::load();
    let names = ["test-key-rsa-pss", "test-key-ecc-p256", "test-key-ed25519"];
    for public in names {
        for private in names {
            let pair = file.pair(public, private);
            assert_eq!(pair.is_ok(), public == private, "{public} {private}");
        }
    }
}

/// Appendix B.4: what an intermediary may change and what not.
#[test]
fn transformations() {
    let file = File::load();
    let case = file.case("B.4");
    let signature = format!("transform=:{}:", case.signature);
    let input = format!("transform=({}){}", case.components.join(" "), case.params);
    let target = Target {
        method: "GET",
        scheme: Scheme::Https,
        authority: "example.org",
        path: "/demo",
        query: Some("name1=Value1&Name2=value2"),
    };
    let added = Some("name1=Value1&Name2=value2&param=added");
    let json = ("Accept", "application/json");
    let any = ("accept", "*/*");
    let both = ("ACCEPT", "application/json, */*");
    for (target, accept, fits) in [
        (target, vec![json, any], true),
        (
            Target {
                query: added,
                ..target
            },
            vec![json, any],
            true,
        ),
        (target, vec![both], true),
        (
            target,
            vec![("Referer", "x"), json, ("Date", "y"), any],
            true,
        ),
        (
            Target {
                method: "POST",
                ..target
            },
            vec![json, any],
            false,
        ),
        (
            Target {
                authority: "example.com",
                ..target
            },
            vec![json, any],
            false,
        ),
        (target, vec![any, json], false),
    ] {
        let mut headers = accept;
        headers.push(("Signature-Input", &input));
        headers.push(("Signature", &signature));
        let message = Message::request(target, &headers, None);
        let key = file
            .signer("test-key-ed25519")
            .map(|key| key.verifying_key());
        let result = verify(&message, &policy("transform"), CREATED, |_| key.clone());
        assert_eq!(result.is_ok(), fits, "{headers:?}");
    }
}

/// The random bytes are an argument: the same make the same RSA-PSS signature, others
/// make another salt. The other algorithms do not look at them.
#[test]
fn random_bytes_matter_to_rsa_only() {
    let file = File::load();
    let case = file.case("B.2.1");
    let headers = case.headers();
    let message = case.message(&headers);
    for (name, matter) in [
        ("test-key-rsa-pss", true),
        ("test-key-ecc-p256", false),
        ("test-key-ed25519", false),
        ("test-shared-secret", false),
    ] {
        let signer = file.signer(name).expect(name);
        let sign = |random: u8| {
            let plan = Plan {
                label: "a",
                components: &[],
                created: Some(CREATED),
                expires: None,
                nonce: None,
                name_algorithm: true,
                name_key: true,
                tag: None,
                random: [random; 32],
            };
            signer.sign_message(&message, &plan).expect(name).signature
        };
        assert_eq!(sign(1), sign(1), "{name}");
        assert_eq!(sign(1) != sign(2), matter, "{name}");
    }
}

/// The RFC gives no thumbprints: these were computed with Python's `hashlib`.
#[test]
fn key_pairs_are_named_by_their_thumbprint() {
    let file = File::load();
    for (name, thumbprint) in [
        (
            "test-key-rsa-pss",
            "oD0HwocPBSfpNy5W3bpJeyFGY_IQ_YpqxSjQ3Yd-CLA",
        ),
        (
            "test-key-ecc-p256",
            "ydQXMtvbsOsZyFir-Y7A8t7fKEM1gbKPvyFkdpu4fvI",
        ),
        (
            "test-key-ed25519",
            "poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U",
        ),
    ] {
        let signer = file.pair(name, name).expect(name);
        assert_eq!(signer.key_id(), thumbprint);
        let key = signer.public_key().expect("a key pair");
        assert_eq!(key.thumbprint(), thumbprint);
    }
}
