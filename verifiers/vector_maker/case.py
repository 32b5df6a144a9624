"""Cases and the requests in them."""

import base64

# 2026-01-02T03:04:05Z, the moment of both vendors' vectors.
NOW = 1767323045


class Cases:
    """The cases in the order they were added; a name occurs once."""

    def __init__(self):
        self.all = []
        self._names = set()

    def add(self, name, keys, request, expect, key=None, now=NOW, options=None, seen=None):
        """`expect` is `ok` or a refusal; `key` the sign key of an `ok`."""
        if name in self._names:
            raise ValueError(f"two cases are named {name}")
        self._names.add(name)
        if (expect == "ok") != (key is not None):
            raise ValueError(f"{name}: a sign key goes with ok, and only with it")
        case = {"name": name, "keys": keys, "now": now}
        if options:
            case["options"] = options
        case["request"] = request
        if seen:
            case["seen"] = seen
        case["expect"] = expect
        if key is not None:
            case["key"] = key
        self.all.append(case)


def request(method, target, headers, body=b""):
    """A request; values of headers are bytes or text that goes out as UTF-8."""
    return {
        "method": method,
        "target": target,
        "headers": [[name, latin1(value)] for name, value in headers],
        "body": base64.b64encode(body).decode(),
    }


def latin1(value):
    """One character for each byte."""
    return (value if isinstance(value, bytes) else value.encode()).decode("latin-1")


def active(scheme, sign_key, secret, state="active", version=1, name="orders"):
    """A key with a secret."""
    return {
        "scheme": scheme,
        "sign_key": sign_key,
        "secret": secret,
        "name": name,
        "version": version,
        "state": state,
    }


def retired(scheme, sign_key, version=1, name="orders"):
    """A key that was replaced."""
    return {
        "scheme": scheme,
        "sign_key": sign_key,
        "name": name,
        "version": version,
        "state": "retired",
    }
