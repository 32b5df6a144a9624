"""How long one verification takes: `python -m countersign_verifier.bench`.

Prints one line for each scheme: its name and microseconds for one request, on one core,
the best of five rounds; the request has no body, or one of 1 KiB. Key pairs are left
out where `cryptography` is not installed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Iterator
from typing import Callable, Optional

from .keys import Key, KeySet, Scheme
from .nonces import NonceMemory
from .request import Request
from .verifier import Verifier

NOW = 1767323045
_DATE = "20260102T030405Z"
_PATH, _QUERY, _HOST = "/v1/orders", "a=1&b=2", "backend.example.test"
_TARGET = f"{_PATH}?{_QUERY}"
_ROUND_SECS = 0.2

Headers = list[tuple[str, str]]


class _Forgetful(NonceMemory):
    """Takes the same nonce each time: the work of a memory without its refusal."""

    def record(self, key_id: str, nonce: str, now: float) -> bool:
        self._recorded.clear()
        self._oldest_first.clear()
        return super().record(key_id, nonce, now)


def alibaba(body: bytes) -> tuple[Key, Headers]:
    """A request as the gateway signs it."""
    listed = "X-Ca-Proxy-Signature-Secret-Key"
    digest = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
    text = f"POST\n{digest if body else ''}\n{listed.lower()}:key\n{_TARGET}"
    signature = base64.b64encode(_mac(text)).decode()
    headers = [("X-Ca-Proxy-Signature", signature), (listed, "key")]
    headers.append(("X-Ca-Proxy-Signature-Headers", listed))
    return Key(Scheme.ALIBABA, "key", secret="secret"), headers


def huawei(body: bytes) -> tuple[Key, Headers]:
    """A request as the gateway signs it."""
    listed, digest = "host;x-sdk-date", hashlib.sha256(body).hexdigest()
    lines = f"host:{_HOST}\nx-sdk-date:{_DATE}\n"
    canonical = f"POST\n{_PATH}/\n{_QUERY}\n{lines}\n{listed}\n{digest}"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    signature = _mac(f"SDK-HMAC-SHA256\n{_DATE}\n{hashed}").hex()
    value = f"SDK-HMAC-SHA256 Access=key, SignedHeaders={listed}, Signature={signature}"
    headers = [("X-Sdk-Date", _DATE), ("Authorization", value)]
    return Key(Scheme.HUAWEI, "key", secret="secret"), headers


def basic(body: bytes) -> tuple[Key, Headers]:
    """A request as the gateway signs it."""
    value = base64.b64encode(b"key:secret").decode()
    return Key(Scheme.BASIC, "key", secret="secret"), [("Authorization", f"Basic {value}")]


def rfc9421(body: bytes, key: Key, sign: Callable[[bytes], bytes]) -> tuple[Key, Headers]:
    """A request as the gateway signs it."""
    names = ["@method", "@authority", "@path", "@query", *(["content-digest"] if body else [])]
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
    values = ["POST", _HOST, _PATH, f"?{_QUERY}", digest]
    items = " ".join(f'"{name}"' for name in names)
    params = f'({items});created={NOW};keyid="{key.key_id}";nonce="n"'
    lines = [f'"{name}": {value}' for name, value in zip(names, values)]
    base = "\n".join([*lines, f'"@signature-params": {params}'])
    signature = base64.b64encode(sign(base.encode())).decode()
    headers = [("Signature-Input", f"countersign={params}")]
    headers += [("Signature", f"countersign=:{signature}:"), ("Content-Digest", digest)]
    return key, headers


def signed(body: bytes) -> Iterator[tuple[str, Key, Headers]]:
    """One request for each scheme, with its name."""
    yield ("alibaba-hmac-sha256", *alibaba(body))
    yield ("huawei-hmac-sha256", *huawei(body))
    yield ("basic", *basic(body))
    shared = Key(Scheme.RFC9421_HMAC, "key", secret="secret")
    yield ("rfc9421 hmac-sha256", *rfc9421(body, shared, lambda base: _mac(base.decode())))
    for name, key, sign in _key_pairs():
        yield (f"rfc9421 {name}", *rfc9421(body, key, sign))


def _key_pairs() -> Iterator[tuple[str, Key, Callable[[bytes], bytes]]]:
    try:
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
    except ImportError:
        return

    def known(public: ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey) -> Key:
        spki = public.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        text = base64.b64encode(spki).decode()
        return Key(Scheme.RFC9421_KEY_PAIR, "pair", public_key=text)

    edwards = ed25519.Ed25519PrivateKey.generate()
    yield "ed25519", known(edwards.public_key()), edwards.sign
    curve = ec.generate_private_key(ec.SECP256R1())

    def ecdsa(base: bytes) -> bytes:
        r, s = utils.decode_dss_signature(curve.sign(base, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    yield "ecdsa-p256-sha256", known(curve.public_key()), ecdsa
    modulus = rsa.generate_private_key(65537, 2048)
    pss = padding.PSS(padding.MGF1(hashes.SHA512()), 64)
    yield "rsa-pss-sha512", known(modulus.public_key()), lambda base: modulus.sign(
        base, pss, hashes.SHA512()
    )


def microseconds(verifier: Verifier, keys: KeySet, headers: Headers, body: bytes) -> float:
    """For one request, the making of the `Request` included; the best of five rounds."""
    sent = [("Host", _HOST), ("Content-Type", "application/json"), *headers]
    best: Optional[float] = None
    for _ in range(5):
        count, began = 0, time.perf_counter()
        while (took := time.perf_counter() - began) < _ROUND_SECS:
            verdict = verifier.check(Request("POST", _TARGET, sent, body), keys, NOW)
            if verdict.refusal is not None:
                raise RuntimeError(f"the benchmark's request is refused: {verdict.refusal}")
            count += 1
        best = min(best, took / count) if best is not None else took / count
    return (best or 0.0) * 1e6


def _mac(text: str) -> bytes:
    return hmac.new(b"secret", text.encode(), hashlib.sha256).digest()


def main() -> None:
    """Prints the table."""
    print(f"{'scheme':<28}{'no body':>10}{'1 KiB':>10}   microseconds for one request")
    cases = [list(signed(b"")), list(signed(b"x" * 1024))]
    for empty, full in zip(*cases):
        row = []
        for (_, key, headers), body in ((empty, b""), (full, b"x" * 1024)):
            verifier = Verifier(nonces=_Forgetful())
            row.append(microseconds(verifier, KeySet([key]), headers, body))
        print(f"{empty[0]:<28}{row[0]:>10.1f}{row[1]:>10.1f}")


if __name__ == "__main__":
    main()
