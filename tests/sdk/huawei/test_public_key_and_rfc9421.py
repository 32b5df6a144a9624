"""Keys of type public_key: HTTP Message Signatures that another library verifies with a key from the directory.

That signatures made by this library are accepted by ours is tested on the Rust side.
"""

import base64
import dataclasses

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from http_message_signatures import InvalidSignature

import key_directory
from signed_by_huawei import assert_unsigned

NO_NAME = "nobodys_key"
MAKERS = {
    "OKP": ed25519.Ed25519PrivateKey.generate,
    "EC": lambda: ec.generate_private_key(ec.SECP256R1()),
    "RSA": lambda: rsa.generate_private_key(65537, 2048),
}
BODY = b'{"name":"\xe7\xad\xbe"}'
# Only a body that is said to be text is covered, unless the API says otherwise.
JSON = [("Content-Type", "application/json")]


@dataclasses.dataclass(frozen=True)
class Pair:
    """A pair as the management API takes it: Base64 of SPKI and of PKCS#8."""

    sign_key: str
    sign_secret: str


def pair(kind):
    private = MAKERS[kind]()
    spki = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pkcs8 = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return Pair(base64.b64encode(spki).decode(), base64.b64encode(pkcs8).decode())


def spki(jwk):
    """The Base64 text that the management API shows for a key of the directory."""
    der = key_directory.public_key(jwk).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


@pytest.fixture
def publish_id(catalogue):
    """A publication that any method reaches."""
    return catalogue.publish(catalogue.create_api(method="ANY")).publish_id


def directory(gateway, name):
    """The keys of a directory, each of them well-formed."""
    status, keys = key_directory.fetch(gateway, name)
    assert status == 200
    for jwk in keys:
        assert jwk["kid"] == key_directory.thumbprint(jwk)
        assert jwk["use"] == "sig"
        assert not set(jwk) & {"d", "p", "q", "dp", "dq", "qi", "k"}
    return keys


def assert_verified(received, keys):
    """The only signature is one of these keys', over what matters; gives its parameters."""
    result = key_directory.verify(received, keys)
    assert result.parameters["keyid"] in [jwk["kid"] for jwk in keys]
    assert "created" in result.parameters
    names = sorted(name.lower() for name, _ in received.headers)
    assert [names.count(name) for name in ("signature", "signature-input")] == [1, 1]
    assert "authorization" not in names and "x-sdk-date" not in names
    return result


def test_generated_pair_is_ed25519(gateway, catalogue, publish_id):
    key = catalogue.create_key(sign_type="public_key")
    (jwk,) = directory(gateway, key.name)
    assert (jwk["kty"], jwk["crv"]) == ("OKP", "Ed25519")
    assert spki(jwk) == key.sign_key
    (binding,) = catalogue.bind(key.id, publish_id)
    assert_verified(catalogue.received("/items?b=2&a=1"), [jwk])
    catalogue.unbind(binding.id)
    assert_unsigned(catalogue.received())


@pytest.mark.parametrize("kind", MAKERS)
def test_given_pair(gateway, catalogue, publish_id, kind):
    given = pair(kind)
    key = catalogue.create_key(sign_type="public_key", sign_key=given.sign_key, sign_secret=given.sign_secret)
    assert (key.sign_key, key.sign_secret) == (given.sign_key, given.sign_secret)
    (jwk,) = directory(gateway, key.name)
    assert (jwk["kty"], spki(jwk)) == (kind, given.sign_key)
    catalogue.bind(key.id, publish_id)
    assert_verified(catalogue.received(), [jwk])
    for method in ("POST", "PUT", "PATCH"):
        received = catalogue.received(method=method, body=BODY, headers=JSON)
        assert received.body == BODY
        assert assert_verified(received, [jwk]).body == BODY


def test_what_is_changed_on_the_way_is_found(gateway, catalogue, publish_id):
    key = catalogue.create_key(sign_type="public_key")
    catalogue.bind(key.id, publish_id)
    keys = directory(gateway, key.name)
    received = catalogue.received("/items?a=1", method="POST", body=BODY, headers=JSON)
    assert_verified(received, keys)
    changes = [
        {"method": "PUT"},
        {"target": "/backend/items?a=2"},
        {"target": "/backend/other?a=1"},
        {"body": BODY + b" "},
        {"headers": tuple((n, "other.test" if n.lower() == "host" else v) for n, v in received.headers)},
        {"headers": tuple((n, v) for n, v in received.headers if n.lower() != "content-digest")},
    ]
    for change in changes:
        with pytest.raises(InvalidSignature):
            key_directory.verify(dataclasses.replace(received, **change), keys)


def test_what_is_put_on_a_bare_request_is_found(gateway, catalogue, publish_id):
    key = catalogue.create_key(sign_type="public_key")
    catalogue.bind(key.id, publish_id)
    keys = directory(gateway, key.name)
    received = catalogue.received(method="POST")
    assert_verified(received, keys)
    for change in ({"target": received.target + "?a=1"}, {"body": BODY}):
        with pytest.raises(InvalidSignature):
            key_directory.verify(dataclasses.replace(received, **change), keys)


def test_changed_key(v2, gateway, catalogue, publish_id):
    key = catalogue.create_key(sign_type="public_key")
    catalogue.bind(key.id, publish_id)
    old = directory(gateway, key.name)
    changed = v2.do("UpdateSignatureKeyV2", {"name": key.name, "sign_type": "public_key"}, sign_id=key.id)
    assert changed.sign_key != key.sign_key
    new = directory(gateway, key.name)
    received = catalogue.received()
    parameters = assert_verified(received, new).parameters
    (jwk,) = [each for each in new if each["kid"] == parameters["keyid"]]
    assert spki(jwk) == changed.sign_key
    with pytest.raises(InvalidSignature):
        key_directory.verify(received, old)


def test_nothing_of_a_signature_comes_from_the_client(gateway, catalogue, publish_id):
    key = catalogue.create_key(sign_type="public_key")
    catalogue.bind(key.id, publish_id)
    keys = directory(gateway, key.name)
    smuggled = [
        ("Signature-Input", 'sig1=("@method");created=1;keyid="me"'),
        ("signature", "sig1=:AAAA:"),
        ("Content-Digest", "sha-256=:AAAA:"),
        ("Signature_Input", 'sig1=("@method")'),
    ]
    for name, value in smuggled:
        received = catalogue.received(method="POST", body=BODY, headers=[*JSON, (name, value)])
        assert_verified(received, keys)
        assert value not in [text for _, text in received.headers]


def test_directory_shows_public_keys_only(v2, gateway, catalogue):
    """A key of another type, a deleted one and none at all are told alike."""
    hmac = catalogue.create_key()
    gone = catalogue.create_key(sign_type="public_key")
    v2.do("DeleteSignatureKeyV2", sign_id=gone.id)
    answers = {str(key_directory.fetch(gateway, name)) for name in (hmac.name, gone.name, NO_NAME)}
    assert len(answers) == 1
    status, keys = key_directory.fetch(gateway, NO_NAME)
    assert (status, keys) == (400, None)


def test_text_that_is_no_key_is_kept_but_signs_nothing(v2, catalogue, publish_id):
    key = catalogue.create_key(sign_type="public_key", sign_key="signkeysignkey", sign_secret="signsecretsignsecret")
    listed = catalogue.key(key.id)
    assert (listed.sign_key, listed.sign_secret) == ("signkeysignkey", "signsecretsignsecret")
    text = v2.refused(412, "APIG.3548", "AssociateSignatureKeyV2", {"sign_id": key.id, "publish_ids": [publish_id]})
    assert "signsecret" not in text
    assert_unsigned(catalogue.received())
