//! The life of one request: route, clean, apply the body policy, build what
//! goes out, sign it last, send it, relay the answer.

use std::{cell::RefCell, convert::Infallible, rc::Rc, sync::Arc, time::Duration, time::Instant};

use bytes::Bytes;
use countersign_core::{Host, KeyVersion, Route, environment, path};
use countersign_sign::alibaba::backend::{
    BodyKind, BodyMd5, Md5Base64, Outgoing, SECRET_KEY_HEADER, body_kind,
};
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, Uri, header, request, uri::PathAndQuery,
};
use http_body::Body;
use hyper::body::Incoming;

use crate::{
    answer,
    body::{ClientBody, OutBody, ReplyBody, client_body_fault},
    client_state::ClientState,
    exchange,
    fault::Fault,
    header_name,
    record::Record,
    worker::Worker,
};

/// Serves the requests of one client connection.
pub(crate) struct Handler {
    worker: Rc<Worker>,
    client: Rc<ClientState>,
    /// The host last asked for, as sent and as parsed: most connections ask
    /// for one only.
    last_host: RefCell<Option<(Vec<u8>, Host)>>,
}

impl Handler {
    pub(crate) fn new(worker: Rc<Worker>, client: Rc<ClientState>) -> Self {
        Self {
            worker,
            client,
            last_host: RefCell::default(),
        }
    }

    /// Serves one request. Whatever happens, there is an answer.
    pub(crate) async fn serve(
        self: Rc<Self>,
        request: Request<Incoming>,
    ) -> Result<Response<ReplyBody>, Infallible> {
        let (mut head, body) = request.into_parts();
        let host = host_of(&head);
        let mut record = Record::begin(
            &self.worker,
            &self.client,
            &head.method,
            host,
            head.uri.path(),
        );
        let forwarded = self.forward(&mut head, body, &mut record).await;
        Ok(match forwarded {
            Ok(answer) => self.relay(answer, record),
            Err(fault) => {
                record.refused(&fault);
                answer::answer(&fault, &record.id).map(|bytes| ReplyBody::fixed(bytes, record))
            }
        })
    }

    async fn forward(
        &self,
        head: &mut request::Parts,
        body: Incoming,
        record: &mut Record,
    ) -> Result<exchange::Answer, Fault> {
        let (route, key) = self.route(head, record)?;
        let definition = &route.definition;
        let is_signed = key.is_some();
        self.worker.clean_request(&mut head.headers, is_signed);

        let method = match &definition.backend.method {
            None => head.method.clone(),
            Some(method) => {
                Method::from_bytes(method.as_bytes()).map_err(|_| Fault::BackendPath)?
            }
        };
        let target = target(&head.uri, &route)?;
        let plan = body_plan(&method, &head.headers, &body, is_signed)?;
        let body = self.body(plan, body, &mut head.headers).await?;
        let mut sent = record.started();
        if matches!(plan, Plan::Gather { .. }) {
            sent = Instant::now();
        }

        let backend = self.worker.pool.backend(&definition.backend.address);
        head.headers.insert(header::HOST, backend.host().clone());
        if let Some(key) = &key {
            let form = match (&body.body, plan) {
                (OutBody::Whole(bytes), Plan::Gather { is_form: true }) => Some(&bytes[..]),
                _ => None,
            };
            let outgoing = Outgoing {
                method: method.as_str(),
                path: target.path(),
                query: target.query(),
                form,
                content_md5: body.digest.as_ref().map_or("", Md5Base64::as_str),
                extra_signed_headers: &[],
            };
            self.sign(key, &outgoing, &mut head.headers);
        }

        let mut request = Request::new(body.body);
        *request.method_mut() = method;
        *request.uri_mut() = target;
        *request.headers_mut() = std::mem::take(&mut head.headers);
        head.uri = Uri::default();

        let timeout = Duration::from_millis(definition.backend.timeout_ms.into());
        record.backend = Some(Rc::clone(&backend));
        let answer = exchange::send(&self.worker, &self.client, &backend, request, timeout).await?;
        if answer.response.status() == http::StatusCode::SWITCHING_PROTOCOLS {
            return Err(Fault::SwitchedProtocols);
        }
        record.retries = answer.retries;
        record.answered(answer.response.status().as_u16(), sent);
        Ok(answer)
    }

    /// Finds the route, and what signs for it, in one snapshot.
    fn route(
        &self,
        head: &request::Parts,
        record: &mut Record,
    ) -> Result<(Arc<Route>, Option<Arc<KeyVersion>>), Fault> {
        let path = head.uri.path();
        if path.split('/').any(path::is_dot_segment) {
            return Err(Fault::DotSegment);
        }
        let environment = environment_of(&head.headers)?;
        let mut last_host = self.last_host.borrow_mut();
        let host = find_host(&mut last_host, host_of(head))
            .ok_or(Fault::Miss(countersign_core::RouteMiss::Host))?;
        let mut snapshots = self.worker.snapshots.borrow_mut();
        let snapshot = snapshots.current();
        let route = snapshot
            .route(host, environment, head.method.as_str(), path)
            .map_err(Fault::Miss)?;
        let key = snapshot.bound_key(&route.key);
        record.route = Some(Arc::clone(route));
        record.key = key.map(Arc::clone);
        Ok((Arc::clone(route), key.map(|key| Arc::clone(&key.active))))
    }

    /// Carries out the plan for the body, and makes the headers fit it.
    async fn body(
        &self,
        plan: Plan,
        incoming: Incoming,
        headers: &mut HeaderMap,
    ) -> Result<Ready, Fault> {
        match plan {
            Plan::None => Ok(Ready {
                body: OutBody::Empty,
                digest: None,
            }),
            Plan::Stream => {
                let is_chunked = incoming.size_hint().exact().is_none();
                let mut body = ClientBody::new(incoming, Rc::clone(&self.client));
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
                    digest: None,
                })
            }
            Plan::Gather { is_form } => self.gather(is_form, incoming, headers).await,
        }
    }

    async fn gather(
        &self,
        is_form: bool,
        incoming: Incoming,
        headers: &mut HeaderMap,
    ) -> Result<Ready, Fault> {
        let max = self.worker.limits.body_buffer_bytes_max;
        if incoming
            .size_hint()
            .exact()
            .is_some_and(|length| length > max as u64)
        {
            return Err(Fault::BodyTooLarge { max });
        }
        let mut md5 = (!is_form).then(BodyMd5::new);
        let body = ClientBody::new(incoming, Rc::clone(&self.client));
        let bytes = body
            .gather(max, self.worker.limits.head_timeout, md5.as_mut())
            .await?;
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        if bytes.is_empty() {
            return Ok(Ready {
                body: OutBody::Empty,
                digest: None,
            });
        }
        let digest = md5.map(BodyMd5::finish);
        if let Some(digest) = &digest {
            let value =
                HeaderValue::from_bytes(digest.as_str().as_bytes()).expect("Base64 is plain ASCII");
            headers.insert(header_name::CONTENT_MD5, value);
        }
        Ok(Ready {
            body: OutBody::Whole(bytes),
            digest,
        })
    }

    /// Signs what is about to be sent, and puts the signature on it.
    fn sign(&self, key: &KeyVersion, outgoing: &Outgoing<'_>, headers: &mut HeaderMap) {
        let signature = key
            .signer()
            .sign(outgoing, &mut self.worker.scratch.borrow_mut());
        let mut values = self.worker.values.borrow_mut();
        headers.insert(header_name::SIGNATURE, values.value(signature.as_bytes()));
        headers.insert(
            header_name::SECRET_KEY,
            values.value(key.signer().sign_key().as_bytes()),
        );
        headers.insert(
            header_name::SIGNED_HEADERS,
            HeaderValue::from_static(SECRET_KEY_HEADER),
        );
    }

    /// Passes the backend's answer on.
    fn relay(&self, answer: exchange::Answer, record: Record) -> Response<ReplyBody> {
        let (mut head, incoming) = answer.response.into_parts();
        self.worker.clean_response(&mut head.headers);
        let id = self.worker.values.borrow_mut().value(&record.id);
        head.headers.insert(header_name::REQUEST_ID, id);
        // What the backend speaks is no matter of the client's.
        head.version = http::Version::HTTP_11;
        Response::from_parts(head, ReplyBody::relayed(answer.lease, incoming, record))
    }
}

/// What is done with a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    None,
    Stream,
    /// Read it whole, to sign its digest or, of a form, its fields.
    Gather {
        is_form: bool,
    },
}

/// A body ready to be sent.
struct Ready {
    body: OutBody,
    digest: Option<Md5Base64>,
}

fn body_plan(
    method: &Method,
    headers: &HeaderMap,
    body: &Incoming,
    is_signed: bool,
) -> Result<Plan, Fault> {
    if body.is_end_stream() {
        return Ok(Plan::None);
    }
    if !is_signed {
        return Ok(Plan::Stream);
    }
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    match body_kind(method.as_str(), content_type) {
        BodyKind::Form => Ok(Plan::Gather { is_form: true }),
        BodyKind::Digest => Ok(Plan::Gather { is_form: false }),
        BodyKind::FormOtherCharset => Err(Fault::FormCharset),
        BodyKind::Unsigned => Ok(Plan::Stream),
    }
}

/// The host as the client wrote it; with a target in absolute form they are
/// the same (the guard saw to that), and in HTTP/1.0 there may be none.
fn host_of(head: &request::Parts) -> &[u8] {
    match head.headers.get(header::HOST) {
        Some(value) => value.as_bytes(),
        None => head
            .uri
            .authority()
            .map_or(&[], |authority| authority.as_str().as_bytes()),
    }
}

fn find_host<'c>(last: &'c mut Option<(Vec<u8>, Host)>, sent: &[u8]) -> Option<&'c Host> {
    if last.as_ref().is_none_or(|(known, _)| known != sent) {
        let text = std::str::from_utf8(sent).ok()?;
        let name = match text.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => text,
        };
        let host = Host::parse(name).ok()?;
        *last = Some((sent.to_vec(), host));
    }
    last.as_ref().map(|(_, host)| host)
}

fn environment_of(headers: &HeaderMap) -> Result<&str, Fault> {
    let mut values = headers.get_all(header_name::ENVIRONMENT).iter();
    let Some(value) = values.next() else {
        return Ok(environment::DEFAULT);
    };
    if values.next().is_some() {
        return Err(Fault::BadEnvironmentHeader);
    }
    value.to_str().map_err(|_| Fault::BadEnvironmentHeader)
}

/// The target sent to the backend: the client's own path or the one made for
/// the backend, and the client's query byte for byte.
fn target(uri: &Uri, route: &Route) -> Result<Uri, Fault> {
    let Some(pattern) = &route.definition.backend.path else {
        return match (uri.scheme(), uri.path_and_query()) {
            // Cheap: the text is shared.
            (None, _) => Ok(uri.clone()),
            (Some(_), Some(path)) => Ok(Uri::from(path.clone())),
            (Some(_), None) => Ok(Uri::from(PathAndQuery::from_static("/"))),
        };
    };
    let captures = route.captures(uri.path());
    let mut text =
        pattern.render(|name, text| text.push_str(captures.get(name).unwrap_or_default()));
    let rest = captures.rest();
    if rest.starts_with('/') && text.ends_with('/') {
        text.pop();
    }
    text.push_str(rest);
    if let Some(query) = uri.query() {
        text.push('?');
        text.push_str(query);
    }
    Uri::from_maybe_shared(Bytes::from(text)).map_err(|_| Fault::BackendPath)
}
