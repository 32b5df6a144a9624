"""v1.0, for which there is no SDK, signed with the signer class of the SDK."""

import dataclasses
import datetime

import pytest

import scenario_v1
from gateway import running_gateway
from huawei_verifier import DATE, DATE_FORMAT
from instance import RELEASE, SETTINGS, V1
from plain import Nobody, Rest, Signed
from signed_by_huawei import assert_hmac, now


@pytest.fixture
def v1(gateway):
    return Rest(gateway, Signed(gateway.access()), V1)


@scenario_v1.every_scenario
def test_scenario(v1, backend, scenario):
    scenario_v1.run(scenario, v1, backend)


@dataclasses.dataclass
class Key:
    sign_key: str
    sign_secret: str


def test_request_is_signed_with_a_key_of_v1(v1, gateway, backend):
    group = v1.create("/api-groups", {"name": scenario_v1.new_name()})
    api_id = v1.create("/apis", scenario_v1.definition(group["id"], backend))["id"]
    publish_id = v1.create(f"/apis/publish/{api_id}", {"env_id": RELEASE})["publish_id"]
    key = v1.create("/signs", {"name": scenario_v1.new_name()})
    v1.create("/sign-bindings", {"sign_id": key["id"], "publish_ids": [publish_id]})

    def assert_signed_with(each):
        status, _, _ = gateway.call(group["sl_domain"], "GET", "/items")
        assert status == 200
        assert_hmac(backend.take(), Key(each["sign_key"], each["sign_secret"]))

    assert_signed_with(key)
    assert_signed_with(v1.change(f"/signs/{key['id']}", {"name": key["name"]}))


def test_no_credentials(gateway):
    text = Rest(gateway, Nobody(), V1).refused(401, "APIGW.0301", "GET", "/signs")
    assert text == "Incorrect IAM authentication information: x-auth-token not found"


def test_unknown_access_key(gateway):
    v1 = Rest(gateway, Signed(gateway.access(key_id="nobodysAccessKeyId")), V1)
    text = v1.refused(401, "APIGW.0301", "GET", "/signs")
    assert text == (
        "Incorrect IAM authentication information: Get secretKey failed,ak:nobodysAccessKeyId,err:ak not exist"
    )


def test_wrong_secret(gateway):
    v1 = Rest(gateway, Signed(gateway.access(secret="notTheSecret")), V1)
    text = v1.refused(401, "APIGW.0301", "GET", "/signs", query={"name": "x"})
    assert text.startswith("Incorrect IAM authentication information: verify aksk signature fail, ")
    # The caller sees what was signed here, to compare: the canonical request, a bar for each line feed.
    assert "canonicalRequest:GET|/v1.0/apigw/signs/|name=x|" in text
    assert gateway.access().secret not in text


def test_key_is_locked_after_too_many_failures(tmp_path):
    with running_gateway(tmp_path, last_lines=SETTINGS) as gateway:
        right, wrong = (
            Rest(gateway, Signed(gateway.access(**given)), V1) for given in ({}, {"secret": "notTheSecret"})
        )
        for _ in range(5):
            wrong.refused(401, "APIGW.0301", "GET", "/signs")
        right.read("/signs")
        for _ in range(6):
            wrong.refused(401, "APIGW.0301", "GET", "/signs")
        text = right.refused(401, "APIGW.0301", "GET", "/signs")
        assert "AK access failed to reach the limit,forbidden." in text


@pytest.mark.parametrize("minutes, status", [(-14, 200), (14, 200), (-16, 401), (16, 401)])
def test_clock(v1, minutes, status):
    date = f"{now() + datetime.timedelta(minutes=minutes):{DATE_FORMAT}}"
    answer = v1.call("GET", "/signs", headers={DATE: date})
    assert answer.status == status
    if status == 401:
        assert answer.error() == (401, "APIGW.0301")


@pytest.mark.parametrize("name, value", [(DATE, "20260102"), ("Authorization", "SDK-HMAC-SHA256 Access=x")])
def test_malformed_headers(gateway, name, value):
    class Broken(Signed):
        def prepare(self, *request):
            target, headers = super().prepare(*request)
            return target, {**headers, name: value}

    Rest(gateway, Broken(gateway.access()), V1).refused(401, "APIGW.0301", "GET", "/signs")


def test_another_body_than_was_signed(gateway):
    class Forged(Signed):
        def prepare(self, host, method, path, query, headers, body):
            return super().prepare(host, method, path, query, headers, body + b" ")

    honest = Rest(gateway, Signed(gateway.access()), V1)
    before = honest.read("/signs")
    Rest(gateway, Forged(gateway.access()), V1).refused(401, "APIGW.0301", "POST", "/signs", {"name": "forged"})
    assert honest.read("/signs") == before
