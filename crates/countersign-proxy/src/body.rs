//! Bodies on their way through: the client's to the backend, and the
//! backend's to the client. Trailer sections are dropped in both directions.

use std::{
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker, ready},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use countersign_sign::alibaba::backend::BodyMd5;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

use crate::{
    backend_connection::Lease, client_state::ClientState, fault::Fault, record::Record,
    worker::ticks_in,
};

/// What is sent to a backend.
pub(crate) enum OutBody {
    /// Nothing.
    Empty,
    /// A body that was gathered to be signed.
    Whole(Bytes),
    /// The client's body as it comes.
    Stream(ClientBody),
}

impl OutBody {
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }
}

impl Body for OutBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match &mut *self {
            Self::Empty => Poll::Ready(None),
            Self::Whole(bytes) => {
                let bytes = std::mem::take(bytes);
                *self = Self::Empty;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Self::Stream(body) => Pin::new(body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Whole(_) => false,
            Self::Stream(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Stream(body) => body.size_hint(),
        }
    }
}

/// A client's body, counted.
pub(crate) struct ClientBody {
    incoming: Incoming,
    /// Data that was read ahead.
    first: Option<Bytes>,
    client: Rc<ClientState>,
}

impl ClientBody {
    pub(crate) fn new(incoming: Incoming, client: Rc<ClientState>) -> Self {
        Self {
            incoming,
            first: None,
            client,
        }
    }

    /// Reads what has arrived by now, so that a body that is malformed from
    /// the start fails before anything is sent on. What was read ahead before
    /// is enough.
    pub(crate) async fn peek(&mut self) -> Result<(), hyper::Error> {
        if self.first.is_some() {
            return Ok(());
        }
        let frame = std::future::poll_fn(|cx| {
            Poll::Ready(match Pin::new(&mut self.incoming).poll_frame(cx) {
                Poll::Ready(frame) => frame,
                Poll::Pending => None,
            })
        });
        let frame = frame.await.transpose()?;
        self.first = frame.and_then(|frame| frame.into_data().ok());
        Ok(())
    }

    /// Waits for the next frame, for `patience` at most.
    async fn frame(&mut self, patience: Duration) -> Result<Option<Frame<Bytes>>, Fault> {
        self.client.alarm_in(ticks_in(patience) + 1);
        let client = Rc::clone(&self.client);
        let frame = std::future::poll_fn(|cx| {
            if let Poll::Ready(frame) = Pin::new(&mut *self).poll_frame(cx) {
                let frame = frame.transpose();
                return Poll::Ready(frame.map_err(|error| client_body_fault(&client, error)));
            }
            if client.is_cut() {
                return Poll::Ready(Err(Fault::ShuttingDown));
            }
            match client.alarm_has_rung() {
                true => Poll::Ready(Err(Fault::BodyTimeout(patience))),
                false => Poll::Pending,
            }
        });
        frame.await
    }

    /// Reads the whole body, of at most `bytes_max`, and forgets it.
    pub(crate) async fn skip(mut self, bytes_max: usize, patience: Duration) -> Result<(), Fault> {
        let mut length = 0;
        while let Some(frame) = self.frame(patience).await? {
            length += frame.data_ref().map_or(0, Bytes::len);
            if length > bytes_max {
                return Err(Fault::BodyTooLarge { max: bytes_max });
            }
        }
        Ok(())
    }

    /// Reads the whole body into one piece, or as much of it as shows that it
    /// is longer than `bytes_max`. The client may pause for `patience`.
    pub(crate) async fn hold(
        mut self,
        bytes_max: usize,
        patience: Duration,
        mut digest: Option<&mut BodyMd5>,
    ) -> Result<Held, Fault> {
        let mut pieces = Pieces::default();
        while let Some(frame) = self.frame(patience).await? {
            let Ok(data) = frame.into_data() else {
                continue;
            };
            if let Some(digest) = &mut digest {
                digest.update(&data);
            }
            pieces.push(data);
            if pieces.length() > bytes_max {
                self.put_back(pieces.join());
                return Ok(Held::TooLong(self));
            }
        }
        Ok(Held::Whole(pieces.join()))
    }

    fn put_back(&mut self, read: Bytes) {
        let counted = self.client.body_bytes.get();
        self.client.body_bytes.set(counted - read.len() as u64);
        self.first = Some(read);
    }
}

/// A body that was to be held.
pub(crate) enum Held {
    /// All of it.
    Whole(Bytes),
    /// It is longer; nothing of it is lost.
    TooLong(ClientBody),
}

/// Pieces of a body. A single one is not copied.
#[derive(Default)]
struct Pieces {
    only: Bytes,
    joined: BytesMut,
}

impl Pieces {
    fn length(&self) -> usize {
        self.only.len() + self.joined.len()
    }

    fn push(&mut self, piece: Bytes) {
        if self.length() == 0 {
            self.only = piece;
            return;
        }
        if self.joined.is_empty() {
            self.joined
                .extend_from_slice(&std::mem::take(&mut self.only));
        }
        self.joined.extend_from_slice(&piece);
    }

    fn join(self) -> Bytes {
        match self.joined.is_empty() {
            true => self.only,
            false => self.joined.freeze(),
        }
    }
}

/// The fault that a failed read of a client's body is.
pub(crate) fn client_body_fault(client: &ClientState, error: hyper::Error) -> Fault {
    match client.violation_in_body() {
        Some(violation) => Fault::Malformed(violation),
        None => Fault::ClientBody(error),
    }
}

impl Body for ClientBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let data = match self.first.take() {
            Some(first) => first,
            None => match ready!(Pin::new(&mut self.incoming).poll_frame(cx)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => data,
                    Err(_trailers) => return Poll::Ready(None),
                },
            },
        };
        self.client
            .body_bytes
            .set(self.client.body_bytes.get() + data.len() as u64);
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let ahead = self.first.as_ref().map_or(0, Bytes::len) as u64;
        match self.incoming.size_hint().exact() {
            Some(rest) => SizeHint::with_exact(rest + ahead),
            None => SizeHint::default(),
        }
    }
}

/// What is sent to a client. Dropping it ends the request's record.
pub(crate) struct ReplyBody {
    source: Source,
    record: Record,
}

enum Source {
    Fixed(Bytes),
    Backend { lease: Lease, incoming: Incoming },
    Ended,
}

impl ReplyBody {
    /// An answer of our own.
    pub(crate) fn fixed(bytes: Bytes, record: Record) -> Self {
        Self {
            source: Source::Fixed(bytes),
            record,
        }
    }

    /// A backend's answer, with the lease on the connection it comes from.
    pub(crate) fn relayed(lease: Lease, incoming: Incoming, record: Record) -> Self {
        let mut body = Self {
            source: Source::Backend { lease, incoming },
            record,
        };
        body.end_if_complete();
        body
    }

    fn end_if_complete(&mut self) {
        if let Source::Backend { incoming, .. } = &self.source
            && incoming.is_end_stream()
            && let Source::Backend { lease, .. } =
                std::mem::replace(&mut self.source, Source::Ended)
        {
            lease.give_back();
        }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let this = &mut *self;
        let data = match &mut this.source {
            Source::Ended => return Poll::Ready(None),
            Source::Fixed(bytes) => {
                let bytes = std::mem::take(bytes);
                this.source = Source::Ended;
                bytes
            }
            Source::Backend { lease, incoming } => match ready!(poll_driven(lease, incoming, cx)) {
                Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
                Some(Err(error)) => {
                    this.record.answer_broke_off(&error);
                    this.source = Source::Ended;
                    return Poll::Ready(Some(Err(error)));
                }
                None => Bytes::new(),
            },
        };
        this.record.bytes_out += data.len() as u64;
        let is_last = data.is_empty();
        if is_last
            && let Source::Backend { lease, .. } =
                std::mem::replace(&mut this.source, Source::Ended)
        {
            lease.give_back();
        }
        this.end_if_complete();
        Poll::Ready((!is_last).then_some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.source, Source::Ended)
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Ended => SizeHint::with_exact(0),
            Source::Fixed(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Source::Backend { incoming, .. } => incoming.size_hint(),
        }
    }
}

/// Reads what the connection has delivered, and lets it deliver more when that
/// is nothing. The connection is driven by this very task, so the body needs no
/// waker of its own.
fn poll_driven(
    lease: &mut Lease,
    incoming: &mut Incoming,
    cx: &mut Context<'_>,
) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
    let mut nobody = Context::from_waker(Waker::noop());
    let delivered = Pin::new(&mut *incoming).poll_frame(&mut nobody);
    if delivered.is_ready() {
        return delivered;
    }
    lease.drive(cx);
    Pin::new(incoming).poll_frame(&mut nobody)
}

impl Drop for ReplyBody {
    fn drop(&mut self) {
        if matches!(self.source, Source::Backend { .. }) {
            self.record.client_went_away();
        }
    }
}
