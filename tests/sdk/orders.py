"""The APIs that the tests call: one for each method, at one path, in a group of their own."""

import json

from alibabacloud_cloudapi20160714 import models

REQUEST_PATH = "/orders"
BACKEND_PATH = "/backend/orders"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
STAGE = "RELEASE"


class Orders:
    """Everything a test needs to manage these APIs and to call them."""

    def __init__(self, gateway, backend, number):
        self.sdk = gateway.sdk()
        self._gateway = gateway
        self._backend = backend
        self._number = number
        self.keys_made = 0
        group = self.sdk.create_api_group(models.CreateApiGroupRequest(group_name=f"orders_{number}"))
        self.group_id, self.host = group.body.group_id, group.body.sub_domain
        self.api_ids = {method: self._create_api(method) for method in METHODS}
        self.each_api(models.DeployApiRequest, self.sdk.deploy_api, stage_name=STAGE, description="first")

    def _create_api(self, method):
        request = {
            "RequestProtocol": "HTTP",
            "RequestHttpMethod": method,
            "RequestPath": REQUEST_PATH,
            "RequestMode": "PASSTHROUGH",
            "BodyFormat": "STREAM",
        }
        service = {
            "ServiceProtocol": "HTTP",
            "ServiceAddress": self._backend.address,
            "ServicePath": BACKEND_PATH,
            "ServiceHttpMethod": method,
            "ServiceTimeout": 10_000,
            "ContentTypeCatagory": "CLIENT",
            "Mock": "FALSE",
        }
        created = self.sdk.create_api(
            models.CreateApiRequest(
                group_id=self.group_id,
                api_name=f"orders_{method.lower()}",
                visibility="PRIVATE",
                auth_type="ANONYMOUS",
                request_config=json.dumps(request),
                service_config=json.dumps(service),
            )
        )
        return created.body.api_id

    def each_api(self, request, operation, **fields):
        """Runs an operation that takes one API for every API."""
        for api_id in self.api_ids.values():
            operation(request(group_id=self.group_id, api_id=api_id, **fields))

    def create_key(self, sign_key, secret):
        """A new signature key; gives its id."""
        self.keys_made += 1
        request = models.CreateSignatureRequest(
            signature_name=f"orders_{self._number}_{self.keys_made}", signature_key=sign_key, signature_secret=secret
        )
        return self.sdk.create_signature(request).body.signature_id

    def bind(self, signature_id):
        """Binds the key to every API."""
        return self.sdk.set_signature_apis(
            models.SetSignatureApisRequest(
                signature_id=signature_id,
                group_id=self.group_id,
                stage_name=STAGE,
                api_ids=",".join(self.api_ids.values()),
            )
        )

    def unbind(self, signature_id):
        """Takes the key off every API."""
        return self.sdk.remove_signature_apis(
            models.RemoveSignatureApisRequest(
                signature_id=signature_id,
                group_id=self.group_id,
                stage_name=STAGE,
                api_ids=",".join(self.api_ids.values()),
            )
        )

    def modify(self, signature_id, **fields):
        """Changes the given fields of the key and no other."""
        return self.sdk.modify_signature(models.ModifySignatureRequest(signature_id=signature_id, **fields))

    def describe(self, signature_id):
        """The key as the management plane lists it."""
        answer = self.sdk.describe_signatures(models.DescribeSignaturesRequest(signature_id=signature_id))
        assert answer.body.total_count == 1
        (info,) = answer.body.signature_infos.signature_info
        return info

    def call(self, method="GET", query="", headers=(), body=b""):
        """One client request through the gateway: what the backend received."""
        status, _, answer = self._gateway.call(self.host, method, REQUEST_PATH + query, headers, body)
        assert (status, answer) == (200, b"ok\n")
        received = self._backend.take()
        assert received.method == method
        assert received.target == BACKEND_PATH + query
        assert received.body == body
        return received

    def refused_status(self):
        """The status of a request that must not reach the backend."""
        status, _, _ = self._gateway.call(self.host, "GET", REQUEST_PATH)
        assert self._backend.is_empty()
        return status
