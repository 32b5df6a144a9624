"""One signature key through both vendors' SDKs."""

import itertools

import pytest
from alibabacloud_cloudapi20160714 import models as alibaba

import verifier as alibaba_verifier
from signed_by_huawei import assert_basic, assert_hmac

# A pair that the other dialect would not take: shorter, and with characters of its own.
SIGN_KEY, SECRET = "abcd_1", "a*b@#!_"
_numbers = itertools.count(1)


@pytest.fixture
def sdk(gateway):
    return gateway.sdk()


@pytest.fixture
def made_by_alibaba(sdk):
    """The id of a key that only Alibaba's dialect could make."""
    name = f"both_{next(_numbers)}"
    request = alibaba.CreateSignatureRequest(signature_name=name, signature_key=SIGN_KEY, signature_secret=SECRET)
    return name, sdk.create_signature(request).body.signature_id


def seen_by_alibaba(sdk, name):
    listed = sdk.describe_signatures(alibaba.DescribeSignaturesRequest(signature_name=name)).body
    (info,) = listed.signature_infos.signature_info
    return info.signature_id, info.signature_key, info.signature_secret


def test_key_of_alibaba_lists_and_changes(v2, sdk, made_by_alibaba):
    name, _ = made_by_alibaba
    (key,) = v2.items("ListSignatureKeysV2", "signs", name=name, precise_search="name")
    assert (key.sign_key, key.sign_secret, key.bind_num) == (SIGN_KEY, SECRET, 0)
    changed = v2.do("UpdateSignatureKeyV2", {"name": name}, sign_id=key.id)
    assert seen_by_alibaba(sdk, name)[1:] == (changed.sign_key, changed.sign_secret)


def test_key_of_alibaba_signs_an_api_of_huawei(v2, catalogue, made_by_alibaba):
    name, _ = made_by_alibaba
    (key,) = v2.items("ListSignatureKeysV2", "signs", name=name, precise_search="name")
    catalogue.bind(key.id, catalogue.publish(catalogue.create_api()).publish_id)
    received = catalogue.received()
    assert alibaba_verifier.verify(received, {SIGN_KEY: SECRET}) == SIGN_KEY
    # A change keeps the form as long as the type is the same.
    changed = v2.do("UpdateSignatureKeyV2", {"name": name, "sign_type": "hmac"}, sign_id=key.id)
    secrets = {changed.sign_key: changed.sign_secret}
    assert alibaba_verifier.verify(catalogue.received(), secrets) == changed.sign_key
    for sign_type, assert_signed in (("basic", assert_basic), ("hmac", assert_hmac)):
        changed = v2.do("UpdateSignatureKeyV2", {"name": name, "sign_type": sign_type}, sign_id=key.id)
        assert_signed(catalogue.received(), changed)


@pytest.mark.parametrize("sign_type", ["hmac", "basic", "public_key", "aes"])
def test_key_of_huawei_is_seen_by_alibaba(sdk, catalogue, sign_type):
    key = catalogue.create_key(sign_type=sign_type)
    assert seen_by_alibaba(sdk, key.name)[1:] == (key.sign_key, key.sign_secret)


def test_key_of_huawei_changes_through_alibaba(v2, sdk, catalogue):
    key = catalogue.create_key()
    catalogue.bind(key.id, catalogue.publish(catalogue.create_api()).publish_id)
    alibaba_id, *_ = seen_by_alibaba(sdk, key.name)
    sdk.modify_signature(
        alibaba.ModifySignatureRequest(
            signature_id=alibaba_id, signature_name=key.name, signature_key="Changed1", signature_secret=SECRET
        )
    )
    listed = catalogue.key(key.id)
    assert (listed.sign_key, listed.sign_secret, listed.sign_type) == ("Changed1", SECRET, "hmac")
    assert_hmac(catalogue.received(), listed)


def test_group_and_api_of_huawei_are_seen_by_alibaba(sdk, catalogue):
    catalogue.create_api(name="Api_http")
    listed = sdk.describe_api_groups(alibaba.DescribeApiGroupsRequest(group_name=catalogue.name)).body
    (group,) = listed.api_group_attributes.api_group_attribute
    assert group.sub_domain == catalogue.host
    apis = sdk.describe_apis(alibaba.DescribeApisRequest(group_id=group.group_id)).body.api_summarys.api_summary
    assert [api.api_name for api in apis] == ["Api_http"]
