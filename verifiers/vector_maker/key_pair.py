"""Signatures by key pairs that come out the same each time."""

import base64
import hashlib
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
)


class KeyPair:
    """A private key with the texts that verifiers know its public half by."""

    def __init__(self, pkcs8):
        self.private = load_der_private_key(base64.b64decode(pkcs8), None)
        public = self.private.public_key()
        spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.public_key = base64.b64encode(spki).decode()
        self.thumbprint = thumbprint(public)
        self.algorithm = {
            ed25519.Ed25519PublicKey: "ed25519",
            ec.EllipticCurvePublicKey: "ecdsa-p256-sha256",
            rsa.RSAPublicKey: "rsa-pss-sha512",
        }[next(kind for kind in (ed25519.Ed25519PublicKey, ec.EllipticCurvePublicKey,
                                 rsa.RSAPublicKey) if isinstance(public, kind))]

    def sign(self, base):
        if self.algorithm == "ed25519":
            return self.private.sign(base)
        if self.algorithm == "rsa-pss-sha512":
            return rsa_pss_sha512(self.private, base)
        # RFC 6979: no random number.
        der = self.private.sign(base, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        return b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(der))


def rsa_pss_sha512(private, message, salt=bytes(range(64))):
    """RSASSA-PSS (RFC 8017 section 8.1.1) with a salt that is always the same."""
    numbers = private.private_numbers()
    modulus = numbers.public_numbers.n
    bits = modulus.bit_length() - 1
    length = (bits + 7) // 8
    digest = hashlib.sha512(bytes(8) + hashlib.sha512(message).digest() + salt).digest()
    block = (b"\x01" + salt).rjust(length - len(digest) - 1, b"\x00")
    masked = bytearray(a ^ b for a, b in zip(block, mgf1(digest, len(block))))
    masked[0] &= 0xFF >> (8 * length - bits)
    encoded = bytes(masked) + digest + b"\xbc"
    signature = pow(int.from_bytes(encoded, "big"), numbers.d, modulus)
    return signature.to_bytes((modulus.bit_length() + 7) // 8, "big")


def mgf1(seed, length):
    out, counter = b"", 0
    while len(out) < length:
        out += hashlib.sha512(seed + counter.to_bytes(4, "big")).digest()
        counter += 1
    return out[:length]


def thumbprint(public):
    """RFC 7638, SHA-256."""

    def number(value, size=None):
        return url(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))

    if isinstance(public, ed25519.Ed25519PublicKey):
        jwk = {"crv": "Ed25519", "kty": "OKP",
               "x": url(public.public_bytes(Encoding.Raw, PublicFormat.Raw))}
    elif isinstance(public, ec.EllipticCurvePublicKey):
        point = public.public_numbers()
        jwk = {"crv": "P-256", "kty": "EC", "x": number(point.x, 32), "y": number(point.y, 32)}
    else:
        numbers = public.public_numbers()
        jwk = {"e": number(numbers.e), "kty": "RSA", "n": number(numbers.n)}
    text = json.dumps(jwk, sort_keys=True, separators=(",", ":"))
    return url(hashlib.sha256(text.encode()).digest())


def url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
