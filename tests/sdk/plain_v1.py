"""v1 calls signed by the official Python core over one kept connection: raw answers, and many a second."""

import dataclasses
import http.client
import json

from aliyunsdkcore.auth.composer import rpc_signature_composer

CALL_SECONDS = 10


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    content_type: str
    retry_after_ms: int | None
    body: bytes

    @property
    def code(self):
        """The code of a refusal in JSON; None of a success."""
        return json.loads(self.body).get("Code")


class PlainV1:
    """A connection to the management plane, for the length of a `with` block."""

    def __init__(self, access):
        self._access = access

    def __enter__(self):
        self._connection = http.client.HTTPConnection(self._access.endpoint, timeout=CALL_SECONDS)
        return self

    def __exit__(self, *_):
        self._connection.close()

    def call(self, operation, parameters=()):
        """One call; the answer is XML unless the parameters have a `Format`."""
        given = {"Action": operation, "Version": "2016-07-14", **dict(parameters)}
        url, _ = rpc_signature_composer.get_signed_url(given, self._access.key_id, self._access.secret, None, "GET", {})
        self._connection.request("GET", url)
        response = self._connection.getresponse()
        wait = response.getheader("x-acs-retry-after")
        return Answer(response.status, response.getheader("Content-Type"), wait and int(wait), response.read())
