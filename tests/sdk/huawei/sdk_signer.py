"""The vendor's own signer: to sign what no SDK has an operation for, and to verify what a backend received."""

import types
import urllib.parse

from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

import huawei_verifier


def sign(key_id, secret, host, method, path, query=(), headers=None, body=b""):
    """Target and headers of a request as the SDK would send it. `query` has pairs of decoded texts."""
    request = SdkRequest(
        method=method,
        schema="http",
        host=host,
        resource_path=path,
        query_params=list(query),
        header_params=dict(headers or {}),
        body=body,
    )
    signed = Signer(types.SimpleNamespace(ak=key_id, sk=secret)).sign(request)
    return signed.uri, signed.header_params


def pairs_of(query):
    """The pairs of a query in canonical form, decoded."""
    return urllib.parse.parse_qsl(query, keep_blank_values=True)


def assert_signed(received, sign_key, secret, header=huawei_verifier.AUTHORIZATION):
    """The vendor's signer writes the same header, to the character, over the same list of headers."""
    (given,) = [value for name, value in received.headers if name.lower() == header.lower()]
    found = huawei_verifier.HEADER.fullmatch(given)
    assert found, given
    listed = found[2].split(";")
    headers = {name: received.header(name) for name in listed}
    assert None not in headers.values(), f"{headers} lacks what is signed"
    path, _, query = received.target.partition("?")
    host = headers["host"]
    _, signed = sign(sign_key, secret, host, received.method, path, pairs_of(query), headers, received.body)
    assert signed[huawei_verifier.AUTHORIZATION] == given
