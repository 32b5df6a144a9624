"""What tells the scheme of an `Authorization` header."""

from __future__ import annotations

import re

_WORD = re.compile(rb"[^ \t]*")


def first_word(value: bytes) -> bytes:
    """Up to the first blank or tab."""
    found = _WORD.match(value)
    return found[0] if found else b""
