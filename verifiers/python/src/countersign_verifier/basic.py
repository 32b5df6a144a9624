"""basic: RFC 7617 with the sign key as user and the secret as password."""

from __future__ import annotations

import base64
import binascii
import hmac

from .authorization import first_word
from .keys import Key, KeySet, Scheme
from .refusal import Refusal, SignatureRefused
from .request import Request, utf8


def is_told(request: Request, header: bytes) -> bool:
    """Whether a request carries this scheme in `header`."""
    return any(first_word(value).lower() == b"basic" for value in request.values(header))


def check(request: Request, keys: KeySet, *, header: bytes = b"authorization") -> Key:
    """The key that was presented; raises `SignatureRefused`."""
    value = (request.text(header) or "").encode()
    credentials = value[len(b"basic") :].lstrip(b" \t")
    try:
        pair = base64.b64decode(credentials, validate=True)
    except (binascii.Error, ValueError):
        raise SignatureRefused(Refusal.MALFORMED) from None
    # The decoder overlooks bits that no encoder sets.
    if base64.b64encode(pair) != credentials:
        raise SignatureRefused(Refusal.MALFORMED)
    sign_key, colon, secret = utf8(pair).partition(":")
    if not colon:
        raise SignatureRefused(Refusal.MALFORMED)
    for key in keys.usable(sign_key, Scheme.BASIC):
        if hmac.compare_digest(key.secret, secret.encode()):
            return key
    raise SignatureRefused(Refusal.SIGNATURE_DIFFERS)
