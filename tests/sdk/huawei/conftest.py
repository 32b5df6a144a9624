"""Fixtures: a gateway for each file, with a project and an instance; the SDK as its bootstrap access key."""

import os

import pytest

pytest.register_assert_rewrite("catalogue", "plain", "scenario_v1", "sdk_signer", "sdk_v2", "signed_by_huawei")

from catalogue import Catalogue  # noqa: E402
from gateway import running_gateway  # noqa: E402
from instance import INSTANCE_ID, PROJECT_ID, SETTINGS  # noqa: E402
from sdk_v2 import V2  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def no_file_at_home(tmp_path_factory):
    """The SDK writes an id into the home directory when this module is loaded first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "HOME", str(tmp_path_factory.mktemp("home")))
        import huaweicloudsdkcore.http.user_agent  # noqa: F401


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with running_gateway(tmp_path_factory.mktemp("huawei"), last_lines=SETTINGS) as running:
        yield running


@pytest.fixture
def v2(gateway):
    """The official SDK as the account's own access key."""
    return V2(gateway, gateway.access(), INSTANCE_ID, PROJECT_ID)


@pytest.fixture
def catalogue(v2, gateway, backend):
    """A group of its own with nothing in it."""
    assert backend.is_empty(), "an earlier test left a recorded request behind"
    return Catalogue(v2, gateway, backend)
