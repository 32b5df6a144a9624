"""What every official client does, written once: the whole life of a key and of an API, and what belongs to it.

Each function is one scenario over a `Project`; test_scenario.py runs each of them for each client.
"""

import pytest

from clients import Refusal
from project import BACKEND_PATH, STAGE
from signed import assert_signed, assert_unsigned

UNKNOWN_ID = "0123456789abcdef0123456789abcdef"


def refused(code, call, operation, **parameters):
    """The client raises its typed error with this code."""
    with pytest.raises(Refusal) as raised:
        call(operation, **parameters)
    assert raised.value.code == code


def whole_life(project):
    """Group, API, publication, key, binding, change of key, second key, and everything taken down again."""
    api_id = project.create_api("items")
    assert project.status() == 404
    project.publish(api_id)
    assert_unsigned(project.received())

    first = project.create_key("first_key", "FirstKey1", "FirstSecret_1")
    assert_unsigned(project.received())
    project.bind(first, api_id)
    received = project.received("/items?b=2&a=1&a=x%20y")
    assert received.target == f"{BACKEND_PATH}?b=2&a=1&a=x%20y"
    assert_signed(received, {"FirstKey1": "FirstSecret_1"})

    _changes_of(project, first)
    second = project.create_key("second_key", "SecondKey2", "Second@#!*_2")
    project.bind(second, api_id)
    assert_signed(project.received(), {"SecondKey2": "Second@#!*_2"})

    _bindings_of(project, second, api_id)
    refused("DependencyViolationSignature", project.do, "DeleteSignature", SignatureId=second)
    project.on_stage("RemoveSignatureApis", SignatureId=second)
    assert_unsigned(project.received())
    assert project.on_stage("DescribeSignaturesByApi", ApiId=api_id)["Signatures"]["SignatureItem"] == []
    assert project.do("DescribeApisBySignature", SignatureId=second)["TotalCount"] == 0
    for signature_id in (first, second):
        project.do("DeleteSignature", SignatureId=signature_id)
        refused("NotFoundSignature", project.do, "DeleteSignature", SignatureId=signature_id)

    project.on_stage("AbolishApi", ApiId=api_id)
    assert project.status() == 404
    project.do("DeleteApi", GroupId=project.group_id, ApiId=api_id)
    assert project.do("DescribeApis", GroupId=project.group_id)["TotalCount"] == 0
    project.do("DeleteApiGroup", GroupId=project.group_id)
    assert project.do("DescribeApiGroups", GroupId=project.group_id)["TotalCount"] == 0


def _changes_of(project, signature_id):
    """Each field alone, then all together: what is absent stays, and the next request is signed with the result."""
    expected = {"SignatureName": "first_key", "SignatureKey": "FirstKey1", "SignatureSecret": "FirstSecret_1"}
    for change in (
        {"SignatureName": "other_name"},
        {"SignatureKey": "OtherKey1"},
        {"SignatureSecret": "Other@#!*_1"},
        {"SignatureName": "third_name", "SignatureKey": "ThirdKey1", "SignatureSecret": "ThirdSecret_1"},
    ):
        expected |= change
        answer = project.do("ModifySignature", SignatureId=signature_id, **change)
        assert (answer["SignatureId"], answer["SignatureName"]) == (signature_id, expected["SignatureName"])
        assert_signed(project.received(), {expected["SignatureKey"]: expected["SignatureSecret"]})
        assert project.key(signature_id) == tuple(expected.values())


def _bindings_of(project, signature_id, api_id):
    """The same binding seen from the API, from the key and from the group."""
    bound = {"SignatureId": signature_id, "SignatureName": "second_key"}
    (item,) = project.on_stage("DescribeSignaturesByApi", ApiId=api_id)["Signatures"]["SignatureItem"]
    assert bound.items() <= item.items() and item["BoundTime"]

    by_key = project.do("DescribeApisBySignature", SignatureId=signature_id, PageSize=5)
    assert (by_key["TotalCount"], by_key["PageNumber"], by_key["PageSize"]) == (1, 1, 5)
    (info,) = by_key["ApiInfos"]["ApiInfo"]
    api = {"GroupId": project.group_id, "ApiId": api_id, "ApiName": "items", "StageName": STAGE}
    assert api.items() <= info.items()

    for ids in ({}, {"ApiIds": api_id}):
        of_group = project.on_stage("DescribeApiSignatures", **ids)
        assert of_group["TotalCount"] == 1
        (item,) = of_group["ApiSignatures"]["ApiSignatureItem"]
        assert (bound | {"ApiId": api_id, "ApiName": "items"}).items() <= item.items()


def lists_of_keys(project):
    """Filters and pages of DescribeSignatures; a name filter takes the whole name."""
    name = f"{project.name}_key"
    ids = [project.create_key(name, f"ListedKey_{number}", "ListedSecret") for number in range(3)]
    other = project.create_key(f"{name}_other", "ListedKey_3", "ListedSecret")

    pages = []
    for number in (1, 2, 3):
        page = project.do("DescribeSignatures", SignatureName=name, PageNumber=number, PageSize=2)
        assert (page["TotalCount"], page["PageNumber"], page["PageSize"]) == (3, number, 2)
        pages.append([info["SignatureId"] for info in page["SignatureInfos"]["SignatureInfo"]])
    assert [len(page) for page in pages] == [2, 1, 0]
    assert sorted(sum(pages, [])) == sorted(ids)

    both = project.do("DescribeSignatures", SignatureId=ids[0], SignatureName=f"{name}_other")
    assert (both["TotalCount"], both["SignatureInfos"]["SignatureInfo"]) == (0, [])
    assert project.key(other) == (f"{name}_other", "ListedKey_3", "ListedSecret")


def refusals(project):
    """Codes of the operations themselves."""
    good = {"SignatureName": "good_name", "SignatureKey": "GoodKey1", "SignatureSecret": "GoodSecret1"}
    refused("InvalidSignatureName", project.do, "CreateSignature", **good | {"SignatureName": "1bad"})
    refused("InvalidSignatureKey", project.do, "CreateSignature", **good | {"SignatureKey": "bad-key"})
    refused("InvalidSignatureSecret", project.do, "CreateSignature", **good | {"SignatureSecret": "-bad-one"})
    refused("MissingSignatureName", project.do, "CreateSignature", SignatureKey="GoodKey1")
    refused("NotFoundSignature", project.do, "ModifySignature", SignatureId=UNKNOWN_ID, SignatureName="any_name")
    refused("NotFoundSignature", project.on_stage, "SetSignatureApis", SignatureId=UNKNOWN_ID, ApiIds=UNKNOWN_ID)
    signature_id = project.create_key(*good.values())
    refused("NotFoundApi", project.on_stage, "SetSignatureApis", SignatureId=signature_id, ApiIds=UNKNOWN_ID)
    binding = {"SignatureId": signature_id, "ApiIds": UNKNOWN_ID}
    refused("NotFoundApiGroup", project.do, "SetSignatureApis", **binding, GroupId=UNKNOWN_ID, StageName=STAGE)
    refused("InvalidStageName", project.do, "SetSignatureApis", **binding, GroupId=project.group_id, StageName="NO")
    assert project.key(signature_id) == tuple(good.values())
