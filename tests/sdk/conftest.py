"""Fixtures: one gateway and one backend for all tests, and a fresh set of APIs for each."""

import itertools

import pytest

from backend import RecordingBackend
from gateway import running_gateway
from orders import Orders

PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(scope="session", autouse=True)
def no_proxy_variables():
    """The SDK obeys proxy variables; loopback must be reached directly."""
    with pytest.MonkeyPatch.context() as patch:
        for name in PROXY_VARIABLES:
            patch.delenv(name, raising=False)
            patch.delenv(name.upper(), raising=False)
        yield


@pytest.fixture(scope="session")
def gateway(tmp_path_factory):
    with running_gateway(tmp_path_factory.mktemp("gateway")) as running:
        yield running


@pytest.fixture(scope="session")
def backend():
    with RecordingBackend() as recording:
        yield recording


_numbers = itertools.count(1)


@pytest.fixture
def orders(gateway, backend):
    """A group with one published API for each method; nothing is bound."""
    assert backend.is_empty(), "an earlier test left a recorded request behind"
    return Orders(gateway, backend, number=next(_numbers))
