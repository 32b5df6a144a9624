"""Public keys of RFC 9421; the one module that needs `cryptography`."""

from __future__ import annotations

import base64
import hashlib
import json

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        PublicFormat,
        load_der_public_key,
    )
except ImportError as missing:
    raise ImportError(
        "keys of scheme rfc9421-key-pair need: pip install 'countersign-verifier[rfc9421]'"
    ) from missing

RSA_BITS_MIN, RSA_BITS_MAX = 2048, 8192
_SALT_BYTES = 64


class PublicKey:
    """Ed25519, ECDSA P-256, or RSA-PSS with SHA-512."""

    __slots__ = ("_key", "algorithm", "thumbprint")

    def __init__(self, spki: str) -> None:
        """`spki` is Base64 of a SubjectPublicKeyInfo; raises `ValueError` for all else."""
        try:
            key = load_der_public_key(base64.b64decode(spki, validate=True))
        except Exception as why:
            raise ValueError("public_key is no SubjectPublicKeyInfo in Base64") from why
        if isinstance(key, ed25519.Ed25519PublicKey):
            self.algorithm = "ed25519"
        elif isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
            self.algorithm = "ecdsa-p256-sha256"
        elif isinstance(key, rsa.RSAPublicKey):
            if not RSA_BITS_MIN <= key.key_size <= RSA_BITS_MAX:
                raise ValueError(f"an RSA key of {key.key_size} bits")
            self.algorithm = "rsa-pss-sha512"
        else:
            raise ValueError("a public key of a type that is not supported")
        self._key = key
        self.thumbprint = _thumbprint(key)

    def verifies(self, base: bytes, signature: bytes) -> bool:
        """Whether `signature` is one of `base`."""
        try:
            if isinstance(self._key, ed25519.Ed25519PublicKey):
                self._key.verify(signature, base)
            elif isinstance(self._key, ec.EllipticCurvePublicKey):
                if len(signature) != 64:
                    return False
                r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
                self._key.verify(encode_dss_signature(r, s), base, ec.ECDSA(hashes.SHA256()))
            else:
                pss = padding.PSS(padding.MGF1(hashes.SHA512()), _SALT_BYTES)
                self._key.verify(signature, base, pss, hashes.SHA512())
        except (InvalidSignature, ValueError):
            return False
        return True


def _thumbprint(
    key: ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
) -> str:
    """RFC 7638 with SHA-256."""
    if isinstance(key, ed25519.Ed25519PublicKey):
        raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        jwk = {"crv": "Ed25519", "kty": "OKP", "x": _url(raw)}
    elif isinstance(key, ec.EllipticCurvePublicKey):
        point = key.public_numbers()
        x, y = (_url(number.to_bytes(32, "big")) for number in (point.x, point.y))
        jwk = {"crv": "P-256", "kty": "EC", "x": x, "y": y}
    else:
        numbers = key.public_numbers()
        e, n = (_url(_shortest(number)) for number in (numbers.e, numbers.n))
        jwk = {"e": e, "kty": "RSA", "n": n}
    text = json.dumps(jwk, sort_keys=True, separators=(",", ":"))
    return _url(hashlib.sha256(text.encode()).digest())


def _shortest(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
