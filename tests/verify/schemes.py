"""A known key for each scheme, and requests signed with it by the shared vectors' own signers."""

import dataclasses
import datetime
import secrets
import time

from vector_maker import alibaba, basic, huawei, key_pairs, rfc9421
from vector_maker.case import request
from vector_maker.key_pair import KeyPair
from wire import Message

PAIR = KeyPair(key_pairs.ED25519)
SECRET = "sVerifyTestSecret0001"
OTHER_SECRET = "sVerifyTestSecret0002"


@dataclasses.dataclass(frozen=True)
class Scheme:
    """What the gateway is given, and what can be expected of the scheme."""

    name: str
    sign_key: str
    secret: str
    covers_request: bool = True
    has_date: bool = False
    has_nonce: bool = False

    def signed(self, target, host, body=b"", *, secret=SECRET, age=0, headers=(), header_names=()):
        """A request that was signed `age` seconds ago; `header_names` are signed as well."""
        method = "POST" if body else "GET"
        headers = [*headers, *([("Content-Type", "application/json")] if body else [])]
        parts = method, target, headers, body
        return Message.of_signer(_SIGNERS[self.name](self, parts, host, secret, int(time.time()) - age, header_names))


def _alibaba(scheme, parts, host, secret, _, names):
    method, target, headers, body = parts
    return alibaba.signed(
        method, target, [("Host", host), *headers], body, names=names, key=scheme.sign_key, secret=secret
    )


def _huawei(scheme, parts, host, secret, signed_at, names):
    date = datetime.datetime.fromtimestamp(signed_at, datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    return huawei.signed(*parts, extra=names, date=date, host=host, key=scheme.sign_key, secret=secret)


def _basic(scheme, parts, host, secret, *_):
    method, target, headers, body = parts
    authorization = "Basic " + basic.credentials(f"{scheme.sign_key}:{secret}")
    return request(method, target, [("Host", host), *headers, ("Authorization", authorization)], body)


def _rfc9421(scheme, parts, host, secret, signed_at, names):
    by = rfc9421.Shared(secret)
    if scheme.name == "rfc9421-key-pair":
        by = PAIR if secret == SECRET else KeyPair(key_pairs.ED25519_OTHER)
    key_id = PAIR.thumbprint if scheme.name == "rfc9421-key-pair" else scheme.sign_key
    params = f';created={signed_at};keyid="{key_id}";nonce="{secrets.token_hex(16)}"'
    return rfc9421.signed(*parts, by=by, params=params, extra=names, host=host)


_SIGNERS = {
    "alibaba-hmac-sha256": _alibaba,
    "huawei-hmac-sha256": _huawei,
    "basic": _basic,
    "rfc9421-hmac-sha256": _rfc9421,
    "rfc9421-key-pair": _rfc9421,
}

ALL = (
    Scheme("alibaba-hmac-sha256", "VerifyTestKey1", SECRET),
    Scheme("huawei-hmac-sha256", "VerifyTestKey2", SECRET, has_date=True),
    Scheme("basic", "VerifyTestKey3", SECRET, covers_request=False),
    Scheme("rfc9421-hmac-sha256", "VerifyTestKey4", SECRET, has_date=True, has_nonce=True),
    Scheme("rfc9421-key-pair", PAIR.public_key, key_pairs.ED25519, has_date=True, has_nonce=True),
)
