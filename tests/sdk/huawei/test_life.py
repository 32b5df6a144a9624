"""The life of environments, groups, APIs and publications through the SDK for v2."""

import urllib.parse

import pytest
from huaweicloudsdkapig.v2 import ApiMockCreate, BackendParamBase, ReqParamBase

from catalogue import REQUEST_PATH
from instance import RELEASE

NO_ID = "0" * 32


def test_environment(v2):
    names = lambda: [each.name for each in v2.items("ListEnvironmentsV2", "envs")]  # noqa: E731
    assert names() == ["RELEASE"]
    made = v2.do("CreateEnvironmentV2", {"name": "DEV", "remark": "d"})
    assert (made.name, made.remark) == ("DEV", "d")
    assert names() == ["DEV", "RELEASE"]
    (listed,) = v2.items("ListEnvironmentsV2", "envs", name="DEV", limit=20, offset=0)
    assert (listed.id, listed.remark) == (made.id, "d")

    changed = v2.do("UpdateEnvironmentV2", {"name": "DEV_2"}, env_id=made.id)
    assert (changed.id, changed.name, changed.create_time) == (made.id, "DEV_2", made.create_time)
    v2.refused(400, "APIG.3205", "CreateEnvironmentV2", {"name": "DEV_2"})

    v2.do("DeleteEnvironmentV2", env_id=made.id)
    assert names() == ["RELEASE"]
    for operation, body in (("UpdateEnvironmentV2", {"name": "DEV"}), ("DeleteEnvironmentV2", None)):
        text = v2.refused(404, "APIG.3003", operation, body, env_id=made.id)
        assert text == f"Environment {made.id} does not exist"


def test_environment_with_a_published_api_stays(v2, catalogue):
    environment = catalogue.create_environment()
    api_id = catalogue.create_api()
    catalogue.publish(api_id, environment.id)
    v2.refused(403, "APIG.3418", "DeleteEnvironmentV2", env_id=environment.id)
    catalogue.take_offline(api_id, environment.id)
    v2.do("DeleteEnvironmentV2", env_id=environment.id)


def test_group(v2):
    made = v2.do("CreateApiGroupV2", {"name": "api_group_001", "remark": "g"})
    assert (made.name, made.remark) == ("api_group_001", "g")
    assert (made.status, made.on_sell_status, made.is_default) == (1, 2, 2)
    assert made.sl_domain == f"{made.id}.gw.localhost"
    assert (made.sl_domains, made.sl_domain_access_enabled) == ([made.sl_domain], True)
    shown = v2.do("ShowDetailsOfApiGroupV2", group_id=made.id)
    assert (shown.name, shown.remark, shown.sl_domain) == (made.name, made.remark, made.sl_domain)
    (listed,) = v2.items("ListApiGroupsV2", "groups", name="api_group_001", limit=20, offset=0)
    assert listed.id == made.id
    assert [each.id for each in v2.items("ListApiGroupsV2", "groups", id=made.id)] == [made.id]

    changed = v2.do("UpdateApiGroupV2", {"name": "api_group_002"}, group_id=made.id)
    assert (changed.id, changed.name, changed.sl_domain) == (made.id, "api_group_002", made.sl_domain)
    assert v2.items("ListApiGroupsV2", "groups", name="api_group_001") == []
    v2.refused(400, "APIG.3201", "CreateApiGroupV2", {"name": "api_group_002"})

    v2.do("DeleteApiGroupV2", group_id=made.id)
    for operation, body in (
        ("ShowDetailsOfApiGroupV2", None),
        ("UpdateApiGroupV2", {"name": "another"}),
        ("DeleteApiGroupV2", None),
    ):
        assert v2.refused(404, "APIG.3001", operation, body, group_id=made.id) == f"API group {made.id} does not exist"


def test_api(v2, catalogue):
    given = catalogue.definition("Api_http", version="V0.0.1", match_mode="NORMAL", remark="r", tags=["t1", "t2"])
    made = v2.do("CreateApiV2", given)
    shown = v2.do("ShowDetailsOfApiV2", api_id=made.id)
    for api in (made, shown):
        for field, value in given.items():
            if field != "backend_api":
                assert getattr(api, field) == value, field
        assert (api.status, api.arrange_necessary, api.group_name) == (1, 2, catalogue.name)
        assert (api.publish_id, api.run_env_id) == (None, None)
        backend, wanted = api.backend_api, given["backend_api"]
        for field in ("url_domain", "req_protocol", "req_method", "req_uri", "timeout"):
            assert getattr(backend, field) == getattr(wanted, field), field
    (listed,) = v2.items("ListApisV2", "apis", group_id=catalogue.group_id, name="Api_http", limit=20, offset=0)
    assert listed.id == made.id
    for filters in ({"id": made.id}, {"req_uri": REQUEST_PATH, "req_method": "GET"}, {"tags": "t2"}):
        assert [each.id for each in v2.items("ListApisV2", "apis", group_id=catalogue.group_id, **filters)] == [made.id]
    for filters in ({"name": "Api_https"}, {"req_method": "POST"}, {"env_id": RELEASE}, {"tags": "t3"}):
        assert v2.items("ListApisV2", "apis", group_id=catalogue.group_id, **filters) == []
    v2.refused(400, "APIG.3301", "CreateApiV2", catalogue.definition("Other"))

    mock = catalogue.definition("Api_mock", backend_type="MOCK", mock_info=ApiMockCreate(result_content="hello"))
    del mock["backend_api"]
    changed = v2.do("UpdateApiV2", mock, api_id=made.id)
    assert (changed.id, changed.name, changed.backend_type) == (made.id, "Api_mock", "MOCK")
    assert changed.mock_info.result_content == "hello"
    assert changed.register_time == made.register_time <= changed.update_time
    catalogue.publish(made.id)
    assert catalogue.request()[0::2] == (200, b"hello")

    v2.refused(409, "APIG.3416", "DeleteApiV2", api_id=made.id)
    text = v2.refused(412, "APIG.3415", "DeleteApiGroupV2", group_id=catalogue.group_id)
    assert text.endswith(f",id:{made.id}")
    catalogue.take_offline(made.id)
    v2.do("DeleteApiV2", api_id=made.id)
    for operation, body in (("ShowDetailsOfApiV2", None), ("UpdateApiV2", mock), ("DeleteApiV2", None)):
        assert v2.refused(404, "APIG.3002", operation, body, api_id=made.id) == f"API {made.id} does not exist"
    v2.do("DeleteApiGroupV2", group_id=catalogue.group_id)


def test_parameters_of_an_api(v2, catalogue):
    """Path parameters are declared on both sides; a constant is added and a header is passed under another name."""
    request_params = [
        ReqParamBase(name="id", type="STRING", location="PATH", required=1),
        ReqParamBase(name="colour", type="STRING", location="QUERY", required=2),
    ]
    backend_params = [
        BackendParamBase(name="number", location="PATH", origin="REQUEST", value="id"),
        BackendParamBase(name="X-Colour", location="HEADER", origin="REQUEST", value="colour"),
        BackendParamBase(name="fixed", location="QUERY", origin="CONSTANT", value="a b"),
    ]
    given = catalogue.definition(path="/items/{id}", backend_path="/backend/{number}/x")
    v2.refused(400, "APIG.2026", "CreateApiV2", given)
    v2.refused(400, "APIG.2027", "CreateApiV2", {**given, "req_params": request_params})
    made = v2.do("CreateApiV2", {**given, "req_params": request_params, "backend_params": backend_params})
    assert {each.name: each.location for each in made.req_params} == {"id": "PATH", "colour": "QUERY"}
    ids = {each.name: each.id for each in made.req_params}
    assert {each.name: each.req_param_id for each in made.backend_params if each.origin == "REQUEST"} == {
        "number": ids["id"],
        "X-Colour": ids["colour"],
    }
    catalogue.publish(made.id)
    received = catalogue.received("/items/42?colour=red")
    assert received.target.partition("?")[0] == "/backend/42/x"
    assert received.header("X-Colour") == "red"
    query = urllib.parse.parse_qs(received.target.partition("?")[2])
    assert query["fixed"] == ["a b"]


def test_publications_and_versions(v2, catalogue):
    api_id = catalogue.create_api(backend_path="/backend/one")
    assert catalogue.refused() == 404
    first = catalogue.publish(api_id)
    assert (first.api_id, first.env_id) == (api_id, RELEASE)
    assert catalogue.received().target == "/backend/one"
    shown = v2.do("ShowDetailsOfApiV2", api_id=api_id)
    assert (shown.publish_id, shown.run_env_id, shown.run_env_name) == (first.publish_id, RELEASE, "RELEASE")

    v2.do("UpdateApiV2", catalogue.definition(shown.name, backend_path="/backend/two"), api_id=api_id)
    assert catalogue.received().target == "/backend/one"
    second = catalogue.publish(api_id)
    assert (second.publish_id, second.version_id != first.version_id) == (first.publish_id, True)
    assert catalogue.received().target == "/backend/two"

    def versions():
        listed = v2.items("ListApiVersionsV2", "api_versions", api_id=api_id, env_id=RELEASE, limit=20, offset=0)
        assert all((each.api_id, each.env_id, each.env_name) == (api_id, RELEASE, "RELEASE") for each in listed)
        return {each.version_id: each.status for each in listed}

    assert versions() == {second.version_id: 1, first.version_id: 2}
    back = v2.do("ChangeApiVersionV2", {"version_id": first.version_id}, api_id=api_id)
    assert (back.publish_id, back.version_id) == (first.publish_id, first.version_id)
    assert versions() == {second.version_id: 2, first.version_id: 1}
    assert catalogue.received().target == "/backend/one"
    v2.refused(404, "APIG.3022", "ChangeApiVersionV2", {"version_id": NO_ID}, api_id=api_id)

    gone = catalogue.take_offline(api_id)
    assert (gone.api_id, gone.env_id) == (api_id, RELEASE)
    assert catalogue.refused() == 404
    assert catalogue.publish(api_id).publish_id == first.publish_id


def test_environments_are_apart(v2, catalogue):
    environment = catalogue.create_environment()
    api_id = catalogue.create_api(backend_path="/backend/old")
    release = catalogue.publish(api_id)
    name = v2.do("ShowDetailsOfApiV2", api_id=api_id).name
    v2.do("UpdateApiV2", catalogue.definition(name, backend_path="/backend/new"), api_id=api_id)
    other = catalogue.publish(api_id, environment.id)
    assert other.publish_id != release.publish_id
    shown = v2.do("ShowDetailsOfApiV2", api_id=api_id)
    assert shown.publish_id == f"{other.publish_id}|{release.publish_id}"
    assert shown.run_env_name == f"{environment.name}|RELEASE"
    assert catalogue.received().target == "/backend/old"
    assert catalogue.received(headers=[("X-Stage", "RELEASE")]).target == "/backend/old"
    assert catalogue.received(headers=[("X-Stage", environment.name)]).target == "/backend/new"
    assert catalogue.refused(headers=[("X-Stage", "NOBODYS")]) == 404
    catalogue.take_offline(api_id, environment.id)
    v2.do("DeleteEnvironmentV2", env_id=environment.id)


def test_batch(v2, catalogue):
    apis = {catalogue.create_api(path=path): path for path in ("/one", "/two")}
    done = v2.do("BatchPublishOrOfflineApiV2", {"apis": [*apis, NO_ID], "env_id": RELEASE}, action="online")
    assert sorted(each.api_id for each in done.success) == sorted(apis)
    (failure,) = done.failure
    assert (failure.api_id, failure.error_code, failure.error_msg) == (NO_ID, "APIG.3002", f"Api {NO_ID} not found")
    for path in apis.values():
        catalogue.received(path)
    done = v2.do("BatchPublishOrOfflineApiV2", {"apis": list(apis), "env_id": RELEASE}, action="offline")
    assert (len(done.success), done.failure or []) == (2, [])
    assert [catalogue.refused(path) for path in apis.values()] == [404, 404]


@pytest.mark.parametrize("operation", ["CreateOrDeletePublishRecordForApiV2", "BatchPublishOrOfflineApiV2"])
def test_action_that_is_none(v2, catalogue, operation):
    api_id = catalogue.create_api()
    if operation.startswith("Batch"):
        v2.refused(400, "APIG.2012", operation, {"apis": [api_id], "env_id": RELEASE}, action="sideways")
    else:
        body = {"api_id": api_id, "env_id": RELEASE, "action": "sideways"}
        assert "parameterName:action." in v2.refused(400, "APIG.2011", operation, body)
