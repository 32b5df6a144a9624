//! The life of one request: route, clean, apply the body policy, build what
//! goes out, sign it last, send it, relay the answer.

use std::{
    borrow::Cow, cell::RefCell, convert::Infallible, rc::Rc, sync::Arc, time::Duration,
    time::Instant,
};

use bytes::Bytes;
use countersign_core::{Host, KeyVersion, Route, environment, mapping::ParameterMapping, path};
use countersign_sign::alibaba::backend::{
    BodyKind, BodyMd5, Md5Base64, Outgoing, SECRET_KEY_HEADER, body_kind,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header, request};
use http_body::Body;
use hyper::body::Incoming;

use crate::{
    answer,
    body::{ClientBody, OutBody, ReplyBody, client_body_fault},
    client_state::ClientState,
    exchange,
    fault::Fault,
    header_name,
    mapping::{self, ClientsBody, MappedBody},
    mock,
    record::Record,
    target,
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
            Ok(Reply::Backend(answer)) => self.relay(answer, record),
            Ok(Reply::Mock(mut answer)) => {
                record.mocked(answer.status().as_u16());
                let id = self.worker.values.borrow_mut().value(&record.id);
                answer.headers_mut().insert(header_name::REQUEST_ID, id);
                answer.map(|bytes| ReplyBody::fixed(bytes, record))
            }
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
    ) -> Result<Reply, Fault> {
        let (route, key) = self.route(head, record)?;
        let definition = &route.definition;
        if let Some(mock) = &definition.mock {
            record.key = None;
            Box::pin(self.skip(body)).await?;
            return Ok(Reply::Mock(mock::answer(mock)?));
        }
        let is_signed = key.is_some();
        self.worker.clean_request(&mut head.headers, is_signed);

        let method = match &definition.backend.method {
            None => head.method.clone(),
            Some(method) => {
                Method::from_bytes(method.as_bytes()).map_err(|_| Fault::BackendPath)?
            }
        };
        let (target, source) = match &definition.mapping {
            None => (target::passed(&head.uri, &route)?, Source::Clients(body)),
            Some(mapping) => {
                let tables = Tables {
                    mapping,
                    route: &route,
                    method: &method,
                    is_signed,
                };
                // Boxed, so that requests passed through do not carry it along.
                Box::pin(self.map(tables, head, body, record)).await?
            }
        };
        let plan = body_plan(&method, &head.headers, &source, is_signed)?;
        let body = self.body(plan, source, &mut head.headers).await?;
        let mut sent = record.started();
        if matches!(plan, Plan::Gather { .. }) || definition.mapping.is_some() {
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
        Ok(Reply::Backend(answer))
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

    /// Applies an API's tables: gives the target and the body, and leaves in
    /// `head` the headers that go with them.
    async fn map(
        &self,
        tables: Tables<'_>,
        head: &mut request::Parts,
        body: Incoming,
        record: &Record,
    ) -> Result<(Uri, Source), Fault> {
        let handle_time_ms = self.worker.now().millis();
        let client_ip = self.client.ip.to_canonical().to_string();
        let host = match &*self.last_host.borrow() {
            Some((_, host)) => host.as_str().to_owned(),
            None => String::new(),
        };
        let reads_form = tables.mapping.body_is_form && is_form(&head.headers, &body)?;
        let (form, unread) = match reads_form {
            true => (Some(self.read_whole(body, None).await?), None),
            false => (None, Some(body)),
        };
        let clients_body = match (&form, &unread) {
            (Some(form), _) => ClientsBody::Form(form),
            (None, Some(body)) if !body.is_end_stream() => ClientsBody::Bytes,
            _ => ClientsBody::None,
        };
        let input = mapping::Input {
            route: tables.route,
            method: tables.method,
            path: head.uri.path(),
            query: head.uri.query(),
            headers: &head.headers,
            body: clients_body,
            system: mapping::System {
                client_ip: &client_ip,
                host: &host,
                handle_time_ms,
                request_id: std::str::from_utf8(&record.id).unwrap_or_default(),
            },
            is_signed: tables.is_signed,
        };
        let mapped = mapping::map(tables.mapping, &input)?;
        head.headers = mapped.headers;
        let source = match (mapped.body, unread) {
            (MappedBody::Clients, Some(body)) => Source::Clients(body),
            (MappedBody::Clients, None) => Source::Made(Bytes::new()),
            (MappedBody::Form(made), unread) => {
                if let Some(body) = unread {
                    self.skip(body).await?;
                }
                Source::Made(made.into())
            }
        };
        let is_expected = matches!(*tables.method, Method::POST | Method::PUT | Method::PATCH);
        if is_expected && source.is_empty() {
            head.headers
                .insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Ok((mapped.target, source))
    }

    /// Carries out the plan for the body, and makes the headers fit it.
    async fn body(
        &self,
        plan: Plan,
        source: Source,
        headers: &mut HeaderMap,
    ) -> Result<Ready, Fault> {
        let incoming = match source {
            Source::Clients(incoming) => incoming,
            Source::Made(bytes) => {
                let md5 = (plan == Plan::Gather { is_form: false }).then(BodyMd5::new);
                return Ok(made(bytes, md5, headers));
            }
        };
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
        let mut md5 = (!is_form).then(BodyMd5::new);
        let bytes = self.read_whole(incoming, md5.as_mut()).await?;
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        if bytes.is_empty() {
            return Ok(Ready {
                body: OutBody::Empty,
                digest: None,
            });
        }
        let digest = md5.map(BodyMd5::finish);
        put_digest(digest.as_ref(), headers);
        Ok(Ready {
            body: OutBody::Whole(bytes),
            digest,
        })
    }

    /// Reads a body within the limit.
    async fn read_whole(
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
        body.gather(max, self.worker.limits.head_timeout, md5).await
    }

    /// Reads a body that nobody wants, so that the connection can go on.
    async fn skip(&self, incoming: Incoming) -> Result<(), Fault> {
        if incoming.is_end_stream() {
            return Ok(());
        }
        let limits = &self.worker.limits;
        let body = ClientBody::new(incoming, Rc::clone(&self.client));
        body.skip(limits.body_buffer_bytes_max, limits.head_timeout)
            .await
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

/// Where an answer comes from.
enum Reply {
    Backend(exchange::Answer),
    /// From the API's definition.
    Mock(Response<Bytes>),
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

/// What a mapped request needs of its API.
struct Tables<'a> {
    mapping: &'a ParameterMapping,
    route: &'a Route,
    /// The method that the backend is called with.
    method: &'a Method,
    is_signed: bool,
}

/// Where a body comes from.
enum Source {
    /// The client, and it is passed on as it is.
    Clients(Incoming),
    /// The gateway.
    Made(Bytes),
}

impl Source {
    fn is_empty(&self) -> bool {
        match self {
            Self::Clients(incoming) => incoming.is_end_stream(),
            Self::Made(bytes) => bytes.is_empty(),
        }
    }
}

/// A body ready to be sent.
struct Ready {
    body: OutBody,
    digest: Option<Md5Base64>,
}

fn body_plan(
    method: &Method,
    headers: &HeaderMap,
    source: &Source,
    is_signed: bool,
) -> Result<Plan, Fault> {
    if source.is_empty() {
        return Ok(Plan::None);
    }
    if !is_signed {
        return Ok(Plan::Stream);
    }
    match body_kind(method.as_str(), content_type(headers).as_deref()) {
        BodyKind::Form => Ok(Plan::Gather { is_form: true }),
        BodyKind::Digest => Ok(Plan::Gather { is_form: false }),
        BodyKind::FormOtherCharset => Err(Fault::FormCharset),
        BodyKind::Unsigned => Ok(Plan::Stream),
    }
}

/// Whether a body is a form whose fields can be read.
fn is_form(headers: &HeaderMap, body: &Incoming) -> Result<bool, Fault> {
    if body.is_end_stream() {
        return Ok(false);
    }
    // A method whose bodies are signed as forms only.
    match body_kind("GET", content_type(headers).as_deref()) {
        BodyKind::Form => {}
        BodyKind::FormOtherCharset => return Err(Fault::FormCharset),
        BodyKind::Digest | BodyKind::Unsigned => return Ok(false),
    }
    let mut codings = headers.get_all(header::CONTENT_ENCODING).iter();
    match codings.all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        true => Ok(true),
        false => Err(Fault::FormCoding),
    }
}

/// The media type of a body. Bytes beyond ASCII in a parameter of it do not
/// hide from us what a backend sees.
fn content_type(headers: &HeaderMap) -> Option<Cow<'_, str>> {
    let value = headers.get(header::CONTENT_TYPE)?;
    Some(String::from_utf8_lossy(value.as_bytes()))
}

/// A body of the gateway's own, ready to be sent.
fn made(bytes: Bytes, md5: Option<BodyMd5>, headers: &mut HeaderMap) -> Ready {
    if bytes.is_empty() {
        return Ready {
            body: OutBody::Empty,
            digest: None,
        };
    }
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    let digest = md5.map(|mut md5| {
        md5.update(&bytes);
        md5.finish()
    });
    put_digest(digest.as_ref(), headers);
    Ready {
        body: OutBody::Whole(bytes),
        digest,
    }
}

fn put_digest(digest: Option<&Md5Base64>, headers: &mut HeaderMap) {
    if let Some(digest) = digest {
        let value =
            HeaderValue::from_bytes(digest.as_str().as_bytes()).expect("Base64 is plain ASCII");
        headers.insert(header_name::CONTENT_MD5, value);
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
