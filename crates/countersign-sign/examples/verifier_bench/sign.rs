//! Requests to verify, signed as the gateway does.

use std::error::Error;

use countersign_sign::Secret;
use countersign_sign::alibaba::backend as alibaba;
use countersign_sign::huawei::{backend as huawei, date::SdkDate};
use countersign_sign::rfc9421;
use countersign_sign::verifier::{Key, Scheme};
use sha2::{Digest, Sha256};

pub(crate) const NOW: i64 = 1_767_323_045;
pub(crate) const TARGET: &str = "/v1/orders?status=open&page=2";
const PATH: &str = "/v1/orders";
const QUERY: &str = "status=open&page=2";
const HOST: &str = "backend.example.test:8080";
const SIGN_KEY: &str = "bench-key";

/// A scheme with a key.
pub(crate) struct Signer {
    pub(crate) name: String,
    scheme: Scheme,
    /// The one of RFC 9421.
    rfc9421: Option<rfc9421::Signer>,
}

/// The headers of a signed request.
pub(crate) struct Text(Vec<(&'static str, String)>);

impl Text {
    pub(crate) fn headers(&self) -> Vec<(&str, &[u8])> {
        let pairs = self.0.iter();
        pairs
            .map(|(name, value)| (*name, value.as_bytes()))
            .collect()
    }
}

fn secret() -> Secret {
    Secret::new("bench-secret-bench-secret".to_owned())
}

impl Signer {
    pub(crate) fn all() -> Result<Vec<Self>, Box<dyn Error>> {
        let plain = |scheme: Scheme| Self {
            name: scheme.to_string(),
            scheme,
            rfc9421: None,
        };
        let of = |scheme: Scheme, signer: rfc9421::Signer| Self {
            name: format!("{scheme} {}", signer.algorithm()),
            scheme,
            rfc9421: Some(signer),
        };
        let mut all = vec![
            plain(Scheme::Alibaba),
            plain(Scheme::Huawei),
            plain(Scheme::Basic),
            of(
                Scheme::Rfc9421Hmac,
                rfc9421::Signer::hmac(SIGN_KEY, &secret()),
            ),
        ];
        // The test keys of the RFC.
        let file: serde_json::Value =
            serde_json::from_str(include_str!("../../vectors/rfc9421.json"))?;
        for name in ["test-key-ed25519", "test-key-ecc-p256", "test-key-rsa-pss"] {
            let half = |half: &str| file["keys"][name][half].as_str().unwrap_or_default();
            let private = Secret::new(half("private").to_owned());
            let signer = rfc9421::Signer::from_key_pair(half("public"), &private)?;
            all.push(of(Scheme::Rfc9421KeyPair, signer));
        }
        Ok(all)
    }

    pub(crate) fn key(&self) -> Result<Key, Box<dyn Error>> {
        let public = self.rfc9421.as_ref().and_then(rfc9421::Signer::public_key);
        Ok(match public {
            Some(public) => Key::key_pair("", public.clone()),
            None => Key::shared(self.scheme, SIGN_KEY, secret())?,
        })
    }

    pub(crate) fn sign(
        &self,
        method: &str,
        body: &[u8],
        nonce: &str,
    ) -> Result<Text, Box<dyn Error>> {
        let mut headers = vec![
            ("host", HOST.to_owned()),
            ("user-agent", "bench/1.0".to_owned()),
            ("accept", "*/*".to_owned()),
            ("accept-encoding", "gzip".to_owned()),
            ("content-type", "application/json".to_owned()),
            ("x-forwarded-for", "192.0.2.1".to_owned()),
            ("x-request-id", nonce.to_owned()),
        ];
        match (&self.rfc9421, self.scheme) {
            (Some(signer), _) => sign_rfc9421(&mut headers, signer, method, body, nonce)?,
            (None, Scheme::Alibaba) => sign_alibaba(&mut headers, method, body),
            (None, Scheme::Huawei) => sign_huawei(&mut headers, method, body)?,
            (None, _) => {
                let basic = huawei::Basic::new(SIGN_KEY, &secret());
                let value = String::from_utf8(basic.header_value().to_vec())?;
                headers.push(("authorization", value));
            }
        }
        Ok(Text(headers))
    }
}

fn sign_alibaba(headers: &mut Vec<(&'static str, String)>, method: &str, body: &[u8]) {
    let md5 = alibaba::content_md5(method, body);
    let outgoing = alibaba::Outgoing {
        method,
        path: PATH,
        query: Some(QUERY),
        form: None,
        content_md5: &md5,
        extra_signed_headers: &[],
    };
    let signer = alibaba::Signer::new(SIGN_KEY, &secret());
    let signature = signer.sign(&outgoing, &mut alibaba::Scratch::new());
    headers.push((alibaba::SECRET_KEY_HEADER_LOWER, SIGN_KEY.to_owned()));
    headers.push((
        alibaba::SIGNED_HEADERS_HEADER_LOWER,
        alibaba::SECRET_KEY_HEADER.to_owned(),
    ));
    headers.push((
        alibaba::SIGNATURE_HEADER_LOWER,
        signature.as_str().to_owned(),
    ));
}

fn sign_huawei(
    headers: &mut Vec<(&'static str, String)>,
    method: &str,
    body: &[u8],
) -> Result<(), Box<dyn Error>> {
    let date = SdkDate::from_unix(NOW);
    let digest = huawei::PayloadHash::of(body);
    let outgoing = huawei::Outgoing {
        method,
        path: PATH,
        query: Some(QUERY),
        host: HOST,
        date: &date,
        payload: huawei::Payload::Sha256(&digest),
    };
    let mut scratch = huawei::Scratch::new();
    let signer = huawei::Signer::new(SIGN_KEY, &secret());
    let value = signer.authorization(&outgoing, &mut scratch).to_vec();
    headers.push(("x-sdk-date", date.as_str().to_owned()));
    headers.push(("authorization", String::from_utf8(value)?));
    Ok(())
}

fn sign_rfc9421(
    headers: &mut Vec<(&'static str, String)>,
    signer: &rfc9421::Signer,
    method: &str,
    body: &[u8],
    nonce: &str,
) -> Result<(), Box<dyn Error>> {
    let digest =
        (!body.is_empty()).then(|| rfc9421::content_digest_sha256(&Sha256::digest(body).into()));
    let outgoing = rfc9421::Outgoing {
        method,
        scheme: rfc9421::Scheme::Http,
        authority: HOST,
        path: PATH,
        query: Some(QUERY),
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
    let signed = signer.sign(&outgoing, &mut rfc9421::Scratch::new())?;
    headers.extend(digest.map(|digest| ("content-digest", digest)));
    headers.push(("signature-input", signed.signature_input));
    headers.push(("signature", signed.signature));
    Ok(())
}
