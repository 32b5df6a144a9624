"""The life of a signature key, driven through the vendor's unmodified Python SDK."""

import pytest
from alibabacloud_cloudapi20160714 import models
from alibabacloud_tea_openapi.exceptions import ClientException

import verifier
from orders import STAGE
from signed import assert_not_signed_by, assert_signed, signature_headers

FIRST = {"FirstKey1": "FirstSecret_1"}
SECOND = {"SecondKey2": "Second@#!*_2"}
MODIFICATIONS = 200
UNKNOWN_ID = "0123456789abcdef0123456789abcdef"


def revision(answer):
    """The revision that a change was committed as."""
    (value,) = [value for name, value in answer.headers.items() if name.lower() == "x-countersign-revision"]
    return int(value)


@pytest.fixture
def bound(orders):
    """The id of the first key, bound to every API."""
    ((sign_key, secret),) = FIRST.items()
    signature_id = orders.create_key(sign_key, secret)
    orders.bind(signature_id)
    return signature_id


def test_without_a_key_nothing_is_signed(orders):
    assert signature_headers(orders.call()) == []


def test_a_key_that_is_not_bound_signs_nothing(orders):
    ((sign_key, secret),) = FIRST.items()
    orders.create_key(sign_key, secret)
    assert signature_headers(orders.call()) == []


REQUESTS = {
    "get": ("GET", "", (), b""),
    "query in another order": ("GET", "?b=2&a=1&B=3&a10=4&a2=5", (), b""),
    "escapes": ("GET", "?q=a%20b%2Bc%26d%3De%2F%2520%3F%23&r=%7e%7E", (), b""),
    "plus": ("GET", "?q=a+b&c+d=e", (), b""),
    "repeated": ("GET", "?id=3&id=1&id=2&t=x&t=y", (), b""),
    "empty values": ("GET", "?a&b=&=c&d==e&&f", (), b""),
    "non-ASCII": ("GET", "?%E5%90%8D=%E5%80%BC%201&%F0%9F%98%80=1&%EF%BD%9E=2", (), b""),
    "post json": ("POST", "?k=v", (("Content-Type", "application/json"),), '{"name":"张"}'.encode()),
    "post without body": ("POST", "", (("Content-Type", "application/json"),), b""),
    "post form": (
        "POST",
        "?a=q&c=3",
        (("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"),),
        b"a=f&b=x+y%2Bz&%E5%90%8D=%E5%80%BC",
    ),
    "put binary": ("PUT", "?k=v", (("Content-Type", "application/octet-stream"),), bytes(range(256))),
    "put form": ("PUT", "", (("Content-Type", "Application/X-WWW-Form-URLEncoded"),), b"z=1&y=2"),
    "patch": ("PATCH", "?k=v", (("Content-Type", "application/json"),), b'{"a":1}'),
    "patch with digest": ("PATCH", "", (("Content-MD5", "u2y1xo30ZSlByvZSo2by2A=="),), b'{"a":1}'),
    "delete": ("DELETE", "?id=1", (), b""),
    "delete with body": ("DELETE", "", (("Content-Type", "application/json"),), b'{"a":1}'),
}


@pytest.mark.parametrize("request_sent", REQUESTS.values(), ids=REQUESTS.keys())
def test_every_kind_of_request_is_signed(orders, bound, request_sent):
    received = orders.call(*request_sent)
    assert_signed(received, FIRST)
    # Sent as well as signed, so that a backend may take it from the header or compute it.
    assert (received.header("Content-MD5") or "") == verifier.content_md5(received)


def test_changed_secret_signs_the_next_request(orders, bound):
    ((sign_key, _),) = FIRST.items()
    name = orders.describe(bound).signature_name
    answer = orders.modify(bound, signature_secret="OtherSecret_9")
    received = orders.call()
    assert_signed(received, {sign_key: "OtherSecret_9"})
    assert_not_signed_by(received, FIRST)
    assert (answer.body.signature_id, answer.body.signature_name) == (bound, name)
    info = orders.describe(bound)
    assert (info.signature_name, info.signature_key, info.signature_secret) == (name, sign_key, "OtherSecret_9")


def test_changed_key_and_secret_sign_the_next_request(orders, bound):
    ((sign_key, secret),) = SECOND.items()
    name = orders.describe(bound).signature_name
    orders.modify(bound, signature_key=sign_key, signature_secret=secret)
    received = orders.call("POST", "?a=1", (("Content-Type", "application/json"),), b"{}")
    assert_signed(received, SECOND)
    assert_not_signed_by(received, FIRST)
    info = orders.describe(bound)
    assert (info.signature_name, info.signature_key, info.signature_secret) == (name, sign_key, secret)


def test_changed_name_leaves_the_key_as_it_is(orders, bound):
    assert orders.modify(bound, signature_name="another_name").body.signature_name == "another_name"
    assert orders.describe(bound).signature_name == "another_name"
    assert_signed(orders.call(), FIRST)


def test_two_hundred_changes_each_sign_the_next_request(orders, bound):
    revisions = []
    for number in range(MODIFICATIONS):
        key = {f"Round_Key_{number}": f"Round_Secret_{number}"}
        ((sign_key, secret),) = key.items()
        revisions.append(revision(orders.modify(bound, signature_key=sign_key, signature_secret=secret)))
        assert_signed(orders.call("GET", f"?n={number}"), key)
    assert revisions == sorted(set(revisions))


FORGED = {
    "documented spelling": ("X-Ca-Proxy-Signature", "X-Ca-Proxy-Signature-Secret-Key", "X-Ca-Proxy-Signature-Headers"),
    "lower case": ("x-ca-proxy-signature", "x-ca-proxy-signature-secret-key", "x-ca-proxy-signature-headers"),
    "underscores": ("X_Ca_Proxy_Signature", "X_Ca_Proxy_Signature_Secret_Key", "X_Ca_Proxy_Signature_Headers"),
    "mixed": ("X-Ca_Proxy-Signature", "x_CA-proxy_SIGNATURE-secret_key", "X-CA-PROXY-SIGNATURE-HEADERS"),
}


@pytest.mark.parametrize("names", FORGED.values(), ids=FORGED.keys())
def test_forged_signature_headers_are_replaced(orders, bound, names):
    received = orders.call(headers=[(name, "forged") for name in names] + [(name, "again") for name in names])
    assert_signed(received, FIRST)


@pytest.mark.parametrize("names", FORGED.values(), ids=FORGED.keys())
def test_forged_signature_headers_are_removed_where_nothing_is_signed(orders, names):
    assert signature_headers(orders.call(headers=[(name, "forged") for name in names])) == []


def test_connection_header_cannot_remove_the_signature(orders, bound):
    """Naming a header in Connection makes it hop-by-hop; the gateway's own must survive that."""
    names = ", ".join((verifier.SIGNATURE, verifier.SECRET_KEY, verifier.HEADER_LIST))
    assert_signed(orders.call(headers=[("Connection", f"close, {names}")]), FIRST)


def test_another_key_replaces_the_bound_one(orders, bound):
    ((sign_key, secret),) = SECOND.items()
    orders.bind(orders.create_key(sign_key, secret))
    assert_signed(orders.call(), SECOND)


def test_removed_binding_ends_signing_at_once(orders, bound):
    assert_signed(orders.call(), FIRST)
    orders.unbind(bound)
    assert signature_headers(orders.call()) == []


def test_bound_key_cannot_be_deleted(orders, bound):
    deletion = models.DeleteSignatureRequest(signature_id=bound)
    assert_refused("DependencyViolationSignature", 400, orders.sdk.delete_signature, deletion)
    assert_signed(orders.call(), FIRST)
    orders.unbind(bound)
    orders.sdk.delete_signature(deletion)
    assert_refused("NotFoundSignature", 400, orders.sdk.delete_signature, deletion)


def assert_refused(code, status, operation, request):
    """The SDK raises its typed exception with the vendor's code."""
    with pytest.raises(ClientException) as raised:
        operation(request)
    assert (raised.value.code, raised.value.status_code) == (code, status)
    assert raised.value.request_id


def test_unknown_key_is_told(orders):
    sdk = orders.sdk
    modification = models.ModifySignatureRequest(signature_id=UNKNOWN_ID, signature_secret="Secret_123")
    assert_refused("NotFoundSignature", 400, sdk.modify_signature, modification)
    binding = models.SetSignatureApisRequest(
        signature_id=UNKNOWN_ID, group_id=orders.group_id, stage_name=STAGE, api_ids=orders.api_ids["GET"]
    )
    assert_refused("NotFoundSignature", 400, sdk.set_signature_apis, binding)
    listed = sdk.describe_signatures(models.DescribeSignaturesRequest(signature_id=UNKNOWN_ID)).body
    assert (listed.total_count, listed.signature_infos.signature_info) == (0, [])


@pytest.mark.parametrize("name", ["abc", "1abc", "has blank", "has-hyphen", "a" * 51])
def test_bad_name_is_told(orders, name):
    request = models.CreateSignatureRequest(
        signature_name=name, signature_key="GoodKey1", signature_secret="GoodSecret1"
    )
    assert_refused("InvalidSignatureName", 400, orders.sdk.create_signature, request)


def test_refused_change_changes_nothing(orders, bound):
    change = models.ModifySignatureRequest(signature_id=bound, signature_key="Fine_Key_1", signature_secret="-bad-")
    assert_refused("InvalidSignatureSecret", 400, orders.sdk.modify_signature, change)
    assert_signed(orders.call(), FIRST)


def test_wrong_access_key_secret_is_told(gateway):
    sdk = gateway.sdk(access_key_secret="notTheSecret")
    assert_refused("SignatureDoesNotMatch", 400, sdk.describe_signatures, models.DescribeSignaturesRequest())


def test_unknown_access_key_is_told(gateway):
    sdk = gateway.sdk(access_key_id="nobodysAccessKeyId")
    assert_refused("InvalidAccessKeyId.NotFound", 404, sdk.describe_signatures, models.DescribeSignaturesRequest())


def test_everything_can_be_taken_down(orders, bound):
    sdk = orders.sdk
    assert_signed(orders.call(), FIRST)
    orders.unbind(bound)
    sdk.delete_signature(models.DeleteSignatureRequest(signature_id=bound))
    orders.each_api(models.AbolishApiRequest, sdk.abolish_api, stage_name=STAGE)
    assert orders.refused_status() == 404
    orders.each_api(models.DeleteApiRequest, sdk.delete_api)
    sdk.delete_api_group(models.DeleteApiGroupRequest(group_id=orders.group_id))
    listed = sdk.describe_api_groups(models.DescribeApiGroupsRequest(group_id=orders.group_id)).body
    assert listed.total_count == 0
