"""Every scenario through every official client."""

import pytest

import scenario
import scenario_apis
import scenario_plugins
from project import Project

SCENARIOS = (
    scenario.whole_life,
    scenario.lists_of_keys,
    scenario.refusals,
    scenario_apis.described,
    scenario_apis.changed_api,
    scenario_apis.mapped,
    scenario_apis.mapped_form,
    scenario_apis.mocked,
    scenario_plugins.plugin_in_json,
    scenario_plugins.plugin_in_yaml,
    scenario_plugins.refused_plugins,
)


@pytest.mark.parametrize("steps", SCENARIOS, ids=lambda steps: steps.__name__)
def test_scenario(client, gateway, backend, steps):
    assert backend.is_empty(), "an earlier test left a recorded request behind"
    steps(Project(client, gateway, backend))
