//! Carrying out the plan for a body.

use std::rc::Rc;

use bytes::Bytes;
use countersign_core::Signing;
use countersign_sign::alibaba::backend::BodyMd5;
use http::{HeaderMap, HeaderValue, header};
use http_body::Body;
use hyper::body::Incoming;

use super::{
    Handler,
    plan::{Cover, Plan, Source},
};
use crate::{
    body::{ClientBody, Held, OutBody, client_body_fault},
    fault::Fault,
    signing::Payload,
};

/// A body ready to be sent, and what a signature says of it.
pub(super) struct Ready {
    pub(super) body: OutBody,
    pub(super) payload: Payload,
}

impl Handler {
    /// Carries out the plan for the body, and makes the headers fit it.
    pub(super) async fn body(
        &self,
        plan: Plan,
        source: Source,
        signing: Option<&Signing>,
        headers: &mut HeaderMap,
    ) -> Result<Ready, Fault> {
        match (plan, source) {
            (Plan::None, _) => Ok(NOTHING),
            (Plan::Stream, Source::Made(bytes)) => Ok(whole(bytes, |_| Payload::Unsigned, headers)),
            (Plan::Hold(cover), Source::Made(bytes)) => {
                let payload = |bytes: &Bytes| covered(cover, signing, bytes);
                Ok(whole(bytes, payload, headers))
            }
            (Plan::Stream, Source::Clients(incoming)) => {
                let body = ClientBody::new(incoming, Rc::clone(&self.client));
                self.stream(body, headers).await
            }
            (Plan::Hold(cover), Source::Clients(incoming)) => {
                self.hold(cover, incoming, signing, headers).await
            }
        }
    }

    async fn stream(&self, mut body: ClientBody, headers: &mut HeaderMap) -> Result<Ready, Fault> {
        let is_chunked = body.size_hint().exact().is_none();
        if is_chunked {
            body.peek()
                .await
                .map_err(|error| client_body_fault(&self.client, error))?;
            if let Some(violation) = self.client.violation_in_body() {
                return Err(Fault::Malformed(violation));
            }
            headers.insert(
                header::TRANSFER_ENCODING,
                HeaderValue::from_static("chunked"),
            );
        }
        Ok(Ready {
            body: OutBody::Stream(body),
            payload: Payload::Unsigned,
        })
    }

    async fn hold(
        &self,
        cover: Cover,
        incoming: Incoming,
        signing: Option<&Signing>,
        headers: &mut HeaderMap,
    ) -> Result<Ready, Fault> {
        if cover == Cover::Md5 {
            let mut md5 = BodyMd5::new();
            let bytes = self.read_whole(incoming, Some(&mut md5)).await?;
            return Ok(whole(bytes, |_| Payload::Md5(md5.finish()), headers));
        }
        let payload = |bytes: &Bytes| covered(cover, signing, bytes);
        if cover != Cover::Text {
            let bytes = self.read_whole(incoming, None).await?;
            return Ok(whole(bytes, payload, headers));
        }
        let limits = &self.worker.limits;
        let body = ClientBody::new(incoming, Rc::clone(&self.client));
        let held = body.hold(limits.body_buffer_bytes_max, limits.head_timeout, None);
        match held.await? {
            Held::Whole(bytes) => Ok(whole(bytes, payload, headers)),
            Held::TooLong(body) => self.stream(body, headers).await,
        }
    }

    /// Reads a body within the limit.
    pub(super) async fn read_whole(
        &self,
        incoming: Incoming,
        md5: Option<&mut BodyMd5>,
    ) -> Result<Bytes, Fault> {
        let max = self.worker.limits.body_buffer_bytes_max;
        if incoming
            .size_hint()
            .exact()
            .is_some_and(|length| length > max as u64)
        {
            return Err(Fault::BodyTooLarge { max });
        }
        let body = ClientBody::new(incoming, Rc::clone(&self.client));
        match body.hold(max, self.worker.limits.head_timeout, md5).await? {
            Held::Whole(bytes) => Ok(bytes),
            Held::TooLong(_) => Err(Fault::BodyTooLarge { max }),
        }
    }

    /// Reads a body that nobody wants, so that the connection can go on.
    pub(super) async fn skip(&self, incoming: Incoming) -> Result<(), Fault> {
        if incoming.is_end_stream() {
            return Ok(());
        }
        let limits = &self.worker.limits;
        let body = ClientBody::new(incoming, Rc::clone(&self.client));
        body.skip(limits.body_buffer_bytes_max, limits.head_timeout)
            .await
    }
}

const NOTHING: Ready = Ready {
    body: OutBody::Empty,
    payload: Payload::Empty,
};

/// What `signing` says of a body that is held.
fn covered(cover: Cover, signing: Option<&Signing>, bytes: &Bytes) -> Payload {
    match (cover, signing) {
        (_, None) => Payload::Unsigned,
        (Cover::Form, _) => Payload::Form(bytes.clone()),
        (Cover::Md5, _) => {
            let mut md5 = BodyMd5::new();
            md5.update(bytes);
            Payload::Md5(md5.finish())
        }
        // Said to be text and none: a verifier that reads it as text would
        // digest other bytes (spec section 5.2).
        (Cover::Text, _) if std::str::from_utf8(bytes).is_err() => Payload::Unsigned,
        (Cover::Text | Cover::All, Some(signing)) => Payload::covered(signing, bytes),
    }
}

/// A body that is all there, ready to be sent.
fn whole(bytes: Bytes, payload: impl FnOnce(&Bytes) -> Payload, headers: &mut HeaderMap) -> Ready {
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    if bytes.is_empty() {
        return NOTHING;
    }
    let payload = payload(&bytes);
    Ready {
        body: OutBody::Whole(bytes),
        payload,
    }
}
