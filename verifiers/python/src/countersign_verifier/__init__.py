"""Checks that a request came through a Countersign gateway."""

from __future__ import annotations

from .events import Counts, Event
from .feed import KeyFeed
from .guard import REFUSAL_HEADER, Guard
from .keys import Key, KeySet, Scheme, State
from .nonces import NonceMemory
from .refusal import Refusal, SignatureRefused
from .request import Request
from .verifier import Verdict, Verifier

__all__ = [
    "REFUSAL_HEADER",
    "Counts",
    "Event",
    "Guard",
    "Key",
    "KeyFeed",
    "KeySet",
    "NonceMemory",
    "Refusal",
    "Request",
    "Scheme",
    "SignatureRefused",
    "State",
    "Verdict",
    "Verifier",
]
