use super::*;
use crate::rfc9421::private_key::{BadKeyPair, PrivateKey, generate_ed25519};
use crate::rfc9421::{Signer, VerifyingKey};
use crate::secret::Secret;

fn spki(head: &[u8], key: &[u8]) -> Result<PublicKey, BadPublicKey> {
    PublicKey::from_spki(&STANDARD.encode([head, key].concat()))
}

const ED25519_HEAD: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";
const P256_HEAD: &[u8] = b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00";

/// RFC 9421 appendix B.1.3.
const P256: &str = concat!(
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf",
    "w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ=="
);

#[test]
fn points_of_small_order_are_weak() {
    let mut one = [0; 32];
    one[0] = 1;
    let mut minus_one = [0xff; 32];
    minus_one[0] = 0xec;
    minus_one[31] = 0x7f;
    let of_order_eight: [u8; 32] = [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ];
    for point in [[0; 32], one, minus_one, of_order_eight] {
        assert_eq!(spki(ED25519_HEAD, &point), Err(BadPublicKey::Weak));
        let jwk = Jwk {
            kty: "OKP".to_owned(),
            crv: Some("Ed25519".to_owned()),
            x: encode(&point),
            ..Jwk::default()
        };
        assert_eq!(PublicKey::from_jwk(&jwk), Err(BadPublicKey::Weak));
    }
}

#[test]
fn points_off_the_curve_are_refused() {
    let mut point = [0; 32];
    point[0] = 2;
    assert_eq!(spki(ED25519_HEAD, &point), Err(BadPublicKey::Invalid));

    let good = STANDARD.decode(P256).expect("Base64");
    assert!(spki(P256_HEAD, &good[26..]).is_ok());
    for at in [26, 27, 58, 59, 90] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        assert_eq!(
            PublicKey::from_spki(&STANDARD.encode(bad)),
            Err(BadPublicKey::Invalid),
            "{at}"
        );
    }
}

#[test]
fn other_texts_are_refused() {
    let x25519 = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x6e\x03\x21\x00";
    assert_eq!(spki(x25519, &[9; 32]), Err(BadPublicKey::UnknownType));
    for (text, expected) in [
        ("", BadPublicKey::NotSpki),
        ("AAAA", BadPublicKey::NotSpki),
        ("A", BadPublicKey::NotBase64),
        (" AAAA", BadPublicKey::NotBase64),
    ] {
        assert_eq!(PublicKey::from_spki(text), Err(expected), "{text:?}");
        assert_eq!(PublicKey::from_pem(text), Err(BadPublicKey::NotPem));
    }
    assert_eq!(
        PublicKey::from_jwk(&Jwk::default()),
        Err(BadPublicKey::UnknownType)
    );
}

fn rsa_jwk(n: &[u8], e: &[u8]) -> Jwk {
    Jwk {
        kty: "RSA".to_owned(),
        n: encode(n),
        e: encode(e),
        ..Jwk::default()
    }
}

#[test]
fn rsa_keys_have_2048_bits_or_more() {
    let of = |bits: usize, e: &[u8]| {
        let mut n = vec![0xff; bits.div_ceil(8)];
        n[0] >>= (8 - bits % 8) % 8;
        PublicKey::from_jwk(&rsa_jwk(&n, e)).map(|key| key.algorithm())
    };
    let e = [1, 0, 1];
    assert_eq!(of(2048, &e), Ok(Algorithm::RsaPssSha512));
    assert_eq!(of(8192, &e), Ok(Algorithm::RsaPssSha512));
    assert_eq!(of(2047, &e), Err(BadPublicKey::RsaTooShort { bits: 2047 }));
    assert_eq!(of(1024, &e), Err(BadPublicKey::RsaTooShort { bits: 1024 }));
    assert_eq!(of(16384, &e), Err(BadPublicKey::RsaTooLong { bits: 16384 }));
    assert!(of(8193, &e).is_err());
    assert_eq!(of(2048, &[1]), Err(BadPublicKey::Invalid));
    assert_eq!(of(2048, &[2]), Err(BadPublicKey::Invalid));
    let even = rsa_jwk(&[0xfe; 256], &e);
    assert_eq!(PublicKey::from_jwk(&even), Err(BadPublicKey::Invalid));
}

#[test]
fn all_forms_of_a_key_are_the_same_key() {
    let ed25519 = generate_ed25519([7; 32]).0;
    for text in [P256, &ed25519] {
        let key = PublicKey::from_spki(text).expect("a key");
        let pem = format!("-----BEGIN PUBLIC KEY-----\r\n{text}\r\n-----END PUBLIC KEY-----\n");
        assert_eq!(PublicKey::from_pem(&pem).as_ref(), Ok(&key));
        assert_eq!(PublicKey::from_jwk(&key.jwk()).as_ref(), Ok(&key));
        assert!(format!("{key:?}").contains(&key.thumbprint()));
    }
    let rsa = PublicKey::from_jwk(&rsa_jwk(&[0xff; 256], &[1, 0, 1])).expect("a key");
    assert_eq!(PublicKey::from_jwk(&rsa.jwk()), Ok(rsa));
}

#[test]
fn generated_pairs_sign() {
    let (public, private) = generate_ed25519([7; 32]);
    let signer = Signer::from_key_pair(&public, &private).expect("a pair");
    assert_eq!(signer.algorithm(), Algorithm::Ed25519);
    let key = PublicKey::from_spki(&public).expect("a key");
    assert_eq!(signer.key_id(), key.thumbprint());
    let signature = PrivateKey::from_pkcs8(&private)
        .ok()
        .and_then(|key| key.sign(b"base", &[0; 32]))
        .expect("a signature");
    assert!(key.verifies(b"base", &signature));
    assert!(!key.verifies(b"Base", &signature));
    assert!(!key.verifies(b"base", &signature[1..]));

    let (other, _) = generate_ed25519([8; 32]);
    let refused = |public: &str, private: &Secret| Signer::from_key_pair(public, private).err();
    assert_eq!(refused(&other, &private), Some(BadKeyPair::NotAPair));
    assert_eq!(refused(P256, &private), Some(BadKeyPair::TypesDiffer));
    for (text, expected) in [
        ("", BadKeyPair::PrivateNotPkcs8),
        ("?", BadKeyPair::PrivateNotBase64),
        (&*public, BadKeyPair::PrivateNotPkcs8),
    ] {
        let text = Secret::new(text.to_owned());
        assert_eq!(refused(&public, &text), Some(expected));
    }
}

/// With a key of small order a signature of zeros would fit every message; and `S`
/// beyond the group order would make two signatures of one.
#[test]
fn ed25519_is_checked_strictly() {
    let (public, private) = generate_ed25519([7; 32]);
    let key = PublicKey::from_spki(&public).expect("a key");
    let signature = PrivateKey::from_pkcs8(&private)
        .ok()
        .and_then(|key| key.sign(b"base", &[0; 32]))
        .expect("a signature");
    let order: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut added = signature.clone();
    let mut carry = 0;
    for (byte, addend) in added[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(addend) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    assert_ne!(added, signature);
    assert!(!key.verifies(b"base", &added));
    assert!(!key.verifies(b"base", &[0; 64]));
}

#[test]
fn ecdsa_of_zeros_is_refused() {
    let key = VerifyingKey::from(PublicKey::from_spki(P256).expect("a key"));
    let mut one_and_zero = [0; 64];
    one_and_zero[31] = 1;
    for signature in [
        &[0; 64][..],
        &one_and_zero,
        &[0xff; 64],
        &[1; 63],
        &[1; 65],
        &[],
    ] {
        assert!(!key.verifies("base", signature));
    }
}
