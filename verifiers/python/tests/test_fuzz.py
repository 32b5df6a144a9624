"""No request makes the core raise, and none of these is accepted."""

import random

import pytest
from vectors import CASES, keys_of, request_of, verifier_of

from countersign_verifier import Key, KeySet, NonceMemory, Refusal, Request, Verifier

KEYS = KeySet(Key.from_json(record) for case in CASES for record in case["keys"])
HEADERS = ["Authorization", "Host", "X-Sdk-Date", "X-Sdk-Content-Sha256", "Content-Type",
           "Content-MD5", "X-Ca-Proxy-Signature", "X-Ca-Proxy-Signature-Headers",
           "X-Ca-Proxy-Signature-Secret-Key", "Signature", "Signature-Input", "Content-Digest"]
PIECES = ["SDK-HMAC-SHA256 ", "Access=", ", SignedHeaders=", ", Signature=", "Basic ", "countersign=",
          "(", ")", '"@method"', '"@path"', '"@authority"', ";created=1767323045", ';keyid="', ';nonce="n"',
          "shared-key", "DemoKey1", "signkeysignkey", ":AA==:", ",", ";", "=", '"', "%", "%zz", "\x00",
          "\xff", "\xc3\xa9", "host;x-sdk-date", "20260102T030405Z", "UNSIGNED-PAYLOAD", "a" * 300,
          "X-Ca-Proxy-Signature-Secret-Key", "application/x-www-form-urlencoded", " ", "\t", "-1.5", "?1"]


def text(rng):
    if rng.random() < 0.2:
        return "".join(chr(rng.randrange(256)) for _ in range(rng.randrange(60)))
    return "".join(rng.choice(PIECES) for _ in range(rng.randrange(8)))


@pytest.mark.parametrize("seed", range(20))
def test_random_requests(seed):
    rng = random.Random(seed)
    verifier = Verifier()
    for _ in range(1000):
        headers = [(rng.choice(HEADERS), text(rng)) for _ in range(rng.randrange(8))]
        request = Request(rng.choice(["GET", "POST", "", "\xff"]), "/" + text(rng), headers,
                          text(rng).encode("latin-1"))
        assert isinstance(verifier.check(request, KEYS, 1767323045).refusal, Refusal)


@pytest.mark.parametrize("seed", range(20))
def test_altered_vectors(seed):
    """One byte of a header, the target or the body is another: never an exception."""
    rng = random.Random(seed)
    for case in rng.sample(CASES, 200):
        record = case["request"]
        headers = [list(header) for header in record["headers"]]
        for _ in range(rng.randrange(1, 4)):
            if headers:
                header = rng.choice(headers)
                at = rng.randrange(len(header[1]) + 1)
                header[1] = header[1][:at] + chr(rng.randrange(256)) + header[1][at + rng.randrange(2):]
        rng.shuffle(headers)
        request = Request(record["method"], record["target"], headers, text(rng).encode("latin-1"))
        verifier_of(case).check(request, keys_of(case), case["now"])


@pytest.mark.parametrize("name", ["alibaba/body-POST", "huawei/body-POST", "rfc9421/ed25519",
                                  "rfc9421/hmac-sha256", "basic/plain"])
def test_every_cut_of_every_header(name):
    case = next(case for case in CASES if case["name"] == name)
    record = case["request"]
    for index, (header, value) in enumerate(record["headers"]):
        if header == "Host" and name.startswith(("basic", "alibaba")):
            continue
        for end in range(0, len(value), 1 + len(value) // 80):
            headers = [list(pair) for pair in record["headers"]]
            headers[index] = [header, value[:end]]
            request = Request(record["method"], record["target"], headers, b"x")
            assert not verifier_of(case).check(request, keys_of(case), case["now"]).verified


def test_text_beyond_latin_1_is_taken_too():
    request = Request("GÉT", "/\u4e2d", [("\u4e2d", "\U0001f600"), ("Authorization", "\ud800")])
    assert Verifier().check(request, KEYS, 0).refusal is not None


def test_the_memory_of_nonces_is_bounded():
    memory = NonceMemory(10, 2)
    assert memory.record("k", "1", 0) and memory.record("k", "2", 5)
    assert not memory.record("k", "3", 10)
    assert not memory.record("k", "1", 10)
    assert memory.record("k", "3", 11)
    assert not memory.record("k", "4", 11)
    assert len(memory) == 2
    assert not NonceMemory(10, 0).record("k", "n", 0)


def test_a_clock_that_is_set_back_forgets_no_nonce():
    memory = NonceMemory(10, 10)
    assert memory.record("k", "late", 100)
    assert not memory.record("k", "late", 20)
    assert memory.record("k", "early", 20) and memory.record("k", "early", 31)
    assert not memory.record("k", "early", 41)
    assert not memory.record("k", "late", 110)
    assert memory.record("k", "late", 111)


def test_a_full_memory_refuses():
    case = next(case for case in CASES if case["name"] == "rfc9421/hmac-sha256")
    verifier = Verifier(nonces=NonceMemory(1800, 0))
    assert verifier.check(request_of(case), keys_of(case), case["now"]).refusal is Refusal.REPLAYED


def test_the_window_is_in_whole_seconds():
    case = next(case for case in CASES if case["name"] == "huawei/now-+900")
    assert verifier_of(case).check(request_of(case), keys_of(case), case["now"] + 0.9).verified
    assert not verifier_of(case).check(request_of(case), keys_of(case), case["now"] + 1).verified


def test_what_is_no_key_is_said():
    for record in [{}, {"scheme": "basic"}, {"scheme": "x", "sign_key": "k"}, [],
                   {"scheme": "basic", "sign_key": "k"}, {"scheme": "basic", "sign_key": 1},
                   {"scheme": "basic", "sign_key": "k", "secret": "s", "state": "old"},
                   {"scheme": "basic", "sign_key": "k", "secret": "\ud800"},
                   {"scheme": "basic", "sign_key": "k", "secret": "s", "version": "1"},
                   {"scheme": "rfc9421-key-pair", "sign_key": "k"},
                   {"scheme": "rfc9421-key-pair", "sign_key": "k", "public_key": "AA=="},
                   {"scheme": "rfc9421-key-pair", "sign_key": "k", "public_key": "*"}]:
        with pytest.raises(ValueError):
            Key.from_json(record)
    for document in [None, [], {}, {"keys": {}}]:
        with pytest.raises(ValueError):
            KeySet.from_json(document)


def test_keys_of_a_file(tmp_path):
    path = tmp_path / "keys.json"
    path.write_text('{"keys":[{"scheme":"basic","sign_key":"k","secret":"s"}]}')
    assert [key.sign_key for key in KeySet.from_file(path).keys] == ["k"]
