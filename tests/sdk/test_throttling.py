"""The limit of 50 management calls a second for each user and operation, with a burst of 50.

There is one user, the bootstrap access key, so that users are independent of each other is not tested here; that
operations are, is.
"""

import contextlib
import threading
import time

import pytest

from clients import Refusal
from gateway import running_gateway
from plain_v1 import PlainV1

PER_SECOND = BURST = 50
OPERATION = "DescribeSignatures"
JSON = {"Format": "JSON"}
TYPES = {
    "py-tea": "ThrottlingException",
    "py-core": "ServerException",
    "node-tea": "ThrottlingError",
    "node-pop-get": "Throttling.UserError",
    "node-pop-post": "Throttling.UserError",
}
TELLS_THE_WAIT = ("py-tea", "node-tea")


@pytest.fixture
def throttled(tmp_path):
    """A gateway of its own, with the limit that there is when nothing is configured."""
    with running_gateway(tmp_path, requests_per_second=None) as running:
        yield running


@pytest.fixture
def plain(throttled):
    with PlainV1(throttled.access()) as connection:
        yield connection


def until_refused(plain):
    """Calls as fast as it goes until the limit is met; gives the refusal."""
    for _ in range(20 * BURST):
        answer = plain.call(OPERATION, JSON)
        if answer.code is not None:
            return answer
    raise AssertionError("the limit was never met")


@contextlib.contextmanager
def flood(access):
    """Keeps the limit met: another connection calls the operation without a pause until the block ends."""
    over = threading.Event()

    def calls():
        with PlainV1(access) as connection:
            while not over.is_set():
                connection.call(OPERATION, JSON)

    thread = threading.Thread(target=calls)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_of_two_hundred_calls_a_second_fifty_pass(plain):
    answers = []
    start = time.monotonic()
    for number in range(600):
        time.sleep(max(0, start + number / 200 - time.monotonic()))
        answers.append(plain.call(OPERATION, JSON))
    seconds = time.monotonic() - start
    passed = sum(answer.code is None for answer in answers)
    assert 3 * PER_SECOND <= passed <= BURST + PER_SECOND * seconds
    # Nobody is slowed down below the burst.
    assert all(answer.code is None for answer in answers[:BURST])
    for answer in answers:
        if answer.code is not None:
            assert (answer.status, answer.code) == (400, "Throttling.User")
            assert answer.retry_after_ms > 0


def test_the_told_wait_is_enough(plain):
    for _ in range(10):
        time.sleep(until_refused(plain).retry_after_ms / 1000)
        assert plain.call(OPERATION, JSON).code is None


def test_operations_are_counted_apart(plain):
    until_refused(plain)
    assert [plain.call("DescribeApiGroups", JSON).code for _ in range(BURST)] == [None] * BURST


def test_every_client_raises_its_typed_error(throttled, clients, client_name):
    client = clients.make(client_name, throttled.access())
    with flood(throttled.access()), pytest.raises(Refusal) as raised:
        for _ in range(4 * BURST):
            client.call(OPERATION)
    refusal = raised.value
    assert (refusal.type, refusal.code) == (TYPES[client_name], "Throttling.User")
    if client_name in TELLS_THE_WAIT:
        assert refusal.retry_after_ms > 0
