"""Prints HTTP messages signed by the library `http-message-signatures`, for the Rust side to verify.

The form is that of crates/countersign-sign/vectors/rfc9421.json, whose keys, those of RFC 9421, are used.
"""

import base64
import datetime
import json
import types

from cryptography.hazmat.primitives.serialization import load_der_private_key
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519, HMAC_SHA256, RSA_PSS_SHA512

import vectors

KEYS = {
    "test-key-rsa-pss": RSA_PSS_SHA512,
    "test-key-ecc-p256": ECDSA_P256_SHA256,
    "test-key-ed25519": ED25519,
    "test-shared-secret": HMAC_SHA256,
}
DETERMINISTIC = ("test-key-ed25519", "test-shared-secret")
CREATED = datetime.datetime.fromtimestamp(1618884473, datetime.UTC)
JSON_BODY = '{"hello": "world"}'
COVERED = ("@method", "@authority", "@path", "@query")
# Name, method, path, query, body, what is covered beside the digest that a body gets, other parameters.
MESSAGES = (
    ("get", "GET", "/foo", None, "", COVERED, {}),
    ("get_query", "GET", "/a%20b/", "b=2&a=%E7%AD%BE", "", (*COVERED, '"@query-param";name="a"'), {"tag": "backend"}),
    ("post", "POST", "/foo", "x=1", JSON_BODY, (*COVERED, "content-type"), {"nonce": "b3k2pp5k7z-50gnwp.yemd"}),
    ("empty_query", "PUT", "/", "", JSON_BODY, (*COVERED, "@target-uri", "@request-target", "@scheme"), {}),
    ("expires", "DELETE", "/foo", None, "", COVERED, {"expires": CREATED + datetime.timedelta(minutes=5)}),
)


def signing_key(key):
    if "secret" in key:
        return base64.b64decode(key["secret"])
    return load_der_private_key(base64.b64decode(key["private"]), None)


def case(key_name, key, name, method, path, query, body, covered, parameters):
    """One message as this library signs it."""
    headers = {"Date": "Tue, 20 Apr 2021 02:07:55 GMT", "Content-Type": "application/json"}
    target = path if query is None else f"{path}?{query}"
    message = types.SimpleNamespace(method=method, url=f"https://example.com{target}", headers=headers)
    algorithm = KEYS[key_name]
    signer = HTTPMessageSigner(
        signature_algorithm=algorithm,
        key_resolver=MappingKeyResolver(public_keys={}, private_keys={key_name: signing_key(key)}),
    )
    prepared = signer.prepare(
        message,
        key_id=key_name,
        created=CREATED,
        covered_component_ids=covered,
        body=body.encode() or None,
        **parameters,
    )
    signature = algorithm(private_key=signing_key(key)).sign(prepared.signature_base)
    components, _, params = prepared.signature_params.removeprefix("(").partition(")")
    return {
        "name": f"{name}, {key_name}",
        "key": key_name,
        "message": {
            "method": method,
            "authority": "example.com",
            "path": path,
            "query": query,
            "headers": list(headers.items()),
            "body": body,
        },
        "label": prepared.label,
        "components": components.split(),
        "params": params,
        "signature": base64.b64encode(signature).decode(),
        "base": prepared.signature_base.decode(),
        "deterministic": key_name in DETERMINISTIC,
    }


def main():
    file = json.loads(vectors.PATH.with_name("rfc9421.json").read_text(encoding="utf-8"))
    made = {
        "source": "made by PyPI http-message-signatures 3.0.0 with the keys of RFC 9421, appendix B.1; "
        "tests/sdk/huawei/make_rfc9421_cases.py",
        "keys": file["keys"],
        "cases": [case(name, file["keys"][name], *message) for name in KEYS for message in MESSAGES],
    }
    print(json.dumps(made, indent=2))


if __name__ == "__main__":
    main()
