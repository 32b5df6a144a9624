//! Requests as the gateway signs them.

use countersign_sign::Secret;
use countersign_sign::alibaba::backend as alibaba;
use countersign_sign::huawei::{backend as huawei, date::SdkDate};
use countersign_sign::rfc9421;
use countersign_sign::verifier::{Body, Key, Refusal, Request, Scheme, Verified, Verifier};

pub(crate) const NOW: i64 = 1_767_323_045;
pub(crate) const HOST: &str = "backend.example.test:8080";
pub(crate) const SECRET: &str = "planted-secret";

/// A request that owns what it consists of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signed {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Signed {
    pub(crate) fn plain(method: &str, target: &str, body: &[u8]) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: vec![("Host".to_owned(), HOST.to_owned())],
            body: body.to_vec(),
        }
    }

    pub(crate) fn push(&mut self, name: &str, value: &str) {
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn verify(&self, verifier: &Verifier, now: i64) -> Result<Verified, Refusal> {
        self.verify_with(verifier, now, Body::Whole(&self.body))
    }

    pub(crate) fn verify_with(
        &self,
        verifier: &Verifier,
        now: i64,
        body: Body<'_>,
    ) -> Result<Verified, Refusal> {
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect();
        let request = Request {
            method: &self.method,
            target: self.target.as_bytes(),
            headers: &headers,
            body,
        };
        verifier.verify(&request, now)
    }
}

pub(crate) fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

/// The key pair of the tests.
pub(crate) fn pair() -> rfc9421::Signer {
    let (public, private) = rfc9421::generate_ed25519([7; 32]);
    rfc9421::Signer::from_key_pair(&public, &private).unwrap()
}

/// The sign key of the tests for a scheme.
pub(crate) fn sign_key(scheme: Scheme) -> String {
    match scheme {
        Scheme::Rfc9421KeyPair => pair().key_id().to_owned(),
        _ => format!("key-{}", scheme.as_str()),
    }
}

/// The key that checks what [`sign`] makes.
pub(crate) fn key(scheme: Scheme) -> Key {
    match scheme {
        Scheme::Rfc9421KeyPair => {
            Key::key_pair(&sign_key(scheme), pair().public_key().unwrap().clone())
        }
        _ => Key::shared(scheme, &sign_key(scheme), secret(SECRET)).unwrap(),
    }
}

/// Signs as the gateway does with the key of the tests.
pub(crate) fn sign(scheme: Scheme, request: Signed, nonce: &str) -> Signed {
    sign_with(scheme, request, nonce, &sign_key(scheme), SECRET)
}

pub(crate) fn sign_with(
    scheme: Scheme,
    mut request: Signed,
    nonce: &str,
    sign_key: &str,
    secret: &str,
) -> Signed {
    let secret = &self::secret(secret);
    let target = request.target.clone();
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (&*target, None),
    };
    match scheme {
        Scheme::Alibaba => sign_alibaba(&mut request, path, query, sign_key, secret),
        Scheme::Huawei => sign_huawei(&mut request, path, query, sign_key, secret),
        Scheme::Basic => {
            let basic = huawei::Basic::new(sign_key, secret);
            let value = std::str::from_utf8(basic.header_value()).unwrap();
            request.push("Authorization", value);
        }
        Scheme::Rfc9421Hmac => {
            let signer = rfc9421::Signer::hmac(sign_key, secret);
            sign_rfc9421(&mut request, path, query, &signer, nonce);
        }
        Scheme::Rfc9421KeyPair => sign_rfc9421(&mut request, path, query, &pair(), nonce),
    }
    request
}

fn sign_alibaba(
    request: &mut Signed,
    path: &str,
    query: Option<&str>,
    sign_key: &str,
    secret: &Secret,
) {
    let content_type = request
        .headers
        .iter()
        .find(|(name, _)| name == "Content-Type")
        .map(|(_, value)| value.clone());
    let kind = alibaba::body_kind(&request.method, content_type.as_deref());
    let is_form = kind == alibaba::BodyKind::Form;
    let md5 = if is_form {
        String::new()
    } else {
        alibaba::content_md5(&request.method, &request.body)
    };
    let outgoing = alibaba::Outgoing {
        method: &request.method,
        path,
        query,
        form: is_form.then_some(&*request.body),
        content_md5: &md5,
        extra_signed_headers: &[],
    };
    let signature =
        alibaba::Signer::new(sign_key, secret).sign(&outgoing, &mut alibaba::Scratch::new());
    request.push(alibaba::SECRET_KEY_HEADER, sign_key);
    request.push(
        alibaba::SIGNED_HEADERS_HEADER,
        &alibaba::signed_headers_value(&[]),
    );
    if !md5.is_empty() {
        request.push("Content-MD5", &md5);
    }
    request.push(alibaba::SIGNATURE_HEADER, signature.as_str());
}

fn sign_huawei(
    request: &mut Signed,
    path: &str,
    query: Option<&str>,
    sign_key: &str,
    secret: &Secret,
) {
    let date = SdkDate::from_unix(NOW);
    let digest = huawei::PayloadHash::of(&request.body);
    let outgoing = huawei::Outgoing {
        method: &request.method,
        path,
        query,
        host: HOST,
        date: &date,
        payload: huawei::Payload::Sha256(&digest),
    };
    let mut scratch = huawei::Scratch::new();
    let header = huawei::Signer::new(sign_key, secret)
        .authorization(&outgoing, &mut scratch)
        .to_vec();
    request.push("X-Sdk-Date", date.as_str());
    request.push("Authorization", &String::from_utf8(header).unwrap());
}

fn sign_rfc9421(
    request: &mut Signed,
    path: &str,
    query: Option<&str>,
    signer: &rfc9421::Signer,
    nonce: &str,
) {
    use sha2::{Digest, Sha256};

    let digest = (!request.body.is_empty())
        .then(|| rfc9421::content_digest_sha256(&Sha256::digest(&request.body).into()));
    let outgoing = rfc9421::Outgoing {
        method: &request.method,
        scheme: rfc9421::Scheme::Http,
        authority: HOST,
        path,
        query,
        content_digest: digest.as_deref(),
        fields: &[],
        label: "countersign",
        created: NOW,
        expires: None,
        nonce,
        tag: None,
        name_algorithm: false,
        random: [9; 32],
    };
    let signed = signer
        .sign(&outgoing, &mut rfc9421::Scratch::new())
        .unwrap();
    if let Some(digest) = digest {
        request.push("Content-Digest", &digest);
    }
    request.push("Signature-Input", &signed.signature_input);
    request.push("Signature", &signed.signature);
}
