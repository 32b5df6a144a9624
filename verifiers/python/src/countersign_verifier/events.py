"""What is told to metrics and logs."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from typing import Callable, NamedTuple, Optional

LOG = logging.getLogger("countersign_verifier")


class Event(NamedTuple):
    """`kind` is `verified`, `refused`, `observed` (would have been refused),
    `feed_failed`, `keys_changed` or `key_unusable`. Holds no secret and nothing of a body."""

    kind: str
    refusal: Optional[str] = None
    sign_key: Optional[str] = None
    scheme: Optional[str] = None
    detail: Optional[str] = None


EventHook = Callable[[Event], None]


class Counts:
    """A hook that counts by kind and refusal: `("refused", "expired")`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, Optional[str]]] = Counter()

    def __call__(self, event: Event) -> None:
        with self._lock:
            self._counts[event.kind, event.refusal] += 1

    def snapshot(self) -> dict[tuple[str, Optional[str]], int]:
        """The counts so far."""
        with self._lock:
            return dict(self._counts)


def report(hook: Optional[EventHook], event: Event) -> None:
    """Logs an event that someone should see and hands it to the hook, whose
    exceptions stop here."""
    if event.kind in ("refused", "observed"):
        LOG.warning("%s: %s", event.kind, event.refusal)
    elif event.kind in ("feed_failed", "key_unusable"):
        LOG.warning("%s: %s", event.kind, event.detail)
    elif event.kind == "keys_changed":
        LOG.info("%s: %s", event.kind, event.detail)
    if hook is None:
        return
    try:
        hook(event)
    except Exception:
        LOG.exception("the hook failed")
