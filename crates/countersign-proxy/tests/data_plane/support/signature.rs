//! The signature, computed here on its own from what the backend received.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use sha2::Sha256;

use super::Received;

/// What the gateway has to have signed with.
pub fn expected(
    received: &Received,
    sign_key: &str,
    secret: &str,
    content_md5: &str,
    parameters: &str,
) -> String {
    let text = format!(
        "{}\n{content_md5}\nx-ca-proxy-signature-secret-key:{sign_key}\n{}{parameters}",
        received.method().to_uppercase(),
        received.path()
    );
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

pub fn md5(body: &[u8]) -> String {
    STANDARD.encode(Md5::digest(body))
}

/// Checks the three headers; `parameters` is `?` and the sorted, decoded
/// parameters, or empty.
pub fn check(
    received: &Received,
    sign_key: &str,
    secret: &str,
    content_md5: &str,
    parameters: &str,
) {
    assert_eq!(
        received.all("x-ca-proxy-signature-secret-key"),
        [sign_key],
        "{}",
        received.head
    );
    assert_eq!(
        received.all("x-ca-proxy-signature-headers"),
        ["X-Ca-Proxy-Signature-Secret-Key"]
    );
    let expected = expected(received, sign_key, secret, content_md5, parameters);
    assert_eq!(
        received.all("x-ca-proxy-signature"),
        [expected],
        "{}",
        received.head
    );
    let digests = received.all("content-md5");
    if content_md5.is_empty() {
        assert!(digests.is_empty(), "{}", received.head);
    } else {
        assert_eq!(digests, [content_md5]);
    }
}

pub fn check_unsigned(received: &Received) {
    let head = received.head.to_lowercase().replace('_', "-");
    assert!(!head.contains("x-ca-proxy-signature"), "{}", received.head);
}
