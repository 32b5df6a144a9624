import json

import pytest

from countersign_verifier import Key, KeySet
from countersign_verifier.feed_client import read_document

GOOD = {"scheme": "basic", "sign_key": "k", "secret": "s", "name": "orders", "version": 1,
        "state": "active"}
# Entries that are no keys; all of their values hold "planted".
BAD = [
    1, None, "planted", ["planted"], {},
    {**GOOD, "scheme": "planted"}, {**GOOD, "state": "planted"}, {**GOOD, "sign_key": ["planted"]},
    {**GOOD, "secret": ["planted"]}, {**GOOD, "secret": ""}, {**GOOD, "secret": "", "state": "next"},
    {**GOOD, "secret": None}, {**GOOD, "secret": "planted\ud800"}, {**GOOD, "version": "planted"},
    {**GOOD, "scheme": "rfc9421-key-pair", "public_key": "planted"},
    {**GOOD, "scheme": "rfc9421-key-pair"},
]


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_the_feed_passes_over_what_it_cannot_read(bad):
    body = json.dumps({"revision": 1, "grace_seconds": 60, "keys": [GOOD, bad, GOOD]}).encode()
    document = read_document(body)
    assert [key.sign_key for key in document.keys] == ["k", "k"]
    [problem] = document.problems
    assert problem.startswith("key 1: ")
    assert "planted" not in problem and "\\ud800" not in problem


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_lists_and_files_are_strict(bad, tmp_path):
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [GOOD, bad]}))
    with pytest.raises(ValueError) as refused:
        KeySet.from_file(file)
    assert "planted" not in str(refused.value)


def test_secrets_are_not_empty():
    for scheme in ["alibaba-hmac-sha256", "huawei-hmac-sha256", "basic", "rfc9421-hmac-sha256"]:
        for secret in ["", None]:
            with pytest.raises(ValueError):
                Key(scheme, "k", secret=secret)
        assert Key(scheme, "k", state="retired").secret == b""
