use proptest::prelude::*;

use super::*;
use crate::rfc9421::{Scheme, generate_ed25519};

const BARE: Outgoing<'_> = Outgoing {
    method: "POST",
    scheme: Scheme::Https,
    authority: "Backend.Example:443",
    path: "/foo",
    query: None,
    content_digest: None,
    fields: &[],
    label: "sig1",
    created: 1_618_884_473,
    expires: None,
    nonce: "n-1",
    tag: None,
    name_algorithm: false,
    random: [0; 32],
};

fn signer() -> Signer {
    Signer::hmac("DemoKey1", &Secret::new("DemoSecret1".to_owned()))
}

fn pair() -> Signer {
    let (public, private) = generate_ed25519([7; 32]);
    Signer::from_key_pair(&public, &private).expect("a pair")
}

#[test]
fn bases() {
    let base = |request: &Outgoing<'_>| signer().signature_base(request);
    assert_eq!(
        base(&BARE).as_deref(),
        Ok(concat!(
            "\"@method\": POST\n",
            "\"@authority\": backend.example\n",
            "\"@path\": /foo\n",
            "\"@signature-params\": (\"@method\" \"@authority\" \"@path\")",
            ";created=1618884473;nonce=\"n-1\";keyid=\"DemoKey1\""
        ))
    );
    let full = Outgoing {
        method: "get",
        scheme: Scheme::Http,
        path: "",
        query: Some(""),
        content_digest: Some(" sha-256=:AA==: "),
        fields: &[("X-B", " 1"), ("x-a", ""), ("x-b", "2\t")],
        expires: Some(1_618_884_533),
        tag: Some("a \"b\" \\c"),
        name_algorithm: true,
        ..BARE
    };
    assert_eq!(
        base(&full).as_deref(),
        Ok(concat!(
            "\"@method\": get\n",
            "\"@authority\": backend.example:443\n",
            "\"@path\": /\n",
            "\"@query\": ?\n",
            "\"content-digest\": sha-256=:AA==:\n",
            "\"x-b\": 1, 2\n",
            "\"x-a\": \n",
            "\"@signature-params\": (\"@method\" \"@authority\" \"@path\" \"@query\"",
            " \"content-digest\" \"x-b\" \"x-a\")",
            ";created=1618884473;expires=1618884533;nonce=\"n-1\"",
            ";alg=\"hmac-sha256\";keyid=\"DemoKey1\";tag=\"a \\\"b\\\" \\\\c\""
        ))
    );
}

#[test]
fn refusals() {
    let many: Vec<(String, &str)> = (0..60).map(|i| (format!("x-{i}"), "")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (&**name, *value)).collect();
    let no_value = |name: &str| SignFailed::NoValue {
        name: format!("\"{name}\""),
        why: NoValue::NotPrintable,
    };
    let bad_name = |name: &str| {
        let name = name.to_owned();
        SignFailed::Component(BadComponent::BadName { name })
    };
    let parameter = |parameter| SignFailed::BadParameter { parameter };
    for (request, expected) in [
        (Outgoing { label: "", ..BARE }, SignFailed::BadLabel),
        (
            Outgoing {
                label: "Sig",
                ..BARE
            },
            SignFailed::BadLabel,
        ),
        (
            Outgoing {
                label: "1a",
                ..BARE
            },
            SignFailed::BadLabel,
        ),
        (
            Outgoing {
                path: "/\n",
                ..BARE
            },
            no_value("@path"),
        ),
        (
            Outgoing {
                path: "/é", ..BARE
            },
            no_value("@path"),
        ),
        (
            Outgoing {
                query: Some("é"),
                ..BARE
            },
            no_value("@query"),
        ),
        (
            Outgoing {
                method: "A\r\n",
                ..BARE
            },
            no_value("@method"),
        ),
        (
            Outgoing {
                fields: &[("a", "\n")],
                ..BARE
            },
            no_value("a"),
        ),
        (
            Outgoing {
                fields: &[("a b", "")],
                ..BARE
            },
            bad_name("a b"),
        ),
        (
            Outgoing {
                fields: &[("@path", "")],
                ..BARE
            },
            bad_name("@path"),
        ),
        (
            Outgoing {
                fields: &many,
                ..BARE
            },
            SignFailed::TooManyComponents,
        ),
        (
            Outgoing {
                nonce: "é", ..BARE
            },
            parameter("nonce"),
        ),
        (
            Outgoing {
                nonce: "\t",
                ..BARE
            },
            parameter("nonce"),
        ),
        (
            Outgoing {
                tag: Some("\n"),
                ..BARE
            },
            parameter("tag"),
        ),
        (
            Outgoing {
                created: i64::MAX,
                ..BARE
            },
            parameter("created"),
        ),
        (
            Outgoing {
                expires: Some(i64::MIN),
                ..BARE
            },
            parameter("expires"),
        ),
        (
            Outgoing {
                content_digest: Some("a"),
                fields: &[("Content-Digest", "b")],
                ..BARE
            },
            SignFailed::ComponentRepeated {
                name: "\"content-digest\"".to_owned(),
            },
        ),
    ] {
        let result = signer().sign(&request, &mut Scratch::new());
        assert_eq!(result, Err(expected));
    }
    let named = Signer::hmac("é", &Secret::new("s".to_owned()));
    let result = named.sign(&BARE, &mut Scratch::new());
    assert_eq!(result, Err(parameter("keyid")));
}

#[test]
fn buffers_are_kept() {
    let mut scratch = Scratch::new();
    let place = |scratch: &Scratch| (scratch.base.as_ptr(), scratch.params.as_ptr());
    let first = signer().sign(&BARE, &mut scratch);
    let before = place(&scratch);
    assert_eq!(first, signer().sign(&BARE, &mut scratch));
    assert_eq!(before, place(&scratch));
}

#[test]
fn debug_shows_no_secret() {
    let mut scratch = Scratch::new();
    let hmac = Signer::hmac("DemoKey1", &Secret::new("planted".to_owned()));
    let request = Outgoing {
        query: Some("planted"),
        ..BARE
    };
    hmac.sign(&request, &mut scratch).expect("a signature");
    let (_, private) = generate_ed25519(*b"planted-planted-planted-planted-");
    let shown = format!(
        "{hmac:?} {:?} {scratch:?} {:?} {private:?}",
        pair(),
        hmac.verifying_key()
    );
    assert!(
        !shown.contains("planted") && !shown.contains("Secret"),
        "{shown}"
    );
    assert!(shown.contains("DemoKey1") && shown.contains("Ed25519"));
}

#[test]
fn both_ends_are_shared_between_threads() {
    fn is_shared<T: Send + Sync + Clone>() {}
    is_shared::<Signer>();
    is_shared::<VerifyingKey>();
    is_shared::<PublicKey>();
}

#[test]
fn the_name_of_a_key_can_be_given() {
    let renamed = pair().with_key_id("backend-1");
    assert_eq!(renamed.key_id(), "backend-1");
    assert_eq!(renamed.public_key(), pair().public_key());
    assert_eq!(signer().public_key(), None);
}

proptest! {
    #[test]
    fn a_used_scratch_makes_no_difference(before in "[ -~]{0,20}", path in "[ -~]{0,20}") {
        let mut used = Scratch::new();
        signer().sign(&Outgoing { path: &before, ..BARE }, &mut used).expect("printable");
        let request = Outgoing { path: &path, ..BARE };
        let fresh = signer().sign(&request, &mut Scratch::new());
        prop_assert_eq!(signer().sign(&request, &mut used), fresh);
    }
}
