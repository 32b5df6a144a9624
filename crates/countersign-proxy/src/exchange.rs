//! One exchange with a backend: send a request, wait for the head of the
//! answer, try once more where that is safe.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    rc::Rc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use http::{Method, Request, Response};
use hyper::body::Incoming;
use tokio::time::Sleep;

use crate::{
    backend_connection::Lease,
    body::{OutBody, client_body_fault},
    client_state::ClientState,
    fault::Fault,
    pool::Backend,
    signing::{Seal, Unsealed},
    worker::{TICK, Worker},
};

/// The head of a backend's answer, and the connection that its body will come
/// from.
pub(crate) struct Answer {
    pub(crate) response: Response<Incoming>,
    pub(crate) lease: Lease,
    pub(crate) retries: u32,
}

/// Why an attempt failed.
struct Failure {
    fault: Fault,
    /// The request, when none of it was sent.
    unsent: Option<Request<OutBody>>,
    /// Whether the connection ended before any answer came.
    is_stale: bool,
}

/// Sends `request`. A request that was never written, or that may be repeated
/// and met a kept connection gone stale, is sent once more on a new
/// connection: signed anew by `seal` where the signature has a date or a
/// nonce, and with the same head where signing anew would make that.
pub(crate) async fn send(
    worker: &Worker,
    client: &ClientState,
    backend: &Rc<Backend>,
    mut request: Request<OutBody>,
    seal: Option<&Seal>,
    timeout: Duration,
) -> Result<Answer, Fault> {
    let mut retries = 0;
    if let Some(lease) = backend.kept() {
        let mut copy = may_be_repeated(&request).then(|| worker.spare_copy());
        if let Some(copy) = &mut copy {
            copy.take(&request);
        }
        let failure = match attempt(client, lease, request, timeout).await {
            Ok((response, lease)) => {
                worker.return_copy(copy);
                return Ok(Answer {
                    response,
                    lease,
                    retries,
                });
            }
            Err(failure) => failure,
        };
        let again = match failure.unsent {
            Some(unsent) => Some(unsent),
            None if failure.is_stale => copy.as_mut().and_then(|copy| copy.restore()),
            None => None,
        };
        worker.return_copy(copy);
        request = again.ok_or(failure.fault)?;
        if let Some(seal) = seal {
            sign_anew(seal, worker, backend, &mut request)?;
        }
        worker.meters.retries.increment(1);
        retries = 1;
    }
    let connect_timeout = worker.limits.backend_connect_timeout.min(timeout);
    let lease = backend.connect(connect_timeout).await?;
    match attempt(client, lease, request, timeout).await {
        Ok((response, lease)) => Ok(Answer {
            response,
            lease,
            retries,
        }),
        Err(failure) => Err(failure.fault),
    }
}

fn sign_anew(
    seal: &Seal,
    worker: &Worker,
    backend: &Backend,
    request: &mut Request<OutBody>,
) -> Result<(), Fault> {
    let (method, target) = (request.method().clone(), request.uri().clone());
    let unsealed = Unsealed {
        method: &method,
        target: &target,
        host: backend.host(),
    };
    seal.put(worker, unsealed, request.headers_mut())
}

/// Whether sending the request twice does no more than sending it once (RFC
/// 9110, 9.2.2), and nothing but its head has to be kept for it.
fn may_be_repeated(request: &Request<OutBody>) -> bool {
    let is_idempotent = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS | Method::PUT | Method::DELETE
    );
    is_idempotent && request.body().is_empty()
}

async fn attempt(
    client: &ClientState,
    mut lease: Lease,
    request: Request<OutBody>,
    timeout: Duration,
) -> Result<(Response<Incoming>, Lease), Failure> {
    let sent = lease.sender().try_send_request(request);
    // The answer is delivered by the connection, which this task drives: no
    // waker is needed, and no share of the task's budget may be asked for,
    // since without a waker nobody would learn that it was refused.
    let mut sent = pin!(tokio::task::unconstrained(sent));
    let mut patience = pin!(Patience::new(client, timeout));
    let mut is_written = false;
    let outcome = poll_fn(|cx| {
        let mut nobody = Context::from_waker(Waker::noop());
        // Once the request is written, an answer may be there. It is fetched
        // without leaving this task's waker with its body: dropping the body
        // would wake the task for nothing.
        if std::mem::replace(&mut is_written, true) {
            lease.drive(&mut nobody);
            if let Poll::Ready(outcome) = sent.as_mut().poll(&mut nobody) {
                return Poll::Ready(Ok(outcome));
            }
        }
        lease.drive(cx);
        if let Poll::Ready(outcome) = sent.as_mut().poll(&mut nobody) {
            return Poll::Ready(Ok(outcome));
        }
        if client.is_cut() {
            return Poll::Ready(Err(Fault::ShuttingDown));
        }
        match patience.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(Fault::ResponseTimeout(timeout))),
            Poll::Pending => Poll::Pending,
        }
    });
    match outcome.await {
        Ok(Ok(response)) => Ok((response, lease)),
        Err(fault) => Err(Failure {
            fault,
            unsent: None,
            is_stale: false,
        }),
        Ok(Err(mut refused)) => {
            let unsent = refused.take_message();
            let error = refused.into_error();
            let is_stale = error.is_incomplete_message()
                || error.is_canceled()
                || error.is_closed()
                || is_reset(&error);
            let fault = match error.is_user() {
                true => client_body_fault(client, error),
                false => Fault::Exchange(error),
            };
            Err(Failure {
                fault,
                unsent,
                is_stale,
            })
        }
    }
}

fn is_reset(error: &hyper::Error) -> bool {
    use std::{error::Error, io};
    let cause = error
        .source()
        .and_then(|source| source.downcast_ref::<io::Error>());
    cause.is_some_and(|cause| {
        matches!(
            cause.kind(),
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe
        )
    })
}

/// How long an answer is waited for, counted from when the request was sent.
/// While the client's body is under way the count begins again and again.
///
/// Long waits are counted in ticks of the worker, which costs nothing for a
/// request that is answered in time; short ones have a timer.
struct Patience<'c> {
    client: &'c ClientState,
    timeout: Duration,
    body_bytes: u64,
    timer: Option<Pin<Box<Sleep>>>,
}

/// From here on a wait may be longer by a tick.
const TIMER_MAX: Duration = Duration::from_secs(1);

impl<'c> Patience<'c> {
    fn new(client: &'c ClientState, timeout: Duration) -> Self {
        let timer = (timeout < TIMER_MAX).then(|| Box::pin(tokio::time::sleep(timeout)));
        let patience = Self {
            client,
            timeout,
            body_bytes: client.body_bytes.get(),
            timer,
        };
        patience.begin();
        patience
    }

    fn begin(&self) {
        if self.timer.is_none() {
            self.client
                .alarm_in(1 + self.timeout.as_millis().div_ceil(TICK.as_millis()) as u64);
        }
    }
}

impl Drop for Patience<'_> {
    fn drop(&mut self) {
        self.client.alarm_off();
    }
}

impl Future for Patience<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let body_bytes = self.client.body_bytes.get();
        if std::mem::replace(&mut self.body_bytes, body_bytes) != body_bytes {
            let timeout = self.timeout;
            match &mut self.timer {
                Some(timer) => timer.as_mut().reset(tokio::time::Instant::now() + timeout),
                None => self.begin(),
            }
        }
        let client = self.client;
        match &mut self.timer {
            Some(timer) => timer.as_mut().poll(cx),
            None if client.alarm_has_rung() => Poll::Ready(()),
            None => Poll::Pending,
        }
    }
}
