"""XML, the documented default of v1: answered to who does not ask for JSON, in the shape that the vendor documents."""

import xml.etree.ElementTree

import pytest

from plain_v1 import PlainV1

XML = "text/xml;charset=utf-8"


def xml_of(answer):
    assert answer.content_type == XML
    return xml.etree.ElementTree.fromstring(answer.body)


@pytest.fixture
def plain(gateway):
    with PlainV1(gateway.access()) as connection:
        yield connection


def test_a_call_without_format_is_answered_in_xml(plain):
    key = {"SignatureName": "xml_key", "SignatureKey": "XmlKey1", "SignatureSecret": "Xml@#!*_1"}
    created = plain.call("CreateSignature", key)
    root = xml_of(created)
    assert (created.status, root.tag) == (200, "CreateSignatureResponse")
    assert root.findtext("RequestId")
    signature_id = root.findtext("SignatureId")

    root = xml_of(plain.call("DescribeSignatures", {"SignatureId": signature_id}))
    assert (root.tag, root.findtext("TotalCount")) == ("DescribeSignaturesResponse", "1")
    (info,) = root.findall("SignatureInfos/SignatureInfo")
    assert {name: info.findtext(name) for name in key} == key


def test_a_refusal_without_format_is_xml(plain):
    refused = plain.call("DeleteSignature", {"SignatureId": "0" * 32})
    root = xml_of(refused)
    assert (refused.status, root.tag) == (400, "Error")
    assert root.findtext("Code") == "NotFoundSignature"
    assert all(root.findtext(name) for name in ("RequestId", "HostId", "Message"))


def test_format_is_obeyed_whatever_its_case(plain):
    for form, content_type in (("xml", XML), ("XML", XML), ("json", "application/json;charset=utf-8")):
        assert plain.call("DescribeSignatures", {"Format": form}).content_type == content_type
