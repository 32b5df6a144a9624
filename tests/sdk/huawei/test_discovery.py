"""The SDK without a project id: it asks the identity service. And the ids that there are when none is configured."""

import uuid

import pytest

from gateway import REGION, running_gateway
from instance import RELEASE
from plain import Rest, Signed
from sdk_v2 import V2


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    """A gateway that was told no project and no instance."""
    with running_gateway(tmp_path_factory.mktemp("discovery")) as running:
        yield running


def test_the_sdk_finds_its_project(gateway):
    (project,) = Rest(gateway, Signed(gateway.access()), "/v3").read("/projects", name=REGION)["projects"]
    instance_id = uuid.UUID(hex=project["id"])
    assert project["id"] == instance_id.hex
    v2 = V2(gateway, gateway.access(), str(instance_id))
    assert [each.id for each in v2.items("ListEnvironmentsV2", "envs")] == [RELEASE]
    v2.refused(404, "APIG.3030", "ListEnvironmentsV2", instance_id=instance_id.hex)


def test_the_one_instance(gateway):
    """What a client reads before it works with an instance: that it runs, and what it can do."""
    v2 = V2(gateway, gateway.access(), None)
    (instance,) = v2.items("ListInstancesV2", "instances")
    shown = v2.do("ShowDetailsOfInstanceV2", instance_id=instance.id)
    assert (shown.id, shown.status) == (instance.id, "Running")
    features = {each.name: each for each in v2.items("ListFeaturesV2", "features", instance_id=instance.id, limit=500)}
    assert all(features[name].enable for name in ("sign_basic", "sign_aes", "public_key"))
    assert "/apigw/authadv/v2/public-key/" in features["public_key"].config
