"""One question to the key feed over HTTP."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any, NamedTuple, Optional
from urllib.parse import urlsplit

from .keys import Key

PATH = "/api/v1/verifier/keys"
ANSWER_BYTES_MAX = 16 * 1024 * 1024
CONNECT_SECS = 10.0


class FeedFailed(Exception):
    """The feed gave no keys; says why, without the token."""


class FeedDocument(NamedTuple):
    """What the feed tells, and why entries in it were passed over."""

    revision: int
    grace_secs: float
    keys: list[Key]
    problems: list[str]


class FeedAnswer(NamedTuple):
    """A document, or `None` if nothing changed."""

    document: Optional[FeedDocument]
    etag: Optional[str]


class FeedClient:
    """Asks the feed at an address with a token, which is in no `repr`."""

    def __init__(self, address: str, token: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the feed's address is no http or https URL")
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._path = parts.path.rstrip("/") + PATH
        self._token = token

    def __repr__(self) -> str:
        scheme = "https" if self._secure else "http"
        return f"FeedClient({scheme}://{self._host}:{self._port or ''}{self._path})"

    def get(
        self, etag: Optional[str], wait_secs: float, timeout: float = CONNECT_SECS
    ) -> FeedAnswer:
        """Asks once; the answer may take `wait_secs`, if `etag` still holds. Raises
        `FeedFailed`."""
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=wait_secs + timeout)
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        if etag is not None:
            headers["If-None-Match"] = etag
        try:
            connection.request("GET", f"{self._path}?wait={wait_secs:g}", headers=headers)
            response = connection.getresponse()
            body = response.read(ANSWER_BYTES_MAX + 1)
        except (OSError, http.client.HTTPException, ValueError) as why:
            raise FeedFailed(f"the feed cannot be reached: {type(why).__name__}") from why
        finally:
            connection.close()
        if response.status == 304 and etag is not None:
            return FeedAnswer(None, etag)
        if response.status == 401:
            raise FeedFailed("the feed refuses the token")
        if response.status != 200:
            raise FeedFailed(f"the feed answers {response.status}")
        if len(body) > ANSWER_BYTES_MAX:
            raise FeedFailed("the feed's answer is too long")
        return FeedAnswer(read_document(body), response.headers.get("ETag"))


def read_document(body: bytes) -> FeedDocument:
    """Entries that cannot be read are passed over and told of, without their values: a
    newer gateway may have schemes and states that this version does not know."""
    try:
        record: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise FeedFailed("the feed's answer is no JSON") from None
    if not isinstance(record, Mapping) or not isinstance(record.get("keys"), list):
        raise FeedFailed("the feed's answer has no list of keys")
    revision, grace = record.get("revision", 0), record.get("grace_seconds", 0)
    if not isinstance(revision, int) or not isinstance(grace, (int, float)) or grace < 0:
        raise FeedFailed("the feed's answer has no revision or no time of grace")
    keys, problems = [], []
    for index, entry in enumerate(record["keys"]):
        try:
            keys.append(Key.from_json(entry))
        except (ValueError, ImportError) as why:
            problems.append(f"key {index}: {why}")
    return FeedDocument(revision, grace, keys, problems)
