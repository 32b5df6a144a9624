"""The vectors that HTTP can carry, over real servers."""

import base64
import hashlib

import pytest
from apps import asgi_echo, wsgi_echo
from servers import asgi_server, send, werkzeug_server, wsgiref_server
from vectors import CASES, keys_of, verifier_of

from countersign_verifier import Guard
from countersign_verifier.asgi import CountersignMiddleware as Asgi
from countersign_verifier.wsgi import CountersignMiddleware as Wsgi

BY_NUMBER = dict(enumerate(CASES))


def guard_of(case):
    return Guard(keys_of(case), verifier_of(case), clock=lambda: case["now"])


def asgi_app():
    async def app(scope, receive, send):
        number = dict(scope["headers"])[b"x-case"]
        await Asgi(asgi_echo, guard_of(BY_NUMBER[int(number)]))(scope, receive, send)

    return app


def wsgi_app(environ, start_response):
    case = BY_NUMBER[int(environ["HTTP_X_CASE"])]
    return Wsgi(wsgi_echo, guard_of(case))(environ, start_response)


def is_http(case):
    """Whether a client could send it and a server would pass it on."""
    request = case["request"]
    hosts = sum(name.lower() == "host" for name, _ in request["headers"])
    return (
        request["method"].isupper()
        # The client sends one, and these schemes sign it.
        and (hosts == 1 or hosts == 0 and not signs_host(case))
        and request["target"].isascii()
        and (request["target"].startswith("/") or request["method"] == "OPTIONS")
        and all(ord(c) >= 32 and ord(c) != 127 or c == "\t"
                for _, value in request["headers"] for c in value)
        # These codings have a meaning to the server itself.
        and not any(name.lower() in ("connection", "expect") for name, _ in request["headers"])
    )


def signs_host(case):
    return any(key["scheme"] not in ("alibaba-hmac-sha256", "basic") for key in case["keys"])


def is_wsgi(case):
    """Servers of the standard library take a hundred headers, join repeated ones and
    merge slashes in front; C1 controls break their reader of headers."""
    headers = case["request"]["headers"]
    names = [name.lower() for name, _ in headers]
    return (
        is_http(case)
        and len(names) < 95
        and len(set(names)) == len(names)
        and all(len(value) < 60000 for _, value in headers)
        and not any("\x80" <= c < "\xa0" for _, value in headers for c in value)
        and not case["request"]["target"].startswith("//")
    )


def check(port, number, case, only_refused=False):
    request = case["request"]
    body = base64.b64decode(request["body"])
    answer = send(port, request["method"], request["target"],
                  [*request["headers"], ["X-Case", str(number)]], body)
    if case["expect"] == "ok":
        assert answer.status == 200, (case["name"], answer.headers)
        if request["method"] != "HEAD":
            assert answer.json() == {"verified": True, "key": case["key"], "would": "",
                                     "body": hashlib.sha256(body).hexdigest()}, case["name"]
        return
    assert answer.status == 401, case["name"]
    if only_refused:
        return
    assert answer.headers["x-countersign-refusal"] == case["expect"], case["name"]
    assert answer.headers["content-type"] == "application/json"
    if request["method"] != "HEAD":
        assert answer.json() == {"error": case["expect"]}


def test_asgi():
    # ASGI does not tell "/p?" from "/p".
    carried = {n: case for n, case in BY_NUMBER.items()
               if is_http(case) and not case["request"]["target"].endswith("?")}
    assert len(carried) > 800
    with asgi_server(asgi_app()) as port:
        for number, case in carried.items():
            check(port, number, case)


def test_wsgi():
    carried = {n: case for n, case in BY_NUMBER.items() if is_wsgi(case)}
    assert len(carried) > 700
    with werkzeug_server(wsgi_app) as port:
        for number, case in carried.items():
            check(port, number, case)


def test_wsgi_accepts_no_repeated_header_that_it_should_refuse():
    repeated = {n: case for n, case in BY_NUMBER.items()
                if is_http(case) and not is_wsgi(case) and case["expect"] != "ok"
                and len(case["request"]["headers"]) < 95
                and not case["request"]["target"].startswith("//")
                and all(len(value) < 60000 for _, value in case["request"]["headers"])}
    assert len(repeated) > 10
    with werkzeug_server(wsgi_app) as port:
        for number, case in repeated.items():
            check(port, number, case, only_refused=True)


def test_wsgi_without_a_raw_target():
    plain = {n: case for n, case in BY_NUMBER.items()
             if is_wsgi(case) and "%" not in case["request"]["target"].partition("?")[0]
             and not case["request"]["target"].endswith("?")
             and case["request"]["target"].startswith("/")
             # The type that the server puts in where there is none is of no form.
             and case["request"]["method"] != "HEAD"}
    assert len(plain) > 500
    with wsgiref_server(wsgi_app) as port:
        for number, case in plain.items():
            check(port, number, case)


@pytest.mark.parametrize("target", ["/a%2Fb", "/a%zz"])
def test_a_lost_escape_is_refused(target):
    number, case = next((n, c) for n, c in BY_NUMBER.items()
                        if c["request"]["target"] == target and c["expect"] == "ok"
                        and c["name"].startswith("alibaba/"))
    with wsgiref_server(wsgi_app) as port:
        answer = send(port, "GET", target, [*case["request"]["headers"], ["X-Case", str(number)]])
    assert answer.headers["x-countersign-refusal"] == "signature_differs"
