"""PyPI aliyun-python-sdk-core and aliyun-python-sdk-cloudapi: v1 requests, GET."""

import contextlib
import importlib
import json
import time
from unittest import mock

from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import RpcRequest
from aliyunsdkcore.utils import parameter_helper

from clients.refusal import Refusal

CALL_SECONDS = 10


class PyCore:
    def __init__(self, access):
        host, port = access.endpoint.split(":")
        self._host = host
        self._client = AcsClient(
            access.key_id,
            access.secret,
            access.region,
            port=int(port),
            timeout=CALL_SECONDS,
            connect_timeout=CALL_SECONDS,
        )

    def call(self, operation, parameters=(), nonce=None, clock_offset=0):
        request = _request(operation, dict(parameters))
        request.set_endpoint(self._host)
        with _arranged(nonce, clock_offset):
            try:
                return json.loads(self._client.do_action_with_exception(request))
            except ServerException as refused:
                raise Refusal("ServerException", refused.error_code, refused.message) from refused


def _request(operation, parameters):
    """The typed request. The package is older than plugins: for those it is the general one, as the SDK offers it."""
    try:
        module = importlib.import_module(f"aliyunsdkcloudapi.request.v20160714.{operation}Request")
    except ModuleNotFoundError:
        request = RpcRequest("CloudAPI", "2016-07-14", operation, "apigateway")
        for name, value in parameters.items():
            request.add_query_param(name, value)
        return request
    request = getattr(module, f"{operation}Request")()
    for name, value in parameters.items():
        getattr(request, f"set_{name}")(value)
    return request


@contextlib.contextmanager
def _arranged(nonce, clock_offset):
    """Has the SDK use this nonce and a clock that is this many seconds off."""

    def timestamp():
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + clock_offset))

    with contextlib.ExitStack() as patches:
        if nonce:
            patches.enter_context(mock.patch.object(parameter_helper, "get_uuid", lambda: nonce))
        if clock_offset:
            patches.enter_context(mock.patch.object(parameter_helper, "get_iso_8061_date", timestamp))
        yield
