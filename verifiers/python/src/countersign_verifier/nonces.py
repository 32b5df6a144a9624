"""A bounded memory of nonces already spent."""

from __future__ import annotations

import hashlib
import threading
from collections import deque


class NonceMemory:
    """Remembers which (key id, nonce) pairs were used.

    Each is kept for `window_secs` after the request that recorded it: twice the
    clock's window, for a request may be dated that far ahead. Pairs are kept as SHA-256
    digests, so memory is bounded however long a nonce is: about 250 bytes each. A
    full memory takes no more, since to forget a pair would allow a replay. Safe to
    share between threads; each process has its own.
    """

    def __init__(self, window_secs: float = 1800, capacity: int = 1_000_000) -> None:
        self._window_secs = window_secs
        self._capacity = capacity
        self._recorded: dict[bytes, float] = {}
        self._oldest_first: deque[tuple[bytes, float]] = deque()
        self._lock = threading.Lock()

    def record(self, key_id: str, nonce: str, now: float) -> bool:
        """Records a pair; `False` if it is remembered already or there is no room.

        Only for a request whose signature fits, or strangers could fill the memory.
        """
        pair = _digest(key_id, nonce)
        with self._lock:
            self._forget_expired(now)
            at = self._recorded.get(pair)
            if at is not None and not self._expired(at, now):
                return False
            if len(self._oldest_first) >= self._capacity:
                return False
            self._recorded[pair] = now
            self._oldest_first.append((pair, now))
            return True

    def __len__(self) -> int:
        """How many pairs are held, expired ones not yet dropped included."""
        return len(self._oldest_first)

    def _forget_expired(self, now: float) -> None:
        # Behind a clock that was set back a younger entry may hide an older one;
        # that one is then kept longer, never shorter.
        while self._oldest_first and self._expired(self._oldest_first[0][1], now):
            pair, at = self._oldest_first.popleft()
            if self._recorded.get(pair) == at:
                del self._recorded[pair]

    def _expired(self, at: float, now: float) -> bool:
        return now - at > self._window_secs


def _digest(key_id: str, nonce: str) -> bytes:
    # The length keeps ("ab", "c") and ("a", "bc") apart.
    first = key_id.encode("utf-8", "surrogatepass")
    second = nonce.encode("utf-8", "surrogatepass")
    return hashlib.sha256(len(first).to_bytes(8, "big") + first + second).digest()
