"""What is asserted of requests that the backend received."""

import datetime

import pytest

import huawei_verifier
import sdk_signer

OF_A_SIGNATURE = ("authorization", "x-sdk-date", "x-sdk-content-sha256", "signature", "signature-input")


def headers_of_a_signature(request):
    """Everything that a backend could take for part of a signature, however it is spelt, in lower case."""
    return sorted(name.lower() for name, _ in request.headers if name.lower().replace("_", "-") in OF_A_SIGNATURE)


def now():
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)


def assert_hmac(request, key, header=huawei_verifier.AUTHORIZATION):
    """Both verifiers accept the signature as that of this key, and no other headers of a signature are there."""
    assert huawei_verifier.verify(request, {key.sign_key: key.sign_secret}, now(), header) == key.sign_key
    sdk_signer.assert_signed(request, key.sign_key, key.sign_secret, header)
    found = headers_of_a_signature(request)
    if header == huawei_verifier.AUTHORIZATION:
        found.remove("authorization")
    unsigned_payload = ["x-sdk-content-sha256"] if "x-sdk-content-sha256" in found else []
    assert found == [*unsigned_payload, "x-sdk-date"]
    (value,) = [text for name, text in request.headers if name.lower() == header.lower()]
    assert f"SignedHeaders=host;{''.join(f'{name};' for name in unsigned_payload)}x-sdk-date," in value


def assert_not_hmac(request, key):
    with pytest.raises(huawei_verifier.Refused):
        huawei_verifier.verify(request, {key.sign_key: key.sign_secret}, now())


def assert_basic(request, key, header=huawei_verifier.AUTHORIZATION):
    assert huawei_verifier.verify_basic(request, {key.sign_key: key.sign_secret}, header) == key.sign_key
    assert headers_of_a_signature(request) == (["authorization"] if header == huawei_verifier.AUTHORIZATION else [])


def assert_unsigned(request):
    assert headers_of_a_signature(request) == []
