"""A group of APIs that a test manages through the SDK and calls through the gateway."""

import itertools

from huaweicloudsdkapig.v2 import BackendApiCreate

from instance import RELEASE

METHOD = "GET"
REQUEST_PATH = "/items"
BACKEND_PATH = "/backend/items"
_numbers = itertools.count(1)


class Catalogue:
    """What the tests have in common: ids, names that are nobody else's, and the calls that need them."""

    def __init__(self, v2, gateway, backend):
        self.v2 = v2
        self._gateway = gateway
        self._backend = backend
        self._names = itertools.count(1)
        self.name = f"shop_{next(_numbers)}"
        group = v2.do("CreateApiGroupV2", {"name": self.name, "remark": "made by a test"})
        self.group_id, self.host = group.id, group.sl_domain

    def new_name(self):
        return f"{self.name}_{next(self._names)}"

    def definition(self, name=None, path=REQUEST_PATH, method=METHOD, backend_path=BACKEND_PATH, **more):
        """The body that defines an API, with what is said here beside what every API needs."""
        return {
            "group_id": self.group_id,
            "name": name or self.new_name(),
            "type": 1,
            "req_protocol": "HTTP",
            "req_method": method,
            "req_uri": path,
            "auth_type": "NONE",
            "backend_type": "HTTP",
            "backend_api": BackendApiCreate(
                url_domain=self._backend.address.removeprefix("http://"),
                req_protocol="HTTP",
                req_method=method,
                req_uri=backend_path,
                timeout=5000,
            ),
            **more,
        }

    def create_api(self, *given, **definition):
        """A new API that is nowhere published; gives its id."""
        return self.v2.do("CreateApiV2", self.definition(*given, **definition)).id

    def _act(self, action, api_id, env_id):
        body = {"action": action, "api_id": api_id, "env_id": env_id}
        return self.v2.do("CreateOrDeletePublishRecordForApiV2", body)

    def publish(self, api_id, env_id=RELEASE):
        """Publishes the API; gives the publication."""
        return self._act("online", api_id, env_id)

    def take_offline(self, api_id, env_id=RELEASE):
        return self._act("offline", api_id, env_id)

    def create_environment(self):
        """A new environment, of which an instance has few; gives it."""
        return self.v2.do("CreateEnvironmentV2", {"name": self.new_name()})

    def create_key(self, **body):
        """A new signature key; gives it."""
        return self.v2.do("CreateSignatureKeyV2", {"name": self.new_name(), **body})

    def key(self, sign_id):
        """The signature key as a list shows it."""
        (key,) = self.v2.items("ListSignatureKeysV2", "signs", id=sign_id)
        return key

    def bind(self, sign_id, *publish_ids):
        """Binds the key to each publication; gives the bindings in the order of the answer."""
        body = {"sign_id": sign_id, "publish_ids": list(publish_ids)}
        return self.v2.do("AssociateSignatureKeyV2", body).bindings

    def unbind(self, binding_id):
        self.v2.do("DisassociateSignatureKeyV2", sign_bindings_id=binding_id)

    def request(self, target=REQUEST_PATH, headers=(), method=METHOD, body=b""):
        """What a client of the API gets: status, headers with lower-case names, body."""
        status, pairs, answer = self._gateway.call(self.host, method, target, headers, body)
        return status, {name.lower(): value for name, value in pairs}, answer

    def received(self, *request, **rest):
        """What the backend received for one request of a client."""
        status, _, answer = self.request(*request, **rest)
        assert (status, answer) == (200, b"ok\n"), (status, answer)
        return self._backend.take()

    def refused(self, *request, **rest):
        """The status of a request that must not reach the backend."""
        status, _, _ = self.request(*request, **rest)
        assert self._backend.is_empty()
        return status
