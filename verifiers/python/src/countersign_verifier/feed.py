"""Keys from the gateway's feed: a thread that polls, and questions in between."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import Future
from typing import Callable, Optional

from .events import Event, EventHook, report
from .feed_client import FeedAnswer, FeedClient, FeedDocument, FeedFailed
from .grace import Grace
from .keys import KeySet

POLL_SECS = 25
BACK_OFF_FIRST_SECS, BACK_OFF_MAX_SECS = 0.1, 5.0
QUESTION_EVERY_SECS = 0.1
QUESTION_WAIT_SECS = 2.0


class KeyFeed:
    """The keys that the gateway tells, kept up to date by daemon threads.

    The last good keys serve while the gateway is away. Threads are started when
    keys are first asked for, in each process anew, so a server may fork.
    """

    def __init__(
        self,
        address: str,
        token: str,
        *,
        poll_secs: float = POLL_SECS,
        on_event: Optional[EventHook] = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`address` is that of the gateway's management API, such as
        `https://gateway.example:9443`; `token` the verifier's own."""
        self._client = FeedClient(address, token)
        self._poll_secs = poll_secs
        self._on_event = on_event
        self._clock = clock
        self._pid = 0
        self._waiting: Optional[Future[bool]] = None
        self._reset()

    def __repr__(self) -> str:
        return f"KeyFeed({self._client!r})"

    def current(self) -> KeySet:
        """The keys now, those in their time of grace included."""
        self.start()
        with self._lock:
            return self._grace.keys(self._clock())

    def age_secs(self) -> Optional[float]:
        """Seconds since the feed last answered, `None` before it did."""
        answered = self._answered
        return None if answered is None else max(0.0, self._clock() - answered)

    @property
    def skipped(self) -> int:
        """How many entries of the feed were passed over so far, in all its answers."""
        return self._skipped

    def wait_ready(self, timeout: float) -> bool:
        """Waits until the feed has told keys; `False` if it has not in `timeout` seconds."""
        self.start()
        return self._ready.wait(timeout)

    def ask(self, seen: KeySet) -> Future[bool]:
        """Asks the feed, unless its keys are others than `seen` already. The result
        says whether they changed; it comes from a question that began after this call.

        All who ask meanwhile share one question.
        """
        self.start()
        with self._lock:
            if self._grace.keys(self._clock()) is not seen:
                done: Future[bool] = Future()
                done.set_result(True)
                return done
            waiting = self._waiting
            if waiting is None:
                waiting = self._waiting = Future()
                self._waiting_since = self._changes
                # No one who stops waiting may end it for the others.
                waiting.set_running_or_notify_cancel()
                self._wake.notify_all()
            return waiting

    def start(self) -> None:
        """Starts the threads, if this process has not."""
        if self._pid == os.getpid():
            return
        with _starting:
            if self._pid == os.getpid():
                return
            self._reset()
            for work in (self._poll, self._answer):
                threading.Thread(target=work, args=(self._run,), daemon=True).start()
            self._pid = os.getpid()

    def close(self) -> None:
        """Ends the threads; the poll that is under way ends by itself."""
        with self._lock:
            self._run = object()
            question, self._waiting = self._waiting, None
            self._wake.notify_all()
        if question is not None:
            question.set_result(False)

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._wake = threading.Condition(self._lock)
        self._ready = threading.Event()
        self._grace = Grace()
        self._etag: Optional[str] = None
        self._answered: Optional[float] = None
        self._received = 0.0
        self._changes = 0
        self._skipped = 0
        self._waiting = None
        self._waiting_since = 0
        self._run = object()

    def _poll(self, run: object) -> None:
        back_off = 0.0
        while self._is_current(run):
            began = time.monotonic()
            try:
                # The first answer is wanted at once.
                wait = self._poll_secs if self._etag is not None else 0
                changed = self._take(self._client.get(self._etag, wait), began)
                back_off = 0.0
                # A feed that does not wait is not asked without a pause.
                pause = 0.0 if changed and self._etag is not None else QUESTION_EVERY_SECS
            except FeedFailed as why:
                report(self._on_event, Event("feed_failed", detail=str(why)))
                back_off = min(BACK_OFF_MAX_SECS, 2 * back_off or BACK_OFF_FIRST_SECS)
                began, pause = time.monotonic(), back_off
            self._sleep_until(run, began + pause)

    def _answer(self, run: object) -> None:
        began = -QUESTION_EVERY_SECS
        while self._wait_for_question(run):
            self._sleep_until(run, began + QUESTION_EVERY_SECS)
            with self._lock:
                question, self._waiting = self._waiting, None
                # Not those of now: the poll may have brought news since, and those who
                # wait not know of it yet.
                etag, changes = self._etag, self._waiting_since
            if question is None:
                # The poll was faster.
                continue
            began = time.monotonic()
            try:
                self._take(self._client.get(etag, 0, QUESTION_WAIT_SECS), began)
            except FeedFailed as why:
                report(self._on_event, Event("feed_failed", detail=str(why)))
            # Or the poll has brought the news meanwhile.
            question.set_result(self._changes != changes)

    def _wait_for_question(self, run: object) -> bool:
        """Whether to go on: `False` once the feed is closed."""
        with self._lock:
            while self._waiting is None and self._run is run:
                self._wake.wait()
            return self._run is run

    def _take(self, answer: FeedAnswer, began: float) -> bool:
        """Takes the answer to a question that began then; whether it changed the keys."""
        document = answer.document
        with self._lock:
            self._answered = self._clock()
            if document is not None and self._is_old(answer, document, began):
                document = None
            if document is not None:
                self._grace.replace(document, self._clock())
                self._etag = answer.etag
                self._received = time.monotonic()
                self._changes += 1
                self._skipped += len(document.problems)
        self._ready.set()
        if document is None:
            return False
        for problem in document.problems:
            report(self._on_event, Event("key_unusable", detail=problem))
        report(self._on_event, Event("keys_changed", detail=f"{len(document.keys)} keys"))
        self._release()
        return True

    def _is_old(self, answer: FeedAnswer, document: FeedDocument, began: float) -> bool:
        """Whether another answer brought the same, or overtook this one."""
        if answer.etag is not None and answer.etag == self._etag:
            return True
        known = self._grace.revision
        # A gateway that was set up anew begins to count anew; only an answer that
        # was on the way while another came is an old one.
        return known is not None and document.revision < known and began < self._received

    def _release(self) -> None:
        """Who waits for a question learns at once that the keys changed."""
        with self._lock:
            question, self._waiting = self._waiting, None
        if question is not None:
            question.set_result(True)

    def _sleep_until(self, run: object, until: float) -> None:
        with self._lock:
            while self._run is run and (left := until - time.monotonic()) > 0:
                self._wake.wait(left)

    def _is_current(self, run: object) -> bool:
        with self._lock:
            return self._run is run


_starting = threading.Lock()
