//! One command on its way through the writer.

use std::panic::{AssertUnwindSafe, catch_unwind};

use countersign_core::{
    Change, Revision, Snapshot, Timestamp,
    command::{Command, PlanError},
};
use tokio::sync::oneshot;

use crate::{
    error::{ExecuteError, Unavailable},
    store::Committed,
};

/// A command and its caller, whatever the command's type.
pub(crate) trait Job: Send {
    /// Plans the command, again if need be, and remembers what it came to.
    /// `None` means that it cannot be carried out.
    fn plan(&mut self, snapshot: &Snapshot) -> Option<Vec<Change>>;

    /// Tells the caller what the last plan came to, as at `revision`.
    fn answer(self: Box<Self>, revision: Revision);

    /// Tells the caller that nothing came of it.
    fn fail(self: Box<Self>, why: Unavailable);
}

/// The job of a caller who waits for `reply`.
pub(crate) struct CommandJob<C: Command> {
    command: C,
    now: Timestamp,
    planned: Planned<C::Outcome>,
    reply: oneshot::Sender<Reply<C::Outcome>>,
}

/// What a caller gets.
pub(crate) type Reply<T> = Result<Committed<T>, ExecuteError>;

enum Planned<T> {
    NotYet,
    Outcome(T),
    Refused(PlanError),
    Panicked,
}

impl<C: Command> CommandJob<C> {
    pub(crate) fn new(command: C, now: Timestamp) -> (Self, oneshot::Receiver<Reply<C::Outcome>>) {
        let (reply, answer) = oneshot::channel();
        (
            Self {
                command,
                now,
                planned: Planned::NotYet,
                reply,
            },
            answer,
        )
    }
}

impl<C> Job for CommandJob<C>
where
    C: Command + Send,
    C::Outcome: Send,
{
    fn plan(&mut self, snapshot: &Snapshot) -> Option<Vec<Change>> {
        // A snapshot cannot be changed, and this command is dropped after a
        // panic: nothing half done is ever seen.
        let planned = catch_unwind(AssertUnwindSafe(|| self.command.plan(snapshot, self.now)));
        let (planned, changes) = match planned {
            Ok(Ok(plan)) => (Planned::Outcome(plan.outcome), Some(plan.changes)),
            Ok(Err(refused)) => (Planned::Refused(refused), None),
            Err(_) => (Planned::Panicked, None),
        };
        self.planned = planned;
        changes
    }

    fn answer(self: Box<Self>, revision: Revision) {
        let reply = match self.planned {
            Planned::Outcome(outcome) => Ok(Committed { revision, outcome }),
            Planned::Refused(refused) => Err(ExecuteError::Plan(refused)),
            Planned::Panicked => Err(Unavailable::Panicked.into()),
            Planned::NotYet => Err(Unavailable::Stopped.into()),
        };
        // A caller who went away needs no answer.
        let _ = self.reply.send(reply);
    }

    fn fail(self: Box<Self>, why: Unavailable) {
        let _ = self.reply.send(Err(why.into()));
    }
}
