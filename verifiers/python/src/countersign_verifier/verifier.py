"""The check of one request: no clock, no socket."""

from __future__ import annotations

from typing import Callable, NamedTuple, Optional

from . import alibaba, basic, huawei, rfc9421
from .keys import RFC9421, Key, KeySet, Scheme
from .nonces import NonceMemory
from .refusal import Refusal, SignatureRefused
from .request import Request

BODY_BYTES_MAX = 10 * 1024 * 1024
WINDOW_SECS = 900


class Verdict(NamedTuple):
    """What came out: a key if the request is verified, a refusal otherwise."""

    refusal: Optional[Refusal]
    key: Optional[Key] = None
    scheme: Optional[str] = None

    @property
    def verified(self) -> bool:
        return self.refusal is None

    @property
    def sign_key(self) -> Optional[str]:
        return self.key.sign_key if self.key else None

    @property
    def key_name(self) -> Optional[str]:
        return self.key.name if self.key else None

    @property
    def key_version(self) -> Optional[int]:
        return self.key.version if self.key else None


class Verifier:
    """Checks requests against keys. Safe to share between threads."""

    def __init__(
        self,
        *,
        header: str = "Authorization",
        accept_unsigned_payload: bool = True,
        body_max: int = BODY_BYTES_MAX,
        window: float = WINDOW_SECS,
        nonces: Optional[NonceMemory] = None,
    ) -> None:
        """`header` carries Huawei's and basic signatures; `body_max` is in bytes, `window`
        in seconds; `accept_unsigned_payload` lets bodies stay out of a signature."""
        self.body_max = body_max
        self._header = header.lower().encode()
        self._accept_unsigned_payload = accept_unsigned_payload
        self._window = window
        self.nonces = nonces if nonces is not None else NonceMemory(2 * window)

    def is_told(self, request: Request, keys: Optional[KeySet] = None) -> bool:
        """Whether the request carries a signature of a scheme that `keys` have, or
        of any scheme. Needs no body."""
        return self._told(request, keys) is not None

    def check(self, request: Request, keys: KeySet, now: float) -> Verdict:
        """`now` is in seconds since 1970. Never raises for anything a request holds."""
        try:
            told = self._told(request, keys)
            if told is None:
                raise SignatureRefused(Refusal.NO_SIGNATURE)
            if request.body is None or len(request.body) > self.body_max:
                raise SignatureRefused(Refusal.BODY_TOO_LARGE)
            if not request.target.isascii():
                raise SignatureRefused(Refusal.MALFORMED)
            key = told(request, keys, now)
        except SignatureRefused as refused:
            return Verdict(refused.refusal)
        return Verdict(None, key, key.scheme.value)

    def _told(
        self, request: Request, keys: Optional[KeySet]
    ) -> Optional[Callable[[Request, KeySet, float], Key]]:
        def has(*schemes: Scheme) -> bool:
            return keys is None or not keys.schemes.isdisjoint(schemes)

        if has(*RFC9421) and rfc9421.is_told(request):
            return self._rfc9421
        if has(Scheme.ALIBABA) and alibaba.is_told(request):
            return self._alibaba
        if has(Scheme.HUAWEI) and huawei.is_told(request, self._header):
            return self._huawei
        if has(Scheme.BASIC) and basic.is_told(request, self._header):
            return self._basic
        return None

    def _rfc9421(self, request: Request, keys: KeySet, now: float) -> Key:
        return rfc9421.check(
            request,
            keys,
            now,
            self.nonces,
            window=self._window,
            accept_unsigned_payload=self._accept_unsigned_payload,
        )

    def _alibaba(self, request: Request, keys: KeySet, now: float) -> Key:
        return alibaba.check(request, keys)

    def _huawei(self, request: Request, keys: KeySet, now: float) -> Key:
        return huawei.check(
            request,
            keys,
            now,
            header=self._header,
            window=self._window,
            accept_unsigned_payload=self._accept_unsigned_payload,
        )

    def _basic(self, request: Request, keys: KeySet, now: float) -> Key:
        return basic.check(request, keys, header=self._header)
