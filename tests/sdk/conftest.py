"""Fixtures: one gateway and one backend for all tests, and a fresh set of APIs for each."""

import itertools

import pytest

pytest.register_assert_rewrite("project", "scenario", "scenario_apis", "scenario_plugins", "signed")

import clients as official  # noqa: E402
from backend import RecordingBackend  # noqa: E402
from gateway import running_gateway  # noqa: E402
from orders import Orders  # noqa: E402

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


@pytest.fixture(scope="session")
def clients():
    with official.Clients() as all_clients:
        yield all_clients


@pytest.fixture(params=official.NAMES)
def client_name(request):
    return request.param


@pytest.fixture
def client(clients, client_name, gateway):
    """One of the official clients, as the account's own access key."""
    return clients.make(client_name, gateway.access())


_numbers = itertools.count(1)


@pytest.fixture
def orders(gateway, backend):
    """A group with one published API for each method; nothing is bound."""
    assert backend.is_empty(), "an earlier test left a recorded request behind"
    return Orders(gateway, backend, number=next(_numbers))
