"""A request as a verifier sees it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Optional, Union

from .refusal import Refusal, SignatureRefused

Text = Union[str, bytes]


class Request:
    """A request as received, nothing decoded.

    Text is taken as Latin-1, one character a byte, as WSGI has it. `body` is `None`
    if it is beyond the limit and was not read.
    """

    __slots__ = ("_headers", "body", "method", "path", "query", "target")

    def __init__(
        self,
        method: Text,
        target: Text,
        headers: Iterable[tuple[Text, Text]],
        body: Optional[bytes] = b"",
    ) -> None:
        self.method = as_bytes(method)
        self.target = as_bytes(target)
        path, mark, query = self.target.partition(b"?")
        self.path = path
        self.query: Optional[bytes] = query if mark else None
        self.body = body
        self._headers: dict[bytes, list[bytes]] = {}
        for name, value in headers:
            values = self._headers.setdefault(as_bytes(name).lower(), [])
            values.append(as_bytes(value).strip(b" \t"))

    def values(self, name: bytes) -> list[bytes]:
        """The values of a header, its name in lower case, without blanks around."""
        return self._headers.get(name, [])

    def text(self, name: bytes) -> Optional[str]:
        """The value of a header that may occur once, `None` if it does not.

        Raises `malformed` if it occurs more often or is not UTF-8.
        """
        values = self.values(name)
        if not values:
            return None
        if len(values) > 1:
            raise SignatureRefused(Refusal.MALFORMED)
        return utf8(values[0])

    def read_body(self) -> bytes:
        """The body; a scheme is only asked once it is known to be there."""
        if self.body is None:
            raise SignatureRefused(Refusal.BODY_TOO_LARGE)
        return self.body


def as_bytes(text: Text) -> bytes:
    """Latin-1, or UTF-8 where a framework has decoded more than that."""
    if isinstance(text, bytes):
        return text
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def utf8(value: bytes) -> str:
    """Raises `malformed` for bytes that are not UTF-8."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        raise SignatureRefused(Refusal.MALFORMED) from None
