"""What both adapters share: keys, clock, feed, observe mode and events."""

from __future__ import annotations

import asyncio
import json
import time
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Callable, Optional, Union

from .events import Event, EventHook, report
from .feed import QUESTION_WAIT_SECS, KeyFeed
from .keys import KeySet
from .refusal import Refusal
from .request import Request
from .verifier import Verdict, Verifier

REFUSAL_HEADER = "X-Countersign-Refusal"
_ASK_AFTER = (
    Refusal.NO_SIGNATURE,
    Refusal.UNKNOWN_SIGN_KEY,
    Refusal.RETIRED_SIGN_KEY,
    Refusal.SIGNATURE_DIFFERS,
)


class Guard:
    """Says of requests whether they may pass. Safe to share between threads."""

    def __init__(
        self,
        keys: Union[KeySet, KeyFeed],
        verifier: Optional[Verifier] = None,
        *,
        observe: bool = False,
        on_event: Optional[EventHook] = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """With `observe` nothing is refused; `clock` gives seconds since 1970."""
        self._source = keys
        self.verifier = verifier or Verifier()
        self.observe = observe
        self._on_event = on_event
        self._clock = clock

    def needs_body(self, request: Request) -> bool:
        """Whether a request carries anything to check, before its body is read."""
        return self.verifier.is_told(request)

    def verify(self, request: Request) -> Verdict:
        """The verdict; waits for the key feed where that may help."""
        keys, verdict = self._first(request)
        until = time.monotonic() + QUESTION_WAIT_SECS
        # Keys that changed may still be older than the request's: then once more.
        while (feed := self._to_ask(request, verdict)) and self._left(until) > 0:
            try:
                if not feed.ask(keys).result(self._left(until)):
                    break
            except FutureTimeout:
                break
            keys, verdict = self._first(request)
        return self._tell(verdict)

    async def verify_async(self, request: Request) -> Verdict:
        """As `verify`, without blocking the event loop."""
        keys, verdict = self._first(request)
        until = time.monotonic() + QUESTION_WAIT_SECS
        while (feed := self._to_ask(request, verdict)) and self._left(until) > 0:
            asked = asyncio.shield(asyncio.wrap_future(feed.ask(keys)))
            try:
                if not await asyncio.wait_for(asked, self._left(until)):
                    break
            except asyncio.TimeoutError:
                break
            keys, verdict = self._first(request)
        return self._tell(verdict)

    def key_age_secs(self) -> Optional[float]:
        """Seconds since the feed last answered; `None` without a feed, and before."""
        return self._source.age_secs() if isinstance(self._source, KeyFeed) else None

    def _first(self, request: Request) -> tuple[KeySet, Verdict]:
        keys = self._source.current() if isinstance(self._source, KeyFeed) else self._source
        return keys, self.verifier.check(request, keys, self._clock())

    def _to_ask(self, request: Request, verdict: Verdict) -> Optional[KeyFeed]:
        """The feed, where news of it may change the verdict."""
        # A request that is signed in a scheme without keys may be signed with a new key.
        may_help = verdict.refusal in _ASK_AFTER and self.verifier.is_told(request)
        return self._source if may_help and isinstance(self._source, KeyFeed) else None

    @staticmethod
    def _left(until: float) -> float:
        return until - time.monotonic()

    def _tell(self, verdict: Verdict) -> Verdict:
        kind = "verified" if verdict.verified else "observed" if self.observe else "refused"
        report(
            self._on_event,
            Event(
                kind,
                str(verdict.refusal) if verdict.refusal else None,
                verdict.sign_key,
                verdict.scheme,
            ),
        )
        return verdict


def answer_body(refusal: Refusal) -> bytes:
    """The body of the answer 401."""
    return json.dumps({"error": str(refusal)}, separators=(",", ":")).encode()
