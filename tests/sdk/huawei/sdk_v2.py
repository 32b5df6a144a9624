"""The vendor's SDK for v2, unmodified, as one caller of one instance."""

import re

import huaweicloudsdkapig.v2 as models
import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import (
    ClientRequestException,
    ServerResponseException,
    ServiceResponseException,
)
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.http.http_handler import HttpHandler
from huaweicloudsdkcore.region.region import Region

from plain import CALL_SECONDS, REQUEST_ID


class V2:
    """Calls operations by the names that the vendor gives them."""

    def __init__(self, gateway, access, instance_id, project_id=None):
        """Without a project id the SDK asks the identity service for it."""
        self._instance_id = instance_id
        self._request_id = None
        endpoint = f"http://127.0.0.1:{gateway.management_port}"
        credentials = BasicCredentials(access.key_id, access.secret, project_id)
        builder = (
            models.ApigClient.new_builder()
            .with_http_config(HttpConfig(timeout=CALL_SECONDS))
            .with_http_handler(HttpHandler().add_response_handler(self._remember))
        )
        if project_id is None:
            builder = builder.with_credentials(credentials.with_iam_endpoint(endpoint))
            self._client = builder.with_region(Region(access.region, endpoint)).build()
        else:
            self._client = builder.with_credentials(credentials).with_endpoint(endpoint).build()

    def do(self, operation, body=None, **fields):
        """One call: `body` has the fields of the body's model. Gives the typed answer."""
        request_type = getattr(models, f"{operation}Request")
        if body is not None:
            fields["body"] = getattr(models, request_type.openapi_types["body"])(**body)
        method = getattr(self._client, _snake_case(operation))
        answer = method(request_type(**{"instance_id": self._instance_id, **fields}))
        assert answer.status_code == status_of(operation)
        return answer

    def items(self, operation, field, **fields):
        """The entries of a list whose first page has all of them."""
        listed = self.do(operation, **fields)
        entries = getattr(listed, field)
        assert listed.size == len(entries) == listed.total
        return entries

    def refused(self, status, code, operation, body=None, **fields):
        """The text of a refusal, as the SDK raises it, with this status and code."""
        with pytest.raises(ServiceResponseException) as raised:
            self.do(operation, body, **fields)
        refusal = raised.value
        assert (refusal.status_code, refusal.error_code) == (status, code), refusal
        assert isinstance(refusal, ClientRequestException if status < 500 else ServerResponseException)
        assert refusal.request_id == self._request_id
        return refusal.error_msg

    def _remember(self, response, **_):
        self._request_id = response.headers["X-Request-Id"]
        assert REQUEST_ID.fullmatch(self._request_id), "every answer has a request id"


def status_of(operation):
    """What the vendor documents for it."""
    if operation.startswith(("Create", "Associate")):
        return 201
    return 204 if operation.startswith(("Delete", "Disassociate")) else 200


def _snake_case(operation):
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).lower()
