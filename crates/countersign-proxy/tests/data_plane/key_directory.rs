//! The directory of public keys.

use std::time::Duration;

use countersign_core::Scheme;
use countersign_sign::rfc9421::{Jwk, PublicKey, VerifyingKey};

use crate::support::{
    Backend, Client, Gateway, Options, client::Reply, definition, gateway::At, keys::Pair, message,
};

const PREFIX: &str = "/apigw/authadv/v2/public-key/";
const NOBODY: &str = "127.0.0.1:8000";

fn ask(client: &mut Client, path: &str) -> Reply {
    client.at(NOBODY, "GET", path, "", b"")
}

/// The keys of an answer by their ids, after checking its form.
fn keys(reply: &Reply) -> Vec<(String, VerifyingKey)> {
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(
        reply.all("content-type"),
        ["application/http-message-signatures-directory+json"]
    );
    assert_eq!(reply.all("cache-control"), ["public, max-age=60"]);
    reply.huawei_request_id();
    let set: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    let read = |key: &serde_json::Value| {
        let text = |name: &str| key[name].as_str().map(str::to_owned);
        assert_eq!(key["use"], "sig");
        let public = ["kid", "use", "alg", "kty", "crv", "x", "y", "n", "e"];
        let mut members = key.as_object().unwrap().keys();
        assert!(members.all(|name| public.contains(&&**name)), "{key}");
        let jwk = Jwk {
            kty: text("kty").unwrap(),
            crv: text("crv"),
            x: text("x"),
            y: text("y"),
            n: text("n"),
            e: text("e"),
        };
        let public = PublicKey::from_jwk(&jwk).unwrap();
        let id = text("kid").unwrap();
        assert_eq!(id, public.thumbprint());
        (id, public.into())
    };
    set["keys"].as_array().unwrap().iter().map(read).collect()
}

fn ids(reply: &Reply) -> Vec<String> {
    keys(reply).into_iter().map(|(id, _)| id).collect()
}

fn no_key(reply: &Reply) {
    let (status, code, text, ours) = reply.huawei_fault();
    assert_eq!(
        (status, &*code, &*text, &*ours),
        (400, "APIG.2102", "PublicKey is null", "no_public_key")
    );
}

#[test]
fn what_is_told_and_to_whom() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let mut client = gateway.client();
    let pairs = [
        ("test-key-ed25519", "EdDSA"),
        ("test-key-ecc-p256", "ES256"),
        ("test-key-rsa-pss", "PS512"),
    ];
    for (number, (name, alg)) in pairs.into_iter().enumerate() {
        let pair = Pair::of_rfc(name);
        let own_name = format!("key_{number}");
        gateway.add_key(
            30 + number as u8,
            &own_name,
            Scheme::Rfc9421KeyPair,
            &pair.public,
            &pair.private,
        );
        let reply = ask(&mut client, &format!("{PREFIX}{own_name}"));
        assert_eq!(ids(&reply), [pair.key_id()]);
        let text = String::from_utf8(reply.body.clone()).unwrap();
        assert!(text.contains(&format!("\"alg\":\"{alg}\"")), "{text}");
    }
    // Two of one name, one of which is no key pair.
    let (one, two) = (Pair::made(1), Pair::made(2));
    let scheme = Scheme::Rfc9421KeyPair;
    let first = gateway.add_key(40, "twice", scheme, &one.public, &one.private);
    gateway.add_key(41, "twice", scheme, &two.public, &two.private);
    gateway.add_key(42, "twice", Scheme::Rfc9421Hmac, "hmac_key", "hmac_secret");
    let reply = ask(&mut client, &format!("{PREFIX}twice"));
    assert_eq!(ids(&reply), [one.key_id(), two.key_id()]);
    // By its id, one of them only; nobody can take that by a name.
    let imposter = Pair::made(3);
    let id = first.to_string();
    gateway.add_key(43, &id, scheme, &imposter.public, &imposter.private);
    let reply = ask(&mut client, &format!("{PREFIX}{id}"));
    assert_eq!(ids(&reply), [one.key_id()]);

    gateway.add_key(44, "hmac", Scheme::Rfc9421Hmac, "hmac_key", "hmac_secret");
    gateway.add_key(45, "aes", Scheme::Aes128Cfb, &one.public, "secret");
    for name in ["none", "hmac", "aes", "key", "TWICE"] {
        no_key(&ask(&mut client, &format!("{PREFIX}{name}")));
    }
    // Only to who reads, only at hosts of no group, only there.
    let reply = client.at(NOBODY, "HEAD", &format!("{PREFIX}twice"), "", b"");
    assert_eq!(reply.status, 200);
    assert!(
        reply
            .header("content-length")
            .unwrap()
            .parse::<usize>()
            .unwrap()
            > 100
    );
    let reply = client.at(NOBODY, "POST", &format!("{PREFIX}twice"), "", b"");
    assert_eq!((reply.status, reply.fault()), (404, "unknown_host"));
    for path in [PREFIX, "/", "/apigw/authadv/v2/public-key/a/b", "/x"] {
        let reply = ask(&mut client, path);
        assert_eq!((reply.status, reply.fault()), (404, "unknown_host"));
    }
    let reply = client.at("api.test", "GET", &format!("{PREFIX}twice"), "", b"");
    assert_eq!((reply.status, reply.fault()), (404, "unknown_path"));
    let reply = client.call(format!("GET {PREFIX}twice HTTP/1.0\r\n\r\n"));
    assert_eq!(reply.status, 200);
    gateway.stop();
    assert_eq!(backend.connections(), 0);
}

#[test]
fn the_prefix_is_configurable() {
    let backend = Backend::start();
    let options = Options {
        public_key_prefix: "/keys/",
        ..Options::default()
    };
    let gateway = Gateway::with(backend.address, options);
    let pair = Pair::made(1);
    gateway.add_key(
        40,
        "own",
        Scheme::Rfc9421KeyPair,
        &pair.public,
        &pair.private,
    );
    let mut client = gateway.client();
    assert_eq!(ids(&ask(&mut client, "/keys/own")), [pair.key_id()]);
    assert_eq!(ask(&mut client, &format!("{PREFIX}own")).status, 404);
    gateway.stop();
}

/// A backend that knows the directory only, and asks again for a key that it
/// does not know, refuses nothing while keys change.
#[test]
fn a_key_changes_and_no_request_fails() {
    let backend = Backend::start();
    let gateway = Gateway::start(&backend);
    let first = Pair::made(100);
    let scheme = Scheme::Rfc9421KeyPair;
    let key = gateway.add_key(40, "own", scheme, &first.public, &first.private);
    gateway.put(
        At::Huawei,
        200,
        definition("/a", backend.address),
        Some(key),
    );
    let (mut client, mut verifier) = (gateway.client(), gateway.client());
    let path = format!("{PREFIX}own");
    let (mut known, mut asked) = (Vec::new(), 0);
    let mut requests = Vec::new();
    for number in 0..10 {
        for _ in 0..3 {
            assert_eq!(client.at("huawei.test", "GET", "/a", "", b"").status, 200);
            requests.push(backend.request());
        }
        let next = Pair::made(number);
        gateway.change(key, None, &next.public, &next.private);
        gateway.pass(Duration::from_secs(1));
        // The last of each version arrives after the change.
        for received in requests.drain(..) {
            let (_, said) = message::said(&received);
            let knows = |known: &Vec<(String, VerifyingKey)>| {
                known.iter().any(|(id, _)| *id == said.key_id)
            };
            if !knows(&known) {
                known = keys(&ask(&mut verifier, &path));
                asked += 1;
            }
            let lookup = |id: &str| {
                let found = known.iter().find(|(own, _)| own == id);
                found.map(|(_, key)| key.clone())
            };
            message::check(&received, gateway.now().seconds(), false, lookup);
        }
    }
    // Each answer tells the key that signs next as well.
    assert_eq!(asked, 5);
    // Retired ones are told for as long as their signatures are valid.
    assert_eq!(keys(&ask(&mut verifier, &path)).len(), 11);
    gateway.pass(Duration::from_secs(895));
    assert_eq!(keys(&ask(&mut verifier, &path)).len(), 6);
    gateway.pass(Duration::from_secs(6));
    assert_eq!(ids(&ask(&mut verifier, &path)), [Pair::made(9).key_id()]);
    // Another scheme's texts are not told, and the retired key still is.
    gateway.change(key, Some(Scheme::Rfc9421Hmac), "hmac_key", "hmac_secret");
    assert_eq!(ids(&ask(&mut verifier, &path)), [Pair::made(9).key_id()]);
    gateway.pass(Duration::from_secs(901));
    no_key(&ask(&mut verifier, &path));
    gateway.stop();
}
