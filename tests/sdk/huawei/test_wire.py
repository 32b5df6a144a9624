"""Every operation exactly as the SDK was once captured sending it: target, headers and body, with our ids in it."""

import pytest

import sdk_signer
import vectors
from catalogue import Catalogue
from gateway import running_gateway
from instance import INSTANCE_ID, PROJECT_ID, SETTINGS
from plain import send
from sdk_v2 import V2, status_of

REQUESTS = vectors.part("sdk_wire")["requests"]


@pytest.fixture
def gateway(tmp_path):
    """A gateway for each test: the captured names are the same in several."""
    with running_gateway(tmp_path, last_lines=SETTINGS) as running:
        yield running


def our_ids(operation, catalogue):
    """For each id of the captures, that of a thing of ours which the operation can be about."""
    v2 = catalogue.v2
    api_id = catalogue.create_api(path="/published")
    publication = catalogue.publish(api_id)
    key = catalogue.create_key()
    (binding,) = catalogue.bind(key.id, publication.publish_id)
    if operation in ("DeleteApiV2", "UpdateApiV2", "CreateOrDeletePublishRecordForApiV2"):
        api_id = catalogue.create_api(path="/not/published")
    group_id = catalogue.group_id
    if operation in ("DeleteApiGroupV2", "UpdateApiGroupV2"):
        group_id = v2.do("CreateApiGroupV2", {"name": "nothing_in_it"}).id
    return {
        "{project_id}": PROJECT_ID,
        "{instance_id}": INSTANCE_ID,
        "0b0e8f456b8742218af75f945307173c": key.id,
        "25082bd52f74442bb1d273993d567938": binding.id,
        "40e7162dc6b94bbbbb1a60d2a24b1b0c": publication.publish_id,
        "5f918d104dc84480a75166ba99efff21": api_id,
        "7a1ad0c350844ee69435ab297c1e6d18": catalogue.create_environment().id,
        "c77f5e81d9cb4424bf704ef2b0ac7600": group_id,
        "ee1a5a38d3d3493abf1dc4ed6cacfa0b": publication.version_id,
    }


def replaced(text, ids):
    for captured, ours in ids.items():
        text = text.replace(captured, ours)
    return text


@pytest.mark.parametrize("captured", REQUESTS, ids=lambda captured: captured["operation"])
def test_captured_request(captured, gateway, backend):
    access = gateway.access()
    operation = captured["operation"].partition(" ")[0]
    ids = our_ids(operation, Catalogue(V2(gateway, access, INSTANCE_ID, PROJECT_ID), gateway, backend))
    target = replaced(captured["request_target"], ids)
    body = replaced(captured.get("body_utf8", ""), ids).encode()
    path, _, query = target.partition("?")
    headers = {
        "User-Agent": "huaweicloud-usdk-python/3.0; Linux #1 SMP@1; x86_64; CPython/3.11; app/0",
        "Content-Type": captured["content_type"],
        "X-Project-Id": PROJECT_ID,
    }
    pairs = sdk_signer.pairs_of(query)
    signed_target, signed = sdk_signer.sign(
        access.key_id,
        access.secret,
        f"127.0.0.1:{gateway.management_port}",
        captured["method"],
        path,
        pairs,
        headers,
        body,
    )
    assert signed_target == target
    assert f"SignedHeaders={vectors.part('sdk_wire')['signed_headers']}," in signed["Authorization"]
    unsigned = {"Accept-Encoding": "gzip, deflate", "Accept": "*/*", "Connection": "keep-alive"}
    if captured["content_length"] == "0":
        unsigned["Content-Length"] = "0"
    answer = send(gateway.management_port, captured["method"], target, {**unsigned, **signed}, body)
    assert answer.status == status_of(operation), answer
    assert bool(answer.body) == (answer.status != 204)
