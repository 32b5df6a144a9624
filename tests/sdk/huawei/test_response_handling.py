"""Refusals as the SDK reads them, and what every answer has whoever reads it."""

import json

import pytest
from huaweicloudsdkapig.v2 import BackendApiCreate
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from gateway import running_gateway
from instance import INSTANCE_ID, PROJECT_ID, SETTINGS, V1, V2
from plain import REQUEST_ID, Nobody, Rest, Signed
from sdk_v2 import V2 as Sdk

NO_ID = "0" * 32
BASES = {"v1.0": V1, "v2": V2}
PARAMETER = "Invalid parameter value,parameterName:{}. Please refer to the support documentation"


@pytest.fixture(params=BASES)
def rest(request, gateway):
    return Rest(gateway, Signed(gateway.access()), BASES[request.param])


def test_refusal_has_two_fields(rest):
    answer = rest.call("DELETE", f"/signs/{NO_ID}")
    assert answer.json() == {"error_code": "APIG.3017", "error_msg": f"Signature key {NO_ID} does not exist"}


def test_what_the_sdk_raises(v2):
    """`refused` compares status, code, type and request id of what is raised."""
    text = v2.refused(404, "APIG.3017", "DeleteSignatureKeyV2", sign_id=NO_ID)
    assert text == f"Signature key {NO_ID} does not exist"
    text = v2.refused(400, "APIG.2011", "CreateSignatureKeyV2", {"name": "x"})
    assert text == PARAMETER.format("name")


def test_wrong_secret_is_raised_with_code_and_request_id(gateway):
    sdk = Sdk(gateway, gateway.access(secret="notTheSecret"), INSTANCE_ID, PROJECT_ID)
    text = sdk.refused(401, "APIGW.0301", "ListSignatureKeysV2")
    assert text.startswith("Incorrect IAM authentication information: verify aksk signature fail, ")


def test_front_errors_repeat_the_request_id(gateway):
    for base in BASES.values():
        answer = Rest(gateway, Nobody(), base).call("GET", "/signs")
        assert answer.error() == (401, "APIGW.0301")
        assert answer.json()["request_id"] == answer.headers["x-request-id"]


def test_request_ids_differ(rest):
    answers = [rest.call("GET", "/signs") for _ in range(3)]
    assert len({answer.headers["x-request-id"] for answer in answers}) == 3


BROKEN = {
    "nothing": b"",
    "truncated": b'{"name":"abc"',
    "not UTF-8": b'{"name":"\xff\xfe\xfd"}',
    "an array": b'["name"]',
    "a number": b"1",
    "two values": b'{"name":"abcd"} {}',
    "deep": b'{"name":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_body_that_is_no_object(rest, body):
    before = rest.read("/signs")
    assert rest.call("POST", "/signs", body).error() == (400, "APIG.2000")
    assert rest.read("/signs") == before


MISTYPED = {
    "number": b'{"name":12345}',
    "list": b'{"name":["abcd"]}',
    "object": b'{"name":{"planted":"planted"}}',
    "number for a key": b'{"name":"planted","sign_key":7}',
    "object for a secret": b'{"name":"planted","sign_secret":{"planted":1}}',
}


@pytest.mark.parametrize("body", MISTYPED.values(), ids=MISTYPED)
def test_field_of_another_type(rest, body):
    before = rest.read("/signs")
    answer = rest.call("POST", "/signs", body)
    assert answer.error()[0] == 400
    assert b"planted" not in answer.body
    assert rest.read("/signs") == before


def test_unknown_and_absent_fields(rest):
    """Unknown ones are ignored; null is absent."""
    made = rest.create("/signs", {"name": "with_more", "sign_key": None, "unheard_of": [1, {}]})
    assert len(made["sign_key"]) == 32
    rest.delete(f"/signs/{made['id']}")
    rest.refused(400, "APIG.2001", "POST", "/signs", {"name": None})


def test_long_text_is_refused_and_not_repeated(rest):
    for field in ("name", "sign_key", "sign_secret"):
        answer = rest.call("POST", "/signs", {"name": "abcd", field: "planted" * 150_000})
        assert answer.error() == (400, "APIG.2011")
        assert b"planted" not in answer.body and len(answer.body) < 1000


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json;charset=utf-8", "application/json; Charset=UTF-8"]
)
def test_charset_in_any_case(rest, content_type):
    made = rest.call("POST", "/signs", {"name": "charset"}, headers={"Content-Type": content_type})
    assert made.status == 201
    rest.delete(f"/signs/{made.json()['id']}")


def test_language_header_is_taken(rest):
    for language in ("en-us", "zh-cn", "nonsense"):
        assert rest.call("GET", "/signs", headers={"X-Language": language}).status == 200


@pytest.mark.parametrize(
    "path", ["/nothing", "/signs/", "/signs/a/b", "/signs/a%2Fb", "/signs/%2e%2e/envs", "//signs", "/%73igns"]
)
def test_path_that_names_nothing(rest, path):
    for method in ("DELETE", "PUT", "PATCH"):
        answer = rest.call(method, path, {"name": "smuggled"} if method != "DELETE" else None)
        assert answer.error()[0] in (404, 405), (method, answer)


@pytest.mark.parametrize(
    "method, path", [("PATCH", "/signs"), ("DELETE", "/signs"), ("PUT", "/sign-bindings/binded-apis")]
)
def test_method_that_is_none(rest, method, path):
    assert rest.call(method, path).error()[0] in (404, 405)


@pytest.mark.parametrize("query", [{}, {"sign_id": ""}])
def test_query_that_lacks_what_is_required(rest, query):
    for path in ("binded-apis", "unbinded-apis"):
        rest.refused(400, "APIG.2001", "GET", f"/sign-bindings/{path}", query=query)
    rest.refused(400, "APIG.2001", "GET", "/sign-bindings/binded-signs")


@pytest.mark.parametrize("version, names", [("v1.0", ("page_no", "page_size")), ("v2", ("offset", "limit"))])
def test_paging_that_is_no_number(gateway, version, names):
    rest = Rest(gateway, Signed(gateway.access()), BASES[version])
    for name in names:
        assert rest.refused(400, "APIG.2012", "GET", "/signs", query={name: "x"}) == PARAMETER.format(name)


def test_https_backends_are_refused_for_now(v2, catalogue):
    given = catalogue.definition()
    backend = BackendApiCreate(
        url_domain="127.0.0.1:1", req_protocol="HTTPS", req_method="GET", req_uri="/x", timeout=5000
    )
    text = v2.refused(400, "APIG.2011", "CreateApiV2", {**given, "backend_api": backend})
    assert "parameterName:backend_api.req_protocol." in text


def test_refusals_of_the_data_plane(catalogue):
    catalogue.publish(catalogue.create_api())
    for target, headers in (("/nothing", {}), ("/items", {"X-Stage": "NOBODYS"})):
        status, answered, body = catalogue.request(target, list(headers.items()))
        refusal = json.loads(body)
        assert (status, refusal["error_code"]) == (404, "APIG.0101")
        assert refusal["error_msg"] == "The API does not exist or has not been published in the environment"
        assert REQUEST_ID.fullmatch(refusal["request_id"])
        assert answered["x-request-id"] == refusal["request_id"]


def test_backend_that_does_not_answer(v2, catalogue):
    given = catalogue.definition()
    # A port that nobody can listen at.
    given["backend_api"].url_domain = "127.0.0.1:1"
    catalogue.publish(v2.do("CreateApiV2", given).id)
    status, _, body = catalogue.request()
    assert (status, json.loads(body)["error_code"]) in ((502, "APIG.0202"), (502, "APIG.0201"))
    assert b"127.0.0.1" not in body


def test_answers_of_the_backend_have_a_request_id(catalogue, backend):
    catalogue.publish(catalogue.create_api())
    status, headers, _ = catalogue.request()
    assert status == 200
    assert REQUEST_ID.fullmatch(headers["x-request-id"])
    assert backend.take().method == "GET"


@pytest.fixture
def throttled(tmp_path):
    """A gateway that takes one call a second."""
    with running_gateway(tmp_path, requests_per_second=1, last_lines=SETTINGS) as running:
        yield running


def test_too_many_calls(throttled):
    rest = Rest(throttled, Signed(throttled.access()), V2)
    sdk = Sdk(throttled, throttled.access(), INSTANCE_ID, PROJECT_ID)
    refused = None
    for _ in range(20):
        answer = rest.call("GET", "/signs")
        if answer.status != 200:
            refused = answer
            break
    assert refused.error() == (429, "APIGW.0308")
    assert int(refused.headers["retry-after"]) >= 1
    # The SDK does not read such a body; it makes code and text of its own.
    with pytest.raises(ClientRequestException) as raised:
        for _ in range(20):
            sdk.do("ListSignatureKeysV2")
    assert (raised.value.status_code, raised.value.error_code) == (429, "429")
    # Other operations are counted apart.
    assert rest.call("GET", "/envs").status == 200
