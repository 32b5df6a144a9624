use super::*;
use crate::rfc9421::component::ComponentId;
use crate::rfc9421::message::{Scheme, Target};
use crate::rfc9421::verify::{Policy, Required, Wanted, verify};
use crate::rfc9421::{Algorithm, NoValue, generate_ed25519};
use crate::secret::Secret;

const TARGET: Target<'_> = Target {
    method: "POST",
    scheme: Scheme::Https,
    authority: "example.com",
    path: "/foo",
    query: None,
};

fn hmac() -> Signer {
    Signer::hmac("proxy", &Secret::new("DemoSecret1".to_owned()))
}

fn pair() -> Signer {
    let (public, private) = generate_ed25519([7; 32]);
    Signer::from_key_pair(&public, &private).expect("a pair")
}

fn ids(texts: &[&str]) -> Vec<ComponentId> {
    texts.iter().map(|text| text.parse().expect(text)).collect()
}

fn plan<'a>(label: &'a str, components: &'a [ComponentId]) -> Plan<'a> {
    Plan {
        label,
        components,
        created: Some(1000),
        expires: None,
        nonce: None,
        name_algorithm: true,
        name_key: true,
        tag: None,
        random: [0; 32],
    }
}

/// Section 4.3: an intermediary signs what it passes on, the first signature too.
#[test]
fn a_second_signature_covers_the_first() {
    let bare = Message::request(TARGET, &[], None);
    let covered = ids(&["\"@method\"", "\"@path\""]);
    let first = pair()
        .sign_message(&bare, &plan("sig1", &covered))
        .expect("the first");

    let headers = [
        ("Signature-Input", &*first.signature_input),
        ("Signature", &*first.signature),
    ];
    let once = Message::request(TARGET, &headers, None);
    let covered = ids(&[
        "\"@method\"",
        "\"signature\";key=\"sig1\"",
        "\"signature-input\";key=\"sig1\"",
    ]);
    let taken = hmac().sign_message(&once, &plan("sig1", &covered));
    assert_eq!(taken, Err(SignFailed::LabelTaken));
    let second = hmac()
        .sign_message(&once, &plan("proxy_sig", &covered))
        .expect("the second");
    let both = second
        .beside(&first.signature_input, &first.signature)
        .expect("both");
    assert!(
        both.signature
            .starts_with(&format!("{}, ", first.signature))
    );
    assert_eq!(
        second.beside(&both.signature_input, &both.signature),
        Err(BesideFailed::LabelTaken)
    );

    let headers = [
        ("Signature-Input", &*both.signature_input),
        ("Signature", &*both.signature),
    ];
    let twice = Message::request(TARGET, &headers, None);
    for (label, signer) in [("sig1", pair()), ("proxy_sig", hmac())] {
        let policy = Policy {
            wanted: Wanted::Label(label),
            required: Required::Only(&["@method"]),
            ..Policy::default()
        };
        let verified = verify(&twice, &policy, 1000, |query| {
            assert_eq!(query.label, label);
            Some(signer.verifying_key())
        });
        assert_eq!(
            verified.map(|it| it.algorithm).ok(),
            Some(signer.algorithm())
        );
    }
    assert_ne!(pair().algorithm(), Algorithm::HmacSha256);
}

#[test]
fn two_lines_of_a_field_are_one_dictionary() {
    let bare = Message::request(TARGET, &[], None);
    let covered = ids(&["\"@method\""]);
    let one = hmac().sign_message(&bare, &plan("a", &covered)).expect("a");
    let two = hmac().sign_message(&bare, &plan("b", &covered)).expect("b");
    let headers = [
        ("signature-input", &*one.signature_input),
        ("signature", &*one.signature),
        ("signature-input", &*two.signature_input),
        ("signature", &*two.signature),
    ];
    let policy = Policy {
        wanted: Wanted::Label("b"),
        required: Required::Only(&[]),
        ..Policy::default()
    };
    let message = Message::request(TARGET, &headers, None);
    let verified = verify(&message, &policy, 1000, |_| Some(hmac().verifying_key()));
    assert_eq!(verified.map(|it| it.label).ok().as_deref(), Some("b"));
}

#[test]
fn refusals() {
    let bare = Message::request(TARGET, &[], None);
    let refused = |plan: &Plan<'_>| hmac().sign_message(&bare, plan).err();
    let twice = ids(&["\"@path\"", "\"@method\"", "\"@path\""]);
    let name = "\"@path\"".to_owned();
    assert_eq!(
        refused(&plan("a", &twice)),
        Some(SignFailed::ComponentRepeated { name })
    );
    let name = "\"x-none\"".to_owned();
    let why = NoValue::Missing;
    let none = ids(&["\"x-none\""]);
    assert_eq!(
        refused(&plan("a", &none)),
        Some(SignFailed::NoValue { name, why })
    );
    assert_eq!(refused(&plan("A", &[])), Some(SignFailed::BadLabel));
    let many: Vec<ComponentId> = (0..1000)
        .map(|i| ComponentId::new(&format!("x-{i}")).expect("a field"))
        .collect();
    assert_eq!(
        refused(&plan("a", &many)),
        Some(SignFailed::TooManyComponents)
    );

    let headers = [("Signature", "not a dictionary")];
    let broken = Message::request(TARGET, &headers, None);
    let result = hmac().sign_message(&broken, &plan("a", &[]));
    assert!(matches!(result, Err(SignFailed::Malformed(_))));
}

#[test]
fn signatures_beside_others_are_bounded() {
    let bare = Message::request(TARGET, &[], None);
    let new = hmac().sign_message(&bare, &plan("new", &[])).expect("new");
    let members = |count: usize, value: &str| {
        let each: Vec<String> = (0..count).map(|i| format!("s{i}={value}")).collect();
        each.join(", ")
    };
    let beside = |count| new.beside(&members(count, "()"), &members(count, ":AA==:"));
    assert!(beside(SIGNATURES_MAX - 1).is_ok());
    assert_eq!(beside(SIGNATURES_MAX), Err(BesideFailed::TooMany));
    assert_eq!(beside(1000), Err(BesideFailed::Field(BadField::TooMany)));
    assert_eq!(beside(0), Ok(new.clone()));
}
