"""What every official client does with plugins of type backendSignature."""

import json

from scenario import UNKNOWN_ID, refused
from signed import assert_signed, assert_unsigned

TYPE = "backendSignature"
FIELDS = {"type": "APIGW_BACKEND", "key": "PluginKey1", "secret": "Plugin@#!*_1"}
ROTATED = {"type": "APIGW_BACKEND", "key": "PluginKey2", "secret": "Plugin@#!*_2"}


def yaml(fields):
    return "---\n" + "".join(f"{name}: '{value}'\n" for name, value in fields.items())


def pair(fields):
    return {fields["key"]: fields["secret"]}


def plugin_in_json(project):
    _life_of_a_plugin(project, json.dumps)


def plugin_in_yaml(project):
    _life_of_a_plugin(project, yaml)


def _life_of_a_plugin(project, written):
    """Attached, it signs; it and a signature key take each other's place; attached, it cannot be deleted."""
    api_id = project.create_api("items")
    project.publish(api_id)
    name = f"{project.name}_plugin"
    made = {"PluginName": name, "PluginType": TYPE, "Description": "of a scenario"}
    plugin_id = project.do("CreatePlugin", **made, PluginData=written(FIELDS))["PluginId"]
    assert _told(project.do("DescribePlugins", PluginName=name), plugin_id, name) == FIELDS
    assert_unsigned(project.received())

    project.on_stage("AttachPlugin", PluginId=plugin_id, ApiId=api_id)
    assert_signed(project.received(), pair(FIELDS))
    assert _told(project.on_stage("DescribePluginsByApi", ApiId=api_id), plugin_id, name) == FIELDS
    attached = project.do("DescribePluginApis", PluginId=plugin_id)["ApiSummarys"]["ApiPluginSummary"]
    assert [api["ApiId"] for api in attached] == [api_id]

    project.do("ModifyPlugin", PluginId=plugin_id, PluginData=written(ROTATED))
    assert_signed(project.received(), pair(ROTATED))
    assert _told(project.do("DescribePlugins", PluginId=plugin_id), plugin_id, name) == ROTATED

    signature_id = project.create_key("instead_of_it", "InsteadKey1", "InsteadSecret_1")
    project.bind(signature_id, api_id)
    assert_signed(project.received(), {"InsteadKey1": "InsteadSecret_1"})
    project.on_stage("AttachPlugin", PluginId=plugin_id, ApiIds=api_id)
    assert_signed(project.received(), pair(ROTATED))
    project.do("DeleteSignature", SignatureId=signature_id)

    refused("DependencyViolationPlugin", project.do, "DeletePlugin", PluginId=plugin_id)
    project.on_stage("DetachPlugin", PluginId=plugin_id, ApiId=api_id)
    assert_unsigned(project.received())
    project.do("DeletePlugin", PluginId=plugin_id)
    assert project.do("DescribePlugins", PluginId=plugin_id)["TotalCount"] == 0


def _told(listed, plugin_id, name):
    """The fields of the one plugin in a list."""
    assert listed["TotalCount"] == 1
    (plugin,) = listed["Plugins"]["PluginAttribute"]
    assert (plugin["PluginId"], plugin["PluginName"], plugin["PluginType"]) == (plugin_id, name, TYPE)
    assert plugin["Description"] == "of a scenario"
    return json.loads(plugin["PluginData"])


def refused_plugins(project):
    """Codes of the plugin operations."""
    made = {"PluginName": f"{project.name}_plugin", "PluginType": TYPE}
    for data in ("", "not: [closed", yaml(FIELDS) + "more: x\n", yaml(FIELDS | {"key": "bad-key"})):
        code = "InvalidPluginData" if data else "MissingPluginData"
        refused(code, project.do, "CreatePlugin", **made, PluginData=data)
    refused("InvalidPluginName", project.do, "CreatePlugin", **made | {"PluginName": "_bad"}, PluginData=yaml(FIELDS))
    refused("InvalidPluginType", project.do, "CreatePlugin", **made | {"PluginType": "cors"}, PluginData=yaml(FIELDS))
    api_id = project.create_api("items")
    refused("NotFoundPlugin", project.on_stage, "AttachPlugin", PluginId=UNKNOWN_ID, ApiId=api_id)
    refused("NotFoundPlugin", project.do, "ModifyPlugin", PluginId=UNKNOWN_ID, Description="any")
    refused("NotFoundPlugin", project.do, "DeletePlugin", PluginId=UNKNOWN_ID)
