"""PyPI alibabacloud-cloudapi20160714: V3 requests, always POST."""

import contextlib
import datetime
import re
from unittest import mock

from alibabacloud_cloudapi20160714 import models
from alibabacloud_cloudapi20160714.client import Client
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.models import Config
from alibabacloud_tea_openapi.utils import Utils

from clients.refusal import Refusal

CALL_MS = 10_000


class PyTea:
    def __init__(self, access):
        self._client = Client(
            Config(
                access_key_id=access.key_id,
                access_key_secret=access.secret,
                endpoint=access.endpoint,
                protocol="HTTP",
                connect_timeout=CALL_MS,
                read_timeout=CALL_MS,
            )
        )

    def call(self, operation, parameters=(), nonce=None, clock_offset=0):
        parameters = dict(parameters)
        request = getattr(models, f"{operation}Request")().from_map(parameters)
        assert parameters.items() <= request.to_map().items(), f"{operation} has other parameters"
        method = getattr(self._client, re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower())
        with _arranged(nonce, clock_offset):
            try:
                return method(request).body.to_map()
            except AlibabaCloudException as refused:
                raise Refusal(type(refused).__name__, refused.code, refused.message, refused.retry_after) from refused


@contextlib.contextmanager
def _arranged(nonce, clock_offset):
    """Has the SDK use this nonce and a clock that is this many seconds off."""

    def timestamp():
        now = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=clock_offset)
        return now.strftime("%Y-%m-%dT%H:%M:%SZ")

    with contextlib.ExitStack() as patches:
        if nonce:
            patches.enter_context(mock.patch.object(Utils, "get_nonce", lambda: nonce))
        if clock_offset:
            patches.enter_context(mock.patch.object(Utils, "get_timestamp", timestamp))
        yield
