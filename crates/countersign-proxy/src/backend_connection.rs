//! One connection to a backend. It has no task of its own: whoever holds it
//! drives it, so that an exchange wakes one task and not two.

use std::{
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use hyper::client::conn::http1::{Connection, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::{body::OutBody, pool::Backend};

/// A connection to a backend.
pub(crate) struct BackendConnection {
    pub(crate) sender: SendRequest<OutBody>,
    driver: Connection<TokioIo<TcpStream>, OutBody>,
    has_ended: bool,
}

impl BackendConnection {
    pub(crate) fn new(
        sender: SendRequest<OutBody>,
        driver: Connection<TokioIo<TcpStream>, OutBody>,
    ) -> Self {
        Self {
            sender,
            driver,
            has_ended: false,
        }
    }

    /// Lets the connection make what progress it can.
    pub(crate) fn drive(&mut self, cx: &mut Context<'_>) {
        if !self.has_ended
            && let Poll::Ready(ended) = Pin::new(&mut self.driver).poll(cx)
        {
            self.has_ended = true;
            // Whoever waits for an answer is told the error as well.
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection to a backend ended");
            }
        }
    }

    /// Whether it can take a request now. A backend that has closed it is
    /// noticed here. Leaves no task to be woken behind.
    pub(crate) fn is_fresh(&mut self) -> bool {
        self.drive(&mut Context::from_waker(Waker::noop()));
        !self.has_ended && self.sender.is_ready()
    }
}

/// A connection in use. Unless it is given back, it closes.
pub(crate) struct Lease {
    connection: Box<BackendConnection>,
    backend: Rc<Backend>,
}

impl Lease {
    pub(crate) fn new(connection: Box<BackendConnection>, backend: Rc<Backend>) -> Self {
        Self {
            connection,
            backend,
        }
    }

    pub(crate) fn drive(&mut self, cx: &mut Context<'_>) {
        self.connection.drive(cx);
    }

    pub(crate) fn sender(&mut self) -> &mut SendRequest<OutBody> {
        &mut self.connection.sender
    }

    /// Gives the connection back after a whole answer. If the exchange left it
    /// in any other state, it closes instead.
    pub(crate) fn give_back(self) {
        if self.connection.sender.is_ready() {
            self.backend.keep(self.connection);
        }
    }
}
