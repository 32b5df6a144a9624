//! What the parts that serve one client connection tell each other: the guard
//! on its socket, the requests on it, and the worker's sweep.

use std::{
    cell::{Cell, RefCell},
    net::{IpAddr, SocketAddr},
    rc::Rc,
    task::{Context, Waker},
};

use crate::framing::Violation;

/// The state of one client connection.
#[derive(Debug)]
pub(crate) struct ClientState {
    /// Who called, as text.
    pub(crate) address: Box<str>,
    pub(crate) ip: IpAddr,
    /// The worker's count of ticks.
    ticks: Rc<Cell<u64>>,
    /// How many heads were passed to the HTTP library.
    heads: Cell<u64>,
    /// How many requests were answered or given up.
    answered: Cell<u64>,
    /// How many of the answers have left for the socket.
    flushed: Cell<u64>,
    /// Whether a head has begun to arrive.
    in_head: Cell<bool>,
    /// Whether the connection is being closed.
    is_closing: Cell<bool>,
    /// The tick of the last change of phase.
    since: Cell<u64>,
    violation: Cell<Option<Met>>,
    is_expired: Cell<bool>,
    is_draining: Cell<bool>,
    is_cut: Cell<bool>,
    /// The tick at which the task is to be woken.
    alarm: Cell<Option<u64>>,
    /// Bytes read of the current request's body.
    pub(crate) body_bytes: Cell<u64>,
    waker: RefCell<Option<Waker>>,
}

/// A violation, and where it was met.
#[derive(Clone, Copy, Debug)]
struct Met {
    violation: Violation,
    /// The number of the request in whose body it was; 0 when it was in a head.
    body_of: u64,
}

/// What a connection is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The first byte of the next request.
    Idle,
    /// The rest of a head.
    Head,
    /// An answer.
    Busy,
    /// The client's end of the connection.
    Closing,
}

impl ClientState {
    /// A connection just accepted. It counts as one whose head has begun.
    pub(crate) fn new(address: SocketAddr, ticks: Rc<Cell<u64>>) -> Self {
        let since = Cell::new(ticks.get());
        Self {
            address: address.to_string().into(),
            ip: address.ip(),
            ticks,
            heads: Cell::new(0),
            answered: Cell::new(0),
            flushed: Cell::new(0),
            in_head: Cell::new(true),
            is_closing: Cell::new(false),
            since,
            violation: Cell::new(None),
            is_expired: Cell::new(false),
            is_draining: Cell::new(false),
            is_cut: Cell::new(false),
            alarm: Cell::new(None),
            body_bytes: Cell::new(0),
            waker: RefCell::new(None),
        }
    }

    // What the guard reports.

    pub(crate) fn heads_passed(&self, heads: u64) {
        self.heads.set(self.heads.get() + heads);
        self.in_head.set(false);
    }

    pub(crate) fn head_begun(&self) {
        if !self.in_head.replace(true) {
            self.since.set(self.ticks.get());
        }
    }

    pub(crate) fn violated(&self, violation: Violation, in_body: bool) {
        let body_of = if in_body { self.heads.get() } else { 0 };
        self.violation.set(Some(Met { violation, body_of }));
    }

    /// Everything written so far has left for the socket.
    pub(crate) fn has_flushed(&self) {
        let answered = self.answered.get();
        if self.flushed.replace(answered) != answered {
            self.since.set(self.ticks.get());
            if self.violation.get().is_some() {
                // The HTTP library was told to wait and reads again only when
                // woken.
                self.wake();
            }
        }
    }

    pub(crate) fn begin_closing(&self) {
        if !self.is_closing.replace(true) {
            self.since.set(self.ticks.get());
        }
    }

    // What the requests report and ask.

    /// A request has its whole answer, or none will follow.
    pub(crate) fn request_done(&self) {
        self.answered.set(self.answered.get() + 1);
        self.alarm.set(None);
    }

    /// The violation met in the body of the request being served.
    pub(crate) fn violation_in_body(&self) -> Option<Violation> {
        let met = self.violation.get()?;
        (met.body_of == self.answered.get() + 1).then_some(met.violation)
    }

    /// Whether the time for finishing what was in flight is over.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut.get()
    }

    /// Asks to be woken after so many ticks.
    pub(crate) fn alarm_in(&self, ticks: u64) {
        self.alarm.set(Some(self.ticks.get() + ticks));
    }

    pub(crate) fn alarm_off(&self) {
        self.alarm.set(None);
    }

    /// Whether the time asked for is over.
    pub(crate) fn alarm_has_rung(&self) -> bool {
        self.alarm
            .get()
            .is_some_and(|tick| tick <= self.ticks.get())
    }

    // What the connection's task and the sweep ask.

    /// Wakes the task if it asked for that.
    pub(crate) fn ring_alarm(&self) {
        if self.alarm_has_rung() {
            self.wake();
        }
    }

    /// Whether all requests passed on have their answers, on the socket.
    pub(crate) fn is_settled(&self) -> bool {
        self.answered.get() == self.heads.get() && self.flushed.get() == self.answered.get()
    }

    pub(crate) fn in_flight(&self) -> u64 {
        self.heads.get().saturating_sub(self.flushed.get())
    }

    pub(crate) fn phase(&self) -> Phase {
        if self.is_closing.get() {
            Phase::Closing
        } else if !self.is_settled() {
            Phase::Busy
        } else if self.in_head.get() {
            Phase::Head
        } else {
            Phase::Idle
        }
    }

    /// How many ticks the connection has been in its phase.
    pub(crate) fn ticks_in_phase(&self) -> u64 {
        self.ticks.get().saturating_sub(self.since.get())
    }

    pub(crate) fn expire(&self) {
        self.is_expired.set(true);
        self.wake();
    }

    pub(crate) fn is_expired(&self) -> bool {
        self.is_expired.get()
    }

    pub(crate) fn drain(&self) {
        self.is_draining.set(true);
        self.wake();
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.is_draining.get()
    }

    pub(crate) fn cut(&self) {
        self.is_cut.set(true);
        self.wake();
    }

    /// Remembers how to wake the connection's task.
    pub(crate) fn remember_waker(&self, cx: &Context<'_>) {
        let mut waker = self.waker.borrow_mut();
        if !waker
            .as_ref()
            .is_some_and(|known| known.will_wake(cx.waker()))
        {
            *waker = Some(cx.waker().clone());
        }
    }

    fn wake(&self) {
        if let Some(waker) = &*self.waker.borrow() {
            waker.wake_by_ref();
        }
    }
}
