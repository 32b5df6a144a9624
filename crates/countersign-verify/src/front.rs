//! A listener: accepts connections, reads them strictly, and ends them gracefully.

mod guard;

use std::{
    convert::Infallible, future::Future, net::SocketAddr, pin::pin, sync::Arc, time::Duration,
};

use countersign_framing::{HeadLimits, Violation};
use http::{Request, Response, StatusCode};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
    time::sleep,
};

use crate::answer::{Body, bytes_of_failure};
use guard::Guard;

/// Most bytes of a head: more than the gateway lets through.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Most fields of a head.
const FIELDS_MAX: usize = 200;
/// How long a connection may be idle, or a head take: longer than the gateway keeps an
/// idle connection to a backend (60 s), so that the gateway closes first.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);
/// How long to wait when no connection can be accepted, for want of descriptors say.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Told of each request that is refused before it is one.
pub(crate) type OnViolation = Arc<dyn Fn(Violation) + Send + Sync>;

/// Serves until `stop` turns true, and then until all connections have ended.
pub(crate) async fn serve<H, F>(
    listener: TcpListener,
    connections_max: usize,
    on_violation: OnViolation,
    mut stop: watch::Receiver<bool>,
    handle: H,
) where
    H: Fn(Request<Incoming>, SocketAddr) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response<Body>> + Send + 'static,
{
    let room = Arc::new(Semaphore::new(connections_max));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &room) => accepted,
            _ = stop.wait_for(|stops| *stops) => break,
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((permit, socket, peer)) => {
                let served = connection(
                    socket,
                    peer,
                    Arc::clone(&on_violation),
                    stop.clone(),
                    handle.clone(),
                );
                connections.spawn(async move {
                    served.await;
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> std::io::Result<(tokio::sync::OwnedSemaphorePermit, TcpStream, SocketAddr)> {
    let permit = Arc::clone(room).acquire_owned().await;
    let permit = permit.map_err(std::io::Error::other)?;
    let (socket, peer) = listener.accept().await?;
    socket.set_nodelay(true)?;
    Ok((permit, socket, peer))
}

async fn connection<H, F>(
    socket: TcpStream,
    peer: SocketAddr,
    on_violation: OnViolation,
    mut stop: watch::Receiver<bool>,
    handle: H,
) where
    H: Fn(Request<Incoming>, SocketAddr) -> F + Send + Sync + 'static,
    F: Future<Output = Response<Body>> + Send + 'static,
{
    let limits = HeadLimits {
        bytes_max: HEAD_BYTES_MAX,
        fields_max: FIELDS_MAX,
    };
    let refuse = Box::new(move |violation: Violation| {
        tracing::warn!(%violation, %peer, "a request is malformed");
        on_violation(violation);
        match violation.is_size() {
            true => bytes_of_failure(
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "head_too_large",
            ),
            false => bytes_of_failure(StatusCode::BAD_REQUEST, "malformed_request"),
        }
    });
    let guard = Guard::new(socket, limits, refuse);
    let service = service_fn(move |request| {
        let answered = handle(request, peer);
        async move { Ok::<_, Infallible>(answered.await) }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_headers(FIELDS_MAX)
        // The guard shows an end where a malformed head begins: what came before it is
        // answered all the same.
        .half_close(true)
        .serve_connection(TokioIo::new(guard), service);
    let mut serving = pin!(serving);
    let mut is_stopping = false;
    let ended = loop {
        tokio::select! {
            ended = serving.as_mut() => break ended,
            _ = stop.wait_for(|stops| *stops), if !is_stopping => {
                is_stopping = true;
                serving.as_mut().graceful_shutdown();
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}
