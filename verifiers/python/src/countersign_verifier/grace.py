"""Keys that the feed no longer tells, for a while."""

from __future__ import annotations

from typing import Optional

from .feed_client import FeedDocument
from .keys import Key, KeySet, State


class Grace:
    """The keys of the last document, and those that were active before it for the time
    of grace. Not safe to share between threads."""

    def __init__(self) -> None:
        self._document: Optional[FeedDocument] = None
        self._leaving: list[tuple[Key, float]] = []
        self._keys = KeySet()

    @property
    def revision(self) -> Optional[int]:
        """That of the last document, if there is any."""
        return self._document.revision if self._document else None

    def replace(self, document: FeedDocument, now: float) -> None:
        """Takes a new document. `now` is monotonic."""
        usable = {key.identity for key in document.keys if key.state is not State.RETIRED}
        was_active = [
            (key, now + document.grace_secs)
            for key in (self._document.keys if self._document else ())
            if key.state is State.ACTIVE
        ]
        known: set[object] = set()
        leaving = []
        for key, until in self._leaving + was_active:
            if until > now and key.identity not in usable and key.identity not in known:
                known.add(key.identity)
                leaving.append((key, until))
        self._document, self._leaving = document, leaving
        self._build()

    def keys(self, now: float) -> KeySet:
        """The keys at a moment; the same object as long as they are the same."""
        left = [(key, until) for key, until in self._leaving if until > now]
        if len(left) != len(self._leaving):
            self._leaving = left
            self._build()
        return self._keys

    def _build(self) -> None:
        told = self._document.keys if self._document else []
        self._keys = KeySet([*told, *(key for key, _ in self._leaving)])
