"""What is asserted of requests that the backend received."""

import pytest

import verifier


def signature_headers(request):
    """Everything that a backend could take for one of the three headers, however it is spelt."""
    return [
        (name, value)
        for name, value in request.headers
        if name.lower().replace("_", "-").startswith("x-ca-proxy-signature")
    ]


def assert_signed(request, secrets):
    """Verified with the only key given, and the three headers are there once each in the documented spelling."""
    (sign_key,) = secrets
    assert verifier.verify(request, secrets) == sign_key
    assert sorted(name for name, _ in signature_headers(request)) == [
        verifier.SIGNATURE,
        verifier.HEADER_LIST,
        verifier.SECRET_KEY,
    ]
    assert request.header(verifier.HEADER_LIST) == verifier.SECRET_KEY


def assert_not_signed_by(request, secrets):
    with pytest.raises(verifier.Refused):
        verifier.verify(request, secrets)


def assert_unsigned(request):
    assert signature_headers(request) == []
