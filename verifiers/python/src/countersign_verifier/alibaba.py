"""alibaba-hmac-sha256: what a gateway of Alibaba Cloud's kind signs (spec section 6)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Optional
from urllib.parse import unquote_to_bytes

from .keys import Key, KeySet, Scheme
from .refusal import Refusal, SignatureRefused
from .request import Request, utf8

SIGNATURE = b"x-ca-proxy-signature"
SECRET_KEY = b"x-ca-proxy-signature-secret-key"
SIGNED_HEADERS = b"x-ca-proxy-signature-headers"
NAMES_MAX = 100
_FORM = b"application/x-www-form-urlencoded"


def is_told(request: Request) -> bool:
    """Whether the request carries this scheme."""
    return bool(request.values(SIGNATURE))


def check(request: Request, keys: KeySet) -> Key:
    """The key that signed the request; raises `SignatureRefused`."""
    signature = request.text(SIGNATURE) or ""
    sign_key = request.text(SECRET_KEY)
    names = _names(request.text(SIGNED_HEADERS) or "")
    lines = _header_lines(request, names)
    if sign_key is None:
        raise SignatureRefused(Refusal.SIGNED_HEADER_MISSING)
    candidates = keys.usable(sign_key, Scheme.ALIBABA)
    body = request.read_body()
    if request.values(b"content-md5"):
        digest = _md5(body)
        if any(stated != digest for stated in request.values(b"content-md5")):
            raise SignatureRefused(Refusal.BODY_DIGEST_DIFFERS)
    text = string_to_sign(request, lines, body)
    for key in candidates:
        mac = base64.b64encode(hmac.new(key.secret, text, hashlib.sha256).digest())
        if hmac.compare_digest(mac, signature.encode()):
            return key
    raise SignatureRefused(Refusal.SIGNATURE_DIFFERS)


def string_to_sign(request: Request, header_lines: bytes, body: bytes) -> bytes:
    """What is signed, with the lines of the signed headers made already."""
    method = request.method.upper()
    is_form = _is_form(request)
    digest = _md5(body) if body and not is_form and method in (b"POST", b"PUT") else b""
    out = method + b"\n" + digest + b"\n" + header_lines + request.path
    params: dict[str, str] = {}
    _add_params(request.query, params)
    if is_form:
        _add_params(body, params)
    if params:
        names = sorted(params, key=_utf16)
        text = "&".join([f"{name}={params[name]}" for name in names])
        out += b"?" + text.encode()
    return out


def _names(listed: str) -> list[str]:
    names = listed.split(",") if listed else []
    lower = {_lower(name) for name in names}
    own = {SIGNATURE.decode(), SIGNED_HEADERS.decode()}
    if len(names) > NAMES_MAX or len(lower) != len(names) or "" in lower or lower & own:
        raise SignatureRefused(Refusal.MALFORMED)
    return names


def _header_lines(request: Request, names: list[str]) -> bytes:
    lines = bytearray()
    listed = False
    missing = False
    for name in sorted(names, key=_utf16):
        lower = _lower(name).encode()
        listed = listed or lower == SECRET_KEY
        values = request.values(lower)
        if not values:
            missing = True
            continue
        if len(values) > 1:
            raise SignatureRefused(Refusal.MALFORMED)
        utf8(values[0])
        lines += lower + b":" + values[0] + b"\n"
    if missing or not listed:
        raise SignatureRefused(Refusal.SIGNED_HEADER_MISSING)
    return bytes(lines)


def _lower(name: str) -> str:
    """In lower case as far as names of headers have cases: in ASCII."""
    return name.lower() if name.isascii() else name.encode().lower().decode()


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-be")


def _is_form(request: Request) -> bool:
    types = request.values(b"content-type")
    return bool(types) and types[0].partition(b";")[0].strip(b" \t").lower() == _FORM


def _add_params(raw: Optional[bytes], params: dict[str, str]) -> None:
    """Adds what is in a query or a form; the first value of a name counts."""
    for piece in raw.split(b"&") if raw else ():
        name, _, value = piece.partition(b"=")
        decoded = _decode(name)
        if decoded and decoded not in params:
            params[decoded] = _decode(value)


def _decode(raw: bytes) -> str:
    if b"+" in raw:
        raw = raw.replace(b"+", b" ")
    if b"%" in raw:
        raw = unquote_to_bytes(raw)
    return raw.decode("utf-8", "replace")


def _md5(body: bytes) -> bytes:
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest())
