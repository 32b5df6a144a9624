"""The verifier against every vector and case made with the vendor's own signer."""

import base64
import datetime

import pytest

import huawei_verifier as verifier
import sdk_signer
import vectors
from verifier import Request

PARTS = ("backend_signature", "request_auth")
# What a verifier that follows the rules to the letter refuses; the one vector that is there to show it.
QUIRKS = {"unsigned_payload_empty_body_quirk"}


def request(vector):
    """The vector as it arrives: header text is read as ISO-8859-1."""
    headers = tuple((name, value.encode().decode("latin-1")) for name, value in vector["headers"])
    return Request(vector["method"], vector["request_target"], headers, body(vector))


def body(vector):
    if "body_base64" in vector:
        return base64.b64decode(vector["body_base64"])
    return vector["body_utf8"].encode()


def date(vector):
    """When the vector was signed: the clock of a verifier unless something else is said."""
    return time(next(value for name, value in vector["headers"] if name.lower() == "x-sdk-date"))


def time(text):
    return datetime.datetime.strptime(text, verifier.DATE_FORMAT)


def keys(vector):
    return {vector["access_key"]: vector["secret_key"]}


def every(kind):
    return [pytest.param(each, id=f"{part}-{each['name']}") for part in PARTS for each in vectors.part(part)[kind]]


def verdict(received, known, now):
    try:
        verifier.verify(received, known, now)
        return "accept"
    except verifier.Refused:
        return "reject"


@pytest.mark.parametrize("vector", every("vectors"))
def test_every_intermediate_of_a_vector(vector):
    received = request(vector)
    names = vector["signed_headers"].split(";")
    assert verifier.canonical_uri(received) == vector["canonical_uri"]
    assert verifier.canonical_query(received) == vector["canonical_query"]
    assert verifier.canonical_headers(received, names) == vector["canonical_headers"]
    if vector["name"] not in QUIRKS:
        assert verifier.payload_line(received) == vector["payload_line"]
        assert verifier.canonical_request(received, names) == vector["canonical_request"]
        authorization = verifier.authorization(received, vector["access_key"], vector["secret_key"], names)
        assert authorization == vector["authorization"]
    text = verifier.string_to_sign(vector["canonical_request"], f"{date(vector):{verifier.DATE_FORMAT}}")
    assert text == vector["string_to_sign"]
    assert verifier.sign(vector["string_to_sign"], vector["secret_key"]) == vector["signature"]


@pytest.mark.parametrize("vector", every("vectors"))
def test_verdict_on_a_vector(vector):
    received, now = request(vector), date(vector)
    assert verdict(received, keys(vector), now) == vector["expect"]
    assert verdict(received, {vector["access_key"]: vector["secret_key"] + "x"}, now) == "reject"


@pytest.mark.parametrize("part", PARTS)
def test_verdict_on_every_case(part):
    bases = {vector["name"]: vector for vector in vectors.part(part)["vectors"]}
    cases = vectors.part(part)["cases"]
    assert cases
    for case in cases:
        base = bases[case["base"]]
        received = request(changed(base, case["change"]))
        assert verdict(received, keys(base), time(case["now"])) == case["expect"], case["name"]


def changed(vector, change):
    """The vector with a case's changes; its Authorization stays unless the case sets it."""
    result = {**vector, "headers": [list(pair) for pair in vector["headers"]]}
    for what, value in change.items():
        match what:
            case "method" | "request_target":
                result[what] = value
            case "body_utf8":
                result.pop("body_base64", None)
                result["body_utf8"] = value
            case "set_header":
                kept = [pair for pair in result["headers"] if pair[0].lower() != value[0].lower()]
                result["headers"] = [*kept, value]
            case "remove_header":
                result["headers"] = [pair for pair in result["headers"] if pair[0].lower() != value.lower()]
            case "rename_header":
                old, new = value
                result["headers"] = [[new if name == old else name, text] for name, text in result["headers"]]
            case "reverse_headers":
                result["headers"].reverse()
            case _:
                raise AssertionError(f"a case changes {what!r}, which this test does not know")
    return result


@pytest.mark.parametrize("vector", [each for each in every("vectors") if each.id.startswith("backend")])
def test_the_vendors_signer_as_a_verifier_agrees(vector):
    received = request(vector)
    sdk_signer.assert_signed(received, vector["access_key"], vector["secret_key"])
    with pytest.raises(AssertionError):
        sdk_signer.assert_signed(received, vector["access_key"], vector["secret_key"] + "x")


@pytest.mark.parametrize(
    "vector", [pytest.param(each, id=each["name"]) for each in vectors.part("backend_basic")["vectors"]]
)
def test_basic_vector(vector):
    received = Request("GET", "/", ((verifier.AUTHORIZATION, vector["authorization"]),), b"")
    sign_key, secret = vector["sign_key"], vector["sign_secret"]
    assert verifier.verify_basic(received, {sign_key: secret}) == sign_key
    for known in ({sign_key: secret + "x"}, {sign_key + "x": secret}):
        with pytest.raises(verifier.Refused):
            verifier.verify_basic(received, known)
