//! One connection of a client, from accepting to closing.

use std::{
    future::{Future, poll_fn},
    net::SocketAddr,
    pin::pin,
    rc::Rc,
    task::Poll,
};

use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::{
    answer::answer_bytes,
    client_state::ClientState,
    fault::Fault,
    guard::{Guard, Refuse},
    handler::Handler,
    record::Record,
    worker::{Admission, Worker},
};

/// Serves a connection to its end.
pub(crate) async fn serve(admission: Admission, socket: TcpStream) {
    let (worker, client) = (&admission.worker, &admission.client);
    let guard = Guard::new(
        socket,
        worker.head_limits(),
        Rc::clone(client),
        refusal(worker, client),
    );
    let handler = Rc::new(Handler::new(Rc::clone(worker), Rc::clone(client)));
    let service = service_fn(move |request| Rc::clone(&handler).serve(request));
    {
        let mut connection = pin!(worker.server.serve_connection(TokioIo::new(guard), service));
        let mut is_draining = false;
        let ended = poll_fn(|cx| {
            client.remember_waker(cx);
            if client.is_expired() {
                return Poll::Ready(Ok(()));
            }
            if client.is_draining() && !std::mem::replace(&mut is_draining, true) {
                connection.as_mut().graceful_shutdown();
            }
            connection.as_mut().poll(cx)
        });
        if let Err(error) = ended.await {
            tracing::debug!(%error, "a client's connection broke off");
        }
    }
}

/// What the guard does with a head that is refused: record it, and answer.
fn refusal(worker: &Rc<Worker>, client: &Rc<ClientState>) -> Refuse {
    let (worker, client) = (Rc::clone(worker), Rc::clone(client));
    Box::new(move |violation| {
        let fault = Fault::Malformed(violation);
        let mut record = Record::begin_unread(&worker, &client);
        record.refused(&fault);
        answer_bytes(&fault, &record.id)
    })
}

/// Answers a connection beyond the limit, as far as the socket takes it at
/// once, and closes it.
pub(crate) fn turn_away(worker: &Rc<Worker>, socket: &TcpStream, address: SocketAddr) {
    let client = worker.turned_away(address);
    let mut record = Record::begin_unread(worker, &client);
    record.refused(&Fault::Overloaded);
    let bytes = answer_bytes(&Fault::Overloaded, &record.id);
    if let Err(error) = socket.try_write(&bytes) {
        tracing::debug!(%error, "a connection beyond the limit got no answer");
    }
}
