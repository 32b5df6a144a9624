"""Real proxies with `countersign verify` beside them, and it before a backend itself.

Each page's own configuration, each scheme: what the gateway signed passes; what was
forged, altered, replayed or kept for too long does not, and the answer says why.
"""

import pytest

import front as fronts
import schemes

TARGET = "/hello?b=2&a=%2F%20+x"
JSON = (("Content-Type", "application/json"),)
BODY = b'{"amount":1}'


@pytest.fixture(scope="module", params=fronts.ALL, ids=lambda kind: kind.name)
def started(request, tmp_path_factory):
    with fronts.running(request.param, tmp_path_factory.mktemp("front")) as front:
        yield front


@pytest.fixture(scope="module", params=schemes.ALL, ids=lambda scheme: scheme.name)
def scheme(request, started):
    started.set_key(request.param)
    return request.param


@pytest.fixture
def front(started):
    assert started.backend.is_empty(), "an earlier test left a request behind"
    return started


def only(where):
    """Leaves out the pairs of front and scheme that a test says nothing about."""
    return pytest.mark.only.with_args(where)


covers_request = only(lambda kind, scheme: scheme.covers_request)


def value(headers, name):
    (found,) = (value for other, value in headers if other.lower() == name)
    return found


def test_what_the_gateway_signed_passes(front, scheme):
    headers = front.passed(front.through_gateway("GET", TARGET))
    assert value(headers, "x-countersign-sign-key") == (
        schemes.PAIR.thumbprint if scheme.name == "rfc9421-key-pair" else scheme.sign_key
    )


def test_a_body_passes_where_it_can_be_verified(front, scheme):
    answer = front.through_gateway("POST", TARGET, JSON, BODY)
    if scheme.name == "huawei-hmac-sha256" and not front.kind.sees_bodies:
        # Its digest is in no header: it cannot be told from another.
        return front.refused(answer, "body_digest_differs")
    headers = front.passed(answer)
    seen = front.kind.sees_bodies and scheme.covers_request
    assert value(headers, "x-countersign-body") == ("verified" if seen else "unverified")


def test_what_nobody_signed_is_refused(front, scheme):
    message = scheme.signed("/hello", front.authority)
    bare = message.but(headers=(("Host", front.authority),))
    front.refused(front.send(bare), "no_signature")


def test_what_another_signed_is_refused(front, scheme):
    forged = scheme.signed("/hello", front.authority, secret=schemes.OTHER_SECRET)
    front.refused(front.send(forged), "signature_differs")
    front.passed(front.send(scheme.signed("/hello", front.authority)))


@covers_request
@pytest.mark.parametrize(
    "change",
    [
        {"target": "/hello?b=2&a=%2F%20+y"},
        {"target": TARGET + "&c=1"},
        {"target": "/hello"},
        {"target": "/other?b=2&a=%2F%20+x"},
        {"method": "DELETE"},
    ],
    ids=["parameter", "another parameter", "no query", "path", "method"],
)
def test_what_was_altered_is_refused(front, scheme, change):
    signed = scheme.signed(TARGET, front.authority)
    front.refused(front.send(signed.but(**change)), "signature_differs")


@only(lambda kind, scheme: scheme.covers_request and scheme.name != "huawei-hmac-sha256")
def test_another_spelling_of_the_path_is_refused(front, scheme):
    """Huawei's scheme decodes the path before it is signed."""
    signed = scheme.signed("/hello", front.authority)
    front.refused(front.send(signed.but(target="/%68ello")), "signature_differs")


@covers_request
def test_a_captured_request_that_was_altered_is_refused(front, scheme):
    signed = front.captured("GET", TARGET)
    front.refused(front.send(signed.but(target=TARGET + "1")), "signature_differs")


@covers_request
def test_an_altered_header_is_refused(front, scheme):
    name = "X-Tenant" if scheme.name.startswith("alibaba") else "x-tenant"
    signed = scheme.signed("/hello", front.authority, headers=[("X-Tenant", "7")], header_names=[name])
    front.refused(front.send(signed.with_header("X-Tenant", "8")), "signature_differs")
    front.passed(front.send(signed))


@only(lambda kind, scheme: kind.sees_bodies and scheme.covers_request)
def test_an_altered_body_is_refused_where_it_is_seen(front, scheme):
    signed = front.captured("POST", TARGET, JSON, BODY)
    name = "signature_differs" if scheme.name == "huawei-hmac-sha256" else "body_digest_differs"
    front.refused(front.send(signed.but(body=BODY.replace(b"1", b"9"))), name)


def test_a_second_time_is_a_replay_where_there_is_a_nonce(front, scheme):
    signed = scheme.signed("/hello", front.authority)
    front.passed(front.send(signed))
    if scheme.has_nonce:
        return front.refused(front.send(signed), "replayed")
    front.passed(front.send(signed))


@only(lambda kind, scheme: scheme.has_nonce)
def test_a_captured_request_is_refused_the_second_time(front, scheme):
    signed = front.captured("GET", TARGET)
    if front.kind.is_asker:
        front.passed(front.send(signed))
    front.refused(front.send(signed), "replayed")


@only(lambda kind, scheme: scheme.has_date)
@pytest.mark.parametrize("age", [1000, -1000], ids=["old", "early"])
def test_what_was_signed_at_another_time_is_refused(front, scheme, age):
    front.refused(front.send(scheme.signed("/hello", front.authority, age=age)), "expired")


# What proxies that are not here do with a client's headers is theirs.
@only(lambda kind, scheme: scheme.covers_request and not kind.is_asker)
def test_a_client_describes_no_other_request(front, scheme):
    """The headers that a proxy asks with, from a client, for a request that is not the signed one."""
    described = {"Method": "GET", "URI": "/hello", "Host": front.authority, "Proto": "http", "Content-Length": "0"}
    headers = [(f"X-{who}-{name}", text) for who in ("Original", "Forwarded") for name, text in described.items()]
    signed = scheme.signed("/hello", front.authority, headers=headers)
    front.refused(front.send(signed.but(target="/other")), "signature_differs")


def test_a_client_does_not_say_who_signed(front, scheme):
    told = [("X-Countersign-Sign-Key", "another"), ("X-Countersign-Body", "forged"), ("X-Countersign-Refusal", "x")]
    message = scheme.signed("/hello", front.authority, headers=told)
    headers = dict((name.lower(), text) for name, text in front.passed(front.send(message)))
    assert headers["x-countersign-sign-key"] != "another"
    assert headers["x-countersign-body"] in ("none", "unverified")
    assert headers.get("x-countersign-refusal", "") == ""


@pytest.mark.parametrize("kind", [fronts.NGINX, fronts.CADDY], ids=lambda kind: kind.name)
def test_nothing_passes_while_nobody_verifies(kind, tmp_path):
    with fronts.running(kind, tmp_path) as front:
        assert front.through_gateway("GET", "/hello").status == 200
        front.backend.take()
        front.end_verifier()
        assert front.through_gateway("GET", "/hello").status >= 500
        assert front.backend.is_empty()
