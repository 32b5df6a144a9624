"""What a backend receives: signed with the key that is bound, from the answer on that binds or changes it."""

import pytest

from catalogue import BACKEND_PATH, REQUEST_PATH, Catalogue
from gateway import running_gateway
from instance import INSTANCE_ID, PROJECT_ID, SETTINGS
from sdk_v2 import V2
from signed_by_huawei import assert_basic, assert_hmac, assert_not_hmac, assert_unsigned

ASSERT = {"hmac": assert_hmac, "basic": assert_basic}


@pytest.fixture
def publish_id(catalogue):
    return catalogue.publish(catalogue.create_api()).publish_id


@pytest.mark.parametrize("sign_type", ASSERT)
def test_key_of_each_type(catalogue, publish_id, sign_type):
    assert_unsigned(catalogue.received())
    key = catalogue.create_key(sign_type=sign_type)
    (binding,) = catalogue.bind(key.id, publish_id)
    ASSERT[sign_type](catalogue.received(), key)
    catalogue.unbind(binding.id)
    assert_unsigned(catalogue.received())


def test_changes_of_a_bound_key(v2, catalogue, publish_id):
    key, other = catalogue.create_key(), catalogue.create_key()
    catalogue.bind(key.id, publish_id)
    assert_hmac(catalogue.received(), key)
    changed = v2.do("UpdateSignatureKeyV2", {"name": key.name}, sign_id=key.id)
    received = catalogue.received()
    assert_hmac(received, changed)
    assert_not_hmac(received, key)
    as_basic = v2.do("UpdateSignatureKeyV2", {"name": key.name, "sign_type": "basic"}, sign_id=key.id)
    assert_basic(catalogue.received(), as_basic)
    catalogue.bind(other.id, publish_id)
    assert_hmac(catalogue.received(), other)
    v2.do("DeleteSignatureKeyV2", sign_id=other.id)
    assert_unsigned(catalogue.received())


def test_the_binding_outlives_versions_and_being_offline(v2, catalogue):
    api_id = catalogue.create_api(name="Versions", backend_path="/backend/one")
    first = catalogue.publish(api_id)
    key = catalogue.create_key()
    catalogue.bind(key.id, first.publish_id)
    v2.do("UpdateApiV2", catalogue.definition("Versions", backend_path="/backend/two"), api_id=api_id)
    catalogue.publish(api_id)
    received = catalogue.received()
    assert received.target == "/backend/two"
    assert_hmac(received, key)
    v2.do("ChangeApiVersionV2", {"version_id": first.version_id}, api_id=api_id)
    received = catalogue.received()
    assert received.target == "/backend/one"
    assert_hmac(received, key)
    catalogue.take_offline(api_id)
    assert catalogue.refused() == 404
    catalogue.publish(api_id)
    assert_hmac(catalogue.received(), key)


def test_environments_sign_with_their_own_keys(v2, catalogue):
    environment = catalogue.create_environment()
    api_id = catalogue.create_api()
    release, other = catalogue.publish(api_id), catalogue.publish(api_id, environment.id)
    keys = [catalogue.create_key(), catalogue.create_key(sign_type="basic")]
    catalogue.bind(keys[0].id, release.publish_id)
    assert_unsigned(catalogue.received(headers=[("X-Stage", environment.name)]))
    catalogue.bind(keys[1].id, other.publish_id)
    assert_hmac(catalogue.received(), keys[0])
    assert_hmac(catalogue.received(headers=[("X-Stage", "RELEASE")]), keys[0])
    assert_basic(catalogue.received(headers=[("X-Stage", environment.name)]), keys[1])
    catalogue.take_offline(api_id, environment.id)
    v2.do("DeleteEnvironmentV2", env_id=environment.id)


@pytest.fixture
def any_path(catalogue):
    """An API for every path below one, and the key that is bound to it."""
    api_id = catalogue.create_api(path=REQUEST_PATH, method="ANY", match_mode="SWA")
    key = catalogue.create_key()
    catalogue.bind(key.id, catalogue.publish(api_id).publish_id)
    return key


# What a client sends, and how the gateway forwards its query: sorted, each byte that is not unreserved encoded.
QUERIES = {
    "b=2&a=1": "a=1&b=2",
    "a=2&a=1&A": "A=&a=1&a=2",
    "x=%7e%41&y=%e7%ad%be": "x=~A&y=%E7%AD%BE",
    "a=1&&b=*'()!": "a=1&b=%2A%27%28%29%21",
    "a=%2F/%3D=": "a=%2F%2F%3D%3D",
    "a=x+y%2Bz": "a=x%20y%2Bz",
}


@pytest.mark.parametrize("query", QUERIES)
def test_query_is_forwarded_in_canonical_form(catalogue, any_path, query):
    received = catalogue.received(f"{REQUEST_PATH}?{query}")
    assert received.target == f"{BACKEND_PATH}?{QUERIES[query]}"
    assert_hmac(received, any_path)


@pytest.mark.parametrize("path", ["/42", "/a/b", "/a%20b", "/%E5%BC%A0", "/a~b-c_d.e", "/x/"])
def test_path(catalogue, any_path, path):
    received = catalogue.received(REQUEST_PATH + path)
    assert received.target == BACKEND_PATH + path
    assert_hmac(received, any_path)


BODIES = {
    "text": ("application/json", b'{"name":"\xe7\xad\xbe"}'),
    "form": ("application/x-www-form-urlencoded", b"b=2&a=1+2"),
    "not text": ("application/octet-stream", bytes(range(256))),
    "empty": ("application/json", b""),
}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("content_type, body", BODIES.values(), ids=BODIES)
def test_body(catalogue, any_path, method, content_type, body):
    received = catalogue.received(method=method, headers=[("Content-Type", content_type)], body=body)
    assert (received.method, received.body) == (method, body)
    assert_hmac(received, any_path)


SMUGGLED = [
    ("authorization", "SDK-HMAC-SHA256 Access=me, SignedHeaders=host;x-sdk-date, Signature=00"),
    ("X-Sdk-Date", "20000101T000000Z"),
    ("X_Sdk_Date", "20000101T000000Z"),
    ("x-sdk-content-sha256", "UNSIGNED-PAYLOAD"),
    ("X-SDK-Content-SHA256", "UNSIGNED-PAYLOAD"),
]


@pytest.mark.parametrize("sign_type", ASSERT)
def test_nothing_of_a_signature_comes_from_the_client(catalogue, publish_id, sign_type):
    key = catalogue.create_key(sign_type=sign_type)
    catalogue.bind(key.id, publish_id)
    for name, value in SMUGGLED:
        ASSERT[sign_type](catalogue.received(headers=[(name, value)]), key)


@pytest.mark.parametrize("sign_type", ASSERT)
def test_header_of_another_name(tmp_path, backend, sign_type):
    header = "X-Backend-Sign"
    with running_gateway(tmp_path, gateway_lines=f'backend_sign_header = "{header}"', last_lines=SETTINGS) as gateway:
        catalogue = Catalogue(V2(gateway, gateway.access(), INSTANCE_ID, PROJECT_ID), gateway, backend)
        publish_id = catalogue.publish(catalogue.create_api()).publish_id
        key = catalogue.create_key(sign_type=sign_type)
        catalogue.bind(key.id, publish_id)
        received = catalogue.received(headers=[("x-backend-sign", "smuggled"), ("X-Backend_Sign", "smuggled")])
        assert [name.lower() for name, _ in received.headers].count(header.lower()) == 1
        ASSERT[sign_type](received, key, header)
