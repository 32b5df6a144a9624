//! The guard between a client's socket and the HTTP library: it reads along
//! with [`Framing`] and lets through only what that passes.
//!
//! On a violation in a head it lets the earlier requests be answered, then
//! shows the library the end of the connection; when the library closes, the
//! guard writes the fixed answer itself. On a violation in a body it fails the
//! read, so that the request fails and its answer says so.

use std::{
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use crate::{
    client_state::ClientState,
    framing::{Framing, HeadLimits, Violation},
};

/// Makes the bytes of the answer to a violation, and records it.
pub(crate) type Refuse = Box<dyn FnMut(Violation) -> Vec<u8>>;

/// Most bytes read and thrown away while closing.
const LINGER_BYTES_MAX: usize = 1024 * 1024;
/// How much is read at once while a head is incomplete.
const PIECE_BYTES: usize = 4096;

/// A client's socket, guarded.
pub(crate) struct Guard {
    socket: TcpStream,
    framing: Framing,
    state: Rc<ClientState>,
    refuse: Refuse,
    /// Bytes read but not passed on: the beginning of a head or of a chunk.
    held: Vec<u8>,
    /// How many of them may be passed on by now.
    released: usize,
    /// The library was shown an end because of a violation in a head.
    is_refused: bool,
    /// The client has closed its end.
    is_ended: bool,
    closing: Closing,
}

/// How far closing has come.
#[derive(Debug)]
enum Closing {
    NotBegun,
    Answer { bytes: Vec<u8>, written: usize },
    Shutdown,
    Linger { left: usize },
    Done,
}

impl Guard {
    pub(crate) fn new(
        socket: TcpStream,
        limits: HeadLimits,
        state: Rc<ClientState>,
        refuse: Refuse,
    ) -> Self {
        Self {
            socket,
            framing: Framing::new(limits),
            state,
            refuse,
            held: Vec::new(),
            released: 0,
            is_refused: false,
            is_ended: false,
            closing: Closing::NotBegun,
        }
    }

    /// Runs new bytes through the framing; says how many of them pass.
    fn inspect(&mut self, piece: &[u8]) -> usize {
        let done = self.framing.advance(piece);
        if done.heads > 0 {
            self.state.heads_passed(done.heads);
        }
        if let Some(violation) = self.framing.violation() {
            self.state.violated(violation, self.framing.in_body());
        } else if done.passed < piece.len() && !self.framing.in_body() {
            self.state.head_begun();
        }
        done.passed
    }

    /// Passes on what was held and is released by now.
    fn release(&mut self, buf: &mut ReadBuf<'_>) {
        let count = self.released.min(buf.remaining());
        buf.put_slice(&self.held[..count]);
        self.held.drain(..count);
        self.released -= count;
    }

    /// Nothing more passes after a violation.
    fn poll_refused(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.framing.in_body() {
            return Poll::Ready(Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "malformed body",
            )));
        }
        if self.state.is_settled() {
            self.is_refused = true;
            return Poll::Ready(Ok(()));
        }
        self.state.remember_waker(cx);
        Poll::Pending
    }

    /// Reads on while a head or chunk line is incomplete.
    fn poll_held(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut space = [0; PIECE_BYTES];
        let mut piece = ReadBuf::new(&mut space);
        ready!(Pin::new(&mut self.socket).poll_read(cx, &mut piece))?;
        let piece = piece.filled();
        if piece.is_empty() {
            self.is_ended = true;
            return Poll::Ready(Ok(()));
        }
        let passed = self.inspect(piece);
        if passed > 0 {
            self.released = self.held.len() + passed;
        }
        self.held.extend_from_slice(piece);
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Guard {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            if this.released > 0 {
                this.release(buf);
                return Poll::Ready(Ok(()));
            }
            if this.framing.violation().is_some() {
                return this.poll_refused(cx);
            }
            if this.is_ended {
                return Poll::Ready(Ok(()));
            }
            if !this.held.is_empty() {
                ready!(this.poll_held(cx))?;
                continue;
            }
            let before = buf.filled().len();
            ready!(Pin::new(&mut this.socket).poll_read(cx, buf))?;
            let read = buf.filled().len() - before;
            if read == 0 {
                this.is_ended = true;
                return Poll::Ready(Ok(()));
            }
            let passed = this.inspect(&buf.filled()[before..]);
            if passed < read {
                if this.framing.violation().is_none() {
                    this.held
                        .extend_from_slice(&buf.filled()[before + passed..]);
                }
                buf.set_filled(before + passed);
            }
            if passed > 0 {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl AsyncWrite for Guard {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    /// A socket has nothing to flush. That it is called says that the library
    /// has handed over all that it had.
    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.state.has_flushed();
        Poll::Ready(Ok(()))
    }

    /// Answers a refused head, closes our end, and reads on for a while when
    /// the client may still be sending: closing at once would reset the
    /// connection and could take the answer from the client (RFC 9112, 9.6).
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            match &mut this.closing {
                Closing::NotBegun => {
                    this.state.begin_closing();
                    this.closing = match this.framing.violation() {
                        Some(violation) if this.is_refused => Closing::Answer {
                            bytes: (this.refuse)(violation),
                            written: 0,
                        },
                        _ => Closing::Shutdown,
                    };
                }
                Closing::Answer { bytes, written } => {
                    while *written < bytes.len() {
                        *written +=
                            ready!(Pin::new(&mut this.socket).poll_write(cx, &bytes[*written..]))?;
                    }
                    this.closing = Closing::Shutdown;
                }
                Closing::Shutdown => {
                    ready!(Pin::new(&mut this.socket).poll_shutdown(cx))?;
                    let is_mid_request = this.framing.violation().is_some()
                        || this.framing.in_body()
                        || !this.held.is_empty();
                    this.closing = match is_mid_request && !this.is_ended {
                        true => Closing::Linger {
                            left: LINGER_BYTES_MAX,
                        },
                        false => Closing::Done,
                    };
                }
                Closing::Linger { left } => {
                    let mut space = [0; PIECE_BYTES];
                    let mut piece = ReadBuf::new(&mut space);
                    ready!(Pin::new(&mut this.socket).poll_read(cx, &mut piece))?;
                    *left = left.saturating_sub(piece.filled().len());
                    if piece.filled().is_empty() || *left == 0 {
                        this.closing = Closing::Done;
                    }
                }
                Closing::Done => return Poll::Ready(Ok(())),
            }
        }
    }
}
