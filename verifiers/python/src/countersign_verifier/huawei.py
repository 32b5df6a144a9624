"""huawei-hmac-sha256: what a gateway of Huawei Cloud's kind signs (spec section 5.2)."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import NamedTuple

from .authorization import first_word
from .dates import sdk_date
from .keys import Key, KeySet, Scheme
from .refusal import Refusal, SignatureRefused
from .request import Request, utf8

ALGORITHM = b"SDK-HMAC-SHA256"
UNSIGNED = b"UNSIGNED-PAYLOAD"
NAMES_MAX = 100
_DATE, _DIGEST = b"x-sdk-date", b"x-sdk-content-sha256"
_FIELDS = re.compile(
    r"SDK-HMAC-SHA256\s+Access=([^,]+),\s?SignedHeaders=([^,]+),\s?Signature=([A-Za-z0-9_]+)",
    re.ASCII,
)
# Visible ASCII without upper case and colon.
_NAME = re.compile(r"[!-9;-@\[-~]+")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_BARE_PATH = re.compile(rb"[A-Za-z0-9\-_.~/]*")
_BARE = re.compile(rb"[A-Za-z0-9\-_.~]*")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
_ENCODED = [bytes((b,)) if b in _UNRESERVED else b"%%%02X" % b for b in range(256)]


class Claim(NamedTuple):
    """What a request says of itself."""

    sign_key: str
    names: str
    signature: str
    date: str
    seconds: int


def is_told(request: Request, header: bytes) -> bool:
    """Whether a request carries this scheme in `header`."""
    return any(first_word(value) == ALGORITHM for value in request.values(header))


def check(
    request: Request,
    keys: KeySet,
    now: float,
    *,
    header: bytes = b"authorization",
    window: float = 900,
    accept_unsigned_payload: bool = True,
) -> Key:
    """The key that signed the request; raises `SignatureRefused`."""
    claim = read(request, header)
    candidates = keys.usable(claim.sign_key, Scheme.HUAWEI)
    if abs(claim.seconds - now) > window:
        raise SignatureRefused(Refusal.EXPIRED)
    payload = _payload(request, accept_unsigned_payload)
    texts = _strings_to_sign(request, claim, payload)
    for key in candidates:
        for text in texts:
            mac = hmac.new(key.secret, text, hashlib.sha256).hexdigest()
            if hmac.compare_digest(mac, claim.signature):
                return key
    raise SignatureRefused(Refusal.SIGNATURE_DIFFERS)


def read(request: Request, header: bytes) -> Claim:
    """Raises `malformed` or `signed_header_missing`."""
    fields = _FIELDS.fullmatch(request.text(header) or "")
    if not fields:
        raise SignatureRefused(Refusal.MALFORMED)
    sign_key, listed, signature = fields.groups()
    names = listed.split(";")
    if len(names) > NAMES_MAX or len(set(names)) != len(names):
        raise SignatureRefused(Refusal.MALFORMED)
    if not all(_NAME.fullmatch(name) for name in names):
        raise SignatureRefused(Refusal.MALFORMED)
    request.text(b"host")
    request.text(_DIGEST)
    date = request.text(_DATE)
    seconds = sdk_date(date) if date is not None else None
    if date is None or seconds is None:
        raise SignatureRefused(Refusal.MALFORMED)
    for name in names:
        for value in request.values(name.encode()):
            utf8(value)
    if "host" not in names or "x-sdk-date" not in names:
        raise SignatureRefused(Refusal.SIGNED_HEADER_MISSING)
    if not all(request.values(name.encode()) for name in names):
        raise SignatureRefused(Refusal.SIGNED_HEADER_MISSING)
    return Claim(sign_key, listed, signature, date, seconds)


def _payload(request: Request, accept_unsigned: bool) -> bytes:
    stated = request.values(_DIGEST)
    if stated and stated[0] == UNSIGNED and accept_unsigned:
        return UNSIGNED
    digest = hashlib.sha256(request.read_body()).hexdigest().encode()
    if not stated:
        return digest
    if stated[0].lower() != digest:
        raise SignatureRefused(Refusal.BODY_DIGEST_DIFFERS)
    return stated[0]


def _strings_to_sign(request: Request, claim: Claim, payload: bytes) -> list[bytes]:
    """One, or two where a `+` in the query may be a space or itself."""
    before = request.method.upper() + b"\n" + canonical_path(request.path) + b"\n"
    after = bytearray(b"\n")
    for name in claim.names.encode().split(b";"):
        for value in sorted(request.values(name)):
            after += name + b":" + value + b"\n"
    after += b"\n" + claim.names.encode() + b"\n" + payload
    query = request.query or b""
    queries = [canonical_query(query.replace(b"+", b" "))]
    if b"+" in query:
        queries.append(canonical_query(query))
    head = ALGORITHM + b"\n" + claim.date.encode() + b"\n"
    return [
        head + hashlib.sha256(before + query + after).hexdigest().encode() for query in queries
    ]


def canonical_path(raw: bytes) -> bytes:
    """Decoded once, each segment encoded, with a slash at the end."""
    if not _BARE_PATH.fullmatch(raw):
        raw = b"/".join([_encode(segment) for segment in _decode(raw).split(b"/")])
    return raw if raw.endswith(b"/") else raw + b"/"


def canonical_query(raw: bytes) -> bytes:
    """Decoded, sorted by name and value, encoded; a `+` is itself."""
    pairs = []
    for piece in raw.split(b"&"):
        if piece:
            name, _, value = piece.partition(b"=")
            pairs.append((_decode(name), _decode(value)))
    pairs.sort()
    return b"&".join([_encode(name) + b"=" + _encode(value) for name, value in pairs])


def _decode(raw: bytes) -> bytes:
    """A `%` without two hex digits is itself."""
    if b"%" not in raw:
        return raw
    return _ESCAPE.sub(lambda found: bytes((int(found[1], 16),)), raw)


def _encode(raw: bytes) -> bytes:
    return raw if _BARE.fullmatch(raw) else b"".join([_ENCODED[byte] for byte in raw])
