//! The life of one request: route, clean, apply the body policy, build what
//! goes out, sign it last, send it, relay the answer.

mod body;
mod host;
mod mapped;
mod plan;

use std::{cell::RefCell, convert::Infallible, rc::Rc, sync::Arc, time::Duration, time::Instant};

use bytes::Bytes;
use countersign_core::{Host, KeyVersion, Route, RouteMiss, Signing, environment, path};
use http::{HeaderMap, Method, Request, Response, Uri, header, request};
use hyper::body::Incoming;

use crate::{
    answer,
    body::ReplyBody,
    client_state::ClientState,
    exchange,
    fault::Fault,
    header_name,
    header_policy::Owned,
    key_directory,
    manner::Manner,
    mock,
    record::Record,
    signing::{Seal, Unsealed},
    target,
    worker::Worker,
};
use host::{find_host, host_of};
use mapped::Tables;
use plan::{Plan, Source};

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
        let mut replied = self.forward(&mut head, body, &mut record).await;
        if let Err(Fault::Miss(RouteMiss::Host)) = replied {
            replied = self.without_group(&head, &mut record);
        }
        Ok(match replied {
            Ok(Reply::Backend(answer)) => self.relay(answer, record),
            Ok(Reply::Own(mut answer)) => {
                record.mark(answer.headers_mut());
                answer.map(|bytes| ReplyBody::fixed(bytes, record))
            }
            Err(fault) => {
                record.refused(&fault);
                let mut answer = answer::answer(&fault, record.manner, &record.id);
                record.mark(answer.headers_mut());
                answer.map(|bytes| ReplyBody::fixed(bytes, record))
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
            let answer = mock::answer(mock)?;
            record.mocked(answer.status().as_u16());
            return Ok(Reply::Own(answer));
        }
        let signing = key.as_deref().map(KeyVersion::signing);
        if let Some(Signing::Unusable(why)) = signing {
            return Err(Fault::Unusable(why.clone()));
        }
        let owned = Owned::by(signing, &self.worker.sign_header);
        self.worker.clean_request(&mut head.headers, owned);

        let method = match &definition.backend.method {
            None => head.method.clone(),
            Some(method) => {
                Method::from_bytes(method.as_bytes()).map_err(|_| Fault::BackendPath)?
            }
        };
        let (mut target, source) = match &definition.mapping {
            None => (target::passed(&head.uri, &route)?, Source::Clients(body)),
            Some(mapping) => {
                let tables = Tables {
                    mapping,
                    route: &route,
                    method: &method,
                    owned,
                };
                // Boxed, so that requests passed through do not carry it along.
                Box::pin(self.map(tables, head, body, record)).await?
            }
        };
        if let Some(Signing::Huawei(_)) = signing {
            let scratch = &mut self.worker.buffers.borrow_mut().huawei;
            target = target::with_canonical_query(target, scratch)?;
        }
        let plan = plan::plan(
            signing,
            definition.payload,
            &method,
            &head.headers,
            &source,
            self.worker.limits.body_buffer_bytes_max,
        )?;
        let ready = self.body(plan, source, signing, &mut head.headers).await?;
        let mut sent = record.started();
        if matches!(plan, Plan::Hold(_)) || definition.mapping.is_some() {
            sent = Instant::now();
        }

        let backend = self.worker.pool.backend(&definition.backend.address);
        head.headers.insert(header::HOST, backend.host().clone());
        let mut seal = None;
        if let Some(key) = key {
            let unsealed = Unsealed {
                method: &method,
                target: &target,
                host: backend.host(),
            };
            let made = Seal::new(key, ready.payload);
            made.put(&self.worker, unsealed, &mut head.headers)?;
            seal = made.if_timed();
        }

        let mut request = Request::new(ready.body);
        *request.method_mut() = method;
        *request.uri_mut() = target;
        *request.headers_mut() = std::mem::take(&mut head.headers);
        head.uri = Uri::default();

        let timeout = Duration::from_millis(definition.backend.timeout_ms.into());
        record.backend = Some(Rc::clone(&backend));
        let answer = exchange::send(
            &self.worker,
            &self.client,
            &backend,
            request,
            seal.as_ref(),
            timeout,
        )
        .await?;
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
        let mut last_host = self.last_host.borrow_mut();
        let miss = Fault::Miss(RouteMiss::Host);
        let Some(host) = find_host(&mut last_host, host_of(head)) else {
            return Err(dot_segment(path).err().unwrap_or(miss));
        };
        let mut snapshots = self.worker.snapshots.borrow_mut();
        let snapshot = snapshots.current();
        let Some(group) = snapshot.group_at(host) else {
            return Err(dot_segment(path).err().unwrap_or(miss));
        };
        record.manner = Manner::of(&group.made_by);
        record.tells_latency = asks_for_latency(&head.headers);
        dot_segment(path)?;
        let environment = environment_of(&head.headers, record.manner)?;
        let route = snapshot
            .route(group, environment, head.method.as_str(), path)
            .map_err(Fault::Miss)?;
        record.manner = Manner::of(&route.made_by);
        let key = snapshot.bound_key(&route.key);
        record.route = Some(Arc::clone(route));
        record.key = key.map(Arc::clone);
        Ok((Arc::clone(route), key.map(|key| Arc::clone(&key.active))))
    }

    /// What there is at a host that no group is called at: the directory of
    /// public keys.
    fn without_group(&self, head: &request::Parts, record: &mut Record) -> Result<Reply, Fault> {
        let prefix = &self.worker.public_key_prefix;
        let asked = key_directory::asked(prefix, &head.method, head.uri.path());
        let asked = asked.ok_or(Fault::Miss(RouteMiss::Host))?;
        record.manner = Manner::Huawei;
        let mut snapshots = self.worker.snapshots.borrow_mut();
        let answer = key_directory::answer(snapshots.current(), &asked, self.worker.now())?;
        record.told_keys(answer.status().as_u16());
        Ok(Reply::Own(answer))
    }

    /// Passes the backend's answer on.
    fn relay(&self, answer: exchange::Answer, record: Record) -> Response<ReplyBody> {
        let (mut head, incoming) = answer.response.into_parts();
        self.worker.clean_response(&mut head.headers);
        record.mark(&mut head.headers);
        // What the backend speaks is no matter of the client's.
        head.version = http::Version::HTTP_11;
        Response::from_parts(head, ReplyBody::relayed(answer.lease, incoming, record))
    }
}

/// Where an answer comes from.
enum Reply {
    Backend(exchange::Answer),
    /// The gateway: from the API's definition, or the directory of keys.
    Own(Response<Bytes>),
}

fn dot_segment(path: &str) -> Result<(), Fault> {
    match path.split('/').any(path::is_dot_segment) {
        true => Err(Fault::DotSegment),
        false => Ok(()),
    }
}

fn asks_for_latency(headers: &HeaderMap) -> bool {
    let mode = headers.get(header_name::APIG_MODE);
    mode.is_some_and(|mode| mode.as_bytes().eq_ignore_ascii_case(b"debug"))
}

fn environment_of(headers: &HeaderMap, manner: Manner) -> Result<&str, Fault> {
    let mut values = headers.get_all(manner.environment_header()).iter();
    let Some(value) = values.next() else {
        return Ok(environment::DEFAULT);
    };
    if values.next().is_some() {
        return Err(Fault::BadEnvironmentHeader);
    }
    value.to_str().map_err(|_| Fault::BadEnvironmentHeader)
}
