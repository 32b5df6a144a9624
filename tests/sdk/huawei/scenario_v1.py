"""Every operation of v1.0, whoever the caller is and however it authenticates."""

import itertools
import re

import pytest

from instance import RELEASE

HEX = r"[0-9a-f]{32}"
NANOSECONDS = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z"
SECONDS = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
NO_ID = "0" * 32
_numbers = itertools.count(1)


def new_name():
    return f"shared_{next(_numbers)}"


def definition(group_id, backend, **more):
    return {
        "group_id": group_id,
        "name": "Api_http",
        "type": 1,
        "req_protocol": "HTTP",
        "req_method": "GET",
        "req_uri": "/items",
        "auth_type": "NONE",
        "backend_type": "HTTP",
        "backend_api": {
            "url_domain": backend.address.removeprefix("http://"),
            "req_protocol": "HTTP",
            "req_method": "GET",
            "req_uri": "/backend/items",
            "timeout": 5000,
            "vpc_status": 2,
        },
        **more,
    }


def environments(v1):
    name = new_name()
    before = [each["id"] for each in v1.items("/envs", "envs")]
    assert RELEASE in before
    made = v1.create("/envs", {"name": name, "remark": "d"})
    assert set(made) == {"id", "name", "remark", "create_time"}
    assert (made["name"], made["remark"]) == (name, "d")
    assert re.fullmatch(NANOSECONDS, made["create_time"])
    assert [each["id"] for each in v1.items("/envs", "envs")] == [made["id"], *before]
    (listed,) = v1.items("/envs", "envs", name=name, precise_search="name", page_no=1, page_size=20)
    assert listed["id"] == made["id"]
    changed = v1.change(f"/envs/{made['id']}", {"name": f"{name}_2"})
    assert (changed["id"], changed["name"]) == (made["id"], f"{name}_2")
    v1.delete(f"/envs/{made['id']}")
    assert [each["id"] for each in v1.items("/envs", "envs")] == before
    v1.refused(404, "APIG.3003", "DELETE", f"/envs/{made['id']}")
    v1.refused(404, "APIG.3003", "PUT", f"/envs/{made['id']}", {"name": name})


def groups(v1):
    name = new_name()
    made = v1.create("/api-groups", {"name": name, "remark": "g"})
    path = f"/api-groups/{made['id']}"
    assert (made["name"], made["remark"], made["status"]) == (name, "g", 1)
    assert (made["on_sell_status"], made["is_default"]) == (2, 2)
    assert made["sl_domain"] == f"{made['id']}.gw.localhost"
    assert made["sl_domains"] == [made["sl_domain"]]
    assert v1.read(path)["sl_domain"] == made["sl_domain"]
    assert [each["id"] for each in v1.items("/api-groups", "groups", id=made["id"])] == [made["id"]]
    assert v1.items("/api-groups", "groups", name=name[:-1] + "x") == []
    assert v1.change(path, {"name": f"{name}_2"})["name"] == f"{name}_2"
    v1.delete(path)
    for method, body in (("GET", None), ("PUT", {"name": name}), ("DELETE", None)):
        v1.refused(404, "APIG.3001", method, path, body)


def apis(v1, backend):
    group = v1.create("/api-groups", {"name": new_name()})
    given = definition(group["id"], backend)
    made = v1.create("/apis", given)
    path = f"/apis/{made['id']}"
    for api in (made, v1.read(path)):
        assert {field: api[field] for field in given if field != "backend_api"} == {
            field: given[field] for field in given if field != "backend_api"
        }
        backend_api = api["backend_api"]
        assert {field: backend_api[field] for field in given["backend_api"]} == given["backend_api"]
        assert (api["status"], api["arrange_necessary"], api["group_name"]) == (1, 2, group["name"])
    query = {"group_id": group["id"], "name": "Api", "req_method": "GET", "page_no": 1, "page_size": 0}
    assert [each["id"] for each in v1.items("/apis", "apis", **query)] == [made["id"]]
    # 0 is no page but everything, beyond the twenty that there are unless told.
    more = [v1.create("/apis", {**given, "name": f"Api_{n}", "req_uri": f"/items/{n}"})["id"] for n in range(20)]
    listed = v1.read("/apis", group_id=group["id"])
    assert (listed["total"], listed["size"], len(listed["apis"])) == (21, 20, 20)
    assert [each["id"] for each in v1.items("/apis", "apis", group_id=group["id"], page_size=0)] == [
        *more[::-1],
        made["id"],
    ]
    for api_id in more:
        v1.delete(f"/apis/{api_id}")
    # Enumerations may come in lower case.
    changed = v1.change(path, {**given, "name": "Api_mock", "req_method": "post", "auth_type": "none"})
    assert (changed["name"], changed["req_method"], changed["auth_type"]) == ("Api_mock", "POST", "NONE")
    # The status of the vendor's table; the operation pages of v2 have 412 and 409.
    v1.refused(403, "APIG.3415", "DELETE", f"/api-groups/{group['id']}")
    v1.delete(path)
    for method, body in (("GET", None), ("PUT", given), ("DELETE", None)):
        v1.refused(404, "APIG.3002", method, path, body)
    v1.delete(f"/api-groups/{group['id']}")


def publications(v1, backend):
    group = v1.create("/api-groups", {"name": new_name()})
    api_id = v1.create("/apis", definition(group["id"], backend))["id"]
    path = f"/apis/publish/{api_id}"
    first = v1.create(path, {"env_id": RELEASE, "remark": "p"})
    assert (first["api_id"], first["env_id"], first["remark"]) == (api_id, RELEASE, "p")
    second = v1.create(path, {"env_id": RELEASE})
    assert second["publish_id"] == first["publish_id"] and second["version_id"] != first["version_id"]
    shown = v1.read(f"/apis/{api_id}")
    assert (shown["publish_id"], shown["run_env_id"]) == (first["publish_id"], RELEASE)
    versions = v1.items(path, "api_versions", env_id=RELEASE)
    assert [(each["version_id"], each["status"]) for each in versions] == [
        (second["version_id"], 1),
        (first["version_id"], 2),
    ]
    assert all(re.fullmatch(r"\d{14}", each["version_no"]) for each in versions)
    # By the table, as above.
    v1.refused(403, "APIG.3416", "DELETE", f"/apis/{api_id}")
    v1.delete(path, env_id=RELEASE)
    for action, body in (
        ("online", {"apis": [api_id, NO_ID], "env_id": RELEASE}),
        ("offline", {"apis": [api_id], "env_id": RELEASE}),
    ):
        answer = v1.call("POST", "/apis/publish", body, {"action": action})
        assert answer.status == 200, answer
        done = answer.json()
        assert [each["api_id"] for each in done["success"]] == [api_id]
        assert [each["error_code"] for each in done["failure"]] == (["APIG.3002"] if action == "online" else [])
    v1.delete(f"/apis/{api_id}")
    v1.delete(f"/api-groups/{group['id']}")


def keys(v1):
    name = new_name()
    # What v1.0 has no word for is ignored.
    given = {"name": name, "sign_key": "abcd_1234", "sign_secret": "abcd_1234!@#$%-_abcd", "sign_type": "basic"}
    made = v1.create("/signs", given)
    assert set(made) == {"id", "name", "sign_key", "sign_secret", "create_time", "update_time"}
    assert {field: made[field] for field in ("name", "sign_key", "sign_secret")} == {
        "name": name,
        "sign_key": "abcd_1234",
        "sign_secret": "abcd_1234!@#$%-_abcd",
    }
    assert re.fullmatch(HEX, made["id"])
    for field in ("create_time", "update_time"):
        assert re.fullmatch(NANOSECONDS, made[field])
    path = f"/signs/{made['id']}"
    (listed,) = v1.items("/signs", "signs", id=made["id"])
    assert listed["bind_num"] == 0
    assert {field: listed[field] for field in ("name", "sign_key", "sign_secret")} == {
        field: made[field] for field in ("name", "sign_key", "sign_secret")
    }
    assert re.fullmatch(SECONDS, listed["create_time"])
    changed = v1.change(path, {"name": name})
    assert changed["id"] == made["id"]
    for field in ("sign_key", "sign_secret"):
        assert re.fullmatch(HEX, changed[field])
    (listed,) = v1.items("/signs", "signs", name=name, precise_search="name", page_no=1, page_size=500)
    assert (listed["sign_key"], listed["sign_secret"]) == (changed["sign_key"], changed["sign_secret"])
    v1.refused(400, "APIG.3207", "POST", "/signs", {"name": name})
    v1.refused(400, "APIG.2001", "POST", "/signs", {"sign_key": "abcd_1234"})
    assert "planted" not in v1.refused(400, "APIG.2011", "POST", "/signs", {"name": "abc", "sign_secret": "planted"})
    v1.delete(path)
    for method, body in (("PUT", {"name": name}), ("DELETE", None)):
        v1.refused(404, "APIG.3017", method, path, body)
    assert v1.items("/signs", "signs", id=made["id"]) == []


def bindings(v1, backend):
    group = v1.create("/api-groups", {"name": new_name()})
    api_id = v1.create("/apis", definition(group["id"], backend))["id"]
    publish_id = v1.create(f"/apis/publish/{api_id}", {"env_id": RELEASE})["publish_id"]
    key, other = (v1.create("/signs", {"name": new_name()}) for _ in range(2))
    of_key = {"sign_id": key["id"], "group_id": group["id"]}
    (free,) = v1.items("/sign-bindings/unbinded-apis", "apis", **of_key)
    assert (free["id"], free["publish_id"], free["group_name"]) == (api_id, publish_id, group["name"])
    assert (free["run_env_id"], free["run_env_name"], free["type"]) == (RELEASE, "RELEASE", 1)

    bound = v1.call("POST", "/sign-bindings", {"sign_id": key["id"], "publish_ids": [publish_id]})
    assert bound.status == 201
    (binding,) = bound.json()
    (from_key,) = v1.items("/sign-bindings/binded-apis", "bindings", **of_key)
    (from_api,) = v1.items("/sign-bindings/binded-signs", "bindings", api_id=api_id, env_id=RELEASE)
    for each in (binding, from_key, from_api):
        assert set(each) >= {"id", "api_name", "api_remark", "group_name", "api_type", "sign_name", "binding_time"}
        assert (each["id"], each["api_id"], each["publish_id"]) == (binding["id"], api_id, publish_id)
        assert (each["env_id"], each["env_name"]) == (RELEASE, "RELEASE")
        assert (each["sign_id"], each["sign_key"], each["sign_secret"]) == tuple(
            key[field] for field in ("id", "sign_key", "sign_secret")
        )
    assert v1.items("/sign-bindings/unbinded-apis", "apis", **of_key) == []
    (elsewhere,) = v1.items("/sign-bindings/unbinded-apis", "apis", sign_id=other["id"], api_id=api_id)
    assert elsewhere["signature_name"] == key["name"]

    v1.delete(f"/sign-bindings/{binding['id']}")
    v1.refused(404, "APIG.3018", "DELETE", f"/sign-bindings/{binding['id']}")
    assert v1.items("/sign-bindings/binded-apis", "bindings", **of_key) == []
    for list_of in ("binded-apis", "unbinded-apis"):
        v1.refused(404, "APIG.3017", "GET", f"/sign-bindings/{list_of}", query={"sign_id": NO_ID})
    v1.refused(404, "APIG.3002", "GET", "/sign-bindings/binded-signs", query={"api_id": NO_ID})
    for sign_id in (key["id"], other["id"]):
        v1.delete(f"/signs/{sign_id}")


def pages(v1):
    names = [new_name() for _ in range(3)]
    ids = [v1.create("/signs", {"name": name})["id"] for name in names][::-1]

    def page(**query):
        listed = v1.read("/signs", **query)
        assert (listed["total"], listed["size"]) == (3, len(listed["signs"]))
        return [each["id"] for each in listed["signs"]]

    assert page() == ids
    assert page(page_no=1, page_size=2) == ids[:2]
    assert page(page_no=2, page_size=2) == ids[2:]
    assert page(page_no=3, page_size=2) == []
    for sign_id in ids:
        v1.delete(f"/signs/{sign_id}")


SCENARIOS = {
    "environments": environments,
    "groups": groups,
    "apis": apis,
    "publications": publications,
    "keys": keys,
    "bindings": bindings,
    "pages": pages,
}
OF_THE_BACKEND = (apis, publications, bindings)


def run(name, v1, backend):
    scenario = SCENARIOS[name]
    scenario(v1, backend) if scenario in OF_THE_BACKEND else scenario(v1)


every_scenario = pytest.mark.parametrize("scenario", SCENARIOS)
