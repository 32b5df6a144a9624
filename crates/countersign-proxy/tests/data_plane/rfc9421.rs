//! HTTP Message Signatures, by a shared secret and by each kind of key pair.

use std::{collections::BTreeSet, time::Duration};

use countersign_core::{ApiDefinition, MatchMode, PayloadPolicy, Scheme, SignatureKeyId};
use countersign_sign::{Secret, rfc9421::VerifyingKey};

use crate::support::{
    Action, Backend, Client, Gateway, backend::ok, definition, gateway::At, keys::Pair, message,
};

const KEY: &str = "shared-key";
const SECRET: &str = "shared-secret";
const NOW_UNIX: i64 = 1_767_323_045;

fn everything(backend: &Backend) -> ApiDefinition {
    ApiDefinition {
        match_mode: MatchMode::Prefix,
        payload: PayloadPolicy::Covered,
        ..definition("/", backend.address)
    }
}

fn gateway(backend: &Backend, scheme: Scheme, pair: (&str, &str)) -> (Gateway, SignatureKeyId) {
    let gateway = Gateway::start(backend);
    let key = gateway.add_key(20, "message", scheme, pair.0, pair.1);
    gateway.put(At::Huawei, 200, everything(backend), Some(key));
    (gateway, key)
}

fn shared(key_id: &str) -> Option<VerifyingKey> {
    (key_id == KEY).then(|| VerifyingKey::hmac(&Secret::new(SECRET.to_owned())))
}

fn get(client: &mut Client, path: &str, more: &str) -> u16 {
    client.at("huawei.test", "GET", path, more, b"").status
}

#[test]
fn a_shared_secret() {
    let backend = Backend::start();
    let (gateway, _) = gateway(&backend, Scheme::Rfc9421Hmac, (KEY, SECRET));
    let mut client = gateway.client();
    let mut nonces = BTreeSet::new();
    for (method, path, body) in [
        ("GET", "/a", ""),
        ("GET", "/a?", ""),
        ("GET", "/a%2fB//c?b=2&a=+&b", ""),
        ("HEAD", "/", ""),
        ("DELETE", "/a", ""),
        ("POST", "/a?x=1", "{\"a\": 1}"),
        ("PUT", "/a", "a body"),
        ("get", "/a", ""),
    ] {
        let reply = client.at("huawei.test", method, path, "", body.as_bytes());
        assert_eq!(reply.status, 200, "{method} {path}");
        let received = backend.request();
        // The query goes on as it came.
        assert_eq!(received.request_line(), format!("{method} {path} HTTP/1.1"));
        let said = message::check(&received, NOW_UNIX, true, shared);
        message::check_hmac(&received, SECRET);
        assert_eq!(
            (said.created, &*said.key_id, &*said.algorithm),
            (NOW_UNIX, KEY, "hmac-sha256")
        );
        assert!(nonces.insert(said.nonce), "a nonce is used once");
    }
    gateway.stop();
}

#[test]
fn every_kind_of_key_pair() {
    for (name, algorithm) in [
        ("test-key-ed25519", "ed25519"),
        ("test-key-ecc-p256", "ecdsa-p256-sha256"),
        ("test-key-rsa-pss", "rsa-pss-sha512"),
    ] {
        let backend = Backend::start();
        let pair = Pair::of_rfc(name);
        let texts = (&*pair.public, &*pair.private);
        let (gateway, _) = gateway(&backend, Scheme::Rfc9421KeyPair, texts);
        let mut client = gateway.client();
        let lookup = |id: &str| (id == pair.key_id()).then(|| pair.verifying_key());
        for (method, path, body) in [("GET", "/a?b=1", ""), ("POST", "/a", "text")] {
            let reply = client.at("huawei.test", method, path, "", body.as_bytes());
            assert_eq!(reply.status, 200);
            let received = backend.request();
            let said = message::check(&received, NOW_UNIX, true, lookup);
            assert_eq!(said.algorithm, algorithm);
            assert!(received.header("authorization").is_none());
        }
        gateway.stop();
    }
}

#[test]
fn nothing_of_the_clients_stands_for_the_gateways() {
    let backend = Backend::start();
    let (gateway, _) = gateway(&backend, Scheme::Rfc9421Hmac, (KEY, SECRET));
    let mut client = gateway.client();
    for more in [
        "Signature: forged\r\nSignature-Input: forged\r\nContent-Digest: forged\r\n",
        "SIGNATURE: forged\r\nsignature: forged\r\n",
        "Signature_Input: forged\r\nsignature_input: forged\r\n",
        "Content_Digest: forged\r\ncontent-Digest: forged\r\n",
        "Signature: countersign=:forged:\r\nSignature-Input: countersign=(\"forged\")\r\n",
        "Connection: signature, signature-input\r\nSignature: forged\r\n",
    ] {
        assert_eq!(get(&mut client, "/a", more), 200);
        let received = backend.request();
        assert!(!received.head.contains("forged"), "{}", received.head);
        message::check(&received, NOW_UNIX, true, shared);
    }
    // A digest of another kind vouches for nothing of ours.
    let near = "Digest: 1\r\nRepr-Digest: 2\r\nAuthorization: 3\r\nX-Sdk-Date: 4\r\n";
    assert_eq!(get(&mut client, "/a", near), 200);
    let received = backend.request();
    for name in ["digest", "repr-digest", "authorization", "x-sdk-date"] {
        assert_eq!(received.all(name).len(), 1, "{name}");
    }
    gateway.stop();
}

#[test]
fn a_repeated_request_has_a_nonce_of_its_own() {
    // The second request on a kept connection ends it without an answer.
    let backend = Backend::scripted(|number, _| if number == 1 { Action::Close } else { ok("ok") });
    let (gateway, _) = gateway(&backend, Scheme::Rfc9421Hmac, (KEY, SECRET));
    let mut client = gateway.client();
    assert_eq!(get(&mut client, "/1", ""), 200);
    assert_eq!(get(&mut client, "/2", ""), 200);
    backend.request();
    let nonces = [(); 2].map(|()| {
        let received = backend.request();
        assert_eq!(received.path(), "/2");
        message::check(&received, NOW_UNIX, true, shared).nonce
    });
    assert_ne!(nonces[0], nonces[1]);
    gateway.stop();
}

#[test]
fn another_scheme_signs_the_next_request() {
    let backend = Backend::start();
    let (gateway, key) = gateway(&backend, Scheme::Rfc9421Hmac, (KEY, SECRET));
    let mut client = gateway.client();
    get(&mut client, "/a", "");
    message::check(&backend.request(), NOW_UNIX, true, shared);
    let pair = Pair::made(1);
    let scheme = Some(Scheme::Rfc9421KeyPair);
    gateway.change(key, scheme, &pair.public, &pair.private);
    gateway.pass(Duration::from_secs(10));
    get(&mut client, "/a", "");
    let lookup = |id: &str| (id == pair.key_id()).then(|| pair.verifying_key());
    let said = message::check(&backend.request(), NOW_UNIX + 10, true, lookup);
    assert_eq!(said.created, NOW_UNIX + 10);
    gateway.change(key, Some(Scheme::Basic), "a", "b");
    get(&mut client, "/a", "");
    let received = backend.request();
    assert_eq!(received.all("authorization"), ["Basic YTpi"]);
    assert!(received.header("signature").is_none());
    gateway.stop();
}
