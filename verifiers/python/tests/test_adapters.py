"""What the adapters do besides: bodies, observe mode, WebSockets, events."""

import asyncio
import hashlib
import io
import queue

from apps import asgi_echo, wsgi_echo
from feed_server import FeedServer
from servers import asgi_server, send, werkzeug_server
from signing import active, alibaba, huawei

from countersign_verifier import Counts, Guard, KeyFeed, KeySet, Request, Verifier
from countersign_verifier.asgi import CountersignMiddleware as Asgi
from countersign_verifier.wsgi import CountersignMiddleware as Wsgi

KEYS = KeySet.from_json({"keys": alibaba.KEYS + huawei.KEYS})


def both(guard, check):
    """Runs a check against both adapters."""
    with asgi_server(Asgi(asgi_echo, guard)) as port:
        check(port)
    with werkzeug_server(Wsgi(wsgi_echo, guard)) as port:
        check(port)


def sent(port, record, body=b"", **more):
    return send(port, record["method"], record["target"], record["headers"], body, **more)


def test_a_body_in_chunks_comes_whole():
    chunks = [b"a" * 70000, b"b", b"c" * 100000]
    body = b"".join(chunks)
    record = alibaba.signed("POST", "/x", body=body)

    def check(port):
        answer = sent(port, record, chunks=chunks)
        assert answer.json()["body"] == hashlib.sha256(body).hexdigest()
        other = sent(port, record, chunks=[*chunks, b"d"])
        assert other.headers["x-countersign-refusal"] == "signature_differs"

    both(Guard(KEYS), check)


def test_a_body_beyond_the_limit_is_not_held():
    guard = Guard(KEYS, Verifier(body_max=1000))
    record = alibaba.signed("POST", "/x", body=b"x" * 1001)

    def check(port):
        for answer in [sent(port, record, b"x" * 1001),
                       sent(port, record, chunks=[b"x" * 500] * 3)]:
            assert (answer.status, answer.headers["x-countersign-refusal"]) == (
                401, "body_too_large")

    both(guard, check)


def test_an_unsigned_request_is_refused_before_its_body_is_read():
    read = []

    async def receive():
        read.append(1)
        return {"type": "http.request", "body": b"x", "more_body": False}

    answers = []

    async def answer(message):
        answers.append(message)

    scope = {"type": "http", "method": "POST", "raw_path": b"/", "query_string": b"",
             "headers": [], "path": "/"}
    asyncio.run(Asgi(asgi_echo, Guard(KEYS))(scope, receive, answer))
    assert (answers[0]["status"], read) == (401, [])


def test_observe_mode_lets_all_pass_and_tells():
    counts = Counts()
    guard = Guard(KEYS, Verifier(body_max=1000), observe=True, on_event=counts)
    good = alibaba.signed("POST", "/x", body=b"b")
    large = b"y" * 2000

    def check(port):
        claims = {**good, "headers": [*good["headers"], ["X-Countersign-Refusal", "expired"]]}
        answer = sent(port, claims, b"b").json()
        assert (answer["verified"], answer["would"]) == (True, "")
        answer = sent(port, good, b"c").json()
        assert (answer["verified"], answer["would"]) == (False, "signature_differs")
        for answer in [sent(port, good, large), sent(port, good, chunks=[large[:900], large[900:]])]:
            assert answer.json()["would"] == "body_too_large"
            assert answer.json()["body"] == hashlib.sha256(large).hexdigest()
        answer = send(port, "PUT", "/", [], b"plain").json()
        assert answer["would"] == "no_signature"
        assert answer["body"] == hashlib.sha256(b"plain").hexdigest()

    both(guard, check)
    assert counts.snapshot() == {
        ("verified", None): 2, ("observed", "signature_differs"): 2,
        ("observed", "body_too_large"): 4, ("observed", "no_signature"): 2}


def test_head_has_no_body_in_its_answer():
    def check(port):
        answer = send(port, "HEAD", "/", [])
        assert (answer.status, answer.body) == (401, b"")
        assert answer.headers["x-countersign-refusal"] == "no_signature"

    both(Guard(KEYS), check)


def test_a_hook_that_fails_does_no_harm():
    def hook(event):
        raise RuntimeError("planted")

    def check(port):
        assert sent(port, alibaba.signed()).status == 200

    both(Guard(KEYS, on_event=hook), check)


def test_a_websocket_is_checked_by_its_handshake():
    async def app(scope, receive, answer):
        assert scope["state"]["countersign"].verified
        await answer({"type": "websocket.accept"})

    async def run(headers):
        messages = []

        async def receive():
            return {"type": "websocket.connect"}

        async def answer(message):
            messages.append(message)

        scope = {"type": "websocket", "raw_path": b"/v1/orders", "query_string": b"b=2&a=1",
                 "headers": headers, "path": "/v1/orders"}
        await Asgi(app, Guard(KEYS))(scope, receive, answer)
        return messages[0]["type"]

    signed = [(name.lower().encode(), value.encode()) for name, value in
              alibaba.signed()["headers"]]
    assert asyncio.run(run(signed)) == "websocket.accept"
    assert asyncio.run(run([])) == "websocket.close"


def test_lifespan_passes():
    seen = []

    async def app(scope, receive, answer):
        seen.append(scope["type"])

    asyncio.run(Asgi(app, Guard(KEYS))({"type": "lifespan"}, None, None))
    assert seen == ["lifespan"]


def test_a_target_in_absolute_form():
    record = alibaba.signed()
    names = {name: value for name, value in record["headers"]}
    environ = {"REQUEST_METHOD": "GET", "wsgi.input": io.BytesIO(), "RAW_URI": "http://a.example:80" + record["target"],
               **{"HTTP_" + n.upper().replace("-", "_"): v for n, v in names.items()}}
    started = []
    Wsgi(lambda env, start: [], Guard(KEYS))(environ, lambda *a: started.append(a))
    assert environ["countersign"].verified and not started


def test_the_feed_behind_both_adapters():
    """A key changes while requests run over HTTP; none is refused."""
    old = active(alibaba.SCHEME, "k1", "s1")
    server = FeedServer([old])
    events = queue.Queue()
    feed = KeyFeed(server.address, "token", on_event=events.put)
    try:
        assert feed.wait_ready(10)

        def check(port):
            for version in range(2, 12):
                key = active(alibaba.SCHEME, f"k{version}", f"s{version}", version=version)
                before = server.keys[0]
                server.change([key])
                for one in [key, before, key]:
                    record = alibaba.signed(key=one["sign_key"], secret=one["secret"])
                    assert sent(port, record).status == 200

        both(Guard(feed), check)
        stranger = Request("GET", "/", alibaba.signed(key="stranger")["headers"])
        assert not Guard(feed).verify(stranger).verified
        assert Guard(feed).key_age_secs() < 10
        assert Guard(KEYS).key_age_secs() is None
    finally:
        feed.close()
        server.close()
