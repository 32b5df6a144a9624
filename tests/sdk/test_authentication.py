"""What every official client is told about its access key, its nonce and its clock, as its typed error."""

import uuid

import pytest

from clients import Refusal

TYPES = {
    "py-tea": {"ClientException"},
    "py-core": {"ServerException"},
    "node-tea": {"ClientError"},
}
EXPIRED_SECONDS = 16 * 60
ALLOWED_SECONDS = 14 * 60


def assert_refused(client_name, code, client, **circumstances):
    with pytest.raises(Refusal) as raised:
        client.call("DescribeSignatures", **circumstances)
    assert raised.value.code == code
    # pop-core names its error after the code.
    assert raised.value.type in TYPES.get(client_name, {f"{code}Error"})


def test_wrong_access_key(clients, client_name, gateway):
    client = clients.make(client_name, gateway.access(key_id="nobodysAccessKeyId"))
    assert_refused(client_name, "InvalidAccessKeyId.NotFound", client)


def test_wrong_secret(clients, client_name, gateway):
    client = clients.make(client_name, gateway.access(secret="notTheSecret"))
    # py-core finds its own string to sign in the message, and so knows that only the secret can be wrong.
    code = "InvalidAccessKeySecret" if client_name == "py-core" else "SignatureDoesNotMatch"
    assert_refused(client_name, code, client)


def test_reused_nonce(client, client_name):
    nonce = uuid.uuid4().hex
    client.call("DescribeSignatures", nonce=nonce)
    assert_refused(client_name, "SignatureNonceUsed", client, nonce=nonce)
    client.call("DescribeSignatures")


@pytest.mark.parametrize("direction", [-1, 1], ids=["late", "early"])
def test_expired_time(client, client_name, direction):
    client.call("DescribeSignatures", clock_offset=direction * ALLOWED_SECONDS)
    assert_refused(client_name, "InvalidTimeStamp.Expired", client, clock_offset=direction * EXPIRED_SECONDS)
