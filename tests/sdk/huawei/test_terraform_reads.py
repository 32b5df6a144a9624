"""The reading that Terraform's provider does: create, read every field back, bind, poll, unbind, poll."""

import pytest

from gateway import REGION
from instance import PROJECT_ID, RELEASE, V1, V2
from plain import Rest, Signed
from terraform import Terraform

NO_ID = "0" * 32
PAIR = {"sign_key": "signkeysignkey", "sign_secret": "signsecretsignsecret"}
KEYS = {
    "hmac": {"sign_type": "hmac", **PAIR},
    "basic": {"sign_type": "basic", **PAIR},
    "aes": {
        "sign_type": "aes",
        "sign_algorithm": "aes-128-cfb",
        "sign_key": "signkeysignkey12",
        "sign_secret": "signsecret+/=123",
    },
}


@pytest.fixture(scope="module")
def domain_id(gateway):
    (domain,) = Rest(gateway, Signed(gateway.access()), "/v3").read("/auth/domains")["domains"]
    return domain["id"]


@pytest.fixture
def terraform(gateway, domain_id):
    """The provider on terraform."""
    return Terraform(gateway, PROJECT_ID, domain_id, V2)


@pytest.fixture
def apis(terraform, catalogue):
    """The ids of two published APIs."""
    made = [terraform.post("/apis", plain(catalogue.definition(path=path)))["id"] for path in ("/one", "/two")]
    body = {"action": "online", "env_id": RELEASE}
    return [terraform.post("/apis/action", {**body, "api_id": api_id})["publish_id"] for api_id in made]


def plain(definition):
    """The definition with the SDK's model written out."""
    backend = definition["backend_api"]
    fields = ("url_domain", "req_protocol", "req_method", "req_uri", "timeout")
    return {**definition, "backend_api": {name: getattr(backend, name) for name in fields}}


def read_key(terraform, key_id):
    """A key has no operation of its own to be read by."""
    (found,) = terraform.pages("/signs", "signs", id=key_id)
    return found


@pytest.mark.parametrize("given", KEYS.values(), ids=KEYS)
def test_every_field_is_read_back(terraform, catalogue, given):
    body = {"name": catalogue.new_name(), **given}
    made = terraform.post("/signs", body)
    read = read_key(terraform, made["id"])
    assert {name: read[name] for name in body} == body
    assert read["create_time"].endswith("Z") and read["update_time"].endswith("Z")
    # A rename sends the pair again, and so keeps it.
    renamed = {**body, "name": catalogue.new_name()}
    terraform.put(f"/signs/{made['id']}", renamed)
    read = read_key(terraform, made["id"])
    assert {name: read[name] for name in renamed} == renamed
    terraform.delete(f"/signs/{made['id']}")
    assert terraform.pages("/signs", "signs", id=made["id"]) == []


def test_bind_poll_unbind_poll(terraform, catalogue, apis):
    key = terraform.post("/signs", {"name": catalogue.new_name(), **KEYS["hmac"]})
    of_key = {"sign_id": key["id"]}

    def unbound():
        return {each["publish_id"] for each in terraform.pages("/sign-bindings/unbinded-apis", "apis", **of_key)}

    def bindings():
        listed = terraform.get("/sign-bindings/binded-apis", limit=500, **of_key)["bindings"]
        return {each["publish_id"]: each["id"] for each in listed}

    assert set(apis) <= unbound()
    terraform.post("/sign-bindings", {"sign_id": key["id"], "publish_ids": apis})
    terraform.poll(lambda: not set(apis) & unbound())
    assert set(bindings()) == set(apis)
    # Another key takes one of them without an error.
    other = terraform.post("/signs", {"name": catalogue.new_name(), **KEYS["basic"]})
    terraform.post("/sign-bindings", {"sign_id": other["id"], "publish_ids": apis[:1]})
    assert set(bindings()) == set(apis[1:])
    for binding_id in bindings().values():
        terraform.delete(f"/sign-bindings/{binding_id}")
    terraform.poll(lambda: not bindings())
    for sign_id in (key["id"], other["id"]):
        terraform.delete(f"/signs/{sign_id}")
        for path in ("/sign-bindings/binded-apis", "/sign-bindings/unbinded-apis"):
            assert terraform.is_gone(path, sign_id=sign_id)


def test_pages_end_with_an_empty_one(terraform, catalogue, apis):
    ids = {terraform.post("/signs", {"name": catalogue.new_name()})["id"] for _ in range(5)}
    assert {each["id"] for each in terraform.pages("/signs", "signs", limit=2, name=catalogue.name)} == ids
    bound_to = next(iter(ids))
    terraform.post("/sign-bindings", {"sign_id": bound_to, "publish_ids": apis})
    api_id = terraform.pages("/apis", "apis", limit=1, group_id=catalogue.group_id)[0]["id"]
    for path, field, query in (
        ("/envs", "envs", {}),
        ("/api-groups", "groups", {}),
        ("/apis", "apis", {}),
        (f"/apis/publish/{api_id}", "api_versions", {}),
        ("/signs", "signs", {}),
        ("/sign-bindings/binded-apis", "bindings", {"sign_id": bound_to}),
        ("/sign-bindings/unbinded-apis", "apis", {"sign_id": bound_to}),
        ("/sign-bindings/binded-signs", "bindings", {"api_id": api_id}),
    ):
        first = terraform.get(path, **query)
        assert first["size"] == len(first[field])
        past = terraform.get(path, offset=10_000, **query)
        assert (past["total"], past["size"], past[field]) == (first["total"], 0, [])


def test_catalogue(terraform, catalogue):
    """Statuses and bodies that the Go library insists on, for everything that it may change."""
    environment = terraform.post("/envs", {"name": catalogue.new_name()})
    terraform.put(f"/envs/{environment['id']}", {"name": catalogue.new_name(), "remark": "changed"})
    group = terraform.post("/api-groups", {"name": catalogue.new_name()})
    terraform.put(f"/api-groups/{group['id']}", {"name": catalogue.new_name(), "remark": "changed"})
    body = {**plain(catalogue.definition()), "group_id": group["id"]}
    api = terraform.post("/apis", body)
    terraform.put(f"/apis/{api['id']}", {**body, "remark": "changed"})
    assert terraform.get(f"/apis/{api['id']}")["remark"] == "changed"
    action = {"env_id": environment["id"], "api_id": api["id"]}
    terraform.post("/apis/action", {**action, "action": "online"})
    gone = terraform.post("/apis/action", {**action, "action": "offline"})
    assert (gone["api_id"], gone["env_id"]) == (api["id"], environment["id"])
    for path in (f"/apis/{api['id']}", f"/api-groups/{group['id']}", f"/envs/{environment['id']}"):
        terraform.delete(path)
    assert terraform.is_gone(f"/apis/{api['id']}") and terraform.is_gone(f"/api-groups/{group['id']}")


def test_shared_resources(gateway, domain_id, catalogue):
    """The provider's older resources call v1.0."""
    v1 = Terraform(gateway, PROJECT_ID, domain_id, V1)
    group = v1.post("/api-groups", {"name": catalogue.new_name()})
    assert v1.get(f"/api-groups/{group['id']}")["name"] == group["name"]
    assert v1.get("/api-groups", page_no=2, page_size=500)["groups"] == []
    api = v1.post("/apis", {**plain(catalogue.definition()), "group_id": group["id"]})
    assert v1.get(f"/apis/{api['id']}")["group_id"] == group["id"]
    v1.delete(f"/apis/{api['id']}")
    v1.delete(f"/api-groups/{group['id']}")


def test_missing_ids_are_asked_from_the_identity_service(gateway, domain_id):
    v3 = Terraform(gateway, "", "", "/v3")
    (project,) = v3.get("/projects", name=REGION)["projects"]
    assert (project["id"], project["name"]) == (PROJECT_ID, REGION)
    (domain,) = v3.get("/auth/domains")["domains"]
    assert domain["id"] == domain_id
