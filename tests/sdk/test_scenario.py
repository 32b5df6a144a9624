"""Every scenario through every official client."""

import pytest

import scenario
from project import Project

SCENARIOS = (scenario.whole_life, scenario.lists_of_keys, scenario.refusals)


@pytest.mark.parametrize("steps", SCENARIOS, ids=lambda steps: steps.__name__)
def test_scenario(client, gateway, backend, steps):
    assert backend.is_empty(), "an earlier test left a recorded request behind"
    steps(Project(client, gateway, backend))
