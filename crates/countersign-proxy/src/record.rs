//! What is remembered of one request, and what becomes of it at the end: a
//! line in the access log, metrics, and word to the connection. Never a header
//! value, a query or a body.

use std::{
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use countersign_core::{Route, SignatureKey};
use http::{HeaderMap, HeaderValue, Method};

use crate::{
    client_state::ClientState,
    fault::Fault,
    header_name,
    json::Line,
    manner::Manner,
    pool::Backend,
    request_id::{self, RequestId},
    worker::Worker,
};

/// The record of one request. Dropping it ends the request, however it ended.
pub(crate) struct Record {
    worker: Rc<Worker>,
    client: Rc<ClientState>,
    pub(crate) id: RequestId,
    started: Instant,
    /// The beginning of the line, written when the request came.
    line: Line,
    status: u16,
    pub(crate) bytes_out: u64,
    backend_took: Option<Duration>,
    pub(crate) retries: u32,
    pub(crate) route: Option<Arc<Route>>,
    pub(crate) key: Option<Arc<SignatureKey>>,
    pub(crate) backend: Option<Rc<Backend>>,
    /// Whose manners the answer has.
    pub(crate) manner: Manner,
    /// Whether the answer is to say how long it took.
    pub(crate) tells_latency: bool,
    is_mocked: bool,
    fault: Option<(&'static str, String)>,
}

impl Record {
    /// Begins the record of a request.
    pub(crate) fn begin(
        worker: &Rc<Worker>,
        client: &Rc<ClientState>,
        method: &Method,
        host: &[u8],
        path: &str,
    ) -> Self {
        let id = worker.request_id();
        let mut line = worker.spare_line();
        if worker.logs() {
            begin_line(&mut line, worker, &id, &client.address);
            line.field("method").text(method.as_str());
            line.field("host").bytes(host);
            line.field("path").text(path);
        }
        client.body_bytes.set(0);
        Self::new(worker, client, id, line)
    }

    /// Begins the record of a request of which no head could be read.
    pub(crate) fn begin_unread(worker: &Rc<Worker>, client: &Rc<ClientState>) -> Self {
        let id = worker.request_id();
        let mut line = worker.spare_line();
        if worker.logs() {
            begin_line(&mut line, worker, &id, &client.address);
        }
        Self::new(worker, client, id, line)
    }

    fn new(worker: &Rc<Worker>, client: &Rc<ClientState>, id: RequestId, line: Line) -> Self {
        Self {
            worker: Rc::clone(worker),
            client: Rc::clone(client),
            id,
            started: Instant::now(),
            line,
            status: 0,
            bytes_out: 0,
            backend_took: None,
            retries: 0,
            route: None,
            key: None,
            backend: None,
            manner: Manner::default(),
            tells_latency: false,
            is_mocked: false,
            fault: None,
        }
    }

    /// When the request came.
    pub(crate) fn started(&self) -> Instant {
        self.started
    }

    /// The backend began to answer.
    pub(crate) fn answered(&mut self, status: u16, sent: Instant) {
        self.status = status;
        let took = sent.elapsed();
        self.backend_took = Some(took);
        self.worker
            .meters
            .backend_duration
            .record(took.as_secs_f64());
    }

    /// The request's id, as its clients know ids.
    pub(crate) fn id_text(&self) -> String {
        match self.manner {
            Manner::Alibaba => String::from_utf8_lossy(&self.id).into_owned(),
            Manner::Huawei => String::from_utf8_lossy(&request_id::hex(&self.id)).into_owned(),
        }
    }

    /// Puts on an answer what every answer has.
    pub(crate) fn mark(&self, headers: &mut HeaderMap) {
        match self.manner {
            Manner::Alibaba => {
                headers.insert(header_name::REQUEST_ID, self.worker.id_value(&self.id));
            }
            Manner::Huawei => {
                let id = self.worker.id_value(&request_id::hex(&self.id));
                headers.insert(header_name::HUAWEI_REQUEST_ID, id);
                self.tell_latency(headers);
            }
        }
    }

    fn tell_latency(&self, headers: &mut HeaderMap) {
        if !self.tells_latency {
            return;
        }
        let millis = |took: Duration| HeaderValue::from(took.as_millis() as u64);
        headers.insert(header_name::APIG_LATENCY, millis(self.started.elapsed()));
        if let Some(took) = self.backend_took {
            headers.insert(header_name::APIG_UPSTREAM_LATENCY, millis(took));
        }
    }

    /// The gateway answers itself.
    pub(crate) fn refused(&mut self, fault: &Fault) {
        let shown = fault.shown();
        self.status = fault.status(self.manner).as_u16();
        self.worker.meters.refused(shown.code);
        self.failed(fault);
    }

    /// The API's definition has the answer. Nothing is signed.
    pub(crate) fn mocked(&mut self, status: u16) {
        self.status = status;
        self.is_mocked = true;
        self.worker.meters.mocked.increment(1);
    }

    /// The answer is the directory of public keys.
    pub(crate) fn told_keys(&mut self, status: u16) {
        self.status = status;
    }

    /// The backend's answer ended before its end.
    pub(crate) fn answer_broke_off(&mut self, error: &hyper::Error) {
        self.worker.meters.backend_failure("backend_error");
        self.fault = Some((
            "backend_error",
            format!("the backend's answer broke off: {error}"),
        ));
    }

    /// The client left before it had the whole answer.
    pub(crate) fn client_went_away(&mut self) {
        self.failed(&Fault::ClientGone);
    }

    fn failed(&mut self, fault: &Fault) {
        let code = fault.shown().code;
        if fault.is_backends() {
            self.worker.meters.backend_failure(code);
        }
        self.fault = Some((code, fault.chain()));
    }

    fn end_line(&mut self, duration_us: u64) {
        let line = &mut self.line;
        line.field("status").number(self.status.into());
        if let Some(route) = &self.route {
            line.field("api")
                .plain(&self.worker.api_text(route.key.api));
            line.field("environment")
                .plain(route.key.environment.as_str().as_bytes());
        }
        match &self.key {
            Some(key) => {
                line.field("signature_key")
                    .plain(&self.worker.key_text(key.id));
                line.field("key_version").number(key.active.number.number());
            }
            None => {
                line.field("signature_key").null();
                line.field("key_version").null();
            }
        }
        line.field("bytes_in").number(self.client.body_bytes.get());
        line.field("bytes_out").number(self.bytes_out);
        line.field("duration_us").number(duration_us);
        if let Some(backend) = &self.backend {
            line.field("backend").plain(backend.text().as_bytes());
            line.field("retries").number(self.retries.into());
        }
        if let Some(took) = self.backend_took {
            line.field("backend_us").number(took.as_micros() as u64);
        }
        if self.manner == Manner::Huawei {
            let id = request_id::hex(&self.id);
            line.field("x_request_id").plain(&id);
        }
        if self.is_mocked {
            line.field("mock").yes();
        }
        if let Some((code, cause)) = &self.fault {
            line.field("error").text(code);
            line.field("cause").text(cause);
        }
        line.end();
    }
}

fn begin_line(line: &mut Line, worker: &Worker, id: &RequestId, client: &str) {
    line.begin();
    line.field("time").plain(&worker.time_text());
    line.field("request_id").plain(id);
    line.field("client").plain(client.as_bytes());
}

impl Drop for Record {
    fn drop(&mut self) {
        if self.status == 0 {
            self.status = Fault::ClientGone.shown().status.as_u16();
            self.client_went_away();
        }
        let took = self.started.elapsed();
        let meters = &self.worker.meters;
        meters.request(self.status);
        meters.request_duration.record(took.as_secs_f64());
        if self.key.is_some() {
            meters.signed.increment(1);
        }
        if self.worker.logs() {
            self.end_line(took.as_micros() as u64);
            self.worker.log(&self.line);
        }
        self.worker.return_line(std::mem::take(&mut self.line));
        self.client.request_done();
    }
}
