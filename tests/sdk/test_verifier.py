"""The verifier against the vectors made with the vendor's own demo verifier."""

import base64
import dataclasses
import json
import pathlib
import urllib.parse

import pytest

import verifier

VECTORS = pathlib.Path(__file__).resolve().parents[2] / "crates/countersign-sign/vectors/alibaba-vectors.json"


def from_http(vector):
    """Whether HTTP can carry the vector: no nulls, no empty lists, no two headers that differ in case only."""
    names = [name.lower() for name in vector["headers"]]
    return len(set(names)) == len(names) and all(values(param) for param in vector["params"])


def values(param):
    value = param.get("value", param.get("values"))
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


def request(vector):
    """The vector as a request on the wire: as it illustrates itself, or with all parameters in the query."""
    headers = {**vector["headers"], verifier.SIGNATURE: vector["signature"]}
    wire = vector.get("wire_illustration")
    if wire:
        target, body = wire["target"], wire["body"].encode()
        if wire["content_type"]:
            headers["Content-Type"] = wire["content_type"]
    else:
        pairs = [(param["name"], value) for param in vector["params"] for value in values(param)]
        target = vector["path"] + ("?" + urllib.parse.urlencode(pairs) if pairs else "")
        body = base64.b64decode(vector["body_base64"] or "")
    text = tuple((name, value.encode().decode("latin-1")) for name, value in headers.items())
    return verifier.Request(vector["method"], target, text, body)


def applicable():
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))["backend_signature"]
    return [pytest.param(vector, id=vector["id"]) for vector in vectors if from_http(vector)]


def test_only_what_http_cannot_carry_is_left_out():
    everything = json.loads(VECTORS.read_text(encoding="utf-8"))["backend_signature"]
    kept = {param.id for param in applicable()}
    assert {vector["id"] for vector in everything} - kept == {
        "be-header-duplicate-in-list",
        "be-params-empty-list",
        "be-params-null-first",
        "be-params-null-last",
        "be-params-null-middle",
        "be-params-null-only",
    }


@pytest.mark.parametrize("vector", applicable())
def test_vector(vector):
    received = request(vector)
    assert verifier.content_md5(received) == vector["content_md5"]
    assert verifier.string_to_sign(received) == vector["string_to_sign"]
    assert verifier.verify(received, {vector["key"]: vector["secret"]}) == vector["key"]


@pytest.mark.parametrize("vector", applicable())
def test_vector_is_refused_with_another_secret(vector):
    with pytest.raises(verifier.Refused, match="does not match"):
        verifier.verify(request(vector), {vector["key"]: vector["secret"] + "x"})


def signed(**changes):
    """A valid POST with a body and its digest, then changed."""
    digest = "mZFLkyvTelC5g8XnyQrpOw=="
    headers = (
        ("Content-Type", "application/json"),
        ("Content-MD5", digest),
        (verifier.SECRET_KEY, "DemoKey1"),
        (verifier.HEADER_LIST, verifier.SECRET_KEY),
        (verifier.SIGNATURE, verifier.sign(f"POST\n{digest}\n{verifier.SECRET_KEY.lower()}:DemoKey1\n/x?a=1", "s3cret")),
    )
    return dataclasses.replace(verifier.Request("POST", "/x?a=1", headers, b"{}"), **changes)


def test_valid_request_is_accepted():
    assert verifier.verify(signed(), {"DemoKey1": "s3cret"}) == "DemoKey1"


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "PUT"},
        {"target": "/x?a=2"},
        {"target": "/y?a=1"},
        {"body": b"[]"},
        {"headers": signed().headers + ((verifier.SIGNATURE.lower(), "x"),)},
        {"headers": signed().headers[:1] + (("Content-MD5", "AAAA"),) + signed().headers[2:]},
        {"headers": tuple(pair for pair in signed().headers if pair[0] != verifier.SIGNATURE)},
        {"headers": tuple(pair for pair in signed().headers if pair[0] != verifier.SECRET_KEY)},
    ],
    ids=["method", "query", "path", "body", "second signature", "digest", "no signature", "no sign key"],
)
def test_changed_request_is_refused(changes):
    with pytest.raises(verifier.Refused):
        verifier.verify(signed(**changes), {"DemoKey1": "s3cret"})


def test_digest_where_none_is_signed_is_refused():
    """A backend that takes the digest line from the header must reach the same verdict as one that computes it."""
    headers = (
        ("Content-MD5", "mZFLkyvTelC5g8XnyQrpOw=="),
        (verifier.SECRET_KEY, "DemoKey1"),
        (verifier.SIGNATURE, verifier.sign("PATCH\n\n/x", "s3cret")),
    )
    with pytest.raises(verifier.Refused, match="Content-MD5"):
        verifier.verify(verifier.Request("PATCH", "/x", headers, b"{}"), {"DemoKey1": "s3cret"})
