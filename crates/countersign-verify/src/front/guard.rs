//! The guard between a socket and the HTTP library: it reads along with
//! [`Framing`] and lets through only what that passes.
//!
//! On a violation in a head the library is shown the end of the connection; when it
//! closes, earlier requests answered, the guard writes the answer itself. On a violation
//! in a body the read fails, and with it the request.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use countersign_framing::{Framing, HeadLimits, Violation};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

/// Makes the bytes of the answer to a violation.
pub(super) type Refuse = Box<dyn FnMut(Violation) -> Vec<u8> + Send>;

/// How much is read at once while a head is incomplete.
const PIECE_BYTES: usize = 4096;
/// For how long what still comes is read and thrown away: closing at once would reset
/// the connection and could take the answer from the client (RFC 9112, 9.6).
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES_MAX: usize = 1024 * 1024;

pub(super) struct Guard {
    socket: TcpStream,
    framing: Framing,
    refuse: Refuse,
    /// Bytes read but not passed on: the beginning of a head or of a chunk.
    held: Vec<u8>,
    /// How many of them may be passed on by now.
    released: usize,
    is_ended: bool,
    closing: Closing,
}

enum Closing {
    NotBegun,
    Answer { bytes: Vec<u8>, written: usize },
    Shutdown,
    Linger { left: usize, until: Pin<Box<Sleep>> },
    Done,
}

impl Guard {
    pub(super) fn new(socket: TcpStream, limits: HeadLimits, refuse: Refuse) -> Self {
        Self {
            socket,
            framing: Framing::new(limits),
            refuse,
            held: Vec::new(),
            released: 0,
            is_ended: false,
            closing: Closing::NotBegun,
        }
    }

    /// Reads the next piece; nothing of it has passed before.
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut space = [0; PIECE_BYTES];
        let mut piece = ReadBuf::new(&mut space);
        ready!(Pin::new(&mut self.socket).poll_read(cx, &mut piece))?;
        let piece = piece.filled();
        if piece.is_empty() {
            self.is_ended = true;
            return Poll::Ready(Ok(()));
        }
        let done = self.framing.advance(piece);
        if done.passed > 0 {
            self.released = self.held.len() + done.passed;
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
                let count = this.released.min(buf.remaining());
                buf.put_slice(&this.held[..count]);
                this.held.drain(..count);
                this.released -= count;
                return Poll::Ready(Ok(()));
            }
            if this.framing.violation().is_some() && this.framing.in_body() {
                return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
            }
            if this.is_ended || this.framing.violation().is_some() {
                return Poll::Ready(Ok(()));
            }
            ready!(this.poll_piece(cx))?;
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

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            match &mut this.closing {
                Closing::NotBegun => {
                    this.closing = match this.framing.violation() {
                        Some(violation) if !this.framing.in_body() => Closing::Answer {
                            bytes: (this.refuse)(violation),
                            written: 0,
                        },
                        _ => Closing::Shutdown,
                    };
                }
                Closing::Answer { bytes, written } => {
                    while *written < bytes.len() {
                        let rest = &bytes[*written..];
                        *written += ready!(Pin::new(&mut this.socket).poll_write(cx, rest))?;
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
                            until: Box::pin(sleep(LINGER)),
                        },
                        false => Closing::Done,
                    };
                }
                Closing::Linger { left, until } => {
                    let mut space = [0; PIECE_BYTES];
                    let mut piece = ReadBuf::new(&mut space);
                    let read = Pin::new(&mut this.socket).poll_read(cx, &mut piece);
                    let is_over = match read {
                        Poll::Pending => {
                            ready!(until.as_mut().poll(cx));
                            true
                        }
                        Poll::Ready(read) => {
                            *left = left.saturating_sub(piece.filled().len());
                            read.is_err() || piece.filled().is_empty() || *left == 0
                        }
                    };
                    if is_over {
                        this.closing = Closing::Done;
                    }
                }
                Closing::Done => return Poll::Ready(Ok(())),
            }
        }
    }
}
