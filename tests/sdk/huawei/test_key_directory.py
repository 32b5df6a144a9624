"""The checks of key directories and HTTP Message Signatures, against the RFCs' examples and the library's signer."""

import base64
import types

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from http_message_signatures import HTTPMessageSigner, InvalidSignature, MappingKeyResolver

import key_directory
from verifier import Request

# RFC 7638, section 3.1, and RFC 8037, appendix A.3.
EXAMPLES = {
    "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs": {
        "kty": "RSA",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCi"
        "FV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d"
        "0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-cs"
        "FCur-kEgU8awapJzKnqDKgw",
        "e": "AQAB",
        "alg": "RS256",
        "kid": "2011-04-29",
    },
    "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k": {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    },
}
BODY = b'{"a":1}'


@pytest.mark.parametrize("thumbprint, jwk", EXAMPLES.items())
def test_thumbprint(thumbprint, jwk):
    assert key_directory.thumbprint(jwk) == thumbprint


def text(number_or_bytes, length=None):
    if isinstance(number_or_bytes, int):
        number_or_bytes = number_or_bytes.to_bytes(length, "big")
    return base64.urlsafe_b64encode(number_or_bytes).decode().rstrip("=")


def ed25519_pair():
    private = ed25519.Ed25519PrivateKey.generate()
    return private, {"kty": "OKP", "crv": "Ed25519", "x": text(private.public_key().public_bytes_raw())}


def p256_pair():
    private = ec.generate_private_key(ec.SECP256R1())
    numbers = private.public_key().public_numbers()
    return private, {"kty": "EC", "crv": "P-256", "x": text(numbers.x, 32), "y": text(numbers.y, 32)}


def rsa_pair():
    private = rsa.generate_private_key(65537, 2048)
    numbers = private.public_key().public_numbers()
    return private, {"kty": "RSA", "n": text(numbers.n, 256), "e": text(numbers.e, 3)}


@pytest.mark.parametrize("make", [ed25519_pair, p256_pair, rsa_pair])
def test_signature_of_the_library(make):
    private, jwk = make()
    jwk["kid"] = key_directory.thumbprint(jwk)
    assert key_directory.public_key(jwk) == private.public_key()
    message = types.SimpleNamespace(
        method="POST", url="http://127.0.0.1:9/a?b=1", headers={"Host": "127.0.0.1:9", "Content-Length": "7"}
    )
    signer = HTTPMessageSigner(
        signature_algorithm=key_directory.ALGORITHMS[jwk["kty"]],
        key_resolver=MappingKeyResolver(public_keys={}, private_keys={jwk["kid"]: private}),
    )
    signer.sign(message, key_id=jwk["kid"], covered_component_ids=(*key_directory.COVERED, "@query"), body=BODY)
    received = Request("POST", "/a?b=1", tuple(message.headers.items()), BODY)
    result = key_directory.verify(received, [jwk])
    assert (result.parameters["keyid"], result.body) == (jwk["kid"], BODY)
    for changed in (
        Request("PUT", "/a?b=1", received.headers, BODY),
        Request("POST", "/a?b=2", received.headers, BODY),
        Request("POST", "/a?b=1", received.headers, BODY + b" "),
    ):
        with pytest.raises(InvalidSignature):
            key_directory.verify(changed, [jwk])
