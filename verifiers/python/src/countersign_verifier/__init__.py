"""Checks that a request came through a Countersign gateway."""

from __future__ import annotations

from .keys import Key, KeySet, Scheme, State
from .nonces import NonceMemory
from .refusal import Refusal, SignatureRefused
from .request import Request
from .verifier import Verdict, Verifier

__all__ = [
    "Key",
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
