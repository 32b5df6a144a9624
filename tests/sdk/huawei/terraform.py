"""What Terraform's provider puts on the wire, and how strict its Go library is about what comes back."""

import json
import time
import urllib.parse

import huawei_verifier
from plain import send
from signed_by_huawei import now
from verifier import Request

POLL_SECONDS = 10
PAGE = 100
# The host is in no header map of a Go client, so it is not signed.
SIGNED = ["accept", "content-type", "user-agent", "x-language", "x-sdk-date"]
ONLY_200 = ("/envs/", "/api-groups/", "/apis/")


class Terraform:
    """Signs as the provider's Go library does, with nothing of the Python SDK."""

    def __init__(self, gateway, project_id, domain_id, base):
        self._port = gateway.management_port
        self._access = gateway.access()
        self._after_signing = {"X-Project-Id": project_id, "X-Domain-Id": domain_id}
        self._base = base

    def _call(self, method, path, body=None, query=()):
        """One call; the target has its query in canonical form, and a body ends with a line feed."""
        data = b"" if body is None else json.dumps(body, separators=(",", ":")).encode() + b"\n"
        encoded = urllib.parse.urlencode(sorted(dict(query).items()), quote_via=urllib.parse.quote)
        target = self._base + path + (f"?{encoded}" if encoded else "")
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": "terraform-provider-huaweicloud-iac",
            "X-Language": "en-us",
            "X-Sdk-Date": f"{now():{huawei_verifier.DATE_FORMAT}}",
        }
        request = Request(method, target, tuple(headers.items()), data)
        headers["Authorization"] = huawei_verifier.authorization(
            request, self._access.key_id, self._access.secret, SIGNED
        )
        return send(self._port, method, target, {**headers, **self._after_signing}, data)

    def get(self, path, **query):
        answer = self._call("GET", path, query=query)
        assert answer.status == 200, answer
        return answer.json()

    def post(self, path, body):
        answer = self._call("POST", path, body)
        assert answer.status in (200, 201, 202), answer
        return answer.json()

    def put(self, path, body):
        answer = self._call("PUT", path, body)
        assert answer.status in ((200,) if path.startswith(ONLY_200) else (200, 201, 202)), answer
        return answer.json()

    def delete(self, path):
        answer = self._call("DELETE", path)
        assert answer.status in (200, 202, 204), answer

    def pages(self, path, field, limit=PAGE, **query):
        """Every entry of a list: pages are asked for until one is empty."""
        found = []
        while True:
            page = self.get(path, limit=limit, offset=len(found), **query)[field]
            assert isinstance(page, list)
            if not page:
                return found
            found += page

    def is_gone(self, path, **query):
        """What the provider takes for "already gone" when it reads."""
        return self._call("GET", path, query=query).status == 404

    @staticmethod
    def poll(condition):
        """Asks again until it holds, as the provider does."""
        deadline = time.monotonic() + POLL_SECONDS
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.05)
