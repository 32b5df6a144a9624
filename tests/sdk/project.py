"""A group of APIs that a scenario manages through one client and calls through the gateway."""

import itertools
import json

STAGE = "RELEASE"
METHOD = "GET"
REQUEST_PATH = "/items"
BACKEND_PATH = "/backend/items"
_numbers = itertools.count(1)


class Project:
    """What the scenarios have in common: ids, names that are nobody else's, and the calls that need them."""

    def __init__(self, client, gateway, backend):
        self.client = client
        self._gateway = gateway
        self._backend = backend
        self.name = f"project_{next(_numbers)}"
        group = self.do("CreateApiGroup", GroupName=self.name, Description="made by a scenario")
        assert group["GroupName"] == self.name
        self.group_id, self._host = group["GroupId"], group["SubDomain"]

    def do(self, operation, **parameters):
        """One management call. Every answer has a request id, and none a code."""
        body = self.client.call(operation, parameters)
        assert body["RequestId"] and "Code" not in body
        return body

    def on_stage(self, operation, **parameters):
        """A management call about the group and the stage."""
        return self.do(operation, GroupId=self.group_id, StageName=STAGE, **parameters)

    def definition(self, method=METHOD, path=REQUEST_PATH, service=(), **request):
        """The two texts that define an API, with what is said here beside what they need."""
        return {
            "RequestConfig": json.dumps(
                {
                    "RequestProtocol": "HTTP",
                    "RequestHttpMethod": method,
                    "RequestPath": path,
                    "RequestMode": "PASSTHROUGH",
                    **request,
                }
            ),
            "ServiceConfig": json.dumps(
                {
                    "ServiceProtocol": "HTTP",
                    "ServiceAddress": self._backend.address,
                    "ServicePath": BACKEND_PATH,
                    "ServiceHttpMethod": method,
                    "ServiceTimeout": 10_000,
                    "Mock": "FALSE",
                    **dict(service),
                }
            ),
        }

    def create_api(self, name, **definition):
        """A new API that is on no stage; gives its id."""
        return self.do(
            "CreateApi",
            GroupId=self.group_id,
            ApiName=name,
            Visibility="PRIVATE",
            AuthType="ANONYMOUS",
            **(definition or self.definition()),
        )["ApiId"]

    def describe_api(self, api_id):
        return self.do("DescribeApi", GroupId=self.group_id, ApiId=api_id)

    @staticmethod
    def stages(api):
        """Where a described API is published."""
        return api["DeployedInfos"]["DeployedInfo"]

    def publish(self, api_id):
        self.on_stage("DeployApi", ApiId=api_id, Description="by a scenario")

    def create_key(self, name, sign_key, secret):
        """A new signature key; gives its id."""
        created = self.do("CreateSignature", SignatureName=name, SignatureKey=sign_key, SignatureSecret=secret)
        assert created["SignatureName"] == name
        return created["SignatureId"]

    def key(self, signature_id):
        """Name, sign key and secret, as the management plane lists them."""
        listed = self.do("DescribeSignatures", SignatureId=signature_id)
        assert listed["TotalCount"] == 1
        (info,) = listed["SignatureInfos"]["SignatureInfo"]
        assert info["SignatureId"] == signature_id
        return info["SignatureName"], info["SignatureKey"], info["SignatureSecret"]

    def bind(self, signature_id, api_id):
        self.on_stage("SetSignatureApis", SignatureId=signature_id, ApiIds=api_id)

    def request(self, target=REQUEST_PATH, headers=(), method=METHOD, body=b""):
        """What a client of the API gets: status, headers with lower-case names, body."""
        status, pairs, answer = self._gateway.call(self._host, method, target, headers, body)
        return status, {name.lower(): value for name, value in pairs}, answer

    def received(self, *request, **rest):
        """What the backend received for one request of a client."""
        status, _, answer = self.request(*request, **rest)
        assert (status, answer) == (200, b"ok\n")
        return self._backend.take()

    def status(self, *request, **rest):
        """The status of a request that must not reach the backend."""
        status, _, _ = self.request(*request, **rest)
        assert self._backend.is_empty()
        return status
