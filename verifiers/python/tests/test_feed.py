import multiprocessing
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from feed_server import FeedServer
from signing import active, alibaba, huawei, received, retired

from countersign_verifier import Guard, KeyFeed, KeySet
from countersign_verifier.feed_client import FeedClient, FeedFailed, read_document

SCHEME = alibaba.SCHEME
OLD = active(SCHEME, "old", "old-secret")
NEW = active(SCHEME, "new", "new-secret", version=2)
SECS = 10


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class Feed:
    """A server, a feed on it, and the events it told."""

    def __init__(self, keys=(OLD,), **more):
        self.events = queue.Queue()
        self.clock = Clock()
        self.server = FeedServer(list(keys), **more)
        self.feed = KeyFeed(self.server.address, "token", on_event=self.events.put,
                            clock=self.clock)
        self.guard = Guard(self.feed)

    def wait_for(self, kind):
        while True:
            event = self.events.get(timeout=SECS)
            if event.kind == kind:
                return event

    def verdict(self, key="old", secret=None):
        record = alibaba.signed(key=key, secret=secret or f"{key}-secret")
        verdict = self.guard.verify(received(record))
        return str(verdict.refusal) if verdict.refusal else "ok"

    def wait_until_polled(self):
        """Until a long poll is under way."""
        with self.server.changed:
            assert self.server.changed.wait_for(
                lambda: any(wait == 25 for wait, _ in self.server.asked), SECS)


@pytest.fixture
def make():
    made = []

    def one(*args, **more):
        made.append(Feed(*args, **more))
        return made[-1]

    yield one
    for feed in made:
        feed.feed.close()
        feed.server.close()


def test_the_first_request_waits_for_keys(make):
    feed = make()
    assert feed.feed.age_secs() is None
    assert feed.verdict() == "ok"
    feed.clock.now += 7
    assert feed.feed.age_secs() >= 0


def test_a_change_comes_by_the_poll(make):
    feed = make()
    assert feed.feed.wait_ready(SECS)
    feed.wait_for("keys_changed")
    feed.wait_until_polled()
    feed.clock.now = 30.0
    feed.server.change([NEW])
    feed.wait_for("keys_changed")
    assert feed.feed.age_secs() == 0.0
    asked = feed.server.count(0)
    assert feed.verdict("new") == "ok"
    assert feed.server.count(0) == asked
    assert feed.server.asked[1][1] == '"1-x"'


def test_the_time_of_grace(make):
    feed = make(grace_seconds=60)
    assert feed.feed.wait_ready(SECS)
    feed.wait_for("keys_changed")
    feed.server.change([NEW, retired(SCHEME, "old")])
    feed.wait_for("keys_changed")
    assert (feed.verdict("old"), feed.verdict("new")) == ("ok", "ok")
    feed.clock.now += 59.9
    assert feed.verdict("old") == "ok"
    feed.clock.now += 0.2
    assert feed.verdict("old") == "retired_sign_key"
    assert feed.verdict("new") == "ok"


def test_a_key_that_was_never_active_has_no_grace(make):
    feed = make([OLD, {**NEW, "state": "next"}])
    assert feed.verdict("new") == "ok"
    feed.wait_for("keys_changed")
    feed.server.change([OLD])
    feed.wait_for("keys_changed")
    assert feed.verdict("new") == "unknown_sign_key"


def test_a_secret_that_changes_alone(make):
    feed = make()
    assert feed.verdict("old") == "ok"
    feed.wait_for("keys_changed")
    feed.server.change([active(SCHEME, "old", "other-secret", version=2)])
    feed.wait_for("keys_changed")
    assert feed.verdict("old", "other-secret") == "ok"
    assert feed.verdict("old", "old-secret") == "ok"
    assert feed.verdict("old", "third") == "signature_differs"
    feed.clock.now += 61
    assert feed.verdict("old", "old-secret") == "signature_differs"


def test_a_request_that_is_faster_than_the_feed(make):
    feed = make()
    assert feed.verdict("old") == "ok"
    feed.wait_until_polled()
    feed.server.hold_polls = True
    for changed in ["secret", "sign key", "scheme"]:
        if changed == "secret":
            feed.server.change([active(SCHEME, "old", "2", version=2)])
            assert feed.verdict("old", "2") == "ok"
        elif changed == "sign key":
            feed.server.change([NEW])
            assert feed.verdict("new") == "ok"
        else:
            feed.server.change(huawei.KEYS)
            guard = Guard(feed.feed, clock=lambda: huawei.NOW)
            assert guard.verify(received(huawei.signed())).verified


def test_many_who_ask_share_one_question(make):
    feed = make()
    assert feed.verdict("old") == "ok"
    feed.wait_until_polled()
    feed.server.hold_polls = True
    asked = feed.server.count(0)
    feed.server.change([NEW])
    with ThreadPoolExecutor(50) as pool:
        verdicts = list(pool.map(lambda _: feed.verdict("new"), range(50)))
    assert set(verdicts) == {"ok"}
    assert feed.server.count(0) - asked <= 2


def test_strangers_ask_ten_times_a_second_at_most(make):
    feed = make()
    assert feed.verdict("old") == "ok"
    asked, began = feed.server.count(0), time.monotonic()

    def ask(_):
        return [feed.verdict("stranger", "x") for _ in range(5)]

    with ThreadPoolExecutor(20) as pool:
        verdicts = [verdict for some in pool.map(ask, range(20)) for verdict in some]
    took = time.monotonic() - began
    assert set(verdicts) == {"unknown_sign_key"}
    assert feed.server.count(0) - asked <= took * 10 + 1


def test_the_last_good_keys_serve_while_the_feed_fails(make):
    feed = make()
    assert feed.verdict("old") == "ok"
    feed.wait_until_polled()
    feed.server.fail = 500
    feed.server.wake()
    began = time.monotonic()
    for _ in range(3):
        assert feed.wait_for("feed_failed").detail == "the feed answers 500"
    # 0.1 and 0.2 seconds between the three.
    assert time.monotonic() - began >= 0.25
    assert feed.verdict("old") == "ok"
    assert feed.verdict("stranger", "x") == "unknown_sign_key"
    feed.clock.now = 100.0
    assert feed.feed.age_secs() > 0
    feed.server.fail = None
    feed.server.change([NEW])
    feed.wait_for("keys_changed")
    assert feed.verdict("new") == "ok"
    assert feed.feed.age_secs() == 0.0


def test_a_revoked_token(make):
    feed = make()
    assert feed.verdict("old") == "ok"
    feed.server.token = "another"
    feed.server.change([NEW])
    feed.wait_for("keys_changed")
    assert feed.wait_for("feed_failed").detail == "the feed refuses the token"
    assert feed.verdict("old") == "ok"


def test_a_gateway_that_is_gone(make):
    feed = make()
    assert feed.verdict("old") == "ok"
    feed.wait_until_polled()
    feed.server.close()
    feed.wait_for("feed_failed")
    assert feed.verdict("old") == "ok"
    feed.server = FeedServer([OLD])


def test_a_gateway_set_up_anew_counts_from_one(make):
    feed = make()
    feed.server.revision = 40
    assert feed.verdict("old") == "ok"
    feed.wait_for("keys_changed")
    feed.wait_until_polled()
    with feed.server.changed:
        feed.server.revision = 1
    feed.server.change([NEW])
    feed.wait_for("keys_changed")
    assert feed.verdict("new") == "ok"


def test_an_answer_that_was_overtaken_changes_nothing(make):
    feed = make()
    assert feed.verdict("old") == "ok"
    feed.wait_for("keys_changed")
    slow = FeedClient(feed.server.address, "token").get(None, 0)
    began = time.monotonic()
    feed.server.change([NEW])
    feed.wait_for("keys_changed")
    assert feed.feed._take(slow._replace(etag='"0-x"'), began) is False
    assert feed.verdict("new") == "ok"


def test_a_question_that_the_poll_has_answered(make, monkeypatch):
    """The poll has the news, and has not told those who wait when their question begins."""
    monkeypatch.setattr("countersign_verifier.feed.QUESTION_EVERY_SECS", 1.0)
    told, go_on = threading.Event(), threading.Event()
    feed = make()
    assert feed.verdict("old") == "ok"
    feed.wait_until_polled()
    # The next question may begin in a second only.
    assert feed.feed.ask(feed.feed.current()).result(SECS) is False

    def hold(event):
        if event.kind == "keys_changed":
            told.set()
            go_on.wait(SECS)

    feed.feed._on_event = hold
    answer = feed.feed.ask(feed.feed.current())
    feed.server.change([NEW])
    assert told.wait(SECS)
    try:
        assert answer.result(SECS) is True
    finally:
        go_on.set()


def test_keys_change_while_requests_run(make):
    """As a gateway does: the feed knows a key before a request is signed with it."""
    feed = make()
    assert feed.verdict("old") == "ok"
    stop = threading.Event()
    refused, counts = [], [0] * 4
    current = [OLD]

    def requests(thread):
        while not stop.is_set():
            key = current[0]
            verdict = feed.verdict(key["sign_key"], key["secret"])
            counts[thread] += 1
            if verdict != "ok":
                refused.append((key["sign_key"], verdict))

    threads = [threading.Thread(target=requests, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for version in range(2, 42):
        key = active(SCHEME, f"key{version % 3}", f"secret{version}", version=version)
        feed.server.change([key, retired(SCHEME, current[0]["sign_key"])])
        current[0] = key
        # From here on: requests with the key before do not show that this one is known.
        seen = sum(counts)
        while sum(counts) < seen + 20 and not refused:
            time.sleep(0)
    stop.set()
    for thread in threads:
        thread.join()
    assert refused == []
    assert sum(counts) >= 40 * 20


def test_news_that_is_older_than_the_request_is_not_the_last_word(make):
    """Keys change between check and question, and once more before the request's own."""
    feed = make()
    assert feed.verdict("old") == "ok"
    feed.wait_until_polled()
    feed.server.hold_polls = True
    ask, between = feed.feed.ask, [active(SCHEME, "between", "s", version=2)]

    def ask_late(seen):
        if between:
            feed.server.change([between.pop()])
            assert ask(seen).result(SECS)
            feed.server.change([NEW])
        return ask(seen)

    feed.feed.ask = ask_late
    assert feed.verdict("new") == "ok"


def child(feed, out):
    out.put(Guard(feed).verify(received(alibaba.signed(key="old", secret="old-secret"))).verified)


def test_a_server_that_forks(make):
    feed = make()
    assert feed.verdict("old") == "ok"
    context = multiprocessing.get_context("fork")
    out = context.Queue()
    process = context.Process(target=child, args=(feed.feed, out))
    process.start()
    assert out.get(timeout=SECS) is True
    process.join(SECS)


def test_what_the_feed_may_not_say():
    for body in [b"", b"[]", b"{}", b'{"keys":{}}', b"\xff", b"[" * 100000,
                 b'{"keys":[],"revision":"1"}', b'{"keys":[],"grace_seconds":-1}']:
        with pytest.raises(FeedFailed):
            read_document(body)
    document = read_document(b'{"revision":1,"grace_seconds":1.5,"keys":[7,{},{"scheme":"new",'
                             b'"sign_key":"k"},{"scheme":"basic","sign_key":"k","secret":"s"}]}')
    assert [key.sign_key for key in document.keys] == ["k"]
    assert len(document.problems) == 3
    assert not any("s'" in problem for problem in document.problems)


def test_entries_that_are_passed_over_are_told_and_counted(make):
    feed = make([OLD, {**NEW, "scheme": "planted"}, {**NEW, "secret": ""}])
    assert feed.verdict("old") == "ok"
    details = [feed.wait_for("key_unusable").detail for _ in range(2)]
    assert details == ["key 1: the scheme is not known", "key 2: a key without secret"]
    assert feed.feed.skipped == 2
    feed.wait_for("keys_changed")
    feed.server.change([NEW])
    feed.wait_for("keys_changed")
    assert feed.feed.skipped == 2
    assert feed.verdict("new") == "ok"


def test_no_secret_is_shown():
    feed = KeyFeed("http://127.0.0.1:1/x", "planted")
    assert "planted" not in repr(feed)
    assert "127.0.0.1:1/x/api/v1/verifier/keys" in repr(feed)
    keys = KeySet.from_json({"keys": [{**OLD, "secret": "planted"}]})
    assert "planted" not in repr(keys.keys)
    with pytest.raises(ValueError):
        KeyFeed("ftp://x", "t")
