//! A secret that a call carries comes back in no error, save the one that is
//! documented to repeat what was signed.

use crate::support::{Key, OWNER, Plane, V3, config, set, sign_v1, v1_get, v1_params, v1_post};

const PLANTED: &str = "Planted_secret_7";

#[tokio::test]
async fn errors_do_not_repeat_secrets() {
    let plane = Plane::new().await;
    let name = ("SignatureName", "first");
    let key = ("SignatureKey", "qwertyuiop");
    let too_long = PLANTED.repeat(4);
    let bad_character = format!("{PLANTED}$");
    for params in [
        &[name, key, ("SignatureSecret", too_long.as_str())][..],
        &[name, key, ("SignatureSecret", bad_character.as_str())],
        &[
            name,
            ("SignatureKey", too_long.as_str()),
            ("SignatureSecret", PLANTED),
        ],
        &[key, ("SignatureSecret", PLANTED)],
        &[
            name,
            key,
            ("SignatureSecret", PLANTED),
            ("SignatureSecret", PLANTED),
        ],
        &[name, key, ("SignatureSecret", PLANTED), ("Timestamp2", "x")],
    ] {
        let answer = plane.call("CreateSignature", params).await;
        assert!(!answer.body.contains(PLANTED), "{answer}");
        assert!(!format!("{:?}", answer.headers).contains(PLANTED));
    }
    // A call that gets as far as each check before the signature.
    let all = [name, key, ("SignatureSecret", PLANTED)];
    for (parameter, value) in [
        ("Action", Some("Nothing")),
        ("Version", Some("2014-01-01")),
        ("Format", Some("YAML")),
        ("AccessKeyId", Some("nobody")),
        ("Timestamp", Some("yesterday")),
        ("SignatureMethod", Some("HMAC-MD5")),
        ("SignatureNonce", None),
    ] {
        let mut params = v1_params(OWNER, "CreateSignature", &all, &plane.nonce());
        set(&mut params, parameter, value);
        for request in [
            v1_get(&sign_v1("GET", params.clone(), OWNER.secret)),
            v1_post(&sign_v1("POST", params, OWNER.secret)),
        ] {
            let answer = plane.send(request).await;
            assert!(
                answer.status.is_client_error() && !answer.body.contains(PLANTED),
                "{parameter}: {answer}"
            );
        }
    }
}

#[tokio::test]
async fn a_mismatch_repeats_what_was_signed_to_whoever_sent_it() {
    let plane = Plane::new().await;
    let all = [
        ("SignatureName", "first"),
        ("SignatureKey", "qwertyuiop"),
        ("SignatureSecret", PLANTED),
    ];
    let wrong = Key {
        secret: "wrong",
        ..OWNER
    };
    assert!(
        plane
            .call_as(wrong, "CreateSignature", &all)
            .await
            .body
            .contains(PLANTED)
    );
    let request = V3 {
        key: wrong,
        action: "CreateSignature",
        query: &all,
        form: &[],
        nonce: "n",
    }
    .request();
    let answer = plane.send(request).await;
    assert!(answer.body.contains(PLANTED));
    // The caller's own secrets, ours to check with, are in neither.
    assert!(!answer.body.contains(OWNER.secret));
}

#[tokio::test]
async fn debug_of_the_whole_shows_none() {
    let plane = Plane::new().await;
    plane.signature("first").await;
    let printed = format!("{:?} {:?}", plane.admin, config());
    for secret in ["asdfghjkl", OWNER.secret] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
