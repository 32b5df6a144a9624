"""HTTP message signatures (RFC 9421), as the gateway makes them: label `countersign`."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import NamedTuple, Optional

from .keys import RFC9421, Key, KeySet
from .nonces import NonceMemory
from .refusal import Refusal, SignatureRefused
from .request import Request
from .structured import BadField, InnerList, Item, Token, read_dictionary, write_inner_list

LABEL = "countersign"
_INPUT, _SIGNATURE, _DIGEST = b"signature-input", b"signature", b"content-digest"
_DERIVED = ("@method", "@authority", "@path", "@query")
_FIELD_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9a-z]+")
_PRINTABLE = re.compile(rb"[\t -~]*")


class Claim(NamedTuple):
    """What a signature says of itself."""

    names: list[str]
    params: str
    created: int
    expires: Optional[int]
    key_id: str
    nonce: str
    algorithm: Optional[str]
    signature: bytes


def is_told(request: Request) -> bool:
    """Whether a request carries a signature of our label, or one that cannot be read."""
    if not request.values(_INPUT):
        return False
    try:
        return LABEL in read_dictionary(_joined(request, _INPUT).decode("ascii"))
    except (BadField, UnicodeDecodeError):
        return True


def check(
    request: Request,
    keys: KeySet,
    now: float,
    nonces: NonceMemory,
    *,
    window: float = 900,
    accept_unsigned_payload: bool = True,
) -> Key:
    """The key that signed the request; raises `SignatureRefused`."""
    claim = read(request)
    try:
        candidates = keys.usable(claim.key_id, *RFC9421)
    except SignatureRefused:
        _check_coverage(request, claim, accept_unsigned_payload)
        raise
    if claim.algorithm is not None:
        candidates = [key for key in candidates if _algorithm(key) == claim.algorithm]
        if not candidates:
            raise SignatureRefused(Refusal.MALFORMED)
    _check_coverage(request, claim, accept_unsigned_payload)
    if abs(claim.created - now) > window or (claim.expires is not None and claim.expires < now):
        raise SignatureRefused(Refusal.EXPIRED)
    if "content-digest" in claim.names and not _digest_fits(request):
        raise SignatureRefused(Refusal.BODY_DIGEST_DIFFERS)
    for base in _bases(request, claim):
        for key in candidates:
            if _verifies(key, base, claim.signature):
                if not nonces.record(claim.key_id, claim.nonce, now):
                    raise SignatureRefused(Refusal.REPLAYED)
                return key
    raise SignatureRefused(Refusal.SIGNATURE_DIFFERS)


def read(request: Request) -> Claim:
    """Raises `malformed`."""
    try:
        member = _dictionary(request, _INPUT).get(LABEL)
        signature = _dictionary(request, _SIGNATURE).get(LABEL)
    except BadField:
        raise SignatureRefused(Refusal.MALFORMED) from None
    if not isinstance(member, InnerList):
        raise SignatureRefused(Refusal.MALFORMED)
    if not isinstance(signature, Item) or not isinstance(signature.value, bytes):
        raise SignatureRefused(Refusal.MALFORMED)
    names = [_component(item) for item in member.items]
    if len(set(names)) != len(names):
        raise SignatureRefused(Refusal.MALFORMED)
    # `@authority` comes from it.
    request.text(b"host")
    for name in ["host", *names]:
        values = [] if name.startswith("@") else request.values(name.encode())
        if not all(_PRINTABLE.fullmatch(value) for value in values):
            raise SignatureRefused(Refusal.MALFORMED)
    _text(member, "tag")
    created, key_id, nonce = _number(member, "created"), _text(member, "keyid"), _text(
        member, "nonce"
    )
    if created is None or key_id is None or nonce is None:
        raise SignatureRefused(Refusal.MALFORMED)
    return Claim(
        names,
        write_inner_list(member),
        created,
        _number(member, "expires"),
        key_id,
        nonce,
        _text(member, "alg"),
        signature.value,
    )


def _component(item: Item) -> str:
    name = item.value
    if not isinstance(name, str) or isinstance(name, Token) or item.params:
        raise SignatureRefused(Refusal.MALFORMED)
    if name not in _DERIVED and not _FIELD_NAME.fullmatch(name):
        raise SignatureRefused(Refusal.MALFORMED)
    return name


def _number(member: InnerList, name: str) -> Optional[int]:
    value = member.params.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise SignatureRefused(Refusal.MALFORMED)
    return value


def _text(member: InnerList, name: str) -> Optional[str]:
    value = member.params.get(name)
    if value is None:
        return None
    if isinstance(value, Token) or not isinstance(value, str):
        raise SignatureRefused(Refusal.MALFORMED)
    return value


def _check_coverage(request: Request, claim: Claim, accept_unsigned_payload: bool) -> None:
    wanted = ["@method", "@authority", "@path"]
    if request.query is not None:
        wanted.append("@query")
    if not accept_unsigned_payload and request.read_body():
        wanted.append("content-digest")
    fields = [name for name in claim.names if not name.startswith("@")]
    fields.append("host")
    if not set(wanted) <= set(claim.names) or not all(
        request.values(name.encode()) for name in fields
    ):
        raise SignatureRefused(Refusal.SIGNED_HEADER_MISSING)


def _digest_fits(request: Request) -> bool:
    try:
        member = _dictionary(request, _DIGEST).get("sha-256")
    except BadField:
        return False
    computed = hashlib.sha256(request.read_body()).digest()
    return isinstance(member, Item) and member.value == computed


def _bases(request: Request, claim: Claim) -> list[bytes]:
    """The signature base, once for each authority that the signer may have written."""
    bases = []
    for authority in _authorities(request):
        lines = []
        for name in claim.names:
            if name == "@authority":
                value = authority
            elif name == "@method":
                value = request.method
            elif name == "@path":
                value = request.path or b"/"
            elif name == "@query":
                value = b"?" + (request.query or b"")
            else:
                value = _joined(request, name.encode())
            lines.append(b'"' + name.encode() + b'": ' + value)
        lines.append(b'"@signature-params": ' + claim.params.encode())
        bases.append(b"\n".join(lines))
    return bases


def _authorities(request: Request) -> list[bytes]:
    host = request.values(b"host")[0].lower()
    for port in (b":80", b":443"):
        if host.endswith(port):
            return [host[: -len(port)], host]
    return [host]


def _algorithm(key: Key) -> str:
    return key.public_key.algorithm if key.public_key else "hmac-sha256"


def _verifies(key: Key, base: bytes, signature: bytes) -> bool:
    if key.public_key:
        return key.public_key.verifies(base, signature)
    return hmac.compare_digest(hmac.new(key.secret, base, hashlib.sha256).digest(), signature)


def _dictionary(request: Request, name: bytes) -> dict[str, Item | InnerList]:
    try:
        return read_dictionary(_joined(request, name).decode("ascii"))
    except UnicodeDecodeError:
        raise BadField("not ASCII") from None


def _joined(request: Request, name: bytes) -> bytes:
    return b", ".join(request.values(name))
