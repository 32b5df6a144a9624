"""The RFC's signatures against a library that knows nothing of ours."""

import base64
import datetime
import sys

import pytest

if sys.version_info < (3, 10):
    pytest.skip("the library needs Python 3.10", allow_module_level=True)

from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)
from http_message_signatures.structures import CaseInsensitiveDict
from signing import rfc9421
from vectors import CASES

from countersign_verifier import KeySet, Request, Verifier

ALGORITHMS = {
    "hmac-sha256": (rfc9421.Shared(), algorithms.HMAC_SHA256),
    "ed25519": (rfc9421.ED25519, algorithms.ED25519),
    "ecdsa-p256-sha256": (rfc9421.P256, algorithms.ECDSA_P256_SHA256),
    "rsa-pss-sha512": (rfc9421.RSA, algorithms.RSA_PSS_SHA512),
}
PAIRS = [by for by, _ in ALGORITHMS.values() if not isinstance(by, rfc9421.Shared)]
KEYS = KeySet.from_json({"keys": [*rfc9421.KEYS, *map(rfc9421.pair_key, PAIRS)]})
NOW = 1767323045


class Keys(HTTPSignatureKeyResolver):
    def __init__(self, by):
        self.by = by

    def resolve_private_key(self, key_id):
        return self.by.secret if hasattr(self.by, "secret") else self.by.private

    def resolve_public_key(self, key_id):
        return self.by.secret if hasattr(self.by, "secret") else self.by.private.public_key()


class Message:
    """As `requests` has one, which is what the library takes."""

    def __init__(self, method, url, headers):
        self.method, self.url = method, url
        self.headers = CaseInsensitiveDict(headers)


@pytest.mark.parametrize("alg", [True, False])
@pytest.mark.parametrize("name", ALGORITHMS)
def test_what_the_library_signs_is_accepted(name, alg):
    by, algorithm = ALGORITHMS[name]
    message = Message("POST", "https://a.example/p%2Fq?b=2&a=+", {
        "Host": "a.example", "Content-Digest": rfc9421.digest_of(b"{}")})
    HTTPMessageSigner(signature_algorithm=algorithm, key_resolver=Keys(by)).sign(
        message, key_id=by.thumbprint, created=datetime.datetime.fromtimestamp(NOW), nonce="n-1",
        label="countersign", include_alg=alg, use_existing_digest=True,
        covered_component_ids=("@method", "@authority", "@path", "@query", "content-digest"))
    for body, expected in [(b"{}", None), (b"[]", "body_digest_differs")]:
        request = Request("POST", "/p%2Fq?b=2&a=+", list(message.headers.items()), body)
        verdict = Verifier(accept_unsigned_payload=False).check(request, KEYS, NOW)
        assert (verdict.refusal and str(verdict.refusal)) == expected


@pytest.mark.parametrize("name", ALGORITHMS)
def test_the_library_accepts_the_vectors(name):
    by, algorithm = ALGORITHMS[name]
    verifier = HTTPMessageVerifier(signature_algorithm=algorithm, key_resolver=Keys(by))
    verifier.allow_label_only_selection = True
    for case in CASES:
        if case["name"] not in (f"rfc9421/{name}", f"rfc9421/{name}-named"):
            continue
        record = case["request"]
        headers = dict(record["headers"])
        message = Message(record["method"], "https://" + headers["Host"] + record["target"], headers)
        body = base64.b64decode(record["body"])
        assert verifier.verify(message, max_age=None, body=body)
        message.method = "PATCH"
        with pytest.raises(InvalidSignature):
            verifier.verify(message, max_age=None)
