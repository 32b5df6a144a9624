"""A client that asks for a token with a name and a password, and then shows it instead of signing."""

import datetime

import pytest

import scenario_v1
from command import create_user
from gateway import REGION
from instance import INSTANCE_ID, PROJECT_ID, V1, V2
from plain import Nobody, Rest, Signed, Token

USER, PASSWORD = "olivia", "Correct horse 5 battery!"
OTHER_PROJECT = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def user(gateway):
    """A user, and the account it belongs to as the identity service names it."""
    create_user(gateway, USER, PASSWORD)
    (domain,) = Rest(gateway, Signed(gateway.access()), "/v3").read("/auth/domains")["domains"]
    return domain


def asked(user, password=PASSWORD, name=USER, scope=None):
    """The body that asks for a token."""
    identity = {"user": {"name": name, "password": password, "domain": {"name": user["name"]}}}
    auth = {"identity": {"methods": ["password"], "password": identity}}
    return {"auth": {**auth, "scope": scope or {"project": {"name": REGION}}}}


def ask(gateway, body):
    return Rest(gateway, Nobody(), "/v3").call("POST", "/auth/tokens", body)


@pytest.fixture(scope="module")
def token(gateway, user):
    answer = ask(gateway, asked(user))
    assert answer.status == 201, answer
    return answer.headers["x-subject-token"]


@pytest.mark.parametrize("scope", [{"project": {"name": REGION}}, {"project": {"id": PROJECT_ID}}])
def test_token(gateway, user, scope):
    answer = ask(gateway, asked(user, scope=scope))
    assert answer.status == 201
    token = answer.json()["token"]
    issued, expires = (datetime.datetime.fromisoformat(token[field]) for field in ("issued_at", "expires_at"))
    assert expires - issued == datetime.timedelta(hours=24)
    assert (token["methods"], token["user"]["name"]) == (["password"], USER)
    assert (token["project"]["id"], token["project"]["name"]) == (PROJECT_ID, REGION)
    assert token["project"]["domain"]["name"] == user["name"]
    assert isinstance(token["roles"], list)
    assert "apig" in [service["type"] for service in token["catalog"]]
    assert answer.headers["x-subject-token"].encode() not in answer.body
    assert PASSWORD.encode() not in answer.body


def test_endpoint_of_the_catalogue_leads_to_the_gateway(gateway, user, token):
    (service,) = [each for each in ask(gateway, asked(user)).json()["token"]["catalog"] if each["type"] == "apig"]
    (endpoint,) = service["endpoints"]
    assert (endpoint["interface"], endpoint["region_id"]) == ("public", REGION)
    base = endpoint["url"].partition("//")[2].partition("/")[2].rstrip("/")
    assert base in ("", f"v2/{PROJECT_ID}"), endpoint


def test_projects_and_domains(gateway, user, token):
    v3 = Rest(gateway, Token(token), "/v3")
    (project,) = v3.read("/projects", name=REGION)["projects"]
    assert (project["id"], project["name"], project["domain_id"]) == (PROJECT_ID, REGION, user["id"])
    assert [each["id"] for each in v3.read("/projects")["projects"]] == [PROJECT_ID]
    assert v3.read("/projects", name="elsewhere")["projects"] == []
    assert v3.read("/auth/domains")["domains"] == [user]


@scenario_v1.every_scenario
def test_v1(gateway, backend, token, scenario):
    scenario_v1.run(scenario, Rest(gateway, Token(token), V1), backend)


def test_v2(gateway, token):
    v2 = Rest(gateway, Token(token), V2)
    key = v2.create("/signs", {"name": "token_key"})
    assert v2.change(f"/signs/{key['id']}", {"name": "token_key"})["sign_key"] != key["sign_key"]
    (listed,) = v2.items("/signs", "signs", id=key["id"])
    assert listed["sign_type"] == "hmac"
    v2.delete(f"/signs/{key['id']}")


def test_wrong_password_and_unknown_user_are_told_alike(gateway, user):
    wrong, empty, unknown = (
        ask(gateway, asked(user, **change))
        for change in ({"password": "Planted horse"}, {"password": ""}, {"name": "nobody"})
    )
    for answer in (wrong, empty, unknown):
        assert (answer.status, answer.json()) == (401, unknown.json())
        assert "x-subject-token" not in answer.headers
    assert b"Planted" not in wrong.body


def test_scope_of_another_project(gateway, user):
    for project in ({"id": OTHER_PROJECT}, {"name": "elsewhere"}):
        answer = ask(gateway, asked(user, scope={"project": project}))
        assert answer.status == 401
        assert "x-subject-token" not in answer.headers


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"auth":{}}', b'{"auth":{"identity":{"methods":["token"]}}}'])
def test_body_that_asks_for_nothing(gateway, body):
    assert ask(gateway, body).status == 400


@pytest.mark.parametrize("text", ["garbage", "", "0" * 4096, "é"], ids=["garbage", "empty", "long", "not ASCII"])
def test_garbage_for_a_token(gateway, text):
    for base in (V1, V2):
        answer = Rest(gateway, Token(text.encode().decode("latin-1")), base).call("GET", "/signs")
        assert answer.status == 401
        assert answer.error()[1] in ("APIG.1002", "APIGW.0301")


def test_path_of_another_project(gateway, token):
    """Whoever the caller is, nothing of another project is seen or changed."""
    for credentials in (Token(token), Signed(gateway.access())):
        elsewhere = Rest(gateway, credentials, f"/v2/{OTHER_PROJECT}/apigw/instances/{INSTANCE_ID}")
        here = Rest(gateway, credentials, V2)
        before = here.read("/signs")
        for method, body in (("GET", None), ("POST", {"name": "smuggled"})):
            elsewhere.refused(403, "APIG.1005", method, "/signs", body)
        assert here.read("/signs") == before


def test_of_both_headers_the_signature_is_checked(gateway, token):
    class Both(Signed):
        def __init__(self, access, token):
            super().__init__(access)
            self._token = token

        def prepare(self, *request):
            target, headers = super().prepare(*request)
            return target, {**headers, "X-Auth-Token": self._token}

    Rest(gateway, Both(gateway.access(), "garbage"), V1).read("/signs")
    Rest(gateway, Both(gateway.access(secret="notTheSecret"), token), V1).refused(401, "APIGW.0301", "GET", "/signs")
