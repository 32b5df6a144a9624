//! Putting the signature on a request.

use std::sync::Arc;

use countersign_core::{KeyVersion, Signing};
use countersign_sign::{
    alibaba::{self, backend::SECRET_KEY_HEADER},
    huawei::{self, UNSIGNED_PAYLOAD},
    rfc9421::{self, Algorithm, message::Scheme},
};
use http::{HeaderMap, HeaderValue, Method, Uri};

use super::{LABEL, LIFETIME_SECS, Payload};
use crate::{fault::Fault, header_name, worker::Worker};

/// What signs one request, and what is said of its body.
#[derive(Debug)]
pub(crate) struct Seal {
    key: Arc<KeyVersion>,
    payload: Payload,
}

/// A request about to be sent, but for its signature.
#[derive(Clone, Copy)]
pub(crate) struct Unsealed<'a> {
    pub(crate) method: &'a Method,
    pub(crate) target: &'a Uri,
    /// The value of `Host`.
    pub(crate) host: &'a HeaderValue,
}

impl Seal {
    pub(crate) fn new(key: Arc<KeyVersion>, payload: Payload) -> Self {
        Self { key, payload }
    }

    /// This, if the signature of the same request would be another at another
    /// time.
    pub(crate) fn if_timed(self) -> Option<Self> {
        match self.key.signing() {
            Signing::Huawei(_) | Signing::Rfc9421(_) => Some(self),
            Signing::Alibaba(_) | Signing::Basic(_) | Signing::Unusable(_) => None,
        }
    }

    /// Signs `request`, and puts the signature into its `headers`, in place of
    /// one that may be there.
    pub(crate) fn put(
        &self,
        worker: &Worker,
        request: Unsealed<'_>,
        headers: &mut HeaderMap,
    ) -> Result<(), Fault> {
        match self.key.signing() {
            Signing::Alibaba(signer) => self.alibaba(signer, worker, request, headers),
            Signing::Huawei(signer) => self.huawei(signer, worker, request, headers),
            Signing::Basic(basic) => {
                let mut value = HeaderValue::from_bytes(basic.header_value())
                    .map_err(|_| Fault::SignatureText)?;
                value.set_sensitive(true);
                headers.insert(worker.sign_header.clone(), value);
                Ok(())
            }
            Signing::Rfc9421(signer) => self.rfc9421(signer, worker, request, headers),
            Signing::Unusable(why) => Err(Fault::Unusable(why.clone())),
        }
    }

    fn alibaba(
        &self,
        signer: &alibaba::backend::Signer,
        worker: &Worker,
        request: Unsealed<'_>,
        headers: &mut HeaderMap,
    ) -> Result<(), Fault> {
        let (form, content_md5) = match &self.payload {
            Payload::Form(form) => (Some(&form[..]), ""),
            Payload::Md5(md5) => (None, md5.as_str()),
            _ => (None, ""),
        };
        let outgoing = alibaba::backend::Outgoing {
            method: request.method.as_str(),
            path: request.target.path(),
            query: request.target.query(),
            form,
            content_md5,
            extra_signed_headers: &[],
        };
        let signature = signer.sign(&outgoing, &mut worker.buffers.borrow_mut().alibaba);
        if !content_md5.is_empty() {
            headers.insert(header_name::CONTENT_MD5, value(worker, content_md5)?);
        }
        headers.insert(header_name::SIGNATURE, worker.value(signature.as_bytes())?);
        headers.insert(header_name::SECRET_KEY, value(worker, signer.sign_key())?);
        headers.insert(
            header_name::SIGNED_HEADERS,
            HeaderValue::from_static(SECRET_KEY_HEADER),
        );
        Ok(())
    }

    fn huawei(
        &self,
        signer: &huawei::backend::Signer,
        worker: &Worker,
        request: Unsealed<'_>,
        headers: &mut HeaderMap,
    ) -> Result<(), Fault> {
        let payload = match &self.payload {
            Payload::Empty => huawei::backend::Payload::Empty,
            Payload::Sha256(hash) => huawei::backend::Payload::Sha256(hash),
            _ => huawei::backend::Payload::Unsigned,
        };
        let mut buffers = worker.buffers.borrow_mut();
        let date = buffers.date(worker.now().seconds());
        let outgoing = huawei::backend::Outgoing {
            method: request.method.as_str(),
            path: request.target.path(),
            query: request.target.query(),
            host: host(request)?,
            date: &date,
            payload,
        };
        let authorization = signer.authorization(&outgoing, &mut buffers.huawei);
        headers.insert(worker.sign_header.clone(), worker.value(authorization)?);
        headers.insert(header_name::SDK_DATE, value(worker, date.as_str())?);
        if payload == huawei::backend::Payload::Unsigned {
            headers.insert(
                header_name::SDK_CONTENT_SHA256,
                HeaderValue::from_static(UNSIGNED_PAYLOAD),
            );
        }
        Ok(())
    }

    fn rfc9421(
        &self,
        signer: &rfc9421::Signer,
        worker: &Worker,
        request: Unsealed<'_>,
        headers: &mut HeaderMap,
    ) -> Result<(), Fault> {
        let digest = match &self.payload {
            Payload::ContentDigest(value) => Some(value),
            _ => None,
        };
        let created = worker.now().seconds();
        let nonce = format!("{:032x}", u128::from_be_bytes(worker.random()));
        let mut random = [0; 32];
        if signer.algorithm() == Algorithm::RsaPssSha512 {
            random[..16].copy_from_slice(&worker.random());
            random[16..].copy_from_slice(&worker.random());
        }
        let outgoing = rfc9421::Outgoing {
            method: request.method.as_str(),
            scheme: Scheme::Http,
            authority: host(request)?,
            path: request.target.path(),
            query: request.target.query(),
            content_digest: digest.and_then(|value| value.to_str().ok()),
            fields: &[],
            label: LABEL,
            created,
            expires: Some(created.saturating_add(LIFETIME_SECS)),
            nonce: &nonce,
            tag: Some(LABEL),
            name_algorithm: true,
            random,
        };
        let signed = signer
            .sign(&outgoing, &mut worker.buffers.borrow_mut().rfc9421)
            .map_err(Fault::Signing)?;
        let made = |text: String| HeaderValue::try_from(text).map_err(|_| Fault::SignatureText);
        headers.insert(header_name::RFC9421_INPUT, made(signed.signature_input)?);
        headers.insert(header_name::RFC9421_SIGNATURE, made(signed.signature)?);
        if let Some(digest) = digest {
            headers.insert(header_name::CONTENT_DIGEST, digest.clone());
        }
        Ok(())
    }
}

fn host(request: Unsealed<'_>) -> Result<&str, Fault> {
    request.host.to_str().map_err(|_| Fault::SignatureText)
}

fn value(worker: &Worker, text: &str) -> Result<HeaderValue, Fault> {
    worker.value(text.as_bytes())
}
