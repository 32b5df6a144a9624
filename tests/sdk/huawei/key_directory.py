"""The public keys that the gateway shows to backends (RFC 7517, RFC 7638), and a backend that verifies with them."""

import base64
import dataclasses
import hashlib
import json
import types

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from http_message_signatures import HTTPMessageVerifier, MappingKeyResolver
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519, RSA_PSS_SHA512

PATH = "/apigw/authadv/v2/public-key/"
ALGORITHMS = {"OKP": ED25519, "EC": ECDSA_P256_SHA256, "RSA": RSA_PSS_SHA512}
# RFC 7638, section 3.2, and RFC 8037, section 2: the members that a thumbprint is made from.
REQUIRED = {"OKP": ("crv", "kty", "x"), "EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n")}
COVERED = ("@method", "@authority", "@path")


def fetch(gateway, name):
    """Status and the keys of the directory of one signature key."""
    status, _, body = gateway.call(f"127.0.0.1:{gateway.gateway_port}", "GET", PATH + name)
    return status, json.loads(body).get("keys")


def thumbprint(jwk):
    members = {name: jwk[name] for name in REQUIRED[jwk["kty"]]}
    text = json.dumps(members, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


def public_key(jwk):
    """The key itself."""
    match jwk["kty"]:
        case "OKP":
            assert jwk["crv"] == "Ed25519"
            return Ed25519PublicKey.from_public_bytes(_bytes(jwk["x"]))
        case "EC":
            assert jwk["crv"] == "P-256"
            return EllipticCurvePublicNumbers(_number(jwk["x"]), _number(jwk["y"]), SECP256R1()).public_key()
        case "RSA":
            return RSAPublicNumbers(_number(jwk["e"]), _number(jwk["n"])).public_key()
    raise ValueError(jwk["kty"])


def verify(request, keys):
    """The verified signature of a recorded request; raises InvalidSignature otherwise.

    The query and the body have to be covered where there is one: a signature of a request without them says nothing
    of those that somebody puts there.
    """
    require = [*COVERED, *(["@query"] if "?" in request.target else [])]
    by_id = {jwk["kid"]: jwk for jwk in keys}
    (algorithm,) = {ALGORITHMS[jwk["kty"]] for jwk in keys}
    resolver = MappingKeyResolver(public_keys={kid: public_key(jwk) for kid, jwk in by_id.items()}, private_keys={})
    verifier = HTTPMessageVerifier(signature_algorithm=algorithm, key_resolver=resolver)
    (result,) = verifier.verify(_view(request), require_components=require, body=request.body)
    return result


@dataclasses.dataclass(frozen=True)
class _Fields:
    """Every field line in its order; names may repeat."""

    pairs: tuple[tuple[str, str], ...]

    def items(self):
        return self.pairs


def _view(request):
    """The request as the verifying library wants to see it."""
    return types.SimpleNamespace(
        method=request.method, url=f"http://{request.header('Host')}{request.target}", headers=_Fields(request.headers)
    )


def _bytes(text):
    assert "=" not in text
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _number(text):
    return int.from_bytes(_bytes(text), "big")
