//! What the tests here ask of a signed request.

use countersign_sign::{
    Secret,
    alibaba::backend::{Received, Refusal, Signer, verify},
};
use countersign_testkit::Message;

/// Checks the signature of what a backend received with exactly one pair.
pub(crate) fn check(request: &Message, sign_key: &str, sign_secret: &str) -> Result<(), Refusal> {
    let signer = Signer::new(sign_key, &Secret::new(sign_secret.to_owned()));
    let (method, path, query) = request.request_line();
    let headers = request.header_pairs();
    let received = Received {
        method,
        path,
        query,
        headers: &headers,
        body: &request.body,
    };
    verify(&received, |named| (named == sign_key).then_some(&signer)).map(drop)
}

/// The sign key that a backend was told.
pub(crate) fn sign_key(request: &Message) -> Option<&str> {
    request.value("X-Ca-Proxy-Signature-Secret-Key")
}

/// Whether any header of a signature is there, in any spelling that some server
/// takes for it.
pub(crate) fn has_any(request: &Message) -> bool {
    let folded = |name: &str| name.to_ascii_lowercase().replace('_', "-");
    request
        .headers
        .iter()
        .any(|(name, _)| folded(name).starts_with("x-ca-proxy-signature"))
}
